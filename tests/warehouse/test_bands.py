"""What is usual: bands from a feed's or a figure's own history, drawn as rows and percentages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from warehouse.audit import Auditor, AuditStopped, audit
from warehouse.bands import Banded, Limits, key_of, newest, restated, volumes
from warehouse.calendar import add_months

USUAL = (410, 445, 449, 451, 367, 359, 383, 338, 370, 394, 334, 363)
"""Rows a month that Children's Social Care of the made-up partnership sends."""


def deliveries(*rows: int, feed: str = "csc_mosaic") -> list[dict[str, Any]]:
    """Deliveries of a feed, a month each; all but the last are published."""
    return [
        {
            "feed": feed, "agency_code": "csc", "file_name": f"{number}.zip", "sequence": number, "rows_in": count + 3,
            "rows_ignored": 3, "period_to": add_months(date(2025, 1, 31), number),
            "state": "loaded" if number == len(rows) - 1 else "published",
        }
        for number, count in enumerate(rows)
    ]  # fmt: skip


def series(*percentages: float, cases: int = 20, **said: Any) -> list[dict[str, Any]]:
    """The months of one figure, each on so many cases."""
    return [
        {
            "metric": "health_present", "view": "recorded", "category": "", "agency_code": "", "breakdown": "",
            "breakdown_value": "", "period_kind": "month",
            "period_label": f"{month:%Y-%m}", "starts_on": month, "denominator": cases, "percentage": percentage,
            **said,
        }
        for number, percentage in enumerate(percentages)
        for month in [add_months(date(2025, 1, 1), number)]
    ]  # fmt: skip


def unlikely(asked: list[Banded]) -> list[str]:
    return [one.name for one in asked if one.is_unlikely]


@pytest.mark.parametrize(
    ("rows", "is_asked_about"),
    [
        (380, False),
        (539, False),  # the busiest month of two years
        (250, False),  # a month of holidays
        (38, True),  # a tenth
        (0, True),
        (760, True),  # everything twice
    ],
)
def test_a_delivery_far_from_its_feeds_usual_rows_is_asked_about(rows, is_asked_about):
    assert bool(unlikely(volumes(deliveries(*USUAL, rows)))) == is_asked_about


def test_without_half_a_year_of_deliveries_nothing_is_usual():
    assert volumes(deliveries(400, 410, 390, 400, 405, 40)) == []
    assert len(volumes(deliveries(400, 410, 390, 400, 405, 400, 40))) == 1


def test_small_feeds_double_by_chance_and_are_not_asked_about():
    assert volumes(deliveries(7, 5, 9, 6, 8, 7, 21)) == []


def test_a_feed_that_grows_is_measured_against_its_last_year():
    growing = [round(100 * 1.05**month) for month in range(30)]
    assert not unlikely(volumes(deliveries(*growing)))


def test_every_delivery_that_is_not_published_is_asked_about_against_those_before_it():
    lines = deliveries(*USUAL, 40, 400)
    lines[-2]["state"] = "loaded"
    assert unlikely(volumes(reversed(lines))) == ["csc_mosaic (csc), 12.zip"]


def published(figures: list[dict[str, Any]], *, was_over: bool = True) -> dict[Any, dict[str, Any]]:
    return {key_of(figure): {**figure, "was_over": was_over} for figure in figures}


def test_a_published_figure_that_moves_by_more_than_ten_points_is_asked_about():
    stands = published(series(90.0))
    assert not unlikely(restated(series(80.5), stands))
    (asked,) = restated(series(61.5), stands)
    assert asked.is_unlikely
    assert (
        "health_present (recorded, the partnership, 2025-01): 61.5% (n = 20), published as 90.0% (n = 20)" in asked.says
    )


def test_a_period_that_was_running_moves_as_it_fills():
    assert restated(series(61.5), published(series(90.0), was_over=False)) == []


@pytest.mark.parametrize(("before", "now"), [(9, 20), (20, 9)])
def test_a_percentage_of_fewer_than_ten_cases_is_not_asked_about(before, now):
    assert restated(series(10.0, cases=now), published(series(90.0, cases=before))) == []


def test_the_newest_month_is_asked_about_where_it_leaps_out_of_its_series():
    usual = (88.0, 92.0, 90.0, 91.0, 87.0, 90.0, 93.0)
    assert not unlikely(newest(series(*usual, 70.0), {}))  # a bad month, as 20 cases can have by chance
    (asked,) = newest(series(*usual, 20.0), {})
    assert asked.is_unlikely
    assert "20.0% (n = 20); the 7 months before had 87.0% to 93.0%, 90.1% on average" in asked.says


def test_a_steady_climb_is_no_leap():
    climbing = [30.0 + 4 * month for month in range(16)]
    assert not unlikely(newest(series(*climbing, cases=5000), {}))


def test_six_months_make_a_series_and_five_do_not():
    assert newest(series(90.0, 90.0, 90.0, 90.0, 90.0, 10.0), {}) == []
    assert len(newest(series(90.0, 90.0, 90.0, 90.0, 90.0, 90.0, 10.0), {})) == 1


def test_what_stands_published_as_it_is_is_not_asked_about_again():
    months = series(90.0, 90.0, 90.0, 90.0, 90.0, 90.0, 10.0)
    assert newest(months, published(months)) == []
    assert restated(months, published(months)) == []


def test_a_limit_is_a_parameter():
    assert unlikely(volumes(deliveries(*USUAL, 250), Limits(share=0.2, row_deviations=2)))


def test_great_expectations_lets_through_what_lies_in_its_band_and_nothing_else():
    def at(value: float) -> Banded:
        return Banded("volume", "a feed", value, 10.0, 20.0, "")

    assert Auditor().is_likely([at(10), at(15), at(20)])
    assert not Auditor().is_likely([at(15), at(9.9)])
    assert not Auditor().is_likely([at(20.1), at(15)])


def test_the_audit_says_what_moved_from_what_to_what_and_why_it_matters():
    with pytest.raises(AuditStopped) as stopped:
        audit(series(61.5), published(series(90.0)), deliveries(*USUAL, 38))
    says = str(stopped.value)
    assert "csc_mosaic (csc), 12.zip: 38 rows; the 12 deliveries before had 334 to 451 (middle 376)" in says
    assert "61.5% (n = 20), published as 90.0% (n = 20)" in says
    assert "better or worse than it is: ask the agency" in says
    assert "--accept --by NAME --why TEXT" in says
    assert audit(series(90.0), published(series(90.0)), deliveries(*USUAL, 380)) == 1
