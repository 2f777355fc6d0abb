"""Revision 0002, the facts: with validity, knowledge and pseudonyms; and back to what the first release held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Select, Subquery, Table, and_, delete, exists, func, or_, select, union_all

from warehouse.migrations.carrying import arrow_of
from warehouse.migrations.outside import Outside, Rekey
from warehouse.migrations.written import tables_of
from warehouse.schema_version import Foreign
from warehouse.store import bulk

if TYPE_CHECKING:
    import pyarrow as pa

SINCE_EVER: Final = date(1900, 1, 1)
"""Begins the validity of what is said of no period."""


def raise_facts(
    connection: Connection, name: str, old: Table, deliveries: Table, target: Table, *, outside: Outside
) -> None:
    """Known since it was loaded, valid since its delivery's period began, identifiers pseudonymised."""
    said = [column for column in old.c if column.name in target.c]
    since = func.coalesce(deliveries.c.period_from, SINCE_EVER)
    rows = select(*said, since.label("valid_from"), old.c.loaded_at.label("known_from")).join(
        deliveries, deliveries.c.delivery_id == old.c.delivery_id, isouter=True
    )
    carried = _carry(connection, rows, name, deliveries, target, rekey=outside.protect)
    outside.progress(f"{name}: {carried:,} rows")


def lower_facts(
    connection: Connection,
    name: str,
    versions: tuple[Table, Table],
    deliveries: Table,
    target: Table,
    *,
    read_again: Subquery,
    outside: Outside,
) -> None:
    """What holds now, and of rows that have ended the last: the first release never took a row away.

    ``versions``: the facts and their history. Two feeds could not both say a row: the word known last stays.
    ``read_again``: `warehouse.migrations.ledger_0002.attempts_that_stand`.
    """
    now, history = versions
    said = [column.name for column in target.c if column.name != "loaded_at"]
    rows = union_all(*(_told(table, said) for table in (now, _last_of_ended(now, history)))).subquery()
    stands = func.coalesce(read_again.c.delivery_id, rows.c.delivery_id).label("delivery_id")
    told = select(*(stands if column.name == "delivery_id" else column for column in rows.c))
    told = told.join_from(rows, read_again, read_again.c.was == rows.c.delivery_id, isouter=True)
    carried = _carry(connection, told, name, deliveries, target, rekey=outside.reveal)
    other = target.alias()
    newer = or_(
        other.c.loaded_at > target.c.loaded_at,
        and_(other.c.loaded_at == target.c.loaded_at, other.c.delivery_id > target.c.delivery_id),
    )
    connection.execute(delete(target).where(exists(select(1).where(other.c.row_key == target.c.row_key, newer))))
    outside.progress(f"{name}: {carried:,} rows")


def in_clear(connection: Connection) -> Iterator[tuple[str, str, pa.Table]]:
    """(canonical table, feed, rows) of a warehouse of the first release, a delivery at a time: what the vault is given.

    The vault is filled before the migration's transaction, as it is before every delivery's.
    """
    old = tables_of("0001")
    for full, table in old.tables.items():
        if "loaded_at" in table.c:
            name = full.removeprefix("facts.")
            for feed, rows in _batches(connection, select(table), name, old.tables["ledger.deliveries"]):
                yield name, feed, rows


def _carry(
    connection: Connection, rows: Select[Any], name: str, deliveries: Table, target: Table, *, rekey: Rekey
) -> int:
    """Take rows over; returns how many."""
    carried = 0
    for feed, found in _batches(connection, rows, name, deliveries):
        bulk(connection, target, rekey(found, name, feed))
        carried += found.num_rows
    return carried


def _batches(connection: Connection, rows: Select[Any], name: str, deliveries: Table) -> Iterator[tuple[str, pa.Table]]:
    """(feed, rows) for each delivery.

    Raises:
        Foreign: there are rows of a delivery that the ledger does not know.
    """
    source = rows.subquery()
    feeds = select(source.c.delivery_id, func.min(deliveries.c.feed))
    feeds = feeds.join(deliveries, deliveries.c.delivery_id == source.c.delivery_id, isouter=True)
    for delivery_id, feed in connection.execute(feeds.group_by(source.c.delivery_id)).tuples().all():
        if feed is None:
            raise Foreign(
                f"facts.{name} has rows of a delivery that the ledger does not know, so nobody can say whose they are. "
                "Nothing was changed. Restore a backup, or move the warehouse away and let the next night load the "
                "files anew."
            )
        yield feed, arrow_of(connection, select(source).where(source.c.delivery_id == delivery_id))


def _told(table: Any, said: list[str]) -> Select[Any]:
    return select(*(table.c[name] for name in said), table.c.known_from.label("loaded_at"))


def _last_of_ended(now: Table, history: Table) -> Any:
    """Of keys that no row holds any more, the version that held last, as far as is known."""
    number = func.row_number().over(
        partition_by=history.c.row_key, order_by=(history.c.valid_to.desc(), history.c.known_from.desc())
    )
    stands = exists(select(1).where(now.c.row_key == history.c.row_key))
    ended = select(history, number.label("number")).where(history.c.known_to.is_(None), ~stands).subquery()
    return select(ended).where(ended.c.number == 1).subquery()
