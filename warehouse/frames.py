"""What people read of the warehouse, as pandas frames with the columns of the tables they come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, select

from warehouse.gate import KEY
from warehouse.tables import DELIVERIES, FACTS, MEASURES

if TYPE_CHECKING:
    import pandas as pd


def measures(connection: Connection) -> pd.DataFrame:
    """Every figure: ``reporting.measures``, in a settled order."""
    return _frame(connection, select(MEASURES).order_by(*(MEASURES.c[name] for name in KEY)))


def deliveries(connection: Connection) -> pd.DataFrame:
    """Every delivery of the ledger, newest first."""
    return _frame(connection, select(DELIVERIES).order_by(DELIVERIES.c.received_at.desc(), DELIVERIES.c.delivery_id))


def benchmarks(connection: Connection, areas: Iterable[str]) -> pd.DataFrame:
    """Published figures of the areas with these statistical codes, by measure, year and area."""
    table = FACTS["published_benchmarks"]
    chosen = select(table).where(table.c.area_code.in_(list(areas)))
    return _frame(connection, chosen.order_by(table.c.measure_code, table.c.year, table.c.area_code))


def _frame(connection: Connection, query: Select[tuple[object, ...]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - two seconds that a status does not need

    result = connection.execute(query)
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))
