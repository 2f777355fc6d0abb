"""Refused rows and their life: open, resolved, superseded, waived, expired. The rows themselves stay in the archive.

with store.writing() as connection:  # the delivery's one transaction; its line stands in ledger.deliveries
    quarantine.open_rows(connection, delivery_id, refused, at)
    for table_name in quarantine.waiting_in(connection, feed):
        quarantine.close_by_key(connection, delivery_id, table_name, staged[table_name], at)
    quarantine.settle(connection, delivery_id, at)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, column, select, table, text, union_all, update

from warehouse import ledger
from warehouse.store import bulk, copy, registered
from warehouse.succession import Place, newest_of_chain, of_feed
from warehouse.tables import DELIVERIES, FACTS, HISTORY, QUARANTINE, SIGHTINGS
from warehouse.told import LIVE
from warehouse.waivers import WAITING, expire

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Settled", "close_by_key", "expire", "open_rows", "settle", "waiting_in", "withdraw"]

ACCEPTED: Final = "accepted_keys"

REFUSED = QUARANTINE.c


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
    import pyarrow as pa  # noqa: PLC0415 - reading the quarantine does not need it

    if not refused.num_rows:
        return 0
    rows = refused.select(["source_member", "table_name", "source_row", "row_key"])
    for name, value in (("delivery_id", delivery_id), ("state", "open")):
        rows = rows.append_column(name, pa.repeat(value, rows.num_rows))
    opened = pa.repeat(pa.scalar(at, pa.timestamp("us")), rows.num_rows)
    bulk(connection, QUARANTINE, rows.append_column("opened_at", opened))
    ledger.tell(connection, "quorate.quarantine.opened", delivery_id, at, {"rows": rows.num_rows})
    return int(rows.num_rows)


def waiting_in(connection: Connection, feed: str) -> set[str]:
    """The tables that have rows of a feed in quarantine which a corrected row could close."""
    of = and_(REFUSED.state.in_(WAITING), REFUSED.row_key.is_not(None), DELIVERIES.c.feed == feed)
    rows = QUARANTINE.join(DELIVERIES, REFUSED.delivery_id == DELIVERIES.c.delivery_id)
    return {str(name) for name in connection.scalars(select(REFUSED.table_name).select_from(rows).where(of).distinct())}


def close_by_key(
    connection: Connection, delivery_id: str, table_name: str, accepted: pa.Table | str, at: datetime
) -> int:
    """Resolve rows of earlier deliveries of the feed whose key stands among the accepted rows; returns how many.

    ``accepted`` is an Arrow table with the column row_key, or the name of a staged table that can be queried on this
    connection. Costs one small query where nothing of the feed is open. Earlier is by period, then revision, then
    arrival: a file that comes late does not close what a later period refused.
    """
    of_table = and_(REFUSED.state.in_(WAITING), REFUSED.table_name == table_name, REFUSED.row_key.is_not(None))
    waiting = set(connection.scalars(select(REFUSED.delivery_id).where(of_table).distinct()))
    if not waiting:
        return 0
    mine, others = of_feed(connection, delivery_id)
    earlier = [one.delivery_id for one in others if one.delivery_id in waiting and one.is_before(mine)]
    if not earlier:
        return 0
    with _staged(connection, accepted) as name:
        keys = select(table(name, column("row_key")).c.row_key)
        corrected = and_(of_table, REFUSED.delivery_id.in_(earlier), REFUSED.row_key.in_(keys))
        resolved = _close(connection, corrected, "resolved", delivery_id, at)
    if resolved:
        told = {"table": table_name, "rows": resolved}
        ledger.tell(connection, "quorate.quarantine.resolved", delivery_id, at, told)
    return resolved


def settle(connection: Connection, delivery_id: str, at: datetime) -> Settled:
    """The last step of a load: rows of its chain that a newer delivery has spoken of are closed.

    Rows of older deliveries of the chain that were refused again, or are no longer there: superseded. If this
    delivery came late, and later ones are loaded already, its own rows are closed by those.
    """
    mine, others = of_feed(connection, delivery_id)
    resolved = _close_late(connection, mine, others, at)
    newest = newest_of_chain(mine, others)
    older = [one.delivery_id for one in (mine, *others) if one.chain == mine.chain and one.delivery_id != newest]
    waits = and_(REFUSED.state.in_(WAITING), REFUSED.delivery_id.in_(older))
    return Settled(resolved, _close(connection, waits, "superseded", newest, at) if older else 0)


def withdraw(connection: Connection, delivery_id: str, at: datetime) -> Settled:
    """After a delivery was withdrawn: its own rows are superseded, and those that only it had closed are open again.

    Call it after `warehouse.history.withdraw` and after the ledger says ``withdrawn``.
    """
    own = and_(REFUSED.delivery_id == delivery_id, REFUSED.state.in_(WAITING))
    superseded = _close(connection, own, "superseded", delivery_id, at)
    closed = and_(REFUSED.closed_by == delivery_id, REFUSED.delivery_id != delivery_id)
    owners = connection.scalars(select(REFUSED.delivery_id).where(closed).distinct()).all()
    was_waived = REFUSED.waived_until.is_not(None)
    again = {"closed_at": None, "closed_by": None}
    freed = 0
    for state, condition in (("waived", was_waived), ("open", ~was_waived)):
        done = connection.execute(update(QUARANTINE).where(closed, condition).values(state=state, **again))
        freed += done.rowcount
    live = select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.delivery_id.in_(owners), DELIVERIES.c.state.in_(LIVE))
    counts = set(connection.scalars(live))
    closed_again = 0
    for owner in owners:
        if owner not in counts:
            gone = and_(REFUSED.delivery_id == owner, REFUSED.state.in_(WAITING))
            closed_again += _close(connection, gone, "superseded", owner, at)
    for owner in sorted(counts):
        settled = settle(connection, owner, at)
        closed_again += settled.resolved + settled.superseded
    return Settled(superseded=superseded, reopened=freed - closed_again)


def _close_late(connection: Connection, mine: Place, others: list[Place], at: datetime) -> int:
    """Close rows of a late delivery by what later ones, loaded before it, have accepted; returns how many."""
    later = [one for one in others if one.state in LIVE and mine.is_before(one)]
    later = [one for one in later if one.chain == mine.chain] or later  # in its own chain only the newer ones count
    waits = and_(REFUSED.delivery_id == mine.delivery_id, REFUSED.state.in_(WAITING), REFUSED.row_key.is_not(None))
    names = connection.scalars(select(REFUSED.table_name).where(waits).distinct()).all() if later else []
    closed = 0
    for one in later:
        for name in names:
            keys = _brought(one.delivery_id, str(name))
            accepted = and_(waits, REFUSED.table_name == name, REFUSED.row_key.in_(keys))
            closed += _close(connection, accepted, "resolved", one.delivery_id, at)
    return closed


def _brought(delivery_id: str, table_name: str) -> Select[Any]:
    """The keys of the rows that a delivery brought to a table, wherever they stand now."""
    stands = [
        select(where.c.row_key).where(where.c.delivery_id == delivery_id)
        for where in (FACTS[table_name], HISTORY[table_name])
    ]
    seen = select(SIGHTINGS.c.row_key).where(
        SIGHTINGS.c.delivery_id == delivery_id, SIGHTINGS.c.table_name == table_name
    )
    return select(union_all(*stands, seen).subquery().c.row_key)


def _close(connection: Connection, which: ColumnElement[bool], state: str, closed_by: str, at: datetime) -> int:
    closing = update(QUARANTINE).where(which).values(state=state, closed_by=closed_by, closed_at=at)
    return int(connection.execute(closing).rowcount)


@contextmanager
def _staged(connection: Connection, accepted: pa.Table | str) -> Iterator[str]:
    """The name under which the accepted keys can be queried within the block."""
    if isinstance(accepted, str):
        yield accepted
        return
    keys = accepted.select(["row_key"])
    if connection.dialect.name == "duckdb":
        with registered(connection, ACCEPTED, keys):
            yield ACCEPTED
        return
    connection.execute(text(f"CREATE TEMPORARY TABLE {ACCEPTED} (row_key text) ON COMMIT DROP"))
    copy(connection, ACCEPTED, keys)
    connection.execute(text(f"ANALYZE {ACCEPTED}"))  # or the planner takes it for a tiny one
    yield ACCEPTED
    connection.execute(text(f"DROP TABLE {ACCEPTED}"))
