"""Making a warehouse: schemas, tables, the calendar, the periods and the analysts' views."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.schema import CreateSchema

from warehouse.calendar import calendar_rows, period_rows
from warehouse.store import bulk
from warehouse.tables import CALENDAR, METADATA, PERIODS
from warehouse.views import create_views

SCHEMAS: Final = ("facts", "history", "ledger", "reporting")


def create_all(connection: Connection) -> None:
    """Make whatever is missing, and views whose metric has changed; what is there already is left alone."""
    for name in SCHEMAS:
        connection.execute(CreateSchema(name, if_not_exists=True))
    METADATA.create_all(connection)
    for table, rows in ((CALENDAR, calendar_rows), (PERIODS, period_rows)):
        if not connection.scalar(select(func.count()).select_from(table)):
            bulk(connection, table, rows())
    create_views(connection)
