"""Making a warehouse: schemas, tables, the calendar, the periods, the dimensions and the analysts' views."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlalchemy.schema import CreateSchema

import warehouse.changes
import warehouse.sums
import warehouse.triangulation  # noqa: F401 - all three declare tables
from warehouse import dimensions
from warehouse.calendar import calendar_rows, period_rows
from warehouse.described import describe
from warehouse.schema_version import refuse_what_is_not_ours, stamp
from warehouse.store import bulk
from warehouse.tables import CALENDAR, METADATA, PERIODS
from warehouse.views import create_views
from warehouse.vocabulary import SCHEMAS

describe(METADATA)


def create_all(connection: Connection) -> None:
    """Make a warehouse where there is none; in one that is there, what a migration leaves out.

    That is the calendar and the periods, dimensions beside figures, and views whose metric is new or has changed. What
    is there is left alone.

    Raises:
        warehouse.schema_version.Outdated, warehouse.schema_version.Foreign: another release or program made it.
    """
    if refuse_what_is_not_ours(connection) is None:
        for name in SCHEMAS:
            connection.execute(CreateSchema(name, if_not_exists=True))
        METADATA.create_all(connection)
        stamp(connection)
    for table, rows in ((CALENDAR, calendar_rows), (PERIODS, period_rows)):
        if not connection.scalar(select(func.count()).select_from(table)):
            bulk(connection, table, rows())
    dimensions.fill_beside(connection)
    create_views(connection)
