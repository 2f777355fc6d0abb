"""``reporting.dictionary``: every table, view and column of the warehouse, in the warehouse itself.

It is made with the analysts' views, by no migration: it has what is there, in the words of `warehouse.described`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, bindparam, text

from warehouse.described import Described, columns_of_table, columns_of_view, view_says
from warehouse.metric import all_metrics
from warehouse.schema_version import VERSIONS
from warehouse.store import bulk
from warehouse.tables import METADATA
from warehouse.vocabulary import SCHEMAS

NAME: Final = "dictionary"
DICTIONARY: Final = Table(
    NAME,
    MetaData(),
    Column("table_schema", Text, nullable=False, comment="facts, history, ledger or reporting"),
    Column("table_name", Text, nullable=False, comment="the table or view; '' is the schema itself"),
    Column("column_name", Text, nullable=False, comment="the column; '' is the table itself"),
    Column("position", BigInteger, nullable=False, comment="the column's place in its table, from 1"),
    Column("data_type", Text, nullable=False, comment="as the database calls it"),
    Column("says", Text, nullable=False, comment="what it is"),
    Column("unit", Text, nullable=False, comment="percent, working days, bytes; '' where it is no measure"),
    Column("code_list", Text, nullable=False, comment="the list of its codes: reporting.codes; '' where it has none"),
    Column(
        "privacy",
        Text,
        nullable=False,
        comment="none; case: an agency's number of a case; staff: of staff; identifier: a child, by pseudonym",
    ),
    schema="reporting",
    comment="One row is a column; where column_name is empty a table or view, and where table_name is too a schema.",
)


def write(connection: Connection) -> None:
    """Make the dictionary of what is there; it must not be there itself."""
    import pyarrow as pa  # noqa: PLC0415 - needed only when something has changed

    DICTIONARY.create(connection)
    types = _types(connection)
    rows = [
        {"table_schema": schema, "table_name": name, "column_name": "", "position": 0, "data_type": "", "says": says}
        | {"unit": "", "code_list": "", "privacy": "none"}
        for schema, name, says, _ in _described()
    ]
    rows += [
        {"table_schema": schema, "table_name": name, "column_name": column.name, "position": position}
        | {"data_type": types.get((schema, name, column.name), ""), "says": column.says, "unit": column.unit}
        | {"code_list": column.code_list, "privacy": column.privacy}
        for schema, name, _, columns in _described()
        for position, column in enumerate(columns, start=1)
    ]
    bulk(connection, DICTIONARY, pa.Table.from_pylist(rows))
    if connection.dialect.name == "postgresql":  # DuckDB 2.0 keeps no comments on schemas
        for schema, says in SCHEMAS.items():
            connection.exec_driver_sql(f"COMMENT ON SCHEMA {schema} IS '{says}'")


def _tables() -> list[Table]:
    """Every table but the one that alembic keeps its place in."""
    return [*(table for table in METADATA.sorted_tables if table is not VERSIONS), DICTIONARY]


def _described() -> Iterable[tuple[str, str, str, list[Described]]]:
    """(schema, table or view, what it is, its columns) of all there is."""
    for schema, says in SCHEMAS.items():
        yield schema, "", says, []
    for table in _tables():
        yield table.schema or "", table.name, table.comment or "", columns_of_table(table)
    for metric in all_metrics().values():
        yield "reporting", metric.name, view_says(metric), columns_of_view(metric)


def _types(connection: Connection) -> Mapping[tuple[str, str, str], str]:
    """(Schema, table, column) → its type, as the database calls it."""
    here = " AND table_catalog = current_database()" if connection.dialect.name == "duckdb" else ""
    asked = (
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
        f"WHERE table_schema IN :schemas{here}"
    )
    told = connection.execute(text(asked).bindparams(bindparam("schemas", tuple(SCHEMAS), expanding=True)))
    return {(schema, table, column): kind for schema, table, column, kind in told.tuples()}
