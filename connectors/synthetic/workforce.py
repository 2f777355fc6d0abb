"""Writes who is trained, by role group at the end of each quarter: staff-record and learning-platform files."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from connectors.synthetic.dice import Dice, from_to, next_month
from connectors.synthetic.files import Row, delimited, write
from connectors.synthetic.slips import REPEATED, Slips

GROUPS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "health_acute": (("Nursing and Midwifery Registered", 420), ("Medical and Dental", 160), ("Allied Health", 95)),
    "health_camhs": (("Additional Clinical Services", 60), ("Psychology", 34)),
    "sarc": (("Forensic clinicians", 28), ("Crisis workers", 16)),
    "csc": (("Social workers", 118), ("Team and service managers", 27), ("Family support workers", 44)),
    "police": (("Child abuse investigation", 64), ("Response officers", 310)),
    "edu_school": (("Designated safeguarding leads", 96), ("Teaching staff", 870), ("Support staff", 410)),
    "health_school_nursing": (("School nurses", 22), ("Nursery nurses", 9)),
    "la_early_help": (("Family practitioners", 38), ("Team leaders", 8)),
    "probation": (("Probation officers", 31), ("Probation services officers", 26)),
}
TRAINED: Final = {
    "health_acute": (0.66, 0.84),
    "health_camhs": (0.74, 0.93),
    "sarc": (0.92, 0.97),
    "csc": (0.70, 0.89),
    "police": (0.52, 0.69),
    "edu_school": (0.64, 0.81),
    "health_school_nursing": (0.78, 0.94),
    "la_early_help": (0.60, 0.86),
    "probation": (0.35, 0.62),
}
"""Share trained in the first quarter and in the last: about four in five at the end, police and probation behind."""


def quarter_ends(months: list[date]) -> list[date]:
    """The last days of the quarters that end within the months."""
    return [next_month(month) - timedelta(days=1) for month in months if month.month % 3 == 0]


def _counts(agency: str, dice: Dice, progress: float) -> list[tuple[str, int, int, int]]:
    """Role group, headcount, trained, briefed."""
    found = []
    for group, usual in GROUPS[agency]:
        staff = usual + dice.between(-usual // 20, usual // 20)
        share = from_to(*TRAINED[agency], progress) + dice.between(-20, 20) / 1000
        trained = min(staff, round(staff * share))
        found.append((group, staff, trained, min(staff, round(trained * from_to(0.55, 0.9, progress)))))
    return found


def write_esr(folder: Path, agency: str, months: list[date], dice: Dice, slips: Slips) -> None:
    """Write the staff record's file of each quarter: two lines of title, dates like 31-MAR-2026."""
    ends = quarter_ends(months)
    for position, end in enumerate(ends):
        on = f"{end:%d-%b-%Y}".upper()
        rows: list[Row] = [
            {
                "Organisation": "XX0 NHS Trust",
                "Staff Group": group,
                "Effective Date": on,
                "Competence Name": "Child Sexual Abuse",
                "Assignment Count": str(staff),
                "CSA Competence Compliant": str(trained),
                "CSA Protocol Briefed": str(briefed),
                "Compliance %": f"{100 * trained / staff:.1f}",
                "Competence Requirement": "Mandatory" if position > 1 else "Optional",
            }
            for group, staff, trained, briefed in _counts(agency, dice, position / max(len(ends) - 1, 1))
        ]
        rows = slips.among(rows, ("Assignment Count", "1"), (REPEATED, ""))
        titles = ("ESR Business Intelligence", f"Compliance by staff group at {on}")
        write(folder / f"esr_csa_{end:%Y-%m}.csv", delimited(rows, list(rows[0]), titles=titles))


def write_learning(
    folder: Path, agency: str, months: list[date], dice: Dice, slips: Slips, *, delimiter: str = ","
) -> None:
    """Write the learning platform's file of each quarter."""
    ends = quarter_ends(months)
    for position, end in enumerate(ends):
        rows: list[Row] = [
            {
                "role_group": group,
                "snapshot_date": end.isoformat(),
                "course_title": "Child sexual abuse: recognise and respond",
                "learners_required": str(staff),
                "csa_course_in_date": str(trained),
                "csa_protocol_briefing": str(briefed),
                "completion_rate": f"{trained / staff:.3f}",
                "is_mandatory": "true" if position > 2 else "false",
            }
            for group, staff, trained, briefed in _counts(agency, dice, position / max(len(ends) - 1, 1))
        ]
        rows = slips.among(rows, ("csa_course_in_date", "most"), (REPEATED, ""))
        write(folder / f"learning_{end:%Y-%m}.csv", delimited(rows, list(rows[0]), delimiter=delimiter))
