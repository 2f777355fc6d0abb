"""How each metric is counted: its version, its parameters, what it reads, and its SQL. A figure names its definition.

What a metric reads is found in its statements, filters included, and in those that fill the evidence it rests on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import md5
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnClause, Connection, Select, Table, insert, select

from warehouse import gathering, parameters
from warehouse.children import CHILD_NUMBERS
from warehouse.counting import view_of
from warehouse.evidence import RETURNS
from warehouse.metric import Metric, all_metrics
from warehouse.tables import CALENDAR, DEFINITIONS, FACTS


@dataclass(frozen=True)
class Definition:
    """One way in which a metric was, or is, counted."""

    definition: str
    """md5 of the rest."""
    metric: str
    version: int
    parameters: Mapping[str, parameters.Value]
    reads: Mapping[str, tuple[str, ...]]
    """Table, such as "facts.assessments" → its columns, in order."""
    sql: str
    """The rows, and what each adds to every numerator and denominator; in DuckDB's words, on either engine."""


def definition_of(metric: Metric) -> Definition:
    """How a metric is counted now, by the parameters that hold now."""
    read = _read(metric.name)
    told = parameters.used_in([*read.bound, *_of_target(metric)])
    return _definition(metric.name, tuple(told.items()))


def in_use() -> set[str]:
    """The definitions by which figures are worked out now."""
    return {definition_of(metric).definition for metric in all_metrics().values()}


def record(connection: Connection, now: datetime) -> None:
    """Write down the definitions in use that were not before, in the connection's transaction."""
    known = set(connection.scalars(select(DEFINITIONS.c.definition)))
    new = [one for one in map(definition_of, all_metrics().values()) if one.definition not in known]
    if new:
        connection.execute(insert(DEFINITIONS), [_line(one, now) for one in new])


def reads(metric: Metric) -> Mapping[str, tuple[str, ...]]:
    """Table → the columns of it that a metric rests on."""
    return _read(metric.name).columns


def counted_from(metric: Metric) -> frozenset[str]:
    """The canonical tables that a metric counts from.

    Not those that only tell which numbers are one child's, or that an agency has returned something.
    """
    return _read(metric.name).direct & FACTS.keys()


def tables_of(metric: Metric) -> frozenset[Table]:
    """The tables that a metric's own statement reads: facts, evidence, the calendar."""
    return _tables(metric.name)


@cache
def _tables(name: str) -> frozenset[Table]:
    return frozenset(part.table for part in _parts(_statement(name)) if isinstance(part, Column))


def evidence_of(metric: Metric) -> list[Table]:
    """The tables worked out between the facts and a metric that it rests on, by name."""
    return sorted(_read(metric.name).evidence, key=lambda table: table.name)


@dataclass(frozen=True)
class _Read:
    columns: Mapping[str, tuple[str, ...]]
    direct: frozenset[str]
    """Names of tables that are read otherwise than to link numbers of children, or to see who has returned what."""
    bound: frozenset[str]
    evidence: frozenset[Table]


@cache
def _read(name: str) -> _Read:
    found: dict[str, set[str]] = {}
    bound, direct = set[str](), set[str]()
    waiting, seen = [(tuple(_parts(_statement(name))), True)], set[Table]()
    while waiting:
        parts, is_direct = waiting.pop()
        for part in parts:
            if isinstance(part, BindParameter):
                bound.add(part.key)
                continue
            found.setdefault(part.table.fullname, set()).add(part.name)
            direct |= {part.table.name} if is_direct else set()
            if part.table not in seen:
                seen.add(part.table)
                waiting.append((_filling(part.table), is_direct and part.table not in (CHILD_NUMBERS, RETURNS)))
    tables = {table.fullname for table in (*FACTS.values(), CALENDAR, CHILD_NUMBERS)}
    kept = {name: tuple(sorted(columns)) for name, columns in sorted(found.items()) if name in tables}
    evidence = frozenset(table for table in seen if gathering.filled_by(table))
    return _Read(kept, frozenset(direct), frozenset(bound), evidence)


@cache
def _filling(table: Any) -> tuple[Any, ...]:
    """The parts of the statements that fill a table of the evidence."""
    return tuple(part for statement in gathering.filled_by(table) for part in _parts(statement))


def _statement(name: str) -> Select[Any]:
    return view_of(all_metrics()[name])


def _parts(statement: Any) -> Iterator[Any]:
    """Columns of tables, also where a subquery hands them on, and bound parameters, anywhere within."""
    waiting, seen = [statement], dict[int, Any]()  # a walk of SQLAlchemy's own would go into what is shared each time
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen[id(part)] = part
        waiting += part.get_children()
        if isinstance(part, BindParameter):
            yield part
        elif isinstance(part, ColumnClause):
            yield from (base for base in part.base_columns if isinstance(base, Column) and base.table is not None)


def _of_target(metric: Metric) -> tuple[str, ...]:
    of = metric.target
    return () if of is None else (of.standard, of.green_from, of.amber_from)


@cache
def _definition(name: str, told: tuple[tuple[str, parameters.Value], ...]) -> Definition:
    from duckdb_sqlalchemy import Dialect  # noqa: PLC0415 - not needed to declare a metric

    compiled = _statement(name).compile(dialect=Dialect(), compile_kwargs={"literal_binds": True})
    version, columns = all_metrics()[name].version, _read(name).columns
    hashed = md5(json.dumps([name, version, told, columns, str(compiled)]).encode(), usedforsecurity=False)
    return Definition(hashed.hexdigest(), name, version, dict(told), columns, str(compiled))


def _line(one: Definition, now: datetime) -> dict[str, Any]:
    return {
        "definition": one.definition,
        "metric": one.metric,
        "version": one.version,
        "parameters": json.dumps(one.parameters),
        "reads": json.dumps(one.reads),
        "sql": one.sql,
        "first_used_at": now,
    }
