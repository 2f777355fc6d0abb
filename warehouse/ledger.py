"""The ledger: what was delivered, what became of each row, and what was said about it. It holds no values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from warehouse.store import bulk
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FINDINGS, REFUSED_ROWS

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Delivery:
    """One file of one feed and what became of it; the counts are rows."""

    delivery_id: str
    feed: str
    agency_code: str
    file_name: str
    sha256: str
    bytes: int
    received_at: datetime
    finished_at: datetime
    state: Literal["loaded", "refused"]
    rows_in: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    rows_ignored: int = 0
    period_from: date | None = None
    period_to: date | None = None
    refused_because: str | None = None


@dataclass(frozen=True)
class DeliveryMember:
    """What one member of a delivery gave to one table (None: ignored by name), in rows."""

    source_member: str
    table_name: str | None
    rows_in: int
    loaded: int
    unchanged: int
    refused: int
    ignored: int


class Unbalanced(Exception):
    """Rows in are not loaded + unchanged + refused + ignored: a fault of this program. Command line: exit code 70."""


def record_delivery(
    connection: Connection,
    delivery: Delivery,
    members: Iterable[DeliveryMember] = (),
    findings: pa.Table | None = None,
    refused: pa.Table | None = None,
) -> None:
    """Write a delivery into the ledger, in the transaction that loads its rows.

    ``findings`` has the columns of ``ledger.findings`` and ``refused`` those of ``ledger.refused_rows``,
    each with or without ``delivery_id``.

    Raises:
        Unbalanced: a row of the delivery is not accounted for.
    """
    members = tuple(members)
    _prove_nothing_vanished(delivery, members)
    connection.execute(insert(DELIVERIES), [asdict(delivery)])
    if members:
        rows = [{"delivery_id": delivery.delivery_id, **asdict(member)} for member in members]
        connection.execute(insert(DELIVERY_MEMBERS), rows)
    for table, told in ((FINDINGS, findings), (REFUSED_ROWS, refused)):
        if told is not None:
            bulk(connection, table, _of_delivery(told, delivery.delivery_id))


def find(connection: Connection, delivery_id: str) -> RowMapping | None:
    """The ledger's line of one delivery, or None: never seen."""
    return connection.execute(select(DELIVERIES).where(DELIVERIES.c.delivery_id == delivery_id)).mappings().first()


def forget(connection: Connection, delivery_id: str) -> None:
    """Take out what the ledger says of a refused delivery, before its next try is written down."""
    for table in (FINDINGS, REFUSED_ROWS, DELIVERY_MEMBERS, DELIVERIES):
        connection.execute(delete(table).where(table.c.delivery_id == delivery_id))


def periods_reached(connection: Connection) -> dict[str, date | None]:
    """Feed → last day of the latest month that its loaded deliveries speak for (None: they name none)."""
    reached = select(DELIVERIES.c.feed, func.max(DELIVERIES.c.period_to)).where(DELIVERIES.c.state == "loaded")
    return dict(connection.execute(reached.group_by(DELIVERIES.c.feed)).tuples().all())


def list_deliveries(connection: Connection, *, feed: str | None = None, latest_only: bool = False) -> list[RowMapping]:
    """The deliveries, newest first, as rows of ``ledger.deliveries``; ``latest_only`` gives one for each feed."""
    order = (DELIVERIES.c.received_at.desc(), DELIVERIES.c.finished_at.desc(), DELIVERIES.c.delivery_id.desc())
    newest = func.row_number().over(partition_by=DELIVERIES.c.feed, order_by=order).label("newest")
    told = select(DELIVERIES, newest)
    if feed is not None:
        told = told.where(DELIVERIES.c.feed == feed)
    numbered = told.subquery()
    rows = select(*(numbered.c[column.name] for column in DELIVERIES.c))
    if latest_only:
        rows = rows.where(numbered.c.newest == 1)
    rows = rows.order_by(*(numbered.c[name].desc() for name in ("received_at", "finished_at", "delivery_id")))
    return list(connection.execute(rows).mappings())


def count_findings(connection: Connection, delivery_id: str) -> list[RowMapping]:
    """How often each rule was broken in a delivery: table_name, column_name, rule, severity, rows; most first."""
    named = (FINDINGS.c.table_name, FINDINGS.c.column_name, FINDINGS.c.rule, FINDINGS.c.severity)
    counted = func.count().label("rows")
    told = select(*named, counted).where(FINDINGS.c.delivery_id == delivery_id).group_by(*named)
    return list(connection.execute(told.order_by(counted.desc(), *named)).mappings())


def _prove_nothing_vanished(delivery: Delivery, members: tuple[DeliveryMember, ...]) -> None:
    total = delivery.rows_loaded + delivery.rows_unchanged + delivery.rows_refused + delivery.rows_ignored
    if delivery.rows_in != total:
        raise Unbalanced(
            f"Delivery {delivery.delivery_id} has {delivery.rows_in} rows, but {total} are accounted for. "
            "Nothing of it was kept; please report this."
        )
    for member in members:
        total = member.loaded + member.unchanged + member.refused + member.ignored
        if member.rows_in != total:
            raise Unbalanced(
                f"Member {member.source_member} of delivery {delivery.delivery_id} has {member.rows_in} rows, "
                f"but {total} are accounted for. Nothing of it was kept; please report this."
            )


def _of_delivery(rows: pa.Table, delivery_id: str) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - reading the ledger does not need it

    if "delivery_id" in rows.column_names:
        return rows
    return rows.append_column("delivery_id", pa.repeat(delivery_id, rows.num_rows))
