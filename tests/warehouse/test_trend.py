"""XmR charts: drawn series with limits worked out by hand, and a plain second reading of the rules over thousands."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.calendar import add_months
from warehouse.signals import RULES
from warehouse.trend import Chart, Observation, draw_chart

FIRST = date(2024, 4, 1)


def months(drawn: str) -> list[Observation]:
    """``48 52 ? -``: percentages of a hundred cases, a month not assured, a month without cases."""
    known: dict[str, tuple[int | None, int | None]] = {"?": (None, None), "-": (0, 0)}
    cells = [known.get(cell) or (int(cell), 100) for cell in drawn.split()]
    return [Observation(add_months(FIRST, number), *cell) for number, cell in enumerate(cells)]


LETTERS = {"outside": "O", "trend": "T", "two_of_three": "2", "shift": "S"}


def signals(chart: Chart) -> str:
    """``. S T+``: what marks each month."""
    return " ".join("".join(LETTERS[one] for one in point.signals) or "." for point in chart.points)


def test_mean_and_limits_of_a_worked_example() -> None:
    """Sum 650 of 13. Moving ranges 2 4 2 4 8 4 2 4 2 4 8 4: 48 of 12, so 4. 2.66 × 4 = 10.64; 3.267 × 4 = 13.068."""
    chart = draw_chart(months("50 52 48 50 54 46 50 52 48 50 54 46 50"), target=60)
    said = {(point.mean, point.lower, point.upper, point.range_upper) for point in chart.points}
    assert said == {(50, Fraction("39.36"), Fraction("60.64"), Fraction("13.068"))}
    assert [point.moving_range for point in chart.points] == [None, 2, 4, 2, 4, 8, 4, 2, 4, 2, 4, 8, 4]
    assert not any(point.signals or point.is_lower_cut or point.is_upper_cut for point in chart.points)
    assert (chart.rules, chart.variation) == ("making-data-count-1", "common cause")
    assert chart.travel == (
        "No real change: the latest month is as chance would have it. By its limits, it will hit and miss the target."
    )


STEADY = "49 51 " * 10

DRAWN = {
    # mean 50, mean moving range 97/21, limits 37.7 and 62.3
    "a point beyond a limit": (STEADY + "70 30", ". " * 20 + "O O"),
    # mean 50, mean moving range 76/13, limits 34.4 and 65.6
    "seven on one side": ("52 58 52 58 52 58 52 48 42 48 42 48 42 48", "S " * 13 + "S"),
    "six on one side are too few": ("52 58 52 58 52 58 50 48 42 48 42 48 42 50", ". " * 13 + "."),
    "a point on the mean ends a shift": ("53 57 53 50 53 57 53 47 43 47 50 47 43 47", ". " * 13 + "."),
    "a month not assured ends a shift": ("52 58 52 58 ? 52 58 52 48 42 48 ? 42 48 42 48", ". " * 15 + "."),
    "a month without cases does not": ("52 58 52 58 - 52 58 52 48 42 48 - 42 48 42 48",
                                       "S S S S . S S S S S S . S S S S"),
    # mean 50, mean moving range 57/13, limits 38.3 and 61.7
    "seven rising, across the mean": ("53 47 53 44 46 48 50 52 54 56 47 53 47 50", ". . . T T T T T T T . . . ."),
    "equal neighbours end a trend": ("53 47 53 44 46 48 50 50 54 55 47 53 47 53", ". " * 13 + "."),
    # mean 50, mean moving range 68/25, limits 42.8 and 57.2, outer thirds from 45.2 down and 54.8 up
    "two of three in the outer third": (STEADY + "55 51 55 45 49 45", ". " * 20 + "2 . 2 2 . 2"),
    "two of three on both sides of the mean": (STEADY + "51 55 45 49", ". " * 23 + "."),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_the_four_rules_mark_what_they_say(name: str) -> None:
    drawn, expected = DRAWN[name]
    chart = draw_chart(months(drawn))
    assert {point.mean for point in chart.points} == {50}
    assert signals(chart) == expected


def test_a_signal_is_an_improvement_or_a_concern_by_the_direction_of_the_metric() -> None:
    chart = draw_chart(months(STEADY + "70 30"))
    assert [point.meaning for point in chart.points[-2:]] == ["improvement", "concern"]
    assert chart.variation == "special cause, concerning"
    assert chart.travel == "Getting worse: the latest month is below the lower limit of chance."
    chart = draw_chart(months(STEADY + "70 30"), direction="lower")
    assert [point.meaning for point in chart.points[-2:]] == ["concern", "improvement"]
    assert chart.travel == "Improving: the latest month is below the lower limit of chance."


def test_a_trend_means_what_its_direction_means_on_either_side_of_the_mean() -> None:
    chart = draw_chart(months(DRAWN["seven rising, across the mean"][0]))
    assert {point.meaning for point in chart.points[3:10]} == {"improvement"}


def test_a_turning_point_belongs_to_the_trend_that_begins_with_it() -> None:
    """41 44 … 59 and down again: the peak is the first of the falling months."""
    chart = draw_chart(months("20 80 20 80 41 44 47 50 53 56 59 56 53 50 47 44 41"))
    assert [point.meaning for point in chart.points] == [None] * 4 + ["improvement"] * 6 + ["concern"] * 7
    assert chart.travel == "Getting worse: the latest 7 months in a row are falling."


def test_how_long_a_shift_has_lasted_is_told_from_where_it_began() -> None:
    """Fourteen months are marked; the latest eight are the run below the mean."""
    chart = draw_chart(months("52 58 52 58 52 58 52 48 42 48 42 48 42 48 50 48 42 48 42 48 42 48"))
    assert chart.travel.startswith("Getting worse: the latest 7 months in a row are below the mean")
    low = draw_chart(months("52 58 52 58 52 58 52 59 48 42 48 42 48 42 48 41"))
    assert low.travel.startswith("Getting worse: the latest 8 months in a row are below the mean")


def test_under_13_points_nothing_is_said_but_why() -> None:
    chart = draw_chart(months("50 52 48 50 54 46 50 52 48 50 54 46 ? -"), target=60)
    assert chart.silent_because == "12 of the 13 months it takes have a figure"
    assert chart.travel == "No direction can be told yet: 12 of the 13 months it takes have a figure."
    assert (chart.variation, chart.assurance) == ("", "")
    assert {(point.mean, point.lower, point.signals) for point in chart.points} == {(None, None, ())}
    assert draw_chart([]).travel == "No direction can be told yet: nothing has been observed."
    assert draw_chart(months("50 52 48"), rules=replace(RULES, fewest_points=3)).silent_because == ""


def test_months_that_nobody_knows_beside_leave_no_moving_range() -> None:
    chart = draw_chart(months("50 ? 52 ? 48 ? 50 ? 54 ? 46 ? 50 ? 52 ? 48 ? 50 ? 54 ? 46 ? 50"))
    assert chart.silent_because == "no two months in a row have a figure"


def test_limits_of_a_percentage_are_cut_at_0_and_100_and_say_so() -> None:
    high = draw_chart(months("95 100 " * 8)).points[0]
    assert (high.upper, high.is_upper_cut, high.is_lower_cut) == (100, True, False)
    low = draw_chart(months("5 0 " * 8)).points[0]
    assert (low.lower, low.is_lower_cut, low.is_upper_cut) == (0, True, False)


def test_a_baseline_is_worked_out_anew_only_where_it_is_declared() -> None:
    drawn = months("49 51 " * 7 + "79 81 " * 7)
    assert signals(draw_chart(drawn)) != ". " * 27 + "."
    chart = draw_chart(drawn, baselines=[drawn[14].starts_on])
    assert signals(chart) == ". " * 27 + "."
    assert ({point.mean for point in chart.points[:14]}, {point.mean for point in chart.points[14:]}) == ({50}, {80})
    assert chart.points[14].moving_range is None
    young = draw_chart(drawn[:20], baselines=[drawn[14].starts_on])
    assert young.silent_because == "6 of the 13 months it takes have a figure"
    assert young.points[13].mean == 50


@pytest.mark.parametrize(
    ("target", "direction", "said"),
    [
        (60.65, "higher", "will consistently miss the target"),
        (60.64, "higher", "will hit and miss the target"),  # the limits are 39.36 and 60.64
        (39.37, "higher", "will hit and miss the target"),
        (39.36, "higher", "will consistently meet the target"),
        (60.64, "lower", "will consistently meet the target"),
        (39.36, "lower", "will hit and miss the target"),
        (39.35, "lower", "will consistently miss the target"),
        (None, "higher", ""),
    ],
)
def test_the_limits_say_whether_the_target_will_be_met(target: float | None, direction: str, said: str) -> None:
    given_target = None if target is None else Fraction(str(target))
    drawn = months("50 52 48 50 54 46 50 52 48 50 54 46 50")
    assert draw_chart(drawn, target=given_target, direction=direction).assurance == said  # type: ignore[arg-type]


def test_a_hundred_every_month_meets_a_target_of_a_hundred() -> None:
    chart = draw_chart(months("100 " * 13), target=100)
    assert (chart.assurance, signals(chart)) == ("will consistently meet the target", ". " * 12 + ".")


# A second reading of the rules, straight from their words: windows of points, one after another, nothing shared with
# the program. A window may not reach over a month that nobody knows.

Cell = tuple[int, int] | None


def by_the_words(cells: Sequence[Cell], direction: str) -> list[tuple[object, ...]]:
    """(Value, mean, lower, upper, moving range, signals, meaning) of every month."""
    value = [None if cell is None or cell[1] == 0 else Fraction(cell[0] * 100, cell[1]) for cell in cells]
    seen = [at for at in range(len(cells)) if value[at] is not None]

    def windows(length: int) -> Iterable[list[int]]:
        for start in range(len(seen) - length + 1):
            window = seen[start : start + length]
            if all(cells[at] is not None for at in range(window[0], window[-1] + 1)):
                yield window

    ranges = {after: abs(value[after] - value[before]) for before, after in windows(2)}
    if len(seen) < 13 or not ranges:
        return [(value[at], None, None, None, ranges.get(at), set(), None) for at in range(len(cells))]
    mean = sum(value[at] for at in seen) / len(seen)
    average = sum(ranges.values()) / len(ranges)
    high, low = mean + Fraction(266, 100) * average, mean - Fraction(266, 100) * average
    marks: dict[int, dict[str, int]] = {at: {} for at in range(len(cells))}
    marks_all(marks, [at for at in seen if value[at] > high], "outside", 1)
    marks_all(marks, [at for at in seen if value[at] < low], "outside", -1)
    for window in windows(7):
        if all(value[at] > mean for at in window):
            marks_all(marks, window, "shift", 1)
        if all(value[at] < mean for at in window):
            marks_all(marks, window, "shift", -1)
        if all(value[a] < value[b] for a, b in pairwise(window)):
            marks_all(marks, window, "trend", 1)
        if all(value[a] > value[b] for a, b in pairwise(window)):
            marks_all(marks, window, "trend", -1)
    third_up, third_down = mean + (high - mean) * 2 / 3, mean - (mean - low) * 2 / 3
    for window in windows(3):
        above = [at for at in window if third_up < value[at] <= high]
        below = [at for at in window if low <= value[at] < third_down]
        if len(above) >= 2 and all(value[at] > mean for at in window):
            marks_all(marks, above, "two_of_three", 1)
        if len(below) >= 2 and all(value[at] < mean for at in window):
            marks_all(marks, below, "two_of_three", -1)
    told = []
    for at in range(len(cells)):
        first = next((rule for rule in ("outside", "trend", "two_of_three", "shift") if rule in marks[at]), None)
        good = first is not None and (marks[at][first] == 1) == (direction == "higher")
        meaning = None if first is None else "improvement" if good else "concern"
        limits = (mean, max(low, Fraction(0)), min(high, Fraction(100)))
        told.append((value[at], *limits, ranges.get(at), set(marks[at]), meaning))
    return told


def marks_all(marks: dict[int, dict[str, int]], window: Sequence[int], rule: str, way: int) -> None:
    for at in window:
        marks[at][rule] = way


def by_the_program(cells: Sequence[Cell], direction: str) -> list[tuple[object, ...]]:
    series = [Observation(add_months(FIRST, at), *(cell or (None, None))) for at, cell in enumerate(cells)]
    return [
        (point.value, point.mean, point.lower, point.upper, point.moving_range, set(point.signals), point.meaning)
        for point in draw_chart(series, direction=direction).points
    ]


def one_series(chance: random.Random) -> list[Cell]:
    """Up to 40 months: steady, leaping, drifting, or all of it; now and then a month unknown or without cases."""
    level, drift, spread = chance.uniform(0, 1), chance.choice([0, 0, 0.02, -0.03]), chance.choice([0.02, 0.1, 0.4])
    base, gaps = chance.choice([4, 10, 60, 400]), chance.choice([0, 0.02, 0.1])
    cells: list[Cell] = []
    for month in range(chance.randint(5, 40)):
        if month and chance.random() < 0.05:
            level = chance.uniform(0, 1)
        share = min(max(level + drift * month + chance.gauss(0, spread), 0), 1)
        cases = 0 if chance.random() < gaps else max(1, base + chance.randint(-2, 2))
        cells.append(None if chance.random() < gaps else (round(share * cases), cases))
    return cells


def test_a_second_reading_of_the_rules_agrees_on_every_point_of_1000_series() -> None:
    chance, found, points = random.Random(20261101), Counter[str](), 0  # noqa: S311 - no secret
    for _ in range(1000):
        cells, direction = one_series(chance), chance.choice(["higher", "lower"])
        expected = by_the_words(cells, direction)
        assert by_the_program(cells, direction) == expected
        points += len(expected)
        found.update(rule for *_, signals_there, _ in expected for rule in signals_there)
    assert points > 20_000
    assert min(found[rule] for rule in LETTERS) > 100  # or it would not have been tried


CELLS = st.one_of(st.none(), st.integers(0, 4).map(lambda n: (n, 4)), st.just((0, 0)), st.integers(0, 3).map(
    lambda n: (n, 3)))  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, max_size=30), st.sampled_from(["higher", "lower"]))
def test_it_agrees_on_whatever_is_made_of_few_values_ties_and_gaps(cells: list[Cell], direction: str) -> None:
    assert by_the_program(cells, direction) == by_the_words(cells, direction)
