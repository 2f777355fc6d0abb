"""The four rules of *Making Data Count*: which points of an XmR chart are more than chance.

They are those of NHS England's programme (https://www.england.nhs.uk/publication/making-data-count/) as NHS-R's
package NHSRplotthedots 0.2.2 puts them into code (https://nhsrplotthedots.nhsrcommunity.com):

- a point **on the mean** is on neither side of it: it ends a shift;
- equal neighbours end a **trend**; a shift and a trend mark every point that is part of them;
- **two of three**: three points in a row on the same side of the mean, of which two or more lie in the outer third;
  these are marked. A point beyond the limit is not in the outer third, it is outside;
- where several rules mark a point, its meaning is that of the first of: outside, trend, two of three, shift. A trend
  means what its direction means, the others what their side of the mean means;
- outliers are **not** screened from the moving ranges: so the programme's own tool has it, and so limits are wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

Signal = Literal["outside", "trend", "two_of_three", "shift"]
ORDER: Final[tuple[Signal, ...]] = ("outside", "trend", "two_of_three", "shift")
"""Which rule says what a point means, where several mark it. [NHSRplotthedots 0.2.2]"""


@dataclass(frozen=True)
class Rules:
    """The numbers of the rules. Whoever changes one gives it another version, which stands beside every result."""

    version: str = "making-data-count-1"
    fewest_points: int = 13
    """Points with a value before anything is said. [domain §6; NHSRplotthedots calls limits of under 12 "trial"]"""
    run: int = 7
    """Points of a shift or a trend. [Making Data Count]"""
    limit: Fraction = Fraction("2.66")
    """Mean moving ranges from the mean to a limit: 3 / 1.128. [Making Data Count; Shewhart's constant d2 for n = 2]"""
    range_limit: Fraction = Fraction("3.267")
    """Mean moving ranges to the upper limit of the moving range: Shewhart's D4 for n = 2."""
    outer_third: Fraction = Fraction(2, 3)
    """Where the outer third begins, on the way from the mean to a limit. [Making Data Count]"""


RULES: Final = Rules()
Mark = tuple[bool, int]
"""What a rule says of a point: high (or rising), and how many points of its run there are up to this one."""


@dataclass(frozen=True)
class Limits:
    """Of one baseline. Not cut off: the outer third is measured on the limits as they are."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    range_upper: Fraction
    nearly: Fraction
    """From the mean to where the outer third begins."""


def limits_of(values: Sequence[Fraction], ranges: Sequence[Fraction], rules: Rules = RULES) -> Limits:
    """Mean and limits from the values and moving ranges of one baseline; of each there is at least one."""
    mean, moved = sum(values, Fraction(0)) / len(values), sum(ranges, Fraction(0)) / len(ranges)
    reach = rules.limit * moved
    return Limits(mean, mean - reach, mean + reach, rules.range_limit * moved, rules.outer_third * reach)


def find_signals(values: Sequence[Fraction], limits: Limits, rules: Rules) -> dict[Signal, dict[int, Mark]]:
    """Rule → place in the stretch → its mark."""
    sides = [_sign(value - limits.mean) for value in values]
    steps = [_sign(after - before) for before, after in pairwise(values)]
    outside = [value > limits.upper or value < limits.lower for value in values]
    close = [
        abs(value - limits.mean) > limits.nearly and not beyond for value, beyond in zip(values, outside, strict=True)
    ]
    near = {
        at
        for first in range(len(values) - 2)
        for at in range(first, first + 3)
        if close[at] and sum(close[first : first + 3]) >= 2 and abs(sum(sides[first : first + 3])) == 3
    }
    return {
        "outside": {at: (sides[at] > 0, 0) for at, beyond in enumerate(outside) if beyond},
        # A run of steps has one point more than steps; a turning point belongs to the trend that begins with it.
        "trend": {
            at: (step > 0, at - first + 1)
            for step, first, last in _runs(steps, rules.run - 1)
            for at in range(first, last + 2)
        },
        "two_of_three": {at: (sides[at] > 0, 0) for at in near},
        "shift": {
            at: (side > 0, at - first + 1)
            for side, first, last in _runs(sides, rules.run)
            for at in range(first, last + 1)
        },
    }


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _runs(signs: Sequence[int], fewest: int) -> list[tuple[int, int, int]]:
    """(Sign, first place, last place) of every run of one sign, not 0, that is at least so long."""
    found, first = [], 0
    for place in range(1, len(signs) + 1):
        if place == len(signs) or signs[place] != signs[first]:
            if signs[first] and place - first >= fewest:
                found.append((signs[first], first, place - 1))
            first = place
    return found
