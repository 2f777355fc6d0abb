"""What counts as a move between two sets of figures."""

import pytest

from warehouse.back_test import Figure, Key, moved

HALF = Figure(2, 4, 50.0, "amber")
NO_CASES = Figure(0, 0, None, "none")
NOT_ASSURED = Figure(None, None, None, "grey")


def key(metric: str = "genogram_effective", period: str = "2026-10") -> Key:
    return (metric, "recorded", "", "", "", "", "month", period)


@pytest.mark.parametrize(
    ("after", "points"),
    [
        (Figure(3, 4, 75.0, "amber"), 25.0),
        (Figure(1, 2, 50.0, "amber"), 0.0),
        (Figure(2, 4, 50.0, "red"), 0.0),
        (NOT_ASSURED, None),
        (NO_CASES, None),
    ],
)
def test_other_counts_or_another_colour_are_a_move(after: Figure, points: float | None):
    (move,) = moved({key(): HALF}, {key(): after}).moves
    assert (move.before, move.after, move.points) == (HALF, after, points)


@pytest.mark.parametrize("same", [HALF, NO_CASES, NOT_ASSURED, Figure(2, 4, 50.0 + 1e-12, "amber")])
def test_what_says_the_same_is_none(same: Figure):
    found = moved({key(): HALF if same.numerator == 2 else same}, {key(): same})
    assert (found.moves, found.moves_any, found.compared) == ((), False, 1)


def test_a_metric_that_appears_or_goes_is_said_once_and_a_period_that_comes_with_cases_is_a_move():
    stays = {key(): HALF}
    found = moved(stays | {key("goes"): HALF, key("goes", "2026-11"): HALF}, stays | {key("appears"): NO_CASES})
    assert (found.moves, found.appear, found.go, found.moves_any) == ((), ("appears",), ("goes",), True)
    found = moved(stays, stays | {key(period="2026-11"): HALF, key(period="2026-12"): NO_CASES})
    assert [(one.key, one.before, one.after) for one in found.moves] == [(key(period="2026-11"), None, HALF)]
