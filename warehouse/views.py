"""For each metric what analysts look into: its rows, and what each adds to numerator and denominator.

In a DuckDB file these are views, and analysts have a copy of the file as it was published. On PostgreSQL they read the
warehouse itself, so there it is a table that is filled when figures are published: rows of a night that goes on, or
of one that is held back, are not seen before, and nobody waits for anybody.
"""

from __future__ import annotations

from hashlib import md5

from sqlalchemy import Connection, delete, insert, inspect, select

from warehouse import dictionary
from warehouse.counting import view_of
from warehouse.described import columns_of_view, view_says, words
from warehouse.metric import Metric, all_metrics
from warehouse.tables import VIEWS


def create_views(connection: Connection) -> None:
    """Make ``reporting.<metric>`` for every metric that is new or has changed, and the dictionary if anything has.

    The others are left alone. What is described in other words has changed, too.
    """
    standing = dict(connection.execute(select(VIEWS.c.metric, VIEWS.c.definition)).tuples().all())
    kind = "TABLE" if connection.dialect.name == "postgresql" else "VIEW"
    said, definitions = words(), []
    for metric in all_metrics().values():
        written = _written(connection, metric)
        definitions.append(_hashed(f"{kind}{view_says(metric)}{said}{written}"))
        if standing.get(metric.name) != definitions[-1]:
            _make_way(connection, metric.name, definitions[-1], is_there=metric.name in standing)
            connection.exec_driver_sql(f'CREATE {kind} reporting."{metric.name}" AS {written}')
            _comment(connection, kind, metric)
    definition = _hashed(f"{said}{definitions}")
    if standing.get(dictionary.NAME) != definition:
        _make_way(connection, dictionary.NAME, definition, is_there=dictionary.NAME in standing)
        dictionary.write(connection)


def _make_way(connection: Connection, name: str, definition: str, *, is_there: bool) -> None:
    """Drop what is made anew, and write down by which definition it will stand."""
    if is_there:
        drop_view(connection, name)
        connection.execute(delete(VIEWS).where(VIEWS.c.metric == name))
    connection.execute(insert(VIEWS).values(metric=name, definition=definition))


def _comment(connection: Connection, kind: str, metric: Metric) -> None:
    """Describe a view and its columns in the database, all at once: one by one takes three times as long."""
    view = f'reporting."{metric.name}"'
    comments = [f"{kind} {view} IS {_quoted(view_says(metric))}"]
    comments += [f'COLUMN {view}."{column.name}" IS {_quoted(column.says)}' for column in columns_of_view(metric)]
    told = "; ".join(f"COMMENT ON {comment}" for comment in comments)
    connection.exec_driver_sql(told, execution_options={"no_parameters": True})  # a % is a %


def _quoted(says: str) -> str:
    return "'" + says.replace("'", "''") + "'"


def _hashed(told: str) -> str:
    return md5(told.encode(), usedforsecurity=False).hexdigest()


def drop_view(connection: Connection, name: str) -> None:
    """Take away ``reporting.<name>``, table or view."""
    inspector = inspect(connection)
    if name in inspector.get_view_names(schema="reporting"):
        connection.exec_driver_sql(f'DROP VIEW reporting."{name}"')
    elif name in inspector.get_table_names(schema="reporting"):
        connection.exec_driver_sql(f'DROP TABLE reporting."{name}"')


def show_rows(connection: Connection) -> None:
    """On PostgreSQL: what analysts look into is from now on what the figures are made of."""
    if connection.dialect.name != "postgresql":
        return
    for metric in all_metrics().values():
        connection.exec_driver_sql(f'DELETE FROM reporting."{metric.name}"')
        connection.exec_driver_sql(f'INSERT INTO reporting."{metric.name}" {_written(connection, metric)}')


def _written(connection: Connection, metric: Metric) -> str:
    return str(view_of(metric).compile(connection, compile_kwargs={"literal_binds": True}))
