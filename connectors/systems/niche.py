"""Niche RMS, the records system of many police forces: a zip of two CSV reports in cp1252, dates day first.

The force does not know Children's Social Care's number of a meeting: it gives the day and the local
authority's number of the child. An investigation that is open is the force's open work with the child.
"""

from typing import Final

from connectors.agency import Always, Csv, Feed, Said, Source, Stream
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_participation import MeetingParticipation
from schemas.tables.police_investigations import PoliceInvestigations

CHILD: Final[dict[str, Source]] = {"child_ref": "LA Person No", "nhs_number": "NHS No"}

# The dash is the en dash of cp1252, byte 0x96: read as UTF-8 the file would refuse itself.
ATTENDANCE: Final = {
    "Attended – officer in case": "attended",
    "Attended – other officer": "deputy",
    "Apologies given": "apologies",
    "No officer available": "did_not_attend",
    "Not told": "not_invited",
    "Not stated": "not_recorded",
}
RANKS: Final = {
    "PC": "police_officer",
    "DC": "police_officer",
    "PS": "police_sergeant",
    "DS": "police_sergeant",
    "DI": "police_sergeant",
    "DCI": "police_sergeant",
}
CLOSURES: Final = {
    "Charged": "charged",
    "Evidential difficulties": "evidential_difficulty",
    "Victim does not support": "victim_does_not_support",
    "No crime": "no_crime",
    "Not in public interest": "not_in_public_interest",
    "Other outcome": "other_outcome",
}
"""There is no "NFA": the national review of 2024 asks for the reason, and that word is refused."""


def _participation(agency: str) -> Stream:
    return Stream(
        MeetingParticipation,
        member="*strategy*.csv",
        columns={
            "said_by": Always(agency),
            "agency_code": Always(agency),
            "held_on": "Discussion Date",
            **CHILD,
            "role_code": Said("Rank", RANKS),
            "was_involved": "Live Investigation",
            "invited_at": "Invited",
            "attendance_code": Said("Police Attendance", ATTENDANCE),
            "contributed_information": "Info Shared",
        },
        ignores=("Merlin Ref", "Officer Name", "Collar No"),
    )


INVESTIGATIONS: Final = Stream(
    PoliceInvestigations,
    member="*investigations*.csv",
    columns={
        "crime_ref": "Crime Ref",
        "merlin_ref": "Merlin Ref",
        **CHILD,
        "opened_on": "Opened",
        "strategy_on": "Strategy Discussion",
        "closed_on": "Closed",
        "closure_reason_code": Said("Closure Reason", CLOSURES),
        "closure_shared_at": "Reason Shared With CSC",
        "closing_discussion_on": "Closing Discussion",
    },
    ignores=("Unit", "CSA Marker", "OIC Name"),
    optional=("Closing Discussion",),
)


def _involvements(agency: str) -> Stream:
    return Stream(
        Involvements,
        member="*investigations*.csv",
        columns={
            "agency_code": Always(agency),
            **CHILD,
            "team": "Unit",
            "opened_on": "Opened",
            "closed_on": "Closed",
            "csa_concern_recorded": "CSA Marker",
        },
        ignores=(
            "Crime Ref",
            "Merlin Ref",
            "Strategy Discussion",
            "Closure Reason",
            "Reason Shared With CSC",
            "Closing Discussion",
            "OIC Name",
        ),
        optional=("CSA Marker",),
    )


def feed(agency: str) -> Feed:
    """The monthly reports of a force."""
    return Feed(
        name=f"{agency}_niche",
        agency=agency,
        system="Niche RMS",
        reads=Csv(encoding="cp1252", zipped=True),
        files="*.zip",
        dates=("%d/%m/%Y",),
        instants=("%d/%m/%Y %H:%M",),
        carries="its_period",
        streams=(_participation(agency), INVESTIGATIONS, _involvements(agency)),
    )
