"""The data-quality panel: who is silent, and whether the rows add up."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from reports.quality import judge_quality, last_complete_month


@pytest.mark.parametrize(
    ("as_of", "month"),
    [
        (date(2026, 10, 30), date(2026, 9, 1)),
        (date(2026, 10, 31), date(2026, 10, 1)),
        (date(2026, 11, 1), date(2026, 10, 1)),
        (date(2027, 1, 15), date(2026, 12, 1)),
    ],
)
def test_a_month_is_complete_on_its_last_day(as_of: date, month: date) -> None:
    assert last_complete_month(as_of) == month


def test_an_agency_whose_only_file_was_refused_is_silent(deliveries: pd.DataFrame) -> None:
    assert "health_camhs" in judge_quality(deliveries, as_of=date(2026, 10, 31)).silent


def test_nobody_is_silent_for_a_month_they_all_spoke_for(deliveries: pd.DataFrame) -> None:
    loaded = deliveries[deliveries["state"] == "loaded"]
    assert judge_quality(loaded, as_of=date(2026, 9, 30)).silent == ()


def test_an_agency_that_owes_a_return_and_never_sent_one_is_silent(deliveries: pd.DataFrame) -> None:
    judged = judge_quality(deliveries, as_of=date(2026, 10, 31), owed=("csc", "sarc"))
    assert (judged.silent, judged.owed) == (("sarc",), 2)


def test_the_publisher_and_the_partnerships_own_audits_owe_nothing_by_the_month(deliveries: pd.DataFrame) -> None:
    assert "dfe" not in judge_quality(deliveries, as_of=date(2026, 10, 31)).silent


def test_a_file_of_unknown_months_counts_by_its_arrival(deliveries: pd.DataFrame) -> None:
    undated = deliveries.assign(state="loaded", period_from=None, period_to=None)
    assert judge_quality(undated, as_of=date(2026, 10, 31)).silent == ("police",)
    assert judge_quality(undated, as_of=date(2026, 9, 30)).silent == ()


def test_rows_that_do_not_add_up_are_seen(deliveries: pd.DataFrame) -> None:
    assert judge_quality(deliveries, as_of=date(2026, 10, 31)).total.is_conserved
    short = deliveries.assign(rows_loaded=deliveries["rows_loaded"] - 1)
    assert not judge_quality(short, as_of=date(2026, 10, 31)).total.is_conserved
