"""What is counted of a metric in each place: a month, or for a stock a period. What was counted once is kept.

Sums add up and can be taken away again: those of a metric are those of before, less what the changed units added then,
and what they add now.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import add, neg
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Select,
    Table,
    Text,
    case,
    delete,
    func,
    literal,
    null,
    select,
    tuple_,
)

from warehouse.counting import Placed
from warehouse.metric import Metric, View
from warehouse.row_hash import WIDTH, written
from warehouse.store import bulk
from warehouse.tables import METADATA


@dataclass(frozen=True, order=True)
class Cut:
    """The part of a metric's rows that a figure is of; without any name, all of them."""

    agency_code: str = ""
    breakdown: str = ""
    """Such as "sex"; never beside an agency: such cells would be too small to show."""
    breakdown_value: str = ""

    @property
    def said(self) -> dict[str, str]:
        """As columns of a table name it."""
        return {"agency_code": self.agency_code, "breakdown": self.breakdown, "breakdown_value": self.breakdown_value}


WHOLE: Final = Cut()


Slot = tuple[View, str]
"""View and category."""


@dataclass(frozen=True)
class Counted:
    """What was counted of one view and category."""

    numerator: int
    denominator: int
    """Of the confirmed view: units whose second agency sent its return."""
    units: int
    """As the denominator, with or without the second agency's return."""


@dataclass(frozen=True)
class Summed:
    """What was counted in one cut and place."""

    numbers: tuple[int, ...] = ()
    """Numerator, denominator and units of each slot (`slots_of`), one after another; none: of no row."""
    rows: int = 0
    hash: int = 0
    """Of the rows and of what each adds, modulo `warehouse.row_hash.WIDTH`."""

    def __add__(self, other: Summed) -> Summed:
        numbers = tuple(map(add, self.numbers, other.numbers)) if self.numbers and other.numbers else None
        together = (self.numbers or other.numbers) if numbers is None else numbers
        return Summed(together, self.rows + other.rows, (self.hash + other.hash) % WIDTH)

    def __neg__(self) -> Summed:
        return Summed(tuple(map(neg, self.numbers)), -self.rows, -self.hash % WIDTH)

    def counted(self, place: int) -> Counted:
        """What was counted of the slot at a place."""
        return Counted(*self.numbers[3 * place : 3 * place + 3]) if self.numbers else Counted(0, 0, 0)


Sums = dict[tuple[Cut, Any], Summed]
"""(Cut, month or period) → what was counted there; nowhere without a row."""
NOTHING: Final = Summed()
MONTH_SUMS: Final = Table(
    "month_sums",
    METADATA,
    Column("metric", Text, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("breakdown", Text, nullable=False),
    Column("breakdown_value", Text, nullable=False),
    Column("month_starts_on", Date, nullable=False),
    Column("counts", Text, nullable=False, comment="numerator, denominator and units of each view and category"),
    Column("rows_counted", BigInteger, nullable=False),
    Column("rows_hash", Text, nullable=False),
    schema="facts",
    comment="One row is what was counted of a metric in a month, for an agency or a value of a breakdown.",
)


def slots_of(metric: Metric) -> list[Slot]:
    """Every view and category of a metric."""
    return [(view, category) for view, categories in metric.numerators.items() for category in categories]


def count(connection: Connection, metric: Metric, as_of: date, months: Collection[date] | None = None) -> Sums:
    """Count a metric up to a day, in all places or, of what adds up, in some months."""
    width, breakdowns = 3 * len(slots_of(metric)), list(metric.breakdowns)
    found: Sums = {}
    for set_number, agency, value, *rest in connection.execute(_grouped(metric, as_of, months)):
        place, (rows, hashed, *sums) = rest[: -width - 2], rest[-width - 2 :]
        cut = Cut(breakdown=breakdowns[set_number - 1], breakdown_value=value) if set_number else Cut(agency)
        summed = Summed(tuple(int(number or 0) for number in sums), int(rows), int(hashed) % WIDTH)
        found[cut, place[0] if len(place) == 1 else tuple(place)] = summed
    return found


def changed(sums: Sums, less: Sums, more: Sums) -> Sums:
    """The sums without what some units added before, and with what they add now."""
    every = dict(sums)
    for one, sign in ((less, False), (more, True)):
        for where, summed in one.items():
            every[where] = every.get(where, NOTHING) + (summed if sign else -summed)
    return {where: summed for where, summed in every.items() if summed.rows}


def kept(connection: Connection, metrics: Iterable[str]) -> dict[str, Sums]:
    """Metric → what was counted of it last, of those asked for."""
    found: dict[str, Sums] = {name: {} for name in metrics}
    asked = select(MONTH_SUMS).where(MONTH_SUMS.c.metric.in_(found))
    for name, agency, breakdown, value, month, counts, rows, hashed in connection.execute(asked):
        found[name][Cut(agency, breakdown, value), month] = Summed(tuple(json.loads(counts)), rows, int(hashed, 16))
    return found


def keep(connection: Connection, sums: Mapping[str, Sums]) -> None:
    """Write down what was counted, for the next time."""
    import pyarrow as pa  # noqa: PLC0415 - not needed to ask for the status of a warehouse

    lines = [
        {
            "metric": name,
            **cut.said,
            "month_starts_on": month,
            "counts": json.dumps(summed.numbers, separators=(",", ":")),
            "rows_counted": summed.rows,
            "rows_hash": written(summed.hash),
        }
        for name, counted in sums.items()
        for (cut, month), summed in counted.items()
    ]
    connection.execute(delete(MONTH_SUMS))
    if lines:
        kinds = {"month_starts_on": pa.date32(), "rows_counted": pa.int64()}
        schema = pa.schema([(column.name, kinds.get(column.name, pa.string())) for column in MONTH_SUMS.c])
        bulk(connection, MONTH_SUMS, pa.Table.from_pylist(lines, schema=schema))


def _grouped(metric: Metric, as_of: date, months: Collection[date] | None) -> Select[Any]:
    """Sums by place and agency, and by place and each breakdown: all in one reading of the rows.

    Columns: number of the breakdown (0: by agency), agency, value of the breakdown, place, rows, hash, sums.
    """
    rows = Placed(metric, as_of, months)
    totals = (func.count(), func.sum(rows.hash), *(func.sum(part) for part in rows.parts()))
    agency, values, place = rows.agency, rows.breakdowns, rows.place
    if not values:
        return select(literal(0), agency, null(), *place, *totals).group_by(agency, *place)
    number = case(*((func.grouping(value) == 0, one) for one, value in enumerate(values, start=1)), else_=0)
    sets = [tuple_(by, *place) for by in (agency, *values)]
    chosen = select(number, agency, func.coalesce(*values, null()), *place, *totals)
    return chosen.group_by(func.grouping_sets(*sets))
