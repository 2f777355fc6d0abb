"""From facts to figures: every metric, view, category, agency or breakdown, and period, in ``reporting.measures``.

The database adds up months (or, for a stock, picks the latest rows); what is left is small, and periods,
coverage, intervals and colours are worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from warehouse import dimensions
from warehouse.assurance import describe
from warehouse.calendar import add_months
from warehouse.coverage import OFFICES, Coverage, Returns
from warehouse.definitions import definition_of
from warehouse.metric import Metric, all_metrics
from warehouse.refreshing import How, work_out
from warehouse.row_hash import written
from warehouse.store import bulk
from warehouse.sums import NOTHING, WHOLE, Cut, Sums, slots_of
from warehouse.tables import MEASURES, PERIODS


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


BROKEN_DOWN: Final = ("rolling_12_months",)
"""Kinds of periods that are broken down: in shorter ones there are a handful of cases, which nobody may be shown."""


def refresh(connection: Connection, expected: Iterable[tuple[str, str]], as_of: date, how: How = "as it pays") -> int:
    """Bring all figures up to date, in the connection's transaction; returns the rows of ``reporting.measures``.

    Args:
        connection: one that `warehouse.store.Store.writing` gave.
        expected: the (agency code, canonical table) pairs that are owed every month.
        as_of: the last day that is counted. A month that goes on after it is owed only once something came for it.
        how: from the beginning, only what changed, or what of the two pays; the figures are the same.
    """
    counted = work_out(connection, as_of, how)
    returns = Returns.read(connection, expected, as_of)
    periods = [Period(*row) for row in connection.execute(select(PERIODS).where(PERIODS.c.starts_on <= as_of))]
    measures = [
        measure
        for name, metric in all_metrics().items()
        for measure in _measure(metric, counted[name], returns, _shown(periods, metric, returns))
    ]
    connection.execute(delete(MEASURES))
    bulk(connection, MEASURES, describe(measures))
    dimensions.fill(connection)
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


def _measure(metric: Metric, sums: Sums, returns: Returns, periods: list[Period]) -> Iterable[dict[str, Any]]:
    stock, slots = metric.accumulates == "stock", slots_of(metric)
    definition = definition_of(metric).definition
    everyone = sorted({cut for cut, _ in sums if not cut.breakdown})
    for period in periods:
        covered: dict[str, Coverage] = {}
        for cut in _cuts(metric, sums, returns, period):
            who = cut.agency_code
            if who not in covered:
                covered[who] = returns.coverage(metric, who, period.months())
            places = [(period.kind, period.label)] if stock else covered[who].complete_months
            parts = everyone if cut == WHOLE else [cut]
            summed = sum((sums.get((part, place), NOTHING) for part in parts for place in places), NOTHING)
            same = _of(metric, cut, period) | {
                "coverage": covered[who],
                "definition": definition,
                "rows_counted": summed.rows,
                "rows_hash": written(summed.hash),
            }
            for place, (view, category) in enumerate(slots):
                yield same | {"view": view, "category": category, "counted": summed.counted(place)}


def _cuts(metric: Metric, sums: Sums, returns: Returns, period: Period) -> list[Cut]:
    """The partnership as a whole first, then every agency with rows of its own or owing some, then the breakdowns.

    The offices that pass on what others returned are no agencies of it: what they did counts in the whole alone.
    """
    is_long = period.kind in BROKEN_DOWN
    broken_down = sorted({cut for cut, _ in sums if cut.breakdown}) if is_long else []
    if not metric.by_agency:
        return [WHOLE, *broken_down]
    agencies = ({cut.agency_code for cut, _ in sums} | returns.owing(metric)) - OFFICES - {""}
    return [WHOLE, *map(Cut, sorted(agencies)), *broken_down]


def _of(metric: Metric, cut: Cut, period: Period) -> dict[str, Any]:
    return {
        "metric": metric,
        **cut.said,
        "period_kind": period.kind,
        "period_label": period.label,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
    }
