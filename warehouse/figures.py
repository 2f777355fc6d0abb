"""From facts to figures: every metric, view, category, agency or breakdown, and period, in ``reporting.measures``.

The database adds up months (or, for a stock, picks the latest rows); what is left is small, and periods,
coverage, intervals and colours are worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Select,
    case,
    delete,
    func,
    literal,
    null,
    select,
    tuple_,
)

from warehouse import dimensions
from warehouse.assurance import describe
from warehouse.calendar import add_months
from warehouse.counting import Placed
from warehouse.coverage import OFFICES, Returns
from warehouse.definitions import definition_of
from warehouse.gathering import gather
from warehouse.metric import Metric, View, all_metrics
from warehouse.row_hash import written
from warehouse.store import bulk
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


@dataclass(frozen=True, order=True)
class Cut:
    """The part of a metric's rows that a figure is of; without any name, all of them."""

    agency_code: str = ""
    breakdown: str = ""
    """Such as "sex"; never beside an agency: such cells would be too small to show."""
    breakdown_value: str = ""


WHOLE: Final = Cut()
BROKEN_DOWN: Final = ("rolling_12_months",)
"""Kinds of periods that are broken down: in shorter ones there are a handful of cases, which nobody may be shown."""


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


@dataclass(frozen=True)
class Summed:
    """What was counted in one cut and place."""

    counted: Mapping[Slot, Counted]
    rows: int = 0
    hash: int = 0
    """Of the rows and of what each adds: `warehouse.row_hash`."""

    def __add__(self, other: Summed) -> Summed:
        slots = self.counted.keys() | other.counted.keys()
        nothing = Counted()
        both = {slot: self.counted.get(slot, nothing) + other.counted.get(slot, nothing) for slot in slots}
        return Summed(both, self.rows + other.rows, self.hash + other.hash)


Sums = Mapping[tuple[Cut, Any], Summed]
"""(Cut, month or period) → what was counted there."""
NOTHING: Final = Summed({})


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


def _measure(
    connection: Connection, metric: Metric, returns: Returns, periods: list[Period], as_of: date
) -> Iterable[dict[str, Any]]:
    stock = metric.accumulates == "stock"
    sums = _sums(connection, _grouped(metric, as_of), metric)
    definition = definition_of(metric).definition
    everyone = sorted({cut for cut, _ in sums if not cut.breakdown})
    for period in periods:
        for cut in _cuts(metric, sums, returns, period):
            coverage = returns.coverage(metric, cut.agency_code, period.months())
            places = [(period.kind, period.label)] if stock else coverage.complete_months
            parts = everyone if cut == WHOLE else [cut]
            summed = sum((sums.get((part, place), NOTHING) for part in parts for place in places), NOTHING)
            for slot in _slots(metric):
                yield _row(metric, slot, cut, period) | {
                    "counted": summed.counted.get(slot, Counted()),
                    "coverage": coverage,
                    "definition": definition,
                    "rows_counted": summed.rows,
                    "rows_hash": written(summed.hash),
                }


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


def _slots(metric: Metric) -> list[Slot]:
    return [(view, category) for view, categories in metric.numerators.items() for category in categories]


def _row(metric: Metric, slot: Slot, cut: Cut, period: Period) -> dict[str, Any]:
    return {
        "metric": metric,
        "view": slot[0],
        "category": slot[1],
        **asdict(cut),
        "period_kind": period.kind,
        "period_label": period.label,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
    }


def _sums(connection: Connection, statement: Select[Any], metric: Metric) -> Sums:
    """Run a select of the cut, the place, rows and hash, and three sums for each slot."""
    slots, breakdowns = _slots(metric), list(metric.breakdowns)
    found: dict[tuple[Cut, Any], Summed] = {}
    for set_number, agency, value, *rest in connection.execute(statement):
        place, (rows, hashed, *sums) = rest[: -3 * len(slots) - 2], rest[-3 * len(slots) - 2 :]
        cut = Cut(breakdown=breakdowns[set_number - 1], breakdown_value=value) if set_number else Cut(agency)
        numbers = [int(number or 0) for number in sums]
        counted = {slot: Counted(*numbers[3 * index : 3 * index + 3]) for index, slot in enumerate(slots)}
        found[cut, place[0] if len(place) == 1 else tuple(place)] = Summed(counted, int(rows), int(hashed))
    return found


def _grouped(metric: Metric, as_of: date) -> Select[Any]:
    """Sums by place and agency, and by place and each breakdown: all in one reading of the rows.

    Columns: number of the breakdown (0: by agency), agency, value of the breakdown, place, rows, hash, sums.
    """
    rows = Placed(metric, as_of)
    totals = (func.count(), func.sum(rows.hash), *(func.sum(part) for part in rows.parts()))
    agency, values, place = rows.agency, rows.breakdowns, rows.place
    if not values:
        return select(literal(0), agency, null(), *place, *totals).group_by(agency, *place)
    number = case(*((func.grouping(value) == 0, one) for one, value in enumerate(values, start=1)), else_=0)
    sets = [tuple_(by, *place) for by in (agency, *values)]
    chosen = select(number, agency, func.coalesce(*values, null()), *place, *totals)
    return chosen.group_by(func.grouping_sets(*sets))
