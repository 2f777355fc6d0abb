"""What every revision does to tables that change: set the old aside, make the new, drop the old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, select
from sqlalchemy.schema import CreateSchema, SetColumnComment, SetTableComment

from warehouse.migrations.written import definition
from warehouse.views import drop_view

SUFFIX: Final = "_set_aside"


@contextmanager
def replacing(connection: Connection, old: MetaData, new: MetaData) -> Iterator[dict[str, Table]]:
    """Within the block the database has the tables of ``new``; gives those of ``old`` that changed or ended, by name.

    What is the same in both stays untouched, rows and all. Rows of the others are the block's to carry over: when it
    ends, the old tables are gone. (An ALTER for each column would write every table many times over.)
    """
    aside = {
        name: _set_aside(connection, table)
        for name, table in old.tables.items()
        if name not in new.tables or definition(table) != definition(new.tables[name])
    }
    for schema in sorted(_schemas(new)):
        connection.execute(CreateSchema(schema, if_not_exists=True))
    new.create_all(connection)
    for name in old.tables.keys() & new.tables.keys() - aside.keys():
        _comment(connection, old.tables[name], new.tables[name])
    yield aside
    for table in aside.values():
        table.drop(connection)
    for schema in _schemas(old) - _schemas(new):
        connection.exec_driver_sql(f'DROP SCHEMA "{schema}"')


def _schemas(metadata: MetaData) -> set[str]:
    return {table.schema or "" for table in metadata.tables.values()}


def drop_views(connection: Connection, views: Table) -> None:
    """Drop the analysts' views, which stand on tables that change; making the warehouse whole makes them anew."""
    for name in connection.scalars(select(views.c.metric)).all():
        drop_view(connection, name)
    connection.execute(views.delete())


def _comment(connection: Connection, old: Table, new: Table) -> None:
    """A table that stays may be described in other words."""
    if old.comment != new.comment:
        connection.execute(SetTableComment(new))
    for column in new.columns:
        if column.comment != old.c[column.name].comment:
            connection.execute(SetColumnComment(column))


def _set_aside(connection: Connection, table: Table) -> Table:
    for index in table.indexes:
        if connection.dialect.name == "postgresql":  # the only one that has indexes: `warehouse.tables.indexed`
            index.drop(connection)
    name = f"{table.name}{SUFFIX}"
    connection.exec_driver_sql(f'ALTER TABLE {table.fullname} RENAME TO "{name}"')
    columns: list[Any] = [column._copy() for column in table.columns]
    return Table(name, MetaData(), *columns, schema=table.schema)
