"""Annex A, the child-level lists that Ofsted asks for at an inspection: a workbook of eleven lists.

Only lists 3 (referrals), 4 (assessments) and 5 (section 47 enquiries) are read. Values carry the letter of
Ofsted's pick list, "a) Yes"; some authorities leave the letter out, others put title rows above the header.
"""

from typing import Final

from connectors.agency import Feed, Said, Source, Stream, Workbook
from schemas.table import Table
from schemas.tables.assessments import Assessments
from schemas.tables.referrals import Referrals
from schemas.tables.section_47_enquiries import Section47Enquiries

LETTER: Final = r"^[a-z]\)\s*"
ABOUT: Final = ("Gender", "Ethnicity", "Date of Birth", "Age", "Allocated Team", "Allocated Worker")
"""On every list. The children's own details come from the case-management system; a worker is a name."""
DISABILITY: Final = "Does the Child have a Disability"

_GROUPS: Final = {
    "Individual": ("1A", "1B", "1C", "1D"),
    "Schools": ("2A",),
    "Education services": ("2B",),
    "Health services": ("3A", "3B", "3C", "3D", "3E", "3F"),
    "Housing": ("4",),
    "LA services": ("5A", "5B", "5C", "5D"),
    "Police": ("6",),
    "Other legal agency": ("7",),
    "Other": ("8",),
    "Anonymous": ("9",),
    "Unknown": ("10",),
}
SOURCES: Final = {f"{code}: {name}": code for name, group in _GROUPS.items() for code in group}
"""Ofsted's list writes "3A: Health services" where the census writes 3A."""


def _list(number: int, table: type[Table], columns: dict[str, Source], ignores: tuple[str, ...]) -> Stream:
    return Stream(
        table, {"child_ref": "Child Unique ID", **columns}, member=f"List {number}", ignores=(*ABOUT, *ignores)
    )


REFERRALS: Final = _list(
    3,
    Referrals,
    {
        "received_at": "Date of Referral",
        "source_code": Said("Referral Source", SOURCES, strip=LETTER),
        "no_further_action": Said("Referral NFA?", strip=LETTER),
    },
    ("Number of Referrals in Last 12 Months",),
)
ASSESSMENTS: Final = _list(
    4,
    Assessments,
    {
        "started_on": "Continuous Assessment Start Date",
        "authorised_on": "Continuous Assessment Date of Authorisation",
    },
    # "Seen" is not "seen alone", which is what the standard asks.
    (
        DISABILITY,
        "Child Seen During Continuous Assessment",
        "Was the child assessed as requiring LA children's social care support?",
    ),
)
ENQUIRIES: Final = _list(
    5,
    Section47Enquiries,
    {
        "started_on": "Strategy discussion initiating Section 47 Enquiry Start Date",
        "icpc_not_required": Said("Was an Initial Child Protection Conference deemed unnecessary?", strip=LETTER),
        "icpc_on": "Date of Initial Child Protection Conference",
    },
    (
        DISABILITY,
        "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "Number of Section 47 Enquiries in the last 12 months",
        "Number of ICPCs in the last 12 months",
    ),
)


def feed(agency: str = "csc") -> Feed:
    """The lists of one inspection; dates are cells of the workbook, or day first where they are text."""
    return Feed(
        name=f"{agency}_annex_a",
        agency=agency,
        system="Annex A (Ofsted)",
        reads=Workbook(),
        files="*.xlsx",
        every="once",
        period=r"(?!)",
        dates=("%d/%m/%Y", "%Y-%m-%d"),
        carries="its_period",
        streams=(REFERRALS, ASSESSMENTS, ENQUIRIES),
        ignores=tuple(f"List {number}" for number in (1, 2, 6, 7, 8, 9, 10, 11)),
    )
