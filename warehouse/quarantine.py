"""Refused rows and their life: open, resolved, superseded, waived, expired. The rows themselves stay in the archive.

with store.writing() as connection:  # the delivery's one transaction; its line stands in ledger.deliveries
    quarantine.open_rows(connection, delivery_id, refused, at)
    for table_name, staged in tables:
        quarantine.close_by_key(connection, delivery_id, table_name, staged, at)
    quarantine.settle(connection, delivery_id, at)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Settled:
    """What a delivery, or its withdrawal, did to quarantined rows, in rows."""

    resolved: int = 0
    superseded: int = 0
    reopened: int = 0


def open_rows(connection: Connection, delivery_id: str, refused: pa.Table, at: datetime) -> int:
    """Put the refused rows of a delivery into quarantine; returns how many.

    ``refused`` has the columns source_member, table_name, source_row and row_key (null where it could not be read).
    """
    return 0


def close_by_key(
    connection: Connection, delivery_id: str, table_name: str, accepted: pa.Table | str, at: datetime
) -> int:
    """Resolve rows of earlier deliveries of the feed whose key stands among the accepted rows; returns how many.

    ``accepted`` is an Arrow table with the column row_key, or the name of a staged table that can be queried on this
    connection. Costs one small query where nothing of the feed is open.
    """
    return 0


def settle(connection: Connection, delivery_id: str, at: datetime) -> Settled:
    """The last step of a load: rows of its chain that a newer delivery has spoken of are closed.

    Rows of older deliveries of the chain that were refused again, or are no longer there: superseded. If this
    delivery came late, and a newer one is loaded already, its own rows are closed by that one.
    """
    return Settled()


def withdraw(connection: Connection, delivery_id: str, at: datetime) -> Settled:
    """After a delivery was withdrawn: its own rows are superseded, and those that only it had closed are open again.

    Call it after `warehouse.history.withdraw` and after the ledger says ``withdrawn``.
    """
    return Settled()


def expire(connection: Connection, today: date) -> int:
    """Waivers whose last day lies before ``today`` have expired: the rows count as open again. Returns how many."""
    return 0
