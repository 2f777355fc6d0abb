"""From facts to figures: every metric, view, category, agency and period, in ``reporting.measures``.

The database adds up months (or, for a stock, picks the latest rows); what is left is small, and periods,
coverage, intervals and colours are worked out here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    delete,
    func,
    literal,
    select,
)

from warehouse.assurance import describe
from warehouse.calendar import add_months
from warehouse.coverage import OFFICES, Returns
from warehouse.gathering import gather
from warehouse.metric import Metric, View, all_metrics, is_flag
from warehouse.store import bulk
from warehouse.tables import CALENDAR, MEASURES, PERIODS


@dataclass(frozen=True)
class Period:
    """A reporting period, from its first day to its last."""

    kind: str
    label: str
    starts_on: date
    ends_on: date

    def months(self) -> list[date]:
        """The first days of its months."""
        length = (self.ends_on.year - self.starts_on.year) * 12 + self.ends_on.month - self.starts_on.month + 1
        return [add_months(self.starts_on, number) for number in range(length)]


@dataclass(frozen=True)
class Counted:
    """What was counted of one view and category."""

    numerator: int = 0
    denominator: int = 0
    """Of the confirmed view: units whose second agency sent its return."""
    units: int = 0
    """As the denominator, with or without the second agency's return."""

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.numerator + other.numerator, self.denominator + other.denominator, self.units + other.units)


Slot = tuple[View, str]
"""View and category."""
Sums = Mapping[tuple[str, Any], Mapping[Slot, Counted]]
"""(Agency, month or period) → what was counted there."""


def refresh(connection: Connection, expected: Iterable[tuple[str, str]], as_of: date) -> int:
    """Figure everything anew, in the connection's transaction; returns the number of rows of ``reporting.measures``.

    Args:
        connection: one that `warehouse.store.Store.writing` gave.
        expected: the (agency code, canonical table) pairs that are owed every month.
        as_of: the last day that is counted. A month that goes on after it is owed only once something came for it.
    """
    gather(connection)
    returns = Returns.read(connection, expected, as_of)
    periods = [Period(*row) for row in connection.execute(select(PERIODS).where(PERIODS.c.starts_on <= as_of))]
    measures = [
        measure
        for metric in all_metrics().values()
        for measure in _measure(connection, metric, returns, _shown(periods, metric, returns), as_of)
    ]
    connection.execute(delete(MEASURES))
    bulk(connection, MEASURES, describe(measures))
    return len(measures)


def _shown(periods: list[Period], metric: Metric, returns: Returns) -> list[Period]:
    """The periods to report on: those that touch the months from the first to that of ``as_of``.

    Twelve months are shown once there are twelve: of what happens as it happens, once anything reaches back so
    far, because the months before the first audit have no cases and are not missing.
    """
    first, last = returns.first_month(metric), add_months(returns.as_of.replace(day=1), 1)
    reached = returns.first_of_all() if metric.due == "as_it_happens" else first
    return [
        period
        for period in periods
        if period.ends_on > first
        and (period.kind == "quarter" or period.ends_on < last)
        and (period.kind != "rolling_12_months" or period.starts_on >= reached)
    ]


def _measure(
    connection: Connection, metric: Metric, returns: Returns, periods: list[Period], as_of: date
) -> Iterable[dict[str, Any]]:
    stock = metric.accumulates == "stock"
    sums = _sums(connection, _by_period(metric, as_of) if stock else _by_month(metric, as_of), metric)
    agencies = _agencies(metric, sums, returns)
    everyone = sorted({who for who, _ in sums})
    for period in periods:
        for agency in agencies:
            coverage = returns.coverage(metric, agency, period.months())
            places = [(period.kind, period.label)] if stock else coverage.complete_months
            counted: dict[Slot, Counted] = defaultdict(Counted)
            for who in [agency] if agency else everyone:
                for place in places:
                    for slot, count in sums.get((who, place), {}).items():
                        counted[slot] += count
            for slot in _slots(metric):
                yield _row(metric, slot, agency, period) | {"counted": counted[slot], "coverage": coverage}


def _agencies(metric: Metric, sums: Sums, returns: Returns) -> list[str]:
    """The partnership as a whole first, then every agency with rows of its own or owing some.

    The offices that pass on what others returned are no agencies of it: what they did counts in the whole alone.
    """
    if not metric.by_agency:
        return [""]
    return ["", *sorted(({agency for agency, _ in sums} | returns.owing(metric)) - OFFICES)]


def _slots(metric: Metric) -> list[Slot]:
    return [(view, category) for view, categories in metric.numerators.items() for category in categories]


def _row(metric: Metric, slot: Slot, agency: str, period: Period) -> dict[str, Any]:
    return {
        "metric": metric,
        "view": slot[0],
        "category": slot[1],
        "agency_code": agency,
        "period_kind": period.kind,
        "period_label": period.label,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
    }


def _sums(connection: Connection, statement: Select[Any], metric: Metric) -> Sums:
    """Run a select of the place, the agency, and three sums for each slot."""
    found: dict[tuple[str, Any], dict[Slot, Counted]] = {}
    for row in connection.execute(statement):
        *place, agency = row[: -3 * len(_slots(metric))]
        numbers = [int(number or 0) for number in row[-3 * len(_slots(metric)) :]]
        where = (agency, place[0] if len(place) == 1 else tuple(place))
        found[where] = {slot: Counted(*numbers[3 * index : 3 * index + 3]) for index, slot in enumerate(_slots(metric))}
    return found


def _by_month(metric: Metric, as_of: date) -> Select[Any]:
    rows = metric.rows.c
    place = (CALENDAR.c.month_starts_on, rows.agency_code)
    return (
        select(*place, *_totals(metric, metric.rows))
        .join(CALENDAR, CALENDAR.c.day == rows.counted_on)
        .where(rows.counted_on <= as_of)
        .group_by(*place)
    )


def _by_period(metric: Metric, as_of: date) -> Select[Any]:
    """Of each unit the latest row in each period."""
    rows, period = metric.rows.c, PERIODS.c
    latest = func.row_number().over(
        partition_by=(period.period_kind, period.period_label, rows.agency_code, rows.unit_ref),
        order_by=rows.counted_on.desc(),
    )
    dated = (
        select(metric.rows, period.period_kind, period.period_label, latest.label("place"))
        .join(PERIODS, rows.counted_on.between(period.starts_on, period.ends_on))
        .where(rows.counted_on <= as_of)
        .subquery()
    )
    place = (dated.c.period_kind, dated.c.period_label, dated.c.agency_code)
    return select(*place, *_totals(metric, dated)).where(dated.c.place == 1).group_by(*place)


def _totals(metric: Metric, rows: Subquery) -> list[ColumnElement[Any]]:
    return [func.sum(_on(rows, metric, part)) for slot in _slots(metric) for part in counts_of(metric, *slot)]


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


def _on(rows: Subquery, metric: Metric, expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same expression over rows that were picked from the metric's population."""
    if rows is metric.rows:
        return expression
    from sqlalchemy.sql.util import ClauseAdapter  # noqa: PLC0415 - only a stock needs it

    adapted: ColumnElement[Any] = ClauseAdapter(rows).traverse(expression)
    return adapted
