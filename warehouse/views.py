"""For each metric what analysts look into: its rows, and what each adds to numerator and denominator.

In a DuckDB file these are views, and analysts have a copy of the file as it was published. On PostgreSQL they read the
warehouse itself, so there it is a table that is filled when figures are published: rows of a night that goes on, or
of one that is held back, are not seen before, and nobody waits for anybody.
"""

from __future__ import annotations

from hashlib import md5

from sqlalchemy import Connection, delete, insert, inspect, select

from warehouse.counting import view_of
from warehouse.metric import Metric, all_metrics
from warehouse.tables import VIEWS


def create_views(connection: Connection) -> None:
    """Make ``reporting.<metric>`` for every metric that is new or has changed, and leave the others alone."""
    standing = dict(connection.execute(select(VIEWS.c.metric, VIEWS.c.definition)).tuples().all())
    kind = "TABLE" if connection.dialect.name == "postgresql" else "VIEW"
    for metric in all_metrics().values():
        written = _written(connection, metric)
        definition = md5(f"{kind}{metric.question}{metric.unit}{written}".encode(), usedforsecurity=False).hexdigest()
        if standing.get(metric.name) == definition:
            continue
        drop_view(connection, metric.name)
        comment = f"{metric.question} One row is a {metric.unit}.".replace("'", "''")
        connection.exec_driver_sql(f'CREATE {kind} reporting."{metric.name}" AS {written}')
        connection.exec_driver_sql(f"COMMENT ON {kind} reporting.\"{metric.name}\" IS '{comment}'")
        connection.execute(delete(VIEWS).where(VIEWS.c.metric == metric.name))
        connection.execute(insert(VIEWS).values(metric=metric.name, definition=definition))


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
