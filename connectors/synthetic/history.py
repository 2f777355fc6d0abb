"""Writes what was returned before the case-management reports begin: two years' census and an inspection's lists.

The children are others than those of the monthly reports and the days lie before them, so nothing counts twice.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from lxml import etree

from connectors.synthetic.dice import Dice, unique_pupil_number, working_day
from connectors.synthetic.files import Sheet, write, write_workbook
from connectors.synthetic.world import AUTHORITY, ETHNICITIES
from connectors.systems import annex_a

CHILDREN: Final = 40
"""Children of a census year."""


@dataclass(frozen=True)
class Past:
    """A child and what happened to the child, all before the monthly reports."""

    ref: str
    upn: str
    born_on: date
    sex: str
    ethnicity: str
    referred_on: date
    source: str
    assessed_on: date
    authorised_on: date
    factors: tuple[str, ...]
    enquiry_on: date | None
    icpc_on: date | None
    category: str


def _past(dice: Dice, ref: str, number: int, first: date, days: int) -> Past:
    referred_on = working_day(first + timedelta(days=dice.between(0, max(days - 110, 1))))
    is_csa = dice.chance(0.3)
    enquiry_on = working_day(referred_on, dice.between(1, 6)) if dice.chance(0.5) else None
    icpc_on = None
    if enquiry_on and dice.chance(0.6):
        icpc_on = working_day(enquiry_on, dice.between(8, 15) if dice.chance(0.85) else dice.between(16, 22))
    assessed_on = working_day(referred_on, dice.between(0, 2))
    born_on = referred_on - timedelta(days=dice.between(5 * 365, 16 * 365))
    return Past(
        ref=ref,
        upn=unique_pupil_number(AUTHORITY, number, born_on.year + 5),
        born_on=born_on,
        sex=dice.pick(("F", "M")),
        ethnicity=dice.pick(ETHNICITIES),
        referred_on=referred_on,
        source=dice.pick(("2A", "6", "3A", "3E", "1A", "8")),
        assessed_on=assessed_on,
        authorised_on=working_day(assessed_on, dice.between(20, 50)),
        factors=(dice.pick(("19B", "19C")) if is_csa else "16A", "3B"),
        enquiry_on=enquiry_on,
        icpc_on=icpc_on,
        category="SAB" if is_csa else "NEG",
    )


def write_census(folder: Path, first_month: date, dice: Dice) -> None:
    """Write the returns of the last two years, to 31 March, that ended before the monthly reports begin."""
    last = first_month.year if first_month >= date(first_month.year, 4, 1) else first_month.year - 1
    for year in (last - 1, last):
        children = [
            _past(dice, f"SUT{year % 100}0{number:03d}", year % 100 * 1000 + number, date(year - 1, 4, 1), 365)
            for number in range(CHILDREN)
        ]
        write(folder / f"CIN_Census_{year}.xml", _census(year, children))


def _element(parent: Any, name: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, name)
    child.text = text
    return child


def _census(year: int, children: list[Past]) -> bytes:
    """The XML of one year; the element for sex changed its name and its codes on the way."""
    message = etree.Element("Message")
    collection = _element(_element(message, "Header"), "CollectionDetails")
    _element(collection, "Collection", "CIN")
    _element(collection, "Year", str(year))
    _element(collection, "ReferenceDate", f"{year}-03-31")
    all_children = _element(message, "Children")
    for number, past in enumerate(children):
        _census_child(all_children, past, year, number)
    text: bytes = etree.tostring(message, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return text


def _census_child(parent: Any, past: Past, year: int, number: int) -> None:
    child = _element(parent, "Child")
    identifiers = _element(child, "ChildIdentifiers")
    _element(identifiers, "LAchildID", past.ref)
    # Two slips: a pupil number whose check letter does not fit, and a factor that no list has.
    _element(identifiers, "UPN", "A319200124001" if number == 3 else past.upn)
    _element(identifiers, "PersonBirthDate", past.born_on.isoformat())
    if year < 2024:
        _element(identifiers, "GenderCurrent", {"M": "1", "F": "2"}[past.sex])
    else:
        _element(identifiers, "Sex", past.sex)
    characteristics = _element(child, "ChildCharacteristics")
    _element(characteristics, "Ethnicity", past.ethnicity)
    _element(_element(characteristics, "Disabilities"), "Disability", "NONE")
    details = _element(child, "CINdetails")
    _element(details, "CINreferralDate", past.referred_on.isoformat())
    _element(details, "ReferralSource", past.source)
    _element(details, "PrimaryNeedCode", "N1")
    assessment = _element(details, "Assessments")
    _element(assessment, "AssessmentActualStartDate", past.assessed_on.isoformat())
    _element(assessment, "AssessmentAuthorisationDate", past.authorised_on.isoformat())
    factors = _element(assessment, "FactorsIdentifiedAtAssessment")
    for factor in ("RB",) if number == 7 else past.factors:
        _element(factors, "AssessmentFactors", factor)
    if past.enquiry_on:
        enquiry = _element(details, "Section47")
        _element(enquiry, "S47ActualStartDate", past.enquiry_on.isoformat())
        _element(enquiry, "InitialCPCtarget", (past.enquiry_on + timedelta(days=21)).isoformat())
        if past.icpc_on:
            _element(enquiry, "DateOfInitialCPC", past.icpc_on.isoformat())
        _element(enquiry, "ICPCnotRequired", "0" if past.icpc_on else "true")
    _element(details, "ReferralNFA", "false")
    if past.icpc_on:
        _plan(details, past, past.icpc_on)


def _plan(details: Any, past: Past, began: date) -> None:
    plan = _element(details, "ChildProtectionPlans")
    _element(plan, "CPPstartDate", began.isoformat())
    _element(plan, "InitialCategoryOfAbuse", past.category)
    _element(plan, "LatestCategoryOfAbuse", past.category)
    _element(plan, "NumberOfPreviousCPP", "0")
    _element(_element(plan, "Reviews"), "CPPreviewDate", working_day(began, 50).isoformat())


def write_annex_a(folder: Path, first_month: date, dice: Dice) -> None:
    """Write the lists of an inspection in the months just before the monthly reports begin."""
    first = first_month - timedelta(days=180)
    children = [_past(dice, f"7{number:05d}", 90000 + number, first, 170) for number in range(14)]
    letters = {code: f"{chr(97 + place)}) {says}" for place, (says, code) in enumerate(annex_a.SOURCES.items())}
    referrals = [[*_about(past), past.referred_on, letters[past.source], "b) No", 0, "Team", ""] for past in children]
    assessments = [
        [*_about(past), "b) No", past.assessed_on, "a) Yes", past.authorised_on, "", "Team", ""] for past in children
    ]
    enquiries = [
        [
            *_about(past),
            "b) No",
            past.enquiry_on,
            "b) No" if past.icpc_on else "a) Yes",
            past.icpc_on,
            "a) Yes" if past.icpc_on else "",
            0,
            1 if past.icpc_on else 0,
            "Team",
            "",
        ]
        for past in children
        if past.enquiry_on
    ]
    titles = ("Ofsted Annex A: child-level data", "Official - sensitive")
    sheets = [
        Sheet("List 1", ["Child Unique ID", "Date of Contact"], [[int(children[0].ref), children[0].referred_on]]),
        Sheet("List 3", LISTS["List 3"], referrals, titles),
        Sheet("List 4", LISTS["List 4"], assessments, titles),
        Sheet("List 5", LISTS["List 5"], enquiries, titles),
    ]
    write_workbook(folder / f"Annex_A_{first_month.year}.xlsx", sheets)


def _about(past: Past) -> list[Any]:
    sex = "a) Male" if past.sex == "M" else "b) Female"
    return [int(past.ref), sex, f"a) {past.ethnicity}", past.born_on, (past.referred_on - past.born_on).days // 365]


_ABOUT: Final = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age")
_TEAM: Final = ("Allocated Team", "Allocated Worker")
LISTS: Final = {
    "List 3": (
        *_ABOUT,
        "Date of Referral",
        "Referral Source",
        "Referral NFA?",
        "Number of Referrals in Last 12 Months",
        *_TEAM,
    ),
    "List 4": (
        *_ABOUT,
        annex_a.DISABILITY,
        "Continuous Assessment Start Date",
        "Child Seen During Continuous Assessment",
        "Continuous Assessment Date of Authorisation",
        "Was the child assessed as requiring LA children's social care support?",
        *_TEAM,
    ),
    "List 5": (
        *_ABOUT,
        annex_a.DISABILITY,
        "Strategy discussion initiating Section 47 Enquiry Start Date",
        "Was an Initial Child Protection Conference deemed unnecessary?",
        "Date of Initial Child Protection Conference",
        "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "Number of Section 47 Enquiries in the last 12 months",
        "Number of ICPCs in the last 12 months",
        *_TEAM,
    ),
}
"""The columns of Ofsted's lists, in its order."""
