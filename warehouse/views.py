"""A view for analysts for each metric: its rows, and what each adds to numerator and denominator."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from warehouse.figures import counts_of
from warehouse.metric import Metric, all_metrics
from warehouse.tables import VIEWS


def create_views(connection: Connection) -> None:
    """Make ``reporting.<metric>`` for every metric that is new or has changed, and leave the others alone."""
    standing = dict(connection.execute(select(VIEWS.c.metric, VIEWS.c.definition)).tuples().all())
    for metric in all_metrics().values():
        written = str(view_of(metric).compile(connection, compile_kwargs={"literal_binds": True}))
        definition = md5(f"{metric.question}{metric.unit}{written}".encode(), usedforsecurity=False).hexdigest()
        if standing.get(metric.name) == definition:
            continue
        comment = f"{metric.question} One row is a {metric.unit}.".replace("'", "''")
        for statement in (
            f'DROP VIEW IF EXISTS reporting."{metric.name}"',
            f'CREATE VIEW reporting."{metric.name}" AS {written}',
            f"COMMENT ON VIEW reporting.\"{metric.name}\" IS '{comment}'",
        ):
            connection.exec_driver_sql(statement)
        connection.execute(delete(VIEWS).where(VIEWS.c.metric == metric.name))
        connection.execute(insert(VIEWS).values(metric=metric.name, definition=definition))


def view_of(metric: Metric) -> Select[Any]:
    """The rows of a metric, with ``<view>_numerator`` and ``<view>_denominator`` (and ``_<category>``) of each."""
    columns: list[Any] = [column for column in metric.rows.c if not _is_technical(column.name)]
    for view, categories in metric.numerators.items():
        for category in categories:
            ending = f"_{category.replace(':', '_')}" if category else ""
            numerator, denominator, _ = counts_of(metric, view, category)
            columns += [
                numerator.label(f"{view}_numerator{ending}"),
                denominator.label(f"{view}_denominator{ending}"),
            ]
    if metric.covered is not None:
        columns.append(metric.covered.label("is_covered"))
    return select(*columns)


def _is_technical(name: str) -> bool:
    return name in ("row_key", "row_hash")
