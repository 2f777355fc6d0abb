"""Who took part in a meeting, what each side recorded of it, and which papers went to whom.

The story told: Health came to seven meetings in ten at first and to more than nine at the end; practices are
often not told; what the two records say mostly agrees, and sometimes does not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from connectors.synthetic.dice import Dice, from_to, working_day
from connectors.synthetic.facts import Paper, Part

ROLES: Final = {
    "csc": "social_worker",
    "police": "police_sergeant",
    "health_acute": "named_nurse",
    "health_camhs": "practitioner",
    "health_gp": "gp",
    "health_school_nursing": "school_nurse",
    "health_mash": "named_nurse",
    "edu_school": "dsl",
    "sarc": "sarc_clinician",
    "la_early_help": "practitioner",
    "probation": "practitioner",
}
REPORTING: Final = ("police", "health_acute", "health_camhs", "health_gp", "edu_school", "sarc")
"""The agencies that keep a record of their own and send it."""
RECEIPTING: Final = ("health_gp", "health_acute", "edu_school")
"""The agencies that log what reaches them."""


def parts(dice: Dice, open_to: set[str], decided_at: datetime, progress: float, *, is_csa: bool) -> tuple[Part, ...]:
    """Everybody's part in one meeting."""
    truth = {"csc": "attended", "police": _police(dice, progress), **_health(dice, open_to, progress)}
    if "edu_school" in open_to:
        truth["edu_school"] = _usual(dice, from_to(0.75, 0.90, progress), 0.76)
    if is_csa and dice.chance(from_to(0.25, 0.45, progress)):
        truth["sarc"] = _usual(dice, 1.0, 0.6)
    truth |= {agency: _usual(dice, 1.0, 0.8) for agency, share in _OTHERS if dice.chance(share)}
    found = [_part(dice, agency, attendance, open_to, decided_at) for agency, attendance in truth.items()]
    if truth.get("health_acute") == "attended" and "health_camhs" in open_to - truth.keys() and dice.chance(0.5):
        # One nurse serves two trusts, and both report the one attendance.
        found.append(Part("health_camhs", "named_nurse", True, decided_at, "attended", False, None, "attended"))
    return tuple(found)


_OTHERS: Final = (("la_early_help", 0.12), ("probation", 0.04), ("health_school_nursing", 0.10))


def _police(dice: Dice, progress: float) -> str:
    return _usual(dice, 0.98, from_to(0.91, 0.97, progress))


def _usual(dice: Dice, invited: float, attended: float) -> str:
    if not dice.chance(invited):
        return "not_invited"
    if dice.chance(attended):
        return dice.pick(("attended", "deputy"), (0.9, 0.1))
    return dice.pick(("apologies", "did_not_attend"), (0.6, 0.4))


def _health(dice: Dice, open_to: set[str], progress: float) -> dict[str, str]:
    """Health as a whole is there or not; the practice is a matter of its own."""
    choices = {"health_acute": 6.0, "health_mash": 0.8, "health_school_nursing": 0.8}
    choices |= {agency: 2.0 for agency in ("health_camhs",) if agency in open_to}
    main = dice.pick(tuple(choices), tuple(choices.values()))
    truth = {}
    if dice.chance(from_to(0.70, 0.92, progress)):
        truth[main] = dice.pick(("attended", "deputy"), (0.88, 0.12))
    else:
        truth[main] = _usual(dice, from_to(0.3, 0.55, progress), 0.0)
    for other in ("health_acute", "health_camhs"):
        if other in open_to and other not in truth and dice.chance(0.6):
            truth[other] = _usual(dice, from_to(0.6, 0.85, progress), 0.35 if truth[main] != "not_invited" else 0.0)
    if "health_gp" in open_to:
        present = any(said in ("attended", "deputy") for said in truth.values())
        truth["health_gp"] = _usual(dice, from_to(0.40, 0.72, progress), 0.22 if present else 0.0)
    return truth


def _part(dice: Dice, agency: str, attendance: str, open_to: set[str], decided_at: datetime) -> Part:
    was_there = attendance in ("attended", "deputy")
    invited_at = None if attendance == "not_invited" else decided_at + timedelta(minutes=5 * dice.between(0, 3))
    report = 0.9 if was_there else 0.45 if attendance == "apologies" else 0.05
    return Part(
        agency=agency,
        role=ROLES[agency],
        was_involved=agency in open_to or agency == "csc",
        invited_at=invited_at,
        attendance=attendance,
        gave_information=dice.chance(report) and attendance != "not_invited",
        csc_says=_as_csc_says(dice, attendance),
        agency_says=_as_agency_says(dice, attendance) if agency in REPORTING else None,
    )


def _as_csc_says(dice: Dice, attendance: str) -> str | None:
    if attendance == "not_invited":
        return dice.pick(("not_invited", None), (0.6, 0.4))
    if attendance in ("apologies", "did_not_attend") and dice.chance(0.03):
        return "attended"
    return "not_recorded" if dice.chance(0.02) else attendance


def _as_agency_says(dice: Dice, attendance: str) -> str | None:
    if attendance == "not_invited":
        return dice.pick(("not_invited", None), (0.25, 0.75))
    if dice.chance(0.05):
        return None
    if attendance in ("attended", "deputy") and dice.chance(0.02):
        return "apologies"
    return attendance


def papers(
    dice: Dice, present: Sequence[Part], open_to: set[str], held_at: datetime, progress: float
) -> tuple[Paper, ...]:
    """The plan to every agency that was told, with gaps for those who were absent, fewer as time goes on."""
    was_there = {part.agency for part in present if part.attendance in ("attended", "deputy")} - {"csc"}
    found = []
    for agency in sorted(was_there | (open_to - {"csc"})):
        if agency == "health_gp":
            share = from_to(0.40, 0.84, progress)
        else:
            share = from_to(0.92, 0.985, progress) if agency in was_there else from_to(0.58, 0.90, progress)
        if dice.chance(share):
            found.append(_paper(dice, agency, "plan", held_at))
            if agency in was_there and dice.chance(0.3):
                found.append(_paper(dice, agency, "minutes", held_at))
        elif agency in RECEIPTING and dice.chance(0.08):
            lost = _paper(dice, agency, "plan", held_at)
            found.append(Paper(agency, "plan", None, lost.method, lost.sent_at, lost.filed_at))
    return tuple(found)


def _paper(dice: Dice, agency: str, item: str, held_at: datetime) -> Paper:
    late = dice.pick((0, 1, dice.between(2, 6)), (0.4, 0.42, 0.18))
    day = working_day(held_at.date(), late)
    sent_at = dice.at(day, 17, 18) if late == 0 else dice.at(day)
    came = agency in RECEIPTING and dice.chance(0.9)
    received_at = sent_at + timedelta(minutes=dice.between(1, 50)) if came else None
    filed_at = received_at + timedelta(hours=dice.between(1, 60)) if received_at and dice.chance(0.85) else None
    return Paper(agency, item, sent_at, dice.pick(("secure_email", "portal"), (0.85, 0.15)), received_at, filed_at)
