"""What each row of a metric adds: to the numerator, the denominator and the units of every view and category."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Select, Subquery, and_, case, func, literal, select
from sqlalchemy.sql.util import ClauseAdapter

from warehouse.calendar import add_months
from warehouse.metric import Metric, View, is_flag
from warehouse.row_hash import hash_of_row
from warehouse.tables import CALENDAR, PERIODS

UNKNOWN: Final = "unknown"
"""Value of a breakdown where the record does not say."""


def view_of(metric: Metric) -> Select[Any]:
    """The rows of a metric, with ``<view>_numerator`` and ``<view>_denominator`` (and ``_<category>``) of each."""
    columns: list[Any] = [column for column in metric.rows.c if not _is_technical(column.name)]
    for view, categories in metric.numerators.items():
        for category in categories:
            adds = counts_of(metric, view, category)[:2]
            columns += [amount.label(name) for amount, name in zip(adds, added(view, category), strict=True)]
    if metric.covered is not None:
        columns.append(metric.covered.label("is_covered"))
    return select(*columns)


def added(view: View, category: str) -> tuple[str, str]:
    """The columns of a metric's view that have what a row adds to the numerator and to the denominator."""
    ending = f"_{category.replace(':', '_')}" if category else ""
    return f"{view}_numerator{ending}", f"{view}_denominator{ending}"


def _is_technical(name: str) -> bool:
    return name in ("row_key", "row_hash")


def counts_of(metric: Metric, view: View, category: str) -> tuple[ColumnElement[Any], ...]:
    """What a row adds to the numerator, to the denominator, and to the units, of a view and category."""
    numerator, units = metric.numerators[view][category], metric.denominator(view, category)
    counts = [units] if is_flag(units) else []
    within = [*counts, metric.covered] if view == "confirmed" and metric.covered is not None else counts
    return _amount(numerator, within), _amount(units, within), _amount(units, counts)


def _amount(expression: ColumnElement[Any], within: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    """1 for yes, the number itself for a number, and 0 for rows that are not within."""
    conditions = [*within, expression] if is_flag(expression) else within
    amount = literal(1) if is_flag(expression) else expression
    if conditions:
        return case((and_(*conditions), amount), else_=0)
    return amount if isinstance(amount, BindParameter) else func.coalesce(amount, 0)


class Placed:
    """The rows of a metric up to a day, each with the place it is counted in: its month, or every period of a stock.

    Of a stock only the latest row of each unit in each period is there; of anything else ``months`` may choose some.
    """

    def __init__(self, metric: Metric, as_of: date, months: Collection[date] | None = None) -> None:
        self.metric = metric
        placed = _by_period(metric, as_of) if metric.accumulates == "stock" else _by_month(metric, as_of, months)
        self._adapter = ClauseAdapter(placed)
        self.rows = placed.c
        self.place: tuple[ColumnElement[Any], ...] = (
            (self.rows.period_kind, self.rows.period_label)
            if metric.accumulates == "stock"
            else (self.rows.month_starts_on,)
        )
        self.agency: ColumnElement[Any] = self.rows.agency_code
        self.breakdowns: list[ColumnElement[Any]] = [self.rows[_by(name)] for name in metric.breakdowns]

    def parts(self) -> list[ColumnElement[Any]]:
        """What a row adds: numerator, denominator and units of every view and category, one after another."""
        slots = ((view, category) for view, categories in self.metric.numerators.items() for category in categories)
        return [part for slot in slots for part in self.counts(*slot)]

    def counts(self, view: View, category: str) -> list[ColumnElement[Any]]:
        """What a row adds to numerator, denominator and units of one view and category."""
        return [self._adapter.traverse(part) for part in counts_of(self.metric, view, category)]

    @property
    def hash(self) -> ColumnElement[int]:
        """The row as one number: which unit it is, and all that it adds."""
        rows = self.rows
        return hash_of_row(rows.unit_ref, rows.counted_on, rows.agency_code, *self.parts())


def _by_month(metric: Metric, as_of: date, months: Collection[date] | None) -> Subquery:
    counted_on = metric.rows.c.counted_on
    chosen = [] if months is None else [CALENDAR.c.month_starts_on.in_(sorted(months))]
    if months:  # said of the row's own day too: this is what keeps the rows of other months from being read
        chosen.append(counted_on.between(min(months), add_months(max(months), 1)))
    return (
        select(metric.rows, CALENDAR.c.month_starts_on, *_broken_down(metric))
        .join(CALENDAR, CALENDAR.c.day == counted_on)
        .where(counted_on <= as_of, *chosen)
        .subquery("placed")
    )


def _by_period(metric: Metric, as_of: date) -> Subquery:
    rows, period = metric.rows.c, PERIODS.c
    latest = func.row_number().over(
        partition_by=(period.period_kind, period.period_label, rows.agency_code, rows.unit_ref),
        order_by=rows.counted_on.desc(),
    )
    every = (
        select(metric.rows, period.period_kind, period.period_label, latest.label("newest"), *_broken_down(metric))
        .join(PERIODS, rows.counted_on.between(period.starts_on, period.ends_on))
        .where(rows.counted_on <= as_of)
        .subquery()
    )
    return select(every).where(every.c.newest == 1).subquery("placed")


def _broken_down(metric: Metric) -> list[ColumnElement[Any]]:
    return [func.coalesce(column, UNKNOWN).label(_by(name)) for name, column in metric.breakdowns.items()]


def _by(breakdown: str) -> str:
    return f"by_{breakdown}"
