"""The safeguarding extract that NHS trusts write from their electronic patient record: one JSON file, ISO dates.

Trusts know the meeting by Children's Social Care's number when the invitation carried it, else by its day.
"""

from typing import Final

from connectors.agency import Always, Feed, Json, Said, Source, Stream
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_participation import MeetingParticipation
from schemas.tables.plan_circulation import PlanCirculation
from schemas.tables.support_offers import SupportOffers

CHILD: Final[dict[str, Source]] = {"nhs_number": "child.nhsNumber", "child_ref": "child.localAuthorityRef"}
MEETING: Final[dict[str, Source]] = {"meeting_ref": "meeting.reference", "held_on": "meeting.date"}
# An extract leaves out what it has nothing to say of.
OPTIONAL: Final = ("child.nhsNumber", "child.localAuthorityRef", "meeting.reference", "closedOn", "filedAt")
OFFER_OPTIONAL: Final = ("child.nhsNumber", "child.localAuthorityRef", "startedOn", "declined")

ATTENDANCE: Final = {
    "in-attendance": "attended",
    "delegate": "deputy",
    "apologies": "apologies",
    "absent": "did_not_attend",
    "no-invitation": "not_invited",
    "unknown": "not_recorded",
}
ROLES: Final = {
    "named-nurse": "named_nurse",
    "paediatrician": "paediatrician",
    "school-nurse": "school_nurse",
    "health-visitor": "health_visitor",
    "clinician": "practitioner",
}
ITEMS: Final = {"plan": "plan", "minutes": "minutes", "action-list": "actions"}


def _participation(agency: str) -> Stream:
    return Stream(
        MeetingParticipation,
        member="participation",
        columns={
            "said_by": Always(agency),
            "agency_code": Always(agency),
            **MEETING,
            **CHILD,
            "role_code": Said("practitioner.role", ROLES),
            "was_involved": "activeCaseload",
            "invited_at": "invitedAt",
            "attendance_code": Said("attendance", ATTENDANCE),
            "contributed_information": "informationShared",
        },
        ignores=("practitioner.name", "comment"),
        optional=OPTIONAL,
    )


def _receipts(agency: str) -> Stream:
    return Stream(
        PlanCirculation,
        member="receipts",
        columns={
            "said_by": Always(agency),
            "agency_code": Always(agency),
            **MEETING,
            **CHILD,
            "item_code": Said("item", ITEMS),
            "received_at": "receivedAt",
            "filed_at": "filedAt",
        },
        optional=OPTIONAL,
    )


def _involvements(agency: str) -> Stream:
    return Stream(
        Involvements,
        member="involvements",
        columns={
            "agency_code": Always(agency),
            **CHILD,
            "team": "service",
            "opened_on": "openedOn",
            "closed_on": "closedOn",
            "csa_concern_recorded": "csaConcernRecorded",
        },
        optional=(*OPTIONAL, "csaConcernRecorded"),
    )


def _support(agency: str) -> Stream:
    return Stream(
        SupportOffers,
        member="supportOffers",
        columns={
            "said_by": Always(agency),
            "provider_code": Always(agency),
            **CHILD,
            "offered_on": "offeredOn",
            "started_on": "startedOn",
            "declined": "declined",
        },
        ignores=("pathway", "practitioner.name"),
        optional=OFFER_OPTIONAL,
        is_optional=True,
    )


def feed(agency: str, *, sends_receipts: bool = True, gives_support: bool = False) -> Feed:
    """The monthly extract of a trust.

    Args:
        sends_receipts: whether the trust logs the plans that reach it and says so; if not, none is owed.
        gives_support: whether it offers children support after abuse, and says to whom.
    """
    receipts = (_receipts(agency),) if sends_receipts else ()
    support = (_support(agency),) if gives_support else ()
    return Feed(
        name=f"{agency}_json",
        agency=agency,
        system="NHS trust safeguarding extract",
        reads=Json(),
        files="*.json",
        carries="its_period",
        streams=(_participation(agency), *receipts, _involvements(agency), *support),
        # What the extract says of itself: when it was made, and by which trust.
        ignores=("extract",),
    )
