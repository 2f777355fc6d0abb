"""The audit tool: answers of an online form in a workbook, one sheet of returns and one of actions.

Auditors choose from lists and may tick several reasons, which the form joins with semicolons. What they
write in their own words is left out by name: it names people.
"""

from typing import Final

from connectors.agency import Feed, Said, Stream, Workbook
from schemas.codes import ACTION_STATUS, AGENCY_NAMES, AUDIT_REASONS, RATINGS, RECOMMENDATIONS, ROLES
from schemas.tables.audit_returns import AuditReturns
from schemas.tables.improvement_actions import ImprovementActions

# The form offers our own meanings as its choices, so each list is read the other way round.
AGENCIES: Final = {name: code for code, name in AGENCY_NAMES.items()}
REASONS: Final = {name: code for code, name in AUDIT_REASONS.items()}
RATING: Final = {name: code for code, name in RATINGS.items()}
SCALES: Final = {"Ofsted (four points)": "ofsted", "Police inspectorate (three points)": "hmicfrs"}
RECOMMENDATION: Final = {f"{code}: {says}": code for code, says in RECOMMENDATIONS.items()}
OWNERS: Final = {name: code for code, name in ROLES.items()}
EVIDENCE: Final = {"Yes, attached": "provided", "To follow": "promised", "No": "none"}

RETURNS: Final = Stream(
    AuditReturns,
    member="Returns",
    columns={
        "audit_ref": "Audit",
        "case_ref": "Case",
        "agency_code": Said("Agency", AGENCIES),
        "audited_on": "Completion time",
        "rating_code": Said("Your grade", RATING),
        "rating_scale_code": Said("Scale", SCALES),
        "rating_as_said": "Your grade",
        "moderated_rating_code": Said("Moderated grade", RATING),
        "reason_codes": Said("Why was it not better?", REASONS, split=";"),
        "voice_captured": "Is the voice of the child captured?",
        "recording_accurate": "Are concerns, suspicions and risk recorded accurately?",
        "response_per_procedure": "Were they answered as the procedures require?",
        "protocol_followed": "Was the CSA protocol followed?",
    },
    ignores=("ID", "Email", "Name", "Tell us more"),
)
ACTIONS: Final = Stream(
    ImprovementActions,
    member="Actions",
    columns={
        "agency_code": Said("Agency", AGENCIES),
        "action_ref": "Action",
        "recommendation_code": Said("Recommendation", RECOMMENDATION),
        "owner_role_code": Said("Owner (role)", OWNERS),
        "due_on": "Due",
        "closed_on": "Closed",
        "evidence_code": Said("Evidence", EVIDENCE),
        "status_code": Said("Status", {name: code for code, name in ACTION_STATUS.items()}),
    },
    ignores=("What will you do?", "Owner (name)"),
)


def feed(agency: str = "lscp") -> Feed:
    """The workbook that the partnership's office keeps for all agencies and sends after each change."""
    return Feed(
        name=f"{agency}_audit",
        agency=agency,
        system="Audit forms",
        reads=Workbook(),
        files="*.xlsx",
        every="once",
        period=r"(?!)",
        dates=("%d/%m/%Y", "%Y-%m-%d"),
        carries="everything",  # the workbook lives on: every release has all returns and actions so far
        streams=(RETURNS, ACTIONS),
        ignores=("Guidance",),
    )
