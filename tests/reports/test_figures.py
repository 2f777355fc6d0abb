"""Which period a report shows, and which rows it leaves out."""

from __future__ import annotations

from datetime import date

import pandas as pd

from reports.figures import Figures, Span, read_figures, rows

OCTOBER = date(2026, 10, 31)


def read(measures: pd.DataFrame, as_of: date = OCTOBER) -> Figures:
    return read_figures(measures, as_of=as_of)


def test_the_current_12_months_are_the_last_that_had_ended(measures: pd.DataFrame) -> None:
    assert read(measures).span("health_present") == Span("rolling_12_months", date(2025, 11, 1), OCTOBER)
    september = date(2026, 9, 30)
    for day in (september, date(2026, 10, 30)):
        assert read(measures, day).span("health_present") == Span("rolling_12_months", date(2025, 10, 1), september)


def test_the_year_before_is_the_same_12_months_a_year_earlier(measures: pd.DataFrame) -> None:
    before = read(measures).headline("health_present", "recorded", months_earlier=12)
    assert before is not None
    assert (before.starts_on, before.ends_on) == (date(2024, 11, 1), date(2025, 10, 31))


def short_of_12_months(measures: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """The audit, whose returns came in June only, without its 12 months; beside it a metric that has them."""
    audit = measures[(measures.metric == "audit_rating") & (measures.period_kind == "month")]
    to_date = audit.assign(period_kind="year_to_date", starts_on=date(2026, 4, 1), ends_on=OCTOBER)
    frames = {"month": audit, "year_to_date": to_date}
    return pd.concat([measures[measures.metric == "health_present"], *(frames[kind] for kind in kinds)])


def test_returns_that_do_not_reach_back_12_months_show_the_year_to_date(measures: pd.DataFrame) -> None:
    figures = read(short_of_12_months(measures, "month", "year_to_date"))
    assert figures.span("audit_rating") == Span("year_to_date", date(2026, 4, 1), OCTOBER)
    assert len(figures.categories("audit_rating", "recorded")) == 10
    assert figures.headline("audit_rating", "recorded", months_earlier=12) is None


def test_else_they_show_the_latest_month_that_has_a_figure(measures: pd.DataFrame) -> None:
    figures = read(short_of_12_months(measures, "month"))
    assert figures.span("audit_rating") == Span("month", date(2026, 6, 1), date(2026, 6, 30))


def test_a_figure_older_than_12_months_is_no_figure(measures: pd.DataFrame) -> None:
    old = measures[measures.metric == "audit_rating"].assign(
        period_kind="month", starts_on=date(2025, 6, 1), ends_on=date(2025, 6, 30)
    )
    figures = read(pd.concat([measures[measures.metric == "health_present"], old]))
    assert figures.span("audit_rating") is None
    assert figures.headline("audit_rating", "recorded") is None


def test_a_target_is_taken_from_the_category_that_it_applies_to(measures: pd.DataFrame) -> None:
    genogram = measures[measures.metric == "genogram_effective"]
    without = genogram.assign(target=genogram["target"].where(genogram["is_headline"]))
    assert read(without.sort_values("category")).declared("genogram_effective").target == 100.0


def test_it_does_not_matter_how_the_frame_holds_its_columns(measures: pd.DataFrame) -> None:
    assert rows(measures.astype(object)) == rows(measures)
    assert rows(measures.assign(ends_on=pd.to_datetime(measures["ends_on"]))) == rows(measures)
