"""What every population is made of: its unit, its facts, working days, and who returned what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Subquery,
    Text,
    false,
    func,
    literal,
    select,
    type_coerce,
)

from warehouse.evidence import RETURNS
from warehouse.populations.agencies import Agencies
from warehouse.tables import CALENDAR, FACTS


def unit_of(ref: Any, day: Any, agency: Any = None) -> tuple[ColumnElement[Any], ...]:
    """The three columns that every population begins with."""
    agency = literal("") if agency is None else agency
    return (
        type_coerce(ref, Text).label("unit_ref"),
        type_coerce(day, Date).label("counted_on"),
        type_coerce(agency, Text).label("agency_code"),
    )


def named(facts: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Label facts; a yes or no that is not recorded is no."""
    return [
        func.coalesce(fact, false(), type_=Boolean).label(name) if isinstance(fact.type, Boolean) else fact.label(name)
        for name, fact in facts.items()
    ]


def rows_of(table_name: str, *where: ColumnElement[bool], unit: tuple[str, ...], counted_on: str) -> Subquery:
    """The rows of a table that agencies fill about themselves; ``unit``: the columns that name a row."""
    table = FACTS[table_name]
    ref: ColumnElement[Any] = table.c[unit[0]]
    for name in unit[1:]:
        ref = ref + literal(" ") + table.c[name]
    own = [column for column in table.c if column.name != "agency_code"]
    return select(*unit_of(ref, table.c[counted_on], table.c.agency_code), *own).where(*where).subquery(table_name)


def working_days(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """Working days from ``start`` (day 0) to ``end``, by the calendar of England; null outside its reach."""

    def number(day: ColumnElement[Any]) -> Any:
        calendar = CALENDAR.alias()
        return select(calendar.c.working_day_number).where(calendar.c.day == day).scalar_subquery()

    days: ColumnElement[int] = number(end) - number(start)
    return days


def was_returned(agencies: Agencies, table_name: str, month: ColumnElement[Any]) -> ColumnElement[bool]:
    """At least one of the agencies sent the table for the month."""
    of = RETURNS.c
    return month.in_(select(of.month_starts_on).where(agencies(of.agency_code), of.table_name == table_name))
