"""Figures in words: how the board reads a number, a status and a change. British English, half rounded up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from reports.figures import HIDDEN, Figure
from schemas.codes import AGENCY_NAMES

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

UNITS: Final = {
    "action due": "actions due",
    "action to promote the protocol": "actions to promote the protocol",
    "agreement of support for a child": "agreements of support for a child",
    "assessment completed or overdue": "assessments completed or overdue",
    "audit return": "audit returns",
    "child known to two agencies, at a meeting": "children known to two agencies, at meetings",
    "child with a practice, at a meeting": "children with a practice, at meetings",
    "closed investigation": "closed investigations",
    "completed assessment": "completed assessments",
    "completed enquiry": "completed enquiries",
    "enquiry with a conference": "enquiries with a conference",
    "meeting": "meetings",
    "meeting about a child of school age": "meetings about a child of school age",
    "meeting and absent agency": "pairs of meeting and absent agency",
    "meeting and agency that was sent the plan": "pairs of meeting and agency that was sent the plan",
    "meeting and relevant agency": "pairs of meeting and relevant agency",
    "member of staff in scope": "staff in scope",
    "referral": "referrals",
}
"""What a metric counts, in the plural; one that is not here stands as it is declared."""

RECORDED: Final = {"police_closure_shared": "The police's record"}
"""Metric → whose record its recorded view rests on, where it is not Children's Social Care's."""


@dataclass(frozen=True)
class Standing:
    """Where a figure stands, as a word, a rank (worst is lowest) and the name of its colour and shape."""

    name: str
    word: str
    rank: int


STANDINGS: Final = {
    "red": Standing("red", "Red: not met", 0),
    "not_assured": Standing("not_assured", "Not assured", 1),
    "no_figure": Standing("not_assured", "No figure", 1),
    "amber": Standing("amber", "Amber: nearly met", 2),
    "hidden": Standing("grey", "Hidden: small numbers", 3),
    "grey": Standing("grey", "Grey: too few cases", 3),
    "no_cases": Standing("grey", "Grey: no cases", 3),
    "green_within": Standing("green", "Green: within tolerance", 4),
    "green": Standing("green", "Green: met", 5),
    "none": Standing("none", "No target set", 6),
}


def standing(figure: Figure | None) -> Standing:
    """Where a figure stands; a missing return outranks whatever status the row carries."""
    if figure is None:
        return STANDINGS["no_figure"]
    if figure.assurance in ("not_assured", "no_cases"):
        return STANDINGS[figure.assurance]
    if figure.is_hidden:
        return STANDINGS["hidden"]
    if figure.percentage is None:
        return STANDINGS["no_figure"]
    if figure.status == "green" and not figure.meets_target:
        return STANDINGS["green_within"]
    return STANDINGS[figure.status]


def rounded(value: float) -> str:
    """One decimal, half up: 6.25 → 6.3, as a reader with a calculator would."""
    return f"{Decimal(repr(float(value))).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def percent(value: float | None) -> str:
    """A percentage to one decimal; a dash where there is none."""
    return "–" if value is None else f"{rounded(value)}%"


def sentence(text: str) -> str:
    """With a capital at its start."""
    return text[:1].upper() + text[1:]


def whole_percent(value: float) -> str:
    """A target: without decimals where it has none."""
    return f"{value:.0f}%" if float(value).is_integer() else percent(value)


def count(value: int | None) -> str:
    """A whole number with thousands separated."""
    return "–" if value is None else f"{value:,}"


def x_of_n(figure: Figure) -> str:
    """``41 of 50``; empty where either is missing."""
    if figure.numerator is None or figure.denominator is None:
        return ""
    return f"{figure.numerator:,} of {figure.denominator:,}"


def units(figure: Figure) -> str:
    """What is counted, in the plural."""
    return UNITS.get(figure.unit, figure.unit)


def record(metric: str) -> str:
    """Whose word the recorded view of a metric is."""
    return RECORDED.get(metric, "Children's Social Care's record")


def day(value: date) -> str:
    """31 October 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """31 October 2026 at 02:30."""
    return f"{day(value)} at {value:%H:%M}"


def month(value: date) -> str:
    """October 2026."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def agency(code: str) -> str:
    """An agency by name; a code we do not know stands for itself."""
    return AGENCY_NAMES.get(code, code)


def target(figure: Figure) -> str:
    """The target in words; empty where none is set."""
    if figure.target is None:
        return ""
    return f"{'no more than ' if figure.direction == 'lower' else ''}{whole_percent(figure.target)}"


def coverage(figure: Figure) -> str:
    """How much of what is owed came: returns, or for a confirmed view the units whose second agency answered."""
    got, owed = figure.coverage_numerator, figure.coverage_denominator
    if got is None or owed is None:
        return "Coverage is hidden" if figure.mark == HIDDEN else "Coverage is not known"
    if not owed:
        return "No return is owed"
    if figure.view == "confirmed":
        return f"The second agency sent a return for {got:,} of {owed:,} {units(figure)}"
    return f"Returns received: {got:,} of {owed:,} owed"


def period(figure: Figure) -> str:
    """The period of a figure in words, such as ``12 months to October 2026``."""
    last = month(figure.ends_on)
    if figure.period_kind == "rolling_12_months":
        return f"12 months to {last}"
    if figure.period_kind == "month" or month(figure.starts_on) == last:
        return f"{last} only"
    return f"{month(figure.starts_on)} to {last} only: the returns do not reach back 12 months"


def when(kind: str, starts_on: date, ends_on: date) -> str:
    """A period in words: ``October 2026``, ``July to September 2026``, ``12 months to October 2026``."""
    if kind == "rolling_12_months":
        return f"12 months to {month(ends_on)}"
    if month(starts_on) == month(ends_on):
        return month(ends_on)
    first = month(starts_on) if starts_on.year != ends_on.year else MONTHS[starts_on.month - 1]
    return f"{first} to {month(ends_on)}"


def points(value: float | None) -> str:
    """A change in percentage points, with its sign; a dash where there is none."""
    if value is None:
        return "–"
    size = rounded(abs(value))
    return size if size == "0.0" else f"{'+' if value > 0 else '−'}{size}"


def _against_target(now: Figure, before: Figure | None) -> str:
    """Where the figure is against its target, and whether that is new."""
    if now.target is None:
        return ""
    side = "above target" if now.direction == "lower" else "below target"
    if standing(now) is STANDINGS["green_within"]:
        side = f"just {side}, within its tolerance"
    has_past = before is not None and before.has_figure
    met_before = before is not None and before.meets_target
    if now.meets_target:
        return ("still meets the target" if met_before else "now meets the target") if has_past else "meets the target"
    return (f"now {side}" if met_before else f"still {side}") if has_past else side


def change(now: Figure | None, before: Figure | None) -> str:
    """The change on the same 12 months a year before, in percentage points worked out before rounding, in words.

    Empty where there is no figure now: what is not known has not moved.
    """
    if now is None or now.percentage is None or not now.has_figure:
        return ""
    where = _against_target(now, before)
    if before is None or before.percentage is None or not before.has_figure:
        return f"No figure for the year before to compare with{f'; {where}' if where else ''}"
    points = now.percentage - before.percentage
    size = rounded(abs(points))
    if size == "0.0":
        moved = "No change on the year before"
    else:
        better = (points > 0) == (now.direction != "lower")
        way = "up" if points > 0 else "down"
        unit = "point" if size == "1.0" else "points"
        moved = f"{'Better' if better else 'Worse'}: {way} {size} {unit} on the year before"
    return f"{moved}; {where}" if where else moved


def listed(parts: Sequence[str]) -> str:
    """``a, b, and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"


def _number(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def headline(figures: Sequence[Figure | None]) -> str:
    """What the partnership can and cannot be assured of, in one sentence, counted from the figures."""
    if not any(figures):
        return "No assurance can be given yet: no figure has been worked out."
    held = Counter(standing(figure) for figure in figures)
    number = {name: held[place] for name, place in STANDINGS.items()}
    green, red, amber = number["green"] + number["green_within"], number["red"], number["amber"]
    met = _number(green, "meets its target", "meet their target")
    if number["green_within"]:
        met = _number(
            green, "meets its target or is within tolerance of it", "meet their target or are within tolerance of it"
        )
    colours = ", ".join(f"{n} {name}" for n, name in ((red, "red"), (amber, "amber")) if n)
    one, many = ("does not", "do not") if green else ("does not meet its target", "do not meet their target")
    missed = _number(red + amber, one, many) + (f" ({colours})" if colours else "")
    silent = "cannot be given because"
    others = (
        ("not_assured", f"{silent} an agency sent nothing", f"{silent} agencies sent nothing"),
        ("no_figure", "has no figure for this period", "have no figure for this period"),
        ("hidden", "is hidden, for its numbers are small", "are hidden, for their numbers are small"),
        ("grey", "rests on too few cases to judge", "rest on too few cases to judge"),
        ("no_cases", "had no cases", "had no cases"),
        ("none", "has no target", "have no target"),
    )
    told = [words for total, words in ((green, met), (red + amber, missed)) if total]
    parts = [*told, *(_number(number[name], one, many) for name, one, many in others if number[name])]
    return f"Of {_number(len(figures), 'assurance', 'assurances')}, {listed(parts)}."
