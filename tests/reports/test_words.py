"""Figures in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reports import words
from reports.figures import Figure
from warehouse.categories import CATEGORIES, REASON, category
from warehouse.metric import Metric, all_metrics


def figure(percentage: float | None, **others: Any) -> Figure:
    """A figure of which only some parts matter."""
    given = {
        "metric": "m", "question": "q", "recommendations": "R1", "unit": "meeting", "view": "recorded", "category": "",
        "is_headline": True, "agency_code": "", "breakdown": "", "breakdown_value": "",
        "period_kind": "rolling_12_months", "period_label": "",
        "starts_on": date(2025, 11, 1), "ends_on": date(2026, 10, 31), "numerator": 1, "denominator": 2,
        "percentage": percentage, "low": 0.0, "high": 100.0, "coverage_numerator": 10, "coverage_denominator": 12,
        "coverage": 83.3, "target": 100.0, "direction": "higher", "target_source": "", "status": "red",
        "assurance": "assured", "is_low_base": False, "definition": "d1",
    }  # fmt: skip
    return Figure(**(given | others))


@pytest.mark.parametrize(
    ("value", "said"),
    [(6.25, "6.3"), (79.6955, "79.7"), (100.0, "100.0"), (0.0, "0.0"), (99.95, "100.0"), (41.666666, "41.7")],
)
def test_one_decimal_half_up(value: float, said: str) -> None:
    assert words.rounded(value) == said


@pytest.mark.parametrize(
    ("now", "before", "others", "said"),
    [
        (67.7, 61.6, {}, "Better: up 6.1 points on the year before; still below target"),
        (61.6, 67.7, {}, "Worse: down 6.1 points on the year before; still below target"),
        (61.6, 60.6, {}, "Better: up 1.0 point on the year before; still below target"),
        (61.6, 61.62, {}, "No change on the year before; still below target"),
        (100.0, 90.0, {}, "Better: up 10.0 points on the year before; now meets the target"),
        (90.0, 100.0, {}, "Worse: down 10.0 points on the year before; now below target"),
        (92.0, 91.0, {"target": 90.0}, "Better: up 1.0 point on the year before; still meets the target"),
        (
            96.0, 90.0, {"status": "green"},
            "Better: up 6.0 points on the year before; still just below target, within its tolerance",
        ),
        (3.0, 1.0, {"direction": "lower", "target": 0.0},
         "Worse: up 2.0 points on the year before; still above target"),
        (50.0, 40.0, {"target": None}, "Better: up 10.0 points on the year before"),
        (50.0, None, {}, "No figure for the year before to compare with; below target"),
        (None, 50.0, {}, ""),
    ],
)  # fmt: skip
def test_a_change_is_told_in_points_with_its_meaning(
    now: float | None, before: float | None, others: dict[str, Any], said: str
) -> None:
    earlier = None if before is None else figure(before, **others | {"status": "red"})
    assert words.change(figure(now, **others), earlier) == said


def test_what_is_not_assured_has_not_moved() -> None:
    assert words.change(figure(50.0, assurance="not_assured"), figure(40.0)) == ""
    assert words.change(figure(50.0), figure(40.0, assurance="not_assured")).startswith("No figure for the year before")


def test_a_missing_return_outranks_the_status_of_a_row() -> None:
    assert words.standing(figure(100.0, status="green", assurance="not_assured")).word == "Not assured"
    assert words.standing(figure(None, status="green", assurance="no_cases")).word == "Grey: no cases"
    assert words.standing(None).word == "No figure"


def test_green_below_a_target_of_a_hundred_is_called_tolerance_and_not_met() -> None:
    assert words.standing(figure(95.9, status="green")).word == "Green: within tolerance"
    assert words.standing(figure(100.0, status="green")).word == "Green: met"


def test_the_headline_counts_every_assurance_once() -> None:
    green, red, amber = figure(100.0, status="green"), figure(10.0), figure(90.0, status="amber")
    missing = figure(None, assurance="not_assured", status="grey")
    few, silent = figure(50.0, status="grey"), figure(None, assurance="no_cases", status="grey")
    assert words.headline([green, green, *[red] * 4, amber, amber, missing]) == (
        "Of 9 assurances, 2 meet their target, 6 do not (4 red, 2 amber), "
        "and 1 cannot be given because an agency sent nothing."
    )
    assert words.headline([green, few, silent, missing, missing, None]) == (
        "Of 6 assurances, 1 meets its target, 2 cannot be given because agencies sent nothing, "
        "1 has no figure for this period, 1 rests on too few cases to judge, and 1 had no cases."
    )


def test_a_headline_without_a_target_met_says_what_is_not_met() -> None:
    assert words.headline([figure(10.0), figure(90.0, status="amber")]) == (
        "Of 2 assurances, 2 do not meet their target (1 red, 1 amber)."
    )
    hidden = figure(None, mark="c", status="grey")
    assert words.headline([figure(10.0), hidden]) == (
        "Of 2 assurances, 1 does not meet its target (1 red), and 1 is hidden, for its numbers are small."
    )
    assert words.standing(hidden).word == "Hidden: small numbers"


def test_a_headline_of_nothing_but_silence_says_just_that() -> None:
    missing = figure(None, assurance="not_assured", status="grey")
    said = "Of 2 assurances, 2 cannot be given because agencies sent nothing."
    assert words.headline([missing, missing]) == said
    assert words.headline([None]) == "No assurance can be given yet: no figure has been worked out."


def test_coverage_is_told_by_returns_or_by_the_second_agencys_word() -> None:
    assert words.coverage(figure(1.0)) == "Returns received: 10 of 12 owed"
    assert words.coverage(figure(1.0, view="confirmed")) == "The second agency sent a return for 10 of 12 meetings"
    assert words.coverage(figure(1.0, coverage_denominator=None)) == "Coverage is not known"
    assert words.coverage(figure(1.0, coverage_numerator=0, coverage_denominator=0)) == "No return is owed"


def test_a_period_is_told_in_words_and_less_than_12_months_is_said() -> None:
    assert words.period(figure(1.0)) == "12 months to October 2026"
    assert words.period(figure(1.0, period_kind="month", starts_on=date(2026, 10, 1))) == "October 2026 only"
    assert words.period(figure(1.0, period_kind="year_to_date", starts_on=date(2026, 4, 1))) == (
        "April 2026 to October 2026 only: the returns do not reach back 12 months"
    )


@pytest.mark.parametrize("metric", all_metrics().values(), ids=all_metrics())
def test_every_unit_and_category_of_the_catalogue_has_words(metric: Metric) -> None:
    categories = {one for of_view in metric.numerators.values() for one in of_view if one}
    assert metric.unit in words.UNITS
    assert {one for one in categories if not one.startswith(REASON)} <= CATEGORIES.keys()


def test_codes_are_told_in_words_and_unknown_ones_as_they_stand() -> None:
    assert words.agency("health_gp") == "General practice"
    assert words.agency("new_agency") == "new_agency"
    assert category("reason:voice_not_captured") == "Voice of the child not captured"
    assert category("used") == "Up to date and used in the analysis"
    assert category("seen_alone") == "Seen alone"
