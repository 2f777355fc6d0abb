"""What a warehouse says, in a form that two runs can be compared by: everything but the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Table, func, inspect, select

from warehouse.pseudonyms import KINDS
from warehouse.store import Store
from warehouse.tables import DELIVERIES, METADATA
from warehouse.vault import open_vault

FIXED = {"calendar", "periods", "views"}
"""Tables that no delivery changes."""
COUNTED = {"sequence", "relayed_at"}
"""Columns that tell when, in whatever unit."""
OURS = {"loaded_at", "known_from", "known_to"}
"""Instants of the clock among the columns of a fact; the others are what an agency said."""
State = dict[str, tuple[str, ...]]
"""Table → a digest of each of its rows, sorted."""


def snapshot_of(store: Store) -> State:
    """Every row of the facts, their history, the ledger and the figures.

    A delivery that was received and not yet dealt with is left out with all that is said of it: it is neither before
    nor after. Instants say only whether they are there.
    """
    with store.reading() as connection:
        there = _there(connection)
        pending = _pending(connection) if DELIVERIES.fullname in there else set()
        return {name: _rows(connection, table, pending) for name, table in sorted(there.items())}


def changed(before: State, after: State) -> set[str]:
    """The tables in which two states differ; an empty one is as good as none."""
    return {name for name in before.keys() | after.keys() if before.get(name, ()) != after.get(name, ())}


def doubled(store: Store) -> list[str]:
    """Tables in which something stands twice that may stand there once only."""
    once = {"ledger.deliveries": ("delivery_id",), "ledger.outbox": ("event_id",)}
    found = []
    with store.reading() as connection:
        for name, table in _there(connection).items():
            key = ("row_key",) if table.schema == "facts" else once.get(name)
            if key and all(part in table.c for part in key):
                columns = [table.c[part] for part in key]
                twice = select(*columns).group_by(*columns).having(func.count() > 1)
                found += [name] if connection.execute(twice).first() is not None else []
    return found


def unbalanced(store: Store) -> int:
    """Deliveries of which a row is unaccounted for."""
    parts = sum(DELIVERIES.c[name] for name in ("rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored"))
    with store.reading() as connection:
        if DELIVERIES.fullname not in _there(connection):
            return 0
        return int(connection.scalar(select(func.count()).where(DELIVERIES.c.rows_in != parts)) or 0)


def unvaulted(store: Store) -> int:
    """Pseudonyms in the facts that the vault has no number for: the vault comes first, so there are none."""
    with store.reading() as connection:
        there = _there(connection)
        facts = [table for name, table in there.items() if name.startswith("facts.")]
        tokens = {
            token
            for table in facts
            for column in KINDS.keys() & table.c.keys()
            for token in connection.scalars(select(table.c[column]).where(table.c[column].is_not(None)))
        }
    if not tokens:
        return 0
    with open_vault(store) as vault, vault.store.reading() as connection:
        return len(tokens - set(connection.scalars(select(vault.identifiers.c.token))))


def _there(connection: Connection) -> Mapping[str, Table]:
    """The tables that are there: a run may have been killed before it made them."""
    inspector = inspect(connection)
    names = {(schema, name) for schema in inspector.get_schema_names() for name in inspector.get_table_names(schema)}
    # DuckDB names a schema with its database
    known = {(schema.rpartition(".")[2].strip('"'), name) for schema, name in names}
    return {
        name: table
        for name, table in METADATA.tables.items()
        if (table.schema, table.name) in known and table.name not in FIXED
    }


def _pending(connection: Connection) -> set[str]:
    return set(connection.scalars(select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.state == "received")))


def _rows(connection: Connection, table: Table, pending: set[str]) -> tuple[str, ...]:
    said = select(*(_said(column) for column in table.c if column.name not in COUNTED))
    about = next((table.c[name] for name in ("delivery_id", "subject") if name in table.c), None)
    if about is not None and pending:
        said = said.where(about.not_in(pending))
    rows = connection.execute(said).all()
    return tuple(sorted(hashlib.md5(repr(tuple(row)).encode()).hexdigest() for row in rows))


def _said(column: Column[Any]) -> Any:
    """The column as it counts: of an instant of ours, whether it is there."""
    if isinstance(column.type, DateTime) and (column.table.schema == "ledger" or column.name in OURS):
        return column.is_(None)
    return column
