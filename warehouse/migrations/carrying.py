"""Rows out of one table, through Arrow, into another: on either engine, a delivery at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, Connection, Date, DateTime, Double, Select
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_of(connection: Connection, query: Select[Any]) -> pa.Table:
    """The rows of a query, with Arrow's types of its columns."""
    import pyarrow as pa  # noqa: PLC0415 - not needed to ask for the version of a warehouse

    if connection.dialect.name == "duckdb":
        written = query.compile(connection, compile_kwargs={"literal_binds": True})
        driver: Any = connection.connection.driver_connection  # the same connection, so the same transaction
        return driver.sql(str(written)).to_arrow_table()
    chosen = list(query.selected_columns)
    rows = connection.execute(query).all()
    columns = [pa.array([row[place] for row in rows], _arrow_type(one.type)) for place, one in enumerate(chosen)]
    return pa.table(columns, names=[one.name for one in chosen])


def _arrow_type(ours: TypeEngine[Any]) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415

    known: list[tuple[type[TypeEngine[Any]], Any]] = [
        (BigInteger, pa.int64()), (Boolean, pa.bool_()), (Date, pa.date32()), (DateTime, pa.timestamp("us")),
        (Double, pa.float64()),
    ]  # fmt: skip
    return next((arrow for kind, arrow in known if isinstance(ours, kind)), pa.string())
