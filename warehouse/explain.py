"""One figure explained to the row: what was counted in and out, on whose word, and proof that it is what was published.

asked = Asked("health_present", "recorded", "", Cut(), "quarter", "2026/27 Q2")
with store.reading() as connection:
    explained = explain(connection, asked, expected)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from warehouse import row_hash
from warehouse.bands import FigureKey
from warehouse.counting import Placed
from warehouse.coverage import Returns
from warehouse.definitions import counted_from
from warehouse.figures import Period
from warehouse.lineage import lines_of
from warehouse.metric import Metric, View, all_metrics
from warehouse.sums import WHOLE, Cut
from warehouse.tables import DEFINITIONS, DELIVERIES, MEASURES, QUARANTINE

STILL_OUT: Final = ("open", "expired", "waived")
"""States of a refused row whose words are in no figure."""


class NoSuchFigure(LookupError):
    """There is no such figure; the error says which there are."""


@dataclass(frozen=True)
class Asked:
    """Which figure is asked about."""

    metric: str
    view: View
    category: str
    cut: Cut
    period_kind: str
    period_label: str

    @property
    def key(self) -> FigureKey:
        """What names the figure for good."""
        of = self.cut
        where = (of.agency_code, of.breakdown, of.breakdown_value, self.period_kind, self.period_label)
        return (self.metric, self.view, self.category, *where)


@dataclass(frozen=True)
class Unit:
    """One row of a metric, and what it adds."""

    unit_ref: str
    counted_on: date
    agency_code: str
    counts: str
    """in: in numerator and denominator · out: in the denominator alone · not: in neither."""
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Refused:
    """Rows that were refused, and could have changed the figure."""

    delivery_id: str
    table_name: str
    rows: int


@dataclass(frozen=True)
class Explained:
    """A figure and what it rests on."""

    figure: Mapping[str, Any]
    """The line of ``reporting.measures``."""
    definition: Mapping[str, Any]
    """The line of ``ledger.definitions``; ``parameters`` and ``reads`` as they were."""
    units: tuple[Unit, ...]
    rows_hash: str
    """Of the units, worked out again now."""
    refused: tuple[Refused, ...]

    @property
    def is_proved(self) -> bool:
        """The rows, worked out again, are those that the figure was made of."""
        return (len(self.units), self.rows_hash) == (self.figure["rows_counted"], self.figure["rows_hash"])

    @property
    def reach(self) -> tuple[float, float] | None:
        """How low and how high the percentage could be if every refused row were resolved; None: there is no figure.

        A row speaks of one unit: it can bring one, or turn one over, which moves the figure most.
        """
        counted, base = self.figure["numerator"], self.figure["denominator"]
        if not base or any(unit.numerator > 1 or unit.denominator > 1 for unit in self.units):
            return None
        rows = sum(one.rows for one in self.refused)
        return 100 * max(counted - rows, 0) / base, 100 * min(counted + rows, base) / base


def explain(connection: Connection, asked: Asked, returns: Returns) -> Explained:
    """Explain a figure as it stands in ``reporting.measures``.

    Args:
        connection: one to read with.
        asked: which figure.
        returns: what was owed and came, and the last day that is counted, as when it was figured.

    Raises:
        NoSuchFigure: there is none.
    """
    metric, figure = all_metrics()[asked.metric], _figure(connection, asked)
    period = Period(asked.period_kind, asked.period_label, figure["starts_on"], figure["ends_on"])
    rows = Placed(metric, returns.as_of)
    where = _within(metric, asked.cut, period, rows, returns)
    numerator, denominator, _ = rows.counts(asked.view, asked.category)
    own = (rows.rows.unit_ref, rows.rows.counted_on, rows.rows.agency_code)
    told = select(*own, numerator, denominator, rows.hash).where(where).order_by(*own)
    found = connection.execute(told).all()
    definition = connection.execute(select(DEFINITIONS).where(DEFINITIONS.c.definition == figure["definition"]))
    return Explained(
        figure,
        _spoken(definition.mappings().one_or_none()),
        tuple(_unit(*line[:-1]) for line in found),
        row_hash.written(sum(line[-1] for line in found)),
        _refused(connection, metric, period),
    )


def lines(connection: Connection, metric: Metric, units: Iterable[Unit]) -> list[Mapping[str, Any]]:
    """The lines that speak of some units: unit_ref, agency_code, table, delivery, file, member and row.

    Where units are of an agency (pairs), the lines that are of another are left out.
    """
    every, of = lines_of(metric).subquery(), DELIVERIES.c
    meant = {(unit.unit_ref, unit.agency_code) for unit in units}
    refs = {ref for ref, _ in meant}
    told = (
        select(every, of.file_name, of.agency_code.label("sent_by"))
        .join(DELIVERIES, of.delivery_id == every.c.delivery_id)
        .where(every.c.unit_ref.in_(refs))
        .order_by(every.c.unit_ref, every.c.table_name, of.file_name, every.c.source_row)
    )
    found = (dict(line) for line in connection.execute(told).mappings())
    return [
        line
        for line in found
        if {(line["unit_ref"], ""), (line["unit_ref"], line["agency_code"])} & meant or (line["agency_code"] is None)
    ]


def _figure(connection: Connection, asked: Asked) -> Mapping[str, Any]:
    of = MEASURES.c
    wanted = {
        of.metric: asked.metric, of.view: asked.view, of.category: asked.category, of.period_kind: asked.period_kind,
        of.period_label: asked.period_label, of.agency_code: asked.cut.agency_code, of.breakdown: asked.cut.breakdown,
        of.breakdown_value: asked.cut.breakdown_value,
    }  # fmt: skip
    found = connection.execute(select(MEASURES).where(*(column == value for column, value in wanted.items())))
    figure = found.mappings().one_or_none()
    if figure is None:
        raise NoSuchFigure(f"There is no figure of {asked.metric} for {asked.period_label} as asked.")
    return dict(figure)


def _within(metric: Metric, cut: Cut, period: Period, rows: Placed, returns: Returns) -> ColumnElement[bool]:
    """The rows that the figure was made of: of its cut, in its period, of months for which everything had come."""
    if metric.accumulates == "stock":
        kind, label = rows.place
        place = and_(kind == period.kind, label == period.label)
    else:
        place = rows.place[0].in_(returns.coverage(metric, cut.agency_code, period.months()).complete_months)
    if cut == WHOLE:
        return place
    if cut.breakdown:
        at = list(metric.breakdowns).index(cut.breakdown)
        return and_(place, rows.breakdowns[at] == cut.breakdown_value)
    return and_(place, rows.agency == cut.agency_code)


def _unit(unit_ref: str, counted_on: date, agency: str, numerator: Any, denominator: Any) -> Unit:
    top, bottom = int(numerator or 0), int(denominator or 0)
    return Unit(unit_ref, counted_on, agency, "in" if top else "out" if bottom else "not", top, bottom)


def _refused(connection: Connection, metric: Metric, period: Period) -> tuple[Refused, ...]:
    """Refused rows of the tables that the metric reads, in deliveries that speak for some of the period."""
    row, of = QUARANTINE.c, DELIVERIES.c
    speaks = or_(of.period_from.is_(None), and_(of.period_from <= period.ends_on, of.period_to >= period.starts_on))
    told: Select[Any] = (
        select(row.delivery_id, row.table_name, func.count())
        .join(DELIVERIES, of.delivery_id == row.delivery_id)
        .where(row.state.in_(STILL_OUT), row.table_name.in_(counted_from(metric)), speaks)
        .group_by(row.delivery_id, row.table_name)
        .order_by(row.delivery_id, row.table_name)
    )
    return tuple(Refused(*line) for line in connection.execute(told))


def _spoken(definition: Any) -> Mapping[str, Any]:
    if definition is None:
        return {}
    return dict(definition) | {name: json.loads(definition[name]) for name in ("parameters", "reads")}
