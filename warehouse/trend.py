"""Has a figure changed, or does it vary as chance would have it? XmR charts by NHS England's *Making Data Count*.

    chart = draw_chart([Observation(date(2026, 4, 1), 5, 8), …], direction="higher", target=95)
    chart.variation, chart.assurance, chart.travel

The rules and what they mean are in `warehouse.signals`, with their source. What that does not say, we decide: a month
that is **not assured** is unknown, so it ends every run, and there is no moving range across it. A month **without
cases** gave nothing to observe: its neighbours follow one another. All is worked out in fractions, so that a point on
the mean is on it. A target that is just reached is met, as everywhere here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from warehouse.signals import ORDER, RULES, Limits, Mark, Rules, Signal, find_signals, limits_of

Meaning = Literal["improvement", "concern"]
LOWEST, HIGHEST = Fraction(0), Fraction(100)
"""A percentage cannot lie beyond; a limit that would is cut off there, which moves no signal."""


@dataclass(frozen=True)
class Observation:
    """One period of a figure, before anything is made of it."""

    starts_on: date
    numerator: int | None
    """None: not assured."""
    denominator: int | None

    @property
    def is_missing(self) -> bool:
        """Nobody knows: a return has not come."""
        return self.numerator is None or self.denominator is None

    @property
    def value(self) -> Fraction | None:
        """Percent, exactly; None where it is missing or there were no cases."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(100 * self.numerator, self.denominator)


@dataclass(frozen=True)
class Point:
    """One period on the chart. All numbers are percent; None where there is nothing to say."""

    starts_on: date
    value: Fraction | None
    mean: Fraction | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    is_lower_cut: bool = False
    """The limit would lie below 0, and is drawn at 0."""
    is_upper_cut: bool = False
    """The limit would lie above 100, and is drawn at 100."""
    moving_range: Fraction | None = None
    range_upper: Fraction | None = None
    signals: tuple[Signal, ...] = ()
    meaning: Meaning | None = None
    is_high: bool | None = None
    """For a point with signals: it says that the figure is high or rising; False: low or falling."""
    in_a_row: int = 0
    """For a shift or a trend that says what the point means: how many of its points there are up to this one."""


@dataclass(frozen=True)
class Chart:
    """The chart of one figure, and what it says."""

    rules: str
    """Version of the rules it was drawn by."""
    points: tuple[Point, ...]
    silent_because: str
    """Why the latest part of the chart has no limits and no signals; empty: it has."""
    variation: str
    """common cause · special cause, improving · special cause, concerning · empty where nothing can be said."""
    assurance: str
    """will consistently meet the target · … consistently miss … · … hit and miss … · empty without limits or target."""
    travel: str
    """The direction of travel in a sentence or two."""


def draw_chart(
    series: Iterable[Observation],
    *,
    direction: str = "higher",
    target: float | None = None,
    baselines: Collection[date] = (),
    rules: Rules = RULES,
    period: str = "month",
) -> Chart:
    """Work out mean, limits, signals and what they mean.

    Args:
        series: oldest first, one after the other without a gap; a period nobody knows is an observation too.
        direction: "higher" or "lower" is better.
        target: percent; None: none is set.
        baselines: first days of periods from which mean and limits are worked out anew: only where a person declared
            that the process is another one from then on. No run goes on across them.
        rules: the numbers.
        period: what a point is called in words, in the singular.
    """
    parts = _parts(sorted(series, key=lambda one: one.starts_on), baselines)
    points, latest, silent = [], None, "nothing has been observed"
    for part in parts:
        latest, silent = _limits(part, rules, period)
        points += _read(part, latest, rules, direction)
    known = [point for point in points if point.value is not None]
    last = known[-1] if known and not silent else None
    assured = _assurance(latest, target, direction) if latest is not None else ""
    return Chart(
        rules=rules.version,
        points=tuple(points),
        silent_because=silent,
        variation=_variation(last) if last is not None else "",
        assurance=assured,
        travel=_travel(last, assured, silent, period),
    )


def _parts(series: Sequence[Observation], baselines: Collection[date]) -> list[list[Observation]]:
    """The series, cut where a new baseline was declared."""
    parts: list[list[Observation]] = []
    begun: set[date] = set()
    for one in series:
        passed = {start for start in baselines if start <= one.starts_on}
        if not parts or passed != begun:
            parts.append([])
            begun = passed
        parts[-1].append(one)
    return parts


def _stretches(points: Sequence[Point], missing: Sequence[bool]) -> list[list[int]]:
    """Places of the points with a value that follow one another: a missing one ends a stretch, no cases do not."""
    stretches: list[list[int]] = [[]]
    for place, point in enumerate(points):
        if point.value is not None:
            stretches[-1].append(place)
        elif missing[place]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _limits(part: Sequence[Observation], rules: Rules, period: str) -> tuple[Limits | None, str]:
    """Mean and limits of one baseline, or why there are none."""
    values = [one.value for one in part if one.value is not None]
    if len(values) < rules.fewest_points:
        return None, f"{len(values)} of the {rules.fewest_points} {period}s it takes have a figure"
    points = [Point(one.starts_on, one.value) for one in part]
    ranges = [size for size in _moving_ranges(points, [one.is_missing for one in part]) if size is not None]
    if not ranges:
        return None, f"no two {period}s in a row have a figure"
    return limits_of(values, ranges, rules), ""


def _moving_ranges(points: Sequence[Point], missing: Sequence[bool]) -> list[Fraction | None]:
    """Each point's distance from the one before; None for the first of a stretch."""
    found: list[Fraction | None] = [None] * len(points)
    for stretch in _stretches(points, missing):
        for before, at in pairwise(stretch):
            found[at] = abs(_known(points[at]) - _known(points[before]))
    return found


def _known(point: Point) -> Fraction:
    if point.value is None:
        raise ValueError("a stretch holds points with a value only")
    return point.value


def _read(part: Sequence[Observation], limits: Limits | None, rules: Rules, direction: str) -> list[Point]:
    """The points of one baseline with limits and signals."""
    missing = [one.is_missing for one in part]
    plain = [Point(one.starts_on, one.value) for one in part]
    points = [
        replace(point, moving_range=size) for point, size in zip(plain, _moving_ranges(plain, missing), strict=True)
    ]
    if limits is None:
        return points
    marks: list[dict[Signal, Mark]] = [{} for _ in points]
    for stretch in _stretches(points, missing):
        values = [_known(points[place]) for place in stretch]
        for signal, marked in find_signals(values, limits, rules).items():
            for number, mark in marked.items():
                marks[stretch[number]][signal] = mark
    return [_marked(point, limits, found, direction) for point, found in zip(points, marks, strict=True)]


def _marked(point: Point, limits: Limits, found: dict[Signal, Mark], direction: str) -> Point:
    """A point with its baseline's limits, cut off at 0 and 100, and with what marks it."""
    signals = tuple(signal for signal in ORDER if signal in found)
    is_high, in_a_row = found[signals[0]] if signals else (None, 0)
    better = is_high == (direction != "lower")
    return replace(
        point,
        mean=limits.mean,
        lower=max(limits.lower, LOWEST),
        upper=min(limits.upper, HIGHEST),
        is_lower_cut=limits.lower < LOWEST,
        is_upper_cut=limits.upper > HIGHEST,
        range_upper=limits.range_upper,
        signals=signals,
        is_high=is_high,
        in_a_row=in_a_row,
        meaning=("improvement" if better else "concern") if signals else None,
    )


def _variation(last: Point) -> str:
    """What the latest point says: the programme's variation icon in words."""
    if last.meaning is None:
        return "common cause"
    return "special cause, improving" if last.meaning == "improvement" else "special cause, concerning"


def _assurance(limits: Limits, target: float | None, direction: str) -> str:
    """Where the target lies against the limits: the programme's assurance icon in words."""
    if target is None:
        return ""
    wanted = Fraction(target)
    sure, possible = (limits.lower, limits.upper) if direction != "lower" else (-limits.upper, -limits.lower)
    wanted = wanted if direction != "lower" else -wanted
    if sure >= wanted:
        return "will consistently meet the target"
    return "will consistently miss the target" if possible < wanted else "will hit and miss the target"


def _travel(last: Point | None, assurance: str, silent: str, period: str) -> str:
    """The direction of travel as a sentence, and what it means for the target."""
    if last is None:
        return f"No direction can be told yet: {silent}."
    said = _movement(last, period)
    return f"{said} By its limits, it {assurance}." if assurance else said


def _movement(last: Point, period: str) -> str:
    if last.meaning is None:
        return f"No real change: the latest {period} is as chance would have it."
    length = last.in_a_row
    beyond, side, way = ("upper", "above", "rising") if last.is_high else ("lower", "below", "falling")
    because = {
        "outside": f"the latest {period} is {side} the {beyond} limit of chance",
        "trend": f"the latest {length} {period}s in a row are {way}",
        "two_of_three": f"two of the latest three {period}s are close to the {beyond} limit of chance",
        "shift": f"the latest {length} {period}s in a row are {side} the mean",
    }[last.signals[0]]
    return f"{'Improving' if last.meaning == 'improvement' else 'Getting worse'}: {because}."
