"""Mosaic, the case-management system of Children's Social Care: a zip of CSV reports, dates day first.

Columns that carry names or free text (chair, worker, attendee, notes) are left out by name; of a child's name and
address only the vault hears.
"""

from typing import Final

from connectors.agency import Always, Csv, Feed, Said, Source, Stream
from connectors.systems import mosaic_words as words
from schemas.tables.assessments import Assessments
from schemas.tables.children import Children
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_actions import MeetingActions
from schemas.tables.meeting_children import MeetingChildren
from schemas.tables.meeting_participation import MeetingParticipation
from schemas.tables.plan_circulation import PlanCirculation
from schemas.tables.referrals import Referrals
from schemas.tables.section_47_enquiries import Section47Enquiries
from schemas.tables.strategy_meetings import StrategyMeetings
from schemas.tables.support_offers import SupportOffers

CHILD: Final[dict[str, Source]] = {"child_ref": "PERSON_ID", "nhs_number": "NHS_NUMBER", "upn": "UPN"}

MEETINGS: Final = Stream(
    StrategyMeetings,
    member="strategy_meetings*.csv",
    columns={
        "meeting_ref": "MEETING_ID",
        "s47_ref": "S47_STEP_ID",
        "concern_identified_at": "CONCERN_IDENTIFIED",
        "decided_to_hold_at": "DECISION_TO_HOLD",
        "held_at": "MEETING_DATE",
        "sequence": "SEQUENCE",
        "mode_code": Said("MODE", words.MODES),
        "urgency_code": Said("TIMESCALE", words.URGENCY),
        "concern_codes": Said("CONCERNS", words.CONCERNS, split=";"),
        "csa_context_code": Said("CSA_CONTEXT", words.CSA_CONTEXTS),
        "specialist_health_code": Said("SPECIALIST_HEALTH", words.SPECIALIST_HEALTH),
        "outcome_code": Said("OUTCOME", words.OUTCOMES),
        "decision_at": "DECISION_RECORDED",
        "decision_role_code": Said("DECISION_BY", words.ROLES),
        "status_code": Said("STATUS", words.STATUS),
    },
    ignores=("CHAIR_NAME", "NOTES"),
    optional=("SPECIALIST_HEALTH",),
)
CHILDREN_DISCUSSED: Final = Stream(
    MeetingChildren,
    member="meeting_children*.csv",
    columns={"meeting_ref": "MEETING_ID", **CHILD},
    ignores=("PERSON_NAME",),
)
PARTICIPATION: Final = Stream(
    MeetingParticipation,
    member="meeting_participation*.csv",
    columns={
        "said_by": Always("csc"),
        "agency_code": Said("AGENCY", words.AGENCIES),
        "meeting_ref": "MEETING_ID",
        "role_code": Said("ROLE", words.ROLES),
        "was_involved": "KNOWN_TO_AGENCY",
        "invited_at": "INVITED",
        "attendance_code": Said("ATTENDANCE", words.ATTENDANCE),
        "contributed_information": "INFORMATION_GIVEN",
    },
    ignores=("ATTENDEE_NAME",),
)
CIRCULATION: Final = Stream(
    PlanCirculation,
    member="plan_circulation*.csv",
    columns={
        "said_by": Always("csc"),
        "agency_code": Said("AGENCY", words.AGENCIES),
        "meeting_ref": "MEETING_ID",
        "item_code": Said("ITEM", words.ITEMS),
        "sent_at": "SENT",
        "method_code": Said("METHOD", words.METHODS),
    },
    ignores=("RECIPIENT",),
)
ACTIONS: Final = Stream(
    MeetingActions,
    member="meeting_actions*.csv",
    columns={
        "meeting_ref": "MEETING_ID",
        "action_ref": "ACTION_NO",
        "owner_agency_code": Said("OWNER_AGENCY", words.AGENCIES),
        "owner_role_code": Said("OWNER_ROLE", words.ROLES),
        "due_on": "DUE",
        "done_on": "DONE",
    },
    ignores=("ACTION", "OWNER_NAME"),
    is_optional=True,
)
SUPPORT: Final = Stream(
    SupportOffers,
    member="support_offers*.csv",
    columns={
        "said_by": Always("csc"),
        **CHILD,
        "provider_code": Said("PROVIDER", words.PROVIDERS),
        "agreed_on": "AGREED",
    },
    ignores=("MEETING_ID", "PERSON_NAME"),
    is_optional=True,
)
"""What the meeting agreed; what became of it is the provider's to say."""
INVOLVEMENTS: Final = Stream(
    Involvements,
    member="involvements*.csv",
    columns={
        "agency_code": Always("csc"),
        **CHILD,
        "team": "TEAM",
        "opened_on": "OPENED",
        "closed_on": "CLOSED",
        "csa_concern_recorded": "CSA_ON_RECORD",
    },
    ignores=("ALLOCATED_WORKER",),
    optional=("CSA_ON_RECORD",),
)
ASSESSMENTS: Final = Stream(
    Assessments,
    member="assessments*.csv",
    columns={
        **CHILD,
        "assessment_ref": "ASSESSMENT_ID",
        "referred_on": "REFERRAL_DATE",
        "started_on": "STARTED",
        "authorised_on": "AUTHORISED",
        "factor_codes": Said("FACTORS", split=";"),
        "genogram_present": "GENOGRAM",
        "genogram_updated_on": "GENOGRAM_UPDATED",
        "genogram_used": "GENOGRAM_USED_IN_ANALYSIS",
        "child_seen_alone": "CHILD_SEEN_ALONE",
        "views_recorded": "CHILD_VIEWS",
        "management_oversight": "MANAGEMENT_OVERSIGHT",
    },
    ignores=("WORKER",),
)
REFERRALS: Final = Stream(
    Referrals,
    member="referrals*.csv",
    columns={
        **CHILD,
        "referral_ref": "REFERRAL_ID",
        "received_at": "RECEIVED",
        "decided_at": "DECIDED",
        "source_code": Said("SOURCE", strip=": .*$"),
        "concern_codes": Said("CONCERNS", words.CONCERNS, split=";"),
        "no_further_action": "NFA",
        "closed_on": "EPISODE_CLOSED",
    },
    ignores=("REFERRER_NAME",),
)
ENQUIRIES: Final = Stream(
    Section47Enquiries,
    member="section_47_enquiries*.csv",
    columns={
        **CHILD,
        "s47_ref": "S47_STEP_ID",
        "referred_on": "REFERRAL_DATE",
        "started_on": "STARTED",
        "ended_on": "ENDED",
        "outcome_code": Said("OUTCOME", words.ENQUIRY_OUTCOMES),
        "icpc_target_on": "ICPC_TARGET",
        "icpc_on": "ICPC_DATE",
        "icpc_not_required": "ICPC_NOT_REQUIRED",
        "csa_concern": "CSA_CONCERN",
        "closing_discussion_on": "CLOSING_DISCUSSION",
        "child_seen_alone_on": "CHILD_SEEN_ALONE_ON",
        "police_closure_received_on": "POLICE_CLOSURE_RECEIVED",
    },
    ignores=("WORKER",),
    optional=("CHILD_SEEN_ALONE_ON", "POLICE_CLOSURE_RECEIVED"),
)
CHILDREN: Final = Stream(
    Children,
    member="children*.csv",
    columns={
        "said_by": Always("csc"),
        **CHILD,
        "former_upn": "FORMER_UPN",
        "born_on": "DATE_OF_BIRTH",
        "expected_on": "EXPECTED_DATE_OF_BIRTH",
        "died_on": "DATE_OF_DEATH",
        "sex_code": Said("SEX", words.SEXES),
        "ethnicity_code": "ETHNICITY",
        "surname": "SURNAME",
        "forename": "FORENAME",
        "postcode": "ADDRESS",
    },
)


def feed(agency: str = "csc") -> Feed:
    """The monthly reports of an agency that keeps its cases in Mosaic.

    Every stream speaks with Children's Social Care's voice: participation lists every agency in its words.
    """
    return Feed(
        name=f"{agency}_mosaic",
        agency=agency,
        system="Mosaic (Access Group)",
        reads=Csv(zipped=True),
        files="*.zip",
        dates=("%d/%m/%Y",),
        instants=("%d/%m/%Y %H:%M",),
        carries="its_period",
        streams=(
            MEETINGS,
            CHILDREN_DISCUSSED,
            PARTICIPATION,
            CIRCULATION,
            ACTIONS,
            SUPPORT,
            INVOLVEMENTS,
            ASSESSMENTS,
            REFERRALS,
            ENQUIRIES,
            CHILDREN,
        ),
    )
