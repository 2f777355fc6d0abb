"""EMIS Web, used by GP practices: a workbook of three searches, title rows above each header, dates as cells.

Practices know a meeting by its day and the patient. NHS numbers stand in groups: "999 000 0018".
"""

from typing import Final

from connectors.agency import Always, Feed, Said, Source, Stream, Workbook
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_participation import MeetingParticipation
from schemas.tables.plan_circulation import PlanCirculation

PATIENT: Final[dict[str, Source]] = {"nhs_number": "NHS Number"}
NAMES: Final = ("Patient Name", "Usual GP")

ATTENDANCE: Final = {
    "Attended": "attended",
    "Locum or nurse attended": "deputy",
    "Apologies": "apologies",
    "Apologies, report sent": "apologies",
    "Did not attend": "did_not_attend",
    "No invitation received": "not_invited",
    "Not coded": "not_recorded",
}
ROLES: Final = {"GP": "gp", "Practice Manager": "team_manager", "Safeguarding Lead": "gp", "Nurse": "practitioner"}
ITEMS: Final = {
    "Child protection plan": "plan",
    "Strategy meeting minutes": "minutes",
    "Strategy meeting actions": "actions",
}


def _participation(agency: str) -> Stream:
    return Stream(
        MeetingParticipation,
        member="Strategy meetings",
        columns={
            "said_by": Always(agency),
            "agency_code": Always(agency),
            **PATIENT,
            "held_on": "Meeting Date",
            "role_code": Said("Role", ROLES),
            "invited_at": "Invitation Received",
            "attendance_code": Said("Attendance", ATTENDANCE),
            "contributed_information": "Report Provided",
        },
        ignores=(*NAMES, "Practice Code"),
    )


def _receipts(agency: str) -> Stream:
    return Stream(
        PlanCirculation,
        member="Documents received",
        columns={
            "said_by": Always(agency),
            "agency_code": Always(agency),
            **PATIENT,
            "held_on": "Meeting Date",
            "item_code": Said("Document", ITEMS),
            "received_at": "Received",
            "filed_at": "Filed",
        },
        ignores=(*NAMES, "Practice Code"),
    )


def _involvements(agency: str) -> Stream:
    return Stream(
        Involvements,
        member="Registered patients",
        columns={
            "agency_code": Always(agency),
            **PATIENT,
            "team": "Practice Code",
            "opened_on": "Registered",
            "closed_on": "Deducted",
            "csa_concern_recorded": "CSA Concern Coded",
        },
        ignores=NAMES,
        optional=("CSA Concern Coded",),
    )


def feed(agency: str) -> Feed:
    """The monthly searches, put together over the practices of the area."""
    return Feed(
        name=f"{agency}_emis",
        agency=agency,
        system="EMIS Web",
        reads=Workbook(title_rows=2),
        files="*.xlsx",
        dates=("%d/%m/%Y", "%Y-%m-%d"),
        instants=("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"),
        carries="its_period",
        streams=(_participation(agency), _receipts(agency), _involvements(agency)),
        ignores=("About this search",),
    )
