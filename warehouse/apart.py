"""Some rows of some tables set apart under the names they always have: the same statements see these rows alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, Select, Table, insert

from warehouse.store import place_of

SCHEMAS: Final = ("facts", "ledger", "reporting")
TEMPORARY: Final = {"duckdb": "temp", "postgresql": "pg_temp"}


@contextmanager
def apart(
    connection: Connection, rows: Mapping[Table, Select[Any] | None], whole: tuple[Table, ...] = ()
) -> Iterator[None]:
    """Within the block temporary tables hold these rows (none: an empty one), and the ``whole`` tables can be read.

    They are undone with the transaction if the block fails.
    """
    for table in whole:
        connection.exec_driver_sql(
            f'CREATE TEMPORARY VIEW "{table.name}" AS SELECT * FROM {place_of(connection, table)}'
        )
    for table, chosen in rows.items():
        there = twin(table)
        there.create(connection)
        if chosen is not None:
            connection.execute(insert(there).from_select([column.name for column in chosen.selected_columns], chosen))
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f'ANALYZE "{table.name}"')  # or the planner takes a new table for a tiny one
    yield
    for table in rows:
        twin(table).drop(connection)
    for table in whole:
        connection.exec_driver_sql(f'DROP VIEW {TEMPORARY[connection.dialect.name]}."{table.name}"')


@contextmanager
def within(connection: Connection) -> Iterator[None]:
    """Within the block every statement sees what was set apart, and nothing else."""
    connection.execution_options(schema_translate_map=dict.fromkeys(SCHEMAS, TEMPORARY[connection.dialect.name]))
    try:
        yield
    finally:
        connection.execution_options(schema_translate_map=None)


@cache
def twin(table: Table) -> Table:
    """The temporary table of the same name and columns; one object, so that its statements are compiled once."""
    columns = (Column(column.name, column.type) for column in table.columns)
    return Table(table.name, MetaData(), *columns, prefixes=["TEMPORARY"])
