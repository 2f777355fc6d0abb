"""The figures of one report: rows of ``reporting.measures``, read once into plain Python and picked by period.

Everything the pages show comes from here, so nothing is worked out twice and nothing is worked out by a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, Literal

import pandas as pd

MONTHS_SHOWN: Final = 24
"""Months a trend shows: two years, so that a season can be told from a change."""

HIDDEN: Final = "c"
NOT_AVAILABLE: Final = ":"
NOT_APPLICABLE: Final = "z"
"""Marks as domain §6 and the Department for Education's statistics have them: hidden, not assured, no cases."""
MARKS: Final = {"not_assured": NOT_AVAILABLE, "no_cases": NOT_APPLICABLE}
"""Assurance → mark, where nothing is hidden."""

Status = Literal["green", "amber", "red", "grey", "none"]
Assurance = Literal["assured", "partly_assured", "not_assured", "no_cases"]


@dataclass(frozen=True)
class Figure:
    """One row of ``reporting.measures``. Percentages and interval ends are 0–100 and unrounded; None is no figure."""

    metric: str
    question: str
    recommendations: str
    unit: str
    view: str
    category: str
    is_headline: bool
    agency_code: str
    breakdown: str
    breakdown_value: str
    period_kind: str
    period_label: str
    starts_on: date
    ends_on: date
    numerator: int | None
    denominator: int | None
    percentage: float | None
    low: float | None
    high: float | None
    coverage_numerator: int | None
    coverage_denominator: int | None
    coverage: float | None
    target: float | None
    direction: str
    target_source: str
    status: Status
    assurance: Assurance
    is_low_base: bool
    definition: str
    mark: str = ""
    """What stands in the place of a number: `HIDDEN`, `NOT_AVAILABLE` or `NOT_APPLICABLE`; empty: the numbers do."""

    @property
    def is_hidden(self) -> bool:
        """Whether disclosure control keeps the percentage back."""
        return self.mark == HIDDEN and self.percentage is None

    @property
    def has_figure(self) -> bool:
        """Whether a percentage may be shown: never where a return is missing altogether, whatever the row holds."""
        return self.percentage is not None and self.assurance != "not_assured"

    @property
    def shortfall(self) -> float:
        """Percentage points on the wrong side of the target; negative beyond it; 0 without figure or target."""
        if self.percentage is None or self.target is None:
            return 0.0
        gap = self.target - self.percentage
        return -gap if self.direction == "lower" else gap

    @property
    def meets_target(self) -> bool:
        """Whether the figure is at its target or better; green may fall short of it by the tolerance."""
        return self.has_figure and self.target is not None and self.shortfall <= 0


COLUMNS: Final = tuple(field.name for field in fields(Figure) if field.name != "mark")
"""The columns of ``reporting.measures``, in order."""

_WHOLE: Final = {"numerator", "denominator", "coverage_numerator", "coverage_denominator"}
_DAYS: Final = {"starts_on", "ends_on"}
_TEXT: Final = {field.name for field in fields(Figure) if field.type in ("str", "Status", "Assurance")}


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _plain(name: str) -> Callable[[Any], Any]:
    """What makes plain Python of a cell that is not null: any timestamp → date, any whole number → int."""
    if name in _TEXT:
        return str
    if name in _DAYS:
        return _day
    return int if name in _WHOLE else bool if name.startswith("is_") else float


def _column(frame: pd.DataFrame, name: str) -> list[Any]:
    """A column as plain Python; null is None, in text the empty string, in yes-or-no False."""
    nothing: Any = "" if name in _TEXT else False if name.startswith("is_") else None
    plain, cells = _plain(name), zip(frame[name].tolist(), frame[name].isna().tolist(), strict=True)
    return [nothing if is_null else plain(value) for value, is_null in cells]


def columns_of(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Read a frame of ``reporting.measures`` column by column, as plain Python, with the mark of each figure.

    Raises:
        ValueError: a column of the contract is missing.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(f"the measures lack {', '.join(missing)}: run the figures again with this version")
    found = {name: _column(frame, name) for name in COLUMNS}
    is_marked = "mark" in frame.columns
    found["mark"] = _column(frame, "mark") if is_marked else [MARKS.get(said, "") for said in found["assurance"]]
    return found


def rows(frame: pd.DataFrame) -> list[Figure]:
    """Read a frame of ``reporting.measures`` row by row; raises as `columns_of` does."""
    return [Figure(*values) for values in zip(*columns_of(frame).values(), strict=True)]


def month_start(day: date, months_earlier: int = 0) -> date:
    """First day of the month that lies so many months before the month of ``day``."""
    index = day.year * 12 + day.month - 1 - months_earlier
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Span:
    """The period that a metric's figure is of."""

    kind: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Figures:
    """What one report needs of the measures: each metric's current figure, the year before's, and 24 months."""

    rows: tuple[Figure, ...]
    ends_on: date | None
    """Last day of the current 12 months (of the last month, where nothing reaches 12); None: no figure at all."""

    @cached_property
    def _by_series(self) -> dict[tuple[str, str], list[Figure]]:
        found: dict[tuple[str, str], list[Figure]] = {}
        for row in self.rows:
            found.setdefault((row.metric, row.view), []).append(row)
        return found

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """Every metric, in the order of the frame."""
        return tuple(dict.fromkeys(metric for metric, _ in self._by_series))

    def views(self, metric: str) -> tuple[str, ...]:
        """The views a metric has: ``recorded``, ``confirmed``, or both."""
        return tuple(view for name, view in self._by_series if name == metric)

    def headline_view(self, metric: str) -> str:
        """The view that assurance rests on: the word of two agencies where a metric has it."""
        views = self.views(metric)
        return "confirmed" if "confirmed" in views else views[0]

    def declared(self, metric: str) -> Figure:
        """Any row of the metric that its target applies to, for question, unit, target and recommendations."""
        rows = self._by_series[metric, self.headline_view(metric)]
        return next((row for row in rows if row.is_headline), rows[0])

    def span(self, metric: str) -> Span | None:
        """The period shown: the current 12 months, or where the returns do not reach that far back, less.

        Less is the year to date, else the latest quarter or month of the last 12 that has a figure. None: nothing.
        """
        if self.ends_on is None:
            return None
        since = month_start(self.ends_on, 11)
        headline = [
            row
            for row in self._by_series[metric, self.headline_view(metric)]
            if row.is_headline and not row.agency_code and row.starts_on >= since
        ]
        kinds = ("rolling_12_months", "year_to_date", "quarter", "month")
        latest_first = sorted(headline, key=lambda row: (kinds.index(row.period_kind), -row.ends_on.toordinal()))
        full = [row for row in latest_first if row.period_kind == kinds[0]]
        now = [row for row in latest_first if row.period_kind == kinds[1] and row.ends_on == self.ends_on]
        less = [*now, *(row for row in latest_first if row.period_kind in kinds[2:])]
        shown = next(iter(full), None) or next((row for row in less if row.has_figure), next(iter(less), None))
        return None if shown is None else Span(shown.period_kind, shown.starts_on, shown.ends_on)

    def _within(self, metric: str, view: str, months_earlier: int = 0) -> Iterable[Figure]:
        """Rows of the metric's period, or of the same period so many months earlier."""
        span = self.span(metric)
        if span is None:
            return ()
        first, last = (month_start(day, months_earlier) for day in (span.starts_on, span.ends_on))
        return (
            row
            for row in self._by_series.get((metric, view), [])
            if row.period_kind == span.kind and row.starts_on == first and month_start(row.ends_on) == last
        )

    def headline(self, metric: str, view: str, *, months_earlier: int = 0) -> Figure | None:
        """The partnership's headline figure, now or so many months earlier."""
        found = self._within(metric, view, months_earlier)
        return next((row for row in found if not row.agency_code and row.is_headline), None)

    def categories(self, metric: str, view: str) -> list[Figure]:
        """The partnership's current figures by category, where the metric has categories."""
        return [row for row in self._within(metric, view) if not row.agency_code and row.category]

    def agencies(self, metric: str, view: str) -> list[Figure]:
        """The current headline figures by agency."""
        return [row for row in self._within(metric, view) if row.agency_code and row.is_headline]

    def trend(self, metric: str, view: str, period_kind: str) -> dict[date, Figure]:
        """The partnership's headline figures of the last 24 months or 12-month periods, by last day's month start."""
        found = {
            month_start(row.ends_on): row
            for row in self._by_series.get((metric, view), [])
            if row.period_kind == period_kind and not row.agency_code and row.is_headline
        }
        return {month: found[month] for month in self.months if month in found}

    @cached_property
    def months(self) -> tuple[date, ...]:
        """First days of the 24 months up to the current one, oldest first."""
        if self.ends_on is None:
            return ()
        return tuple(month_start(self.ends_on, back) for back in reversed(range(MONTHS_SHOWN)))


def read_figures(measures: pd.DataFrame, *, as_of: date) -> Figures:
    """Read the periods that had ended on ``as_of``; a month that is still running is left out.

    Raises:
        ValueError: a column of the contract is missing.
    """
    totals = measures[measures["breakdown"].fillna("") == ""] if "breakdown" in measures.columns else measures
    ended = tuple(row for row in rows(totals) if row.ends_on <= as_of)
    last_days = [row.ends_on for row in ended if row.period_kind == "rolling_12_months"]
    last_days = last_days or [row.ends_on for row in ended if row.period_kind == "month"]
    return Figures(ended, max(last_days, default=None))
