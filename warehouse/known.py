"""The warehouse as it was known at an instant: facts, ledger and figures, worked out again from what is kept.

    with known_at(store, instant) as connection:
        refresh(connection, expected, as_of)
        frames.measures(connection)

Everything is read under the names it always has. Nothing of the warehouse is changed or shut out: what has to be
written stands in a scratch database in memory (DuckDB) or in temporary tables of a transaction that is undone
(PostgreSQL). Rules and metrics are those of today: what differs is what was known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import quoted_name

from warehouse.changes import CHANGED_ROWS, WORKED_OUT
from warehouse.children import CHILD_DECISIONS, CHILD_NUMBERS
from warehouse.dimensions import DIMENSIONS
from warehouse.evidence import EVIDENCE
from warehouse.store import Store
from warehouse.sums import MONTH_SUMS
from warehouse.tables import (
    BREACHES,
    DELIVERIES,
    DELIVERY_MEMBERS,
    ESCALATIONS,
    FACTS,
    FINDINGS,
    HISTORY,
    MEASURES,
    METADATA,
    NOTICES,
    OUTBOX,
    OWED_DECISIONS,
    PROFILES,
    PUBLICATIONS,
    PUBLISHED_FIGURES,
    QUARANTINE,
    SIGHTINGS,
    TRANSITIONS,
    VIEWS,
)
from warehouse.triangulation import TRIANGULATION

SCHEMAS: Final = ("facts", "ledger", "reporting")
WRITTEN: Final = (
    CHILD_NUMBERS,
    *EVIDENCE,
    TRIANGULATION,
    MEASURES,
    *DIMENSIONS,
    WORKED_OUT,
    CHANGED_ROWS,
    MONTH_SUMS,
)
"""What `warehouse.figures.refresh` writes: empty tables of their own here."""
NOT_OFFERED: Final = (BREACHES, NOTICES, OUTBOX, SIGHTINGS, VIEWS)
"""The machinery: nobody asks how it was."""
UNSETTLED: Final = ("received", "read", "judged", "refused", "held")
"""States in which nothing of a delivery had been counted yet."""
COUNTS: Final = ("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")

Kept = Callable[[Table], FromClause]
"""A table of the warehouse → the same, under the name by which it can be reached here."""


@contextmanager
def known_at(store: Store, instant: datetime) -> Iterator[Connection]:
    """A connection on which the warehouse is as it was known at ``instant`` (local time).

    Of deliveries the state is that of then; what was said of them later is not there. The facts are those that held
    then; ``history`` is not offered. ``reporting`` is empty until `warehouse.figures.refresh` has run.
    """
    with store.reading() as connection:
        within = _in_memory if store.dialect == "duckdb" else _undone
        with within(connection, instant):
            yield connection


@contextmanager
def _in_memory(connection: Connection, instant: datetime) -> Iterator[None]:
    """A second, empty database on the same connection, with views over the first."""
    name = str(connection.exec_driver_sql("SELECT current_database()").scalar_one())
    kept, scratch = f'"{name}"', f"known_{uuid4().hex}"
    connection.rollback()
    connection.exec_driver_sql(f"ATTACH ':memory:' AS {scratch} (READ_WRITE)")  # also where the rest is read only
    connection.exec_driver_sql(f"USE {scratch}")
    try:
        for schema in SCHEMAS:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        _fill(connection, instant, lambda table: _of_database(table, kept), "CREATE VIEW {schema}.{name}")
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"USE {kept}")
        connection.rollback()
        connection.exec_driver_sql(f"DETACH DATABASE IF EXISTS {scratch}")
        connection.rollback()


@contextmanager
def _undone(connection: Connection, instant: datetime) -> Iterator[None]:
    """Temporary views and tables in one transaction, which sees the warehouse as it began and is undone."""
    connection.execution_options(isolation_level="REPEATABLE READ")
    try:
        _fill(connection, instant, lambda table: table, "CREATE TEMPORARY VIEW {name}")
        yield
    finally:
        connection.rollback()


def _fill(connection: Connection, instant: datetime, kept: Kept, create: str) -> None:
    views = _views(instant, kept)
    for table in METADATA.sorted_tables:
        if table.schema in SCHEMAS and table not in (*WRITTEN, *NOT_OFFERED):
            rows = views.get(table)
            written = (select(kept(table)) if rows is None else rows).compile(
                connection, compile_kwargs={"literal_binds": True}
            )
            beginning = create.format(schema=table.schema, name=f'"{table.name}"')
            connection.exec_driver_sql(f"{beginning} AS {written}".replace("%%", "%"))
    if connection.dialect.name == "postgresql":
        connection.execution_options(schema_translate_map=dict.fromkeys(SCHEMAS, "pg_temp"))
    for table in WRITTEN:
        table.create(connection)


def _of_database(table: Table, database: str) -> FromClause:
    schema = quoted_name(f"{database}.{table.schema}", quote=False)
    return Table(
        table.name, MetaData(), *(Column(column.name, column.type) for column in table.columns), schema=schema
    ).alias()


def _views(instant: datetime, kept: Kept) -> dict[Table, Select[Any]]:
    """What differs from today: table → its rows as they were known."""
    then = _then(instant, kept)
    settled = select(then.c.delivery_id).where(or_(then.c.state.not_in(UNSETTLED), then.c.state == then.c.state_now))
    published = kept(PUBLICATIONS)
    shown = select(published.c.publication_id).where(published.c.published_at <= literal(instant))
    views: dict[Table, Select[Any]] = {
        **{FACTS[name]: _facts(name, instant, kept) for name in FACTS},
        DELIVERIES: _deliveries(kept(DELIVERIES), then),
        TRANSITIONS: _where(kept(TRANSITIONS), lambda of: of.at <= literal(instant)),
        CHILD_DECISIONS: _where(kept(CHILD_DECISIONS), lambda of: of.decided_at <= literal(instant)),
        OWED_DECISIONS: _where(kept(OWED_DECISIONS), lambda of: of.decided_at <= literal(instant)),
        ESCALATIONS: _where(kept(ESCALATIONS), lambda of: of.told_at <= literal(instant)),
        QUARANTINE: _quarantine(kept(QUARANTINE), instant),
        PUBLICATIONS: _where(kept(PUBLICATIONS), lambda of: of.published_at <= literal(instant)),
        PUBLISHED_FIGURES: _where(kept(PUBLISHED_FIGURES), lambda of: of.publication_id.in_(shown)),
    }
    for table in (DELIVERY_MEMBERS, FINDINGS, PROFILES):
        views[table] = _where(kept(table), lambda of: of.delivery_id.in_(settled))
    return views


def _where(rows: FromClause, holds: Callable[[Any], ColumnElement[bool]]) -> Select[Any]:
    return select(rows).where(holds(rows.c))


def _facts(name: str, instant: datetime, kept: Kept) -> Select[Any]:
    """Versions that were known then and had not ended in the world, by what was known."""
    known = []
    for table in (FACTS[name], HISTORY[name]):
        rows = kept(table)
        of = rows.c
        since, until = of.known_from <= literal(instant), of.known_to > literal(instant)
        known.append(select(rows).where(since, or_(of.known_to.is_(None), until), of.valid_to.is_(None)))
    every = union_all(*known).subquery()
    return select(every)


def _then(instant: datetime, kept: Kept) -> Subquery:
    """delivery_id, and its state then and now; deliveries of which nothing was known are not there."""
    steps, lines = kept(TRANSITIONS), kept(DELIVERIES)
    order = func.row_number().over(partition_by=steps.c.delivery_id, order_by=steps.c.number.desc())
    numbered = (
        select(steps.c.delivery_id, steps.c.to_state, order.label("newest"))
        .where(steps.c.at <= literal(instant))
        .subquery()
    ).c
    return (
        select(numbered.delivery_id, numbered.to_state.label("state"), lines.c.state.label("state_now"))
        .join(lines, lines.c.delivery_id == numbered.delivery_id)
        .where(numbered.newest == 1)
        .subquery()
    )


def _deliveries(lines: FromClause, then: Subquery) -> Select[Any]:
    waited = and_(then.c.state.in_(UNSETTLED), then.c.state != then.c.state_now)
    said: dict[str, Any] = {
        "state": then.c.state,
        **{name: case((waited, 0), else_=lines.c[name]) for name in COUNTS},
        "refused_because": case((then.c.state == "refused", lines.c.refused_because), else_=null()),
    }
    told = [said.get(column.name, column).label(column.name) for column in lines.c]
    return select(*told).join(then, then.c.delivery_id == lines.c.delivery_id)


def _quarantine(rows: FromClause, instant: datetime) -> Select[Any]:
    """A row that was closed later waited then; one that was waived later was open."""
    closed = rows.c.closed_at <= literal(instant)
    waived = rows.c.waived_at <= literal(instant)
    waits = case((rows.c.waived_until >= literal(instant.date()), "waived"), else_="expired")
    said: dict[str, Any] = {
        "state": case((closed, rows.c.state), (waived, waits), else_="open"),
        **{name: case((closed, rows.c[name])) for name in ("closed_at", "closed_by")},
        **{name: case((waived, column)) for name, column in rows.c.items() if name.startswith("waived_")},
    }
    told = [said.get(column.name, column).label(column.name) for column in rows.c]
    return select(*told).where(rows.c.opened_at <= literal(instant))
