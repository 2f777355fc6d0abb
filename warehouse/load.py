"""Putting a delivery's rows among the facts: set by set, never row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, Table, case, column, delete, exists, func, insert, select, table, text

from warehouse.store import bulk, copy, registered
from warehouse.tables import FACTS

if TYPE_CHECKING:
    import pyarrow as pa

STAGED = "staged_rows"


@dataclass(frozen=True)
class Merged:
    """What became of accepted rows, in rows."""

    loaded: int
    """New rows, and rows that say something else than before under the same key."""
    unchanged: int
    """Rows that stood there already word for word; they keep the provenance they first came with."""


def merge(connection: Connection, table_name: str, staged: pa.Table) -> Merged:
    """Merge ``staged`` into ``facts.<table_name>`` within the connection's transaction.

    ``staged`` has the canonical columns and those of `warehouse.tables.PROVENANCE`; a ``row_key`` stands in
    it once at most. Same key and same hash: unchanged. Same key, another hash: the old row goes, the new one
    comes. Otherwise it is new.

    Raises:
        KeyError: there is no such table.
    """
    target = FACTS[table_name]
    if not staged.num_rows:
        return Merged(0, 0)
    if connection.execute(select(target.c.row_key).limit(1)).first() is None:
        _fill(connection, target, staged)
        return Merged(staged.num_rows, 0)
    if connection.dialect.name == "duckdb":
        with registered(connection, STAGED, staged):
            return _merge_staged(connection, target, staged)
    connection.execute(text(f"CREATE TEMPORARY TABLE {STAGED} (LIKE {target.fullname}) ON COMMIT DROP"))
    copy(connection, STAGED, staged)
    connection.execute(text(f"ANALYZE {STAGED}"))  # or the planner takes a new temporary table for a tiny one
    merged = _merge_staged(connection, target, staged)
    connection.execute(text(f"DROP TABLE {STAGED}"))
    return merged


def _fill(connection: Connection, target: Table, staged: pa.Table) -> None:
    """Load an empty table; its indexes, which PostgreSQL alone has, are made afterwards: half the time."""
    indexes = target.indexes if connection.dialect.name == "postgresql" else ()
    for index in indexes:
        index.drop(connection)
    bulk(connection, target, staged)
    for index in indexes:
        index.create(connection)


def _merge_staged(connection: Connection, target: Table, staged: pa.Table) -> Merged:
    rows = table(STAGED, *(column(name) for name in staged.column_names))
    same_key = rows.c.row_key == target.c.row_key
    same_row = func.sum(case((rows.c.row_hash == target.c.row_hash, 1), else_=0))
    known, unchanged = connection.execute(
        select(func.count(), func.coalesce(same_row, 0)).select_from(rows.join(target, same_key))
    ).one()
    fresh: Select[tuple[object, ...]] = select(*rows.c)
    if known > unchanged:
        changed = exists(select(1).where(same_key, rows.c.row_hash != target.c.row_hash))
        connection.execute(delete(target).where(changed))
    if unchanged:
        # whatever still has its key there is unchanged: the replaced have just gone
        fresh = fresh.where(~exists(select(1).where(same_key)))
    if unchanged < staged.num_rows:
        connection.execute(insert(target).from_select(staged.column_names, fresh))
    return Merged(staged.num_rows - int(unchanged), int(unchanged))
