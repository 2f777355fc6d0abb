"""Arrow rows as a table that a query can join, and a table's rows as Arrow, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, DateTime, Double, MetaData, Table, Text

from warehouse.store import copy, registered

if TYPE_CHECKING:
    import pyarrow as pa

TYPES: Final = {
    "string": Text,
    "date32": Date,
    "int64": BigInteger,
    "bool": Boolean,
    "double": Double,
    "timestamp[us]": DateTime,
}
"""Arrow's name of a type → the database's."""
PIECE: Final = 16 * 2**20
"""Bytes of PostgreSQL's answer that are parsed at a time."""


@contextmanager
def staged(connection: Connection, name: str, rows: pa.Table) -> Iterator[Table]:
    """``rows`` can be queried as the table given, within the block and the connection's transaction only."""
    types = {field.name: _type_of(field.type) for field in rows.schema}
    table = Table(name, MetaData(), *(Column(column, kind) for column, kind in types.items()), prefixes=["TEMPORARY"])
    if connection.dialect.name == "duckdb":
        with registered(connection, name, rows):
            yield table
        return
    table.create(connection)
    copy(connection, name, rows)
    connection.exec_driver_sql(f'ANALYZE "{name}"')  # or the planner takes a new temporary table for a tiny one
    yield table
    table.drop(connection)


def chunks_of(connection: Connection, query: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """PostgreSQL only: the answer to ``query`` as Arrow, piece by piece; COPY tells "" from null.

    ``query`` is made of declared names only.
    """
    import pyarrow as pa  # noqa: PLC0415 - not needed to ask for the status of a warehouse

    driver: Any = connection.connection.driver_connection
    connection.exec_driver_sql("SET DateStyle = ISO")  # a server may be set to write dates otherwise
    with driver.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as answer:
        pending = bytearray()
        for line in answer:  # psycopg gives a row at a time
            pending += line
            if len(pending) >= PIECE:
                yield _parsed(pa.py_buffer(bytes(pending)), schema)
                pending.clear()
    if pending:
        yield _parsed(pa.py_buffer(bytes(pending)), schema)


def arrow_schema(table: Table, *texts: str) -> pa.Schema:
    """The columns of a table, and more columns of text, as Arrow has them."""
    import pyarrow as pa  # noqa: PLC0415

    def arrow(column: Column[Any]) -> pa.DataType:
        return next(pa.type_for_alias(alias) for alias, kind in TYPES.items() if isinstance(column.type, kind))

    return pa.schema(
        [*((column.name, arrow(column)) for column in table.columns), *((name, pa.string()) for name in texts)]
    )


def _type_of(arrow: pa.DataType) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    return next(kind for alias, kind in TYPES.items() if pa.type_for_alias(alias) == arrow)


def _parsed(text: pa.Buffer, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv  # noqa: PLC0415

    return pyarrow.csv.read_csv(
        pa.BufferReader(text),
        pyarrow.csv.ReadOptions(column_names=schema.names, block_size=2 * PIECE),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types=schema,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
