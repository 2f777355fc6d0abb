"""What every table, view and column of the warehouse is: for the database's comments and for ``reporting.dictionary``.

It is looked up, never said again: a canonical column in ``schemas``, any other where it is declared, and what means the
same wherever it stands in `warehouse.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table

from schemas import table as canonical
from schemas.table import Privacy
from schemas.tables import all_tables
from warehouse.categories import CATEGORIES, category
from warehouse.counting import added, view_of
from warehouse.metric import Metric
from warehouse.tables import FACTS, HISTORY, METADATA
from warehouse.vocabulary import CODE_LISTS, MEANINGS, PRIVACY, SCHEMAS, UNITS


@dataclass(frozen=True)
class Described:
    """One column."""

    name: str
    says: str
    unit: str = ""
    code_list: str = ""
    """The list of its codes, in ``reporting.codes``; '' where it has none."""
    privacy: Privacy = "none"


def describe(metadata: MetaData) -> None:
    """Give every column that nothing is said of the meaning of its name, before any of the tables is made."""
    for table in metadata.tables.values():
        for column in table.columns:
            if not column.comment:
                column.comment = MEANINGS.get(column.name)


def columns_of_table(table: Table) -> list[Described]:
    """The columns of a table, in their order."""
    return [_of_column(column) for column in table.columns]


def columns_of_view(metric: Metric) -> list[Described]:
    """The columns of a metric's view, in their order."""
    adds = _adds(metric)
    return [
        Described(column.name, adds[column.name]) if column.name in adds else _of_result(column)
        for column in view_of(metric).selected_columns
    ]


def view_says(metric: Metric) -> str:
    """What a metric's view is."""
    return f"{metric.question} One row is a {metric.unit}."


@cache
def words() -> str:
    """All that descriptions are taken from, as one text: where it changes, something may be described otherwise."""
    tables = [
        (table.fullname, table.comment, [column.comment for column in table.c]) for table in METADATA.sorted_tables
    ]
    declared = [
        (one.code_list, one.privacy) for table in all_tables().values() for one in canonical.fact_columns(table)
    ]
    return repr((tables, declared, SCHEMAS, MEANINGS, UNITS, CODE_LISTS, PRIVACY, CATEGORIES))


def _adds(metric: Metric) -> dict[str, str]:
    """Column of a metric's view → what it adds, and to which figure."""
    found = {}
    for view, codes in metric.numerators.items():
        for code in codes:
            figure = f"the {view} figure{f' ({category(code)})' if code else ''}"
            numerator, denominator = added(view, code)
            found[numerator] = f"what the row adds to the numerator of {figure}"
            found[denominator] = f"what the row adds to the denominator of {figure}"
    return found


def _of_result(column: ColumnElement[Any]) -> Described:
    """A column that a metric's rows have: handed on from a table, or worked out."""
    name = str(column.key)
    base = next((one for one in column.base_columns if isinstance(one, Column) and one.table is not None), None)
    if base is not None and base.name == name:
        return _of_column(base)
    return _named(name, MEANINGS.get(name, ""))


def _of_column(column: Column[Any]) -> Described:
    declared = _declared(column)
    if declared is not None:
        return Described(
            column.name, declared.description, UNITS.get(column.name, ""), declared.code_list or "", declared.privacy
        )
    return _named(column.name, column.comment or "")


def _declared(column: Column[Any]) -> canonical.Column | None:
    table = column.table
    if FACTS.get(table.name) is not table and HISTORY.get(table.name) is not table:
        return None
    declared = canonical.fact_columns(all_tables()[table.name])
    return next((one for one in declared if one.name == column.name), None)


def _named(name: str, says: str) -> Described:
    """A column that no canonical table declares; with the codes and the privacy of those of the same name."""
    alike = _canonical().get(name)
    codes = CODE_LISTS.get(name) or (alike and alike.code_list) or ""
    return Described(name, says, UNITS.get(name, ""), codes, PRIVACY.get(name) or (alike.privacy if alike else "none"))


@cache
def _canonical() -> Mapping[str, canonical.Column]:
    """Name → the canonical column of that name, where all tables that have it say the same of it."""
    found: dict[str, list[canonical.Column]] = {}
    for table in all_tables().values():
        for one in canonical.fact_columns(table):
            found.setdefault(one.name, []).append(one)
    return {
        name: columns[0]
        for name, columns in found.items()
        if len({(one.code_list, one.privacy) for one in columns}) == 1
    }
