"""The NHS Electronic Staff Record: a quarterly CSV of compliance by staff group, two lines of title above it.

Dates are written 31-MAR-2026. A row is a group of staff at a date, never a person.
"""

from typing import Final

from connectors.agency import Always, Csv, Feed, Said, Stream
from schemas.tables.workforce_training import WorkforceTraining

MANDATORY: Final = {"Mandatory": "yes", "Essential to role": "yes", "Optional": "no"}


def feed(agency: str) -> Feed:
    """Training of a trust's staff, each quarter."""
    training = Stream(
        WorkforceTraining,
        columns={
            "agency_code": Always(agency),
            "role_group": "Staff Group",
            "as_at_on": "Effective Date",
            "headcount_in_scope": "Assignment Count",
            "csa_trained_in_date": "CSA Competence Compliant",
            "protocol_briefed": "CSA Protocol Briefed",
            "course_mandatory": Said("Competence Requirement", MANDATORY),
        },
        ignores=("Organisation", "Competence Name", "Compliance %"),
    )
    return Feed(
        name=f"{agency}_esr",
        agency=agency,
        system="Electronic Staff Record",
        reads=Csv(title_rows=2),
        files="*.csv",
        every="quarter",
        dates=("%d-%b-%Y",),
        carries="its_period",
        streams=(training,),
    )
