"""Revision 0002, the facts: with validity, knowledge and pseudonyms; and back to what the first release held."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, and_, delete, exists, func, or_, select, union_all

from warehouse.migrations.carrying import arrow_of
from warehouse.migrations.outside import Outside, Rekey
from warehouse.schema_version import Foreign
from warehouse.store import bulk


def raise_facts(
    connection: Connection, name: str, old: Table, deliveries: Table, target: Table, *, outside: Outside
) -> None:
    """Known since it was loaded, valid since its delivery's period began, identifiers pseudonymised."""
    said = [column for column in old.c if column.name in target.c]
    rows = select(*said, deliveries.c.period_from.label("valid_from"), old.c.loaded_at.label("known_from")).join(
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
    outside: Outside,
) -> None:
    """What holds now, and of rows that have ended the last: the first release never took a row away.

    ``versions``: the facts and their history. Two feeds could not both say a row: the word known last stays.
    """
    now, history = versions
    said = [column.name for column in target.c if column.name != "loaded_at"]
    rows = union_all(*(_told(table, said) for table in (now, _last_of_ended(now, history)))).subquery()
    carried = _carry(connection, select(rows), name, deliveries, target, rekey=outside.reveal)
    other = target.alias()
    newer = or_(
        other.c.loaded_at > target.c.loaded_at,
        and_(other.c.loaded_at == target.c.loaded_at, other.c.delivery_id > target.c.delivery_id),
    )
    connection.execute(delete(target).where(exists(select(1).where(other.c.row_key == target.c.row_key, newer))))
    outside.progress(f"{name}: {carried:,} rows")


def _carry(
    connection: Connection, rows: Select[Any], name: str, deliveries: Table, target: Table, *, rekey: Rekey
) -> int:
    """Take rows over, a delivery at a time; returns how many."""
    source, carried = rows.subquery(), 0
    feed = select(source.c.delivery_id, func.min(deliveries.c.feed), func.count())
    feed = feed.join(deliveries, deliveries.c.delivery_id == source.c.delivery_id, isouter=True)
    for delivery_id, of_feed, count in connection.execute(feed.group_by(source.c.delivery_id)).tuples().all():
        if of_feed is None:
            raise Foreign(
                f"facts.{name} has rows of a delivery that the ledger does not know, so nobody can say whose they are. "
                "Nothing was changed. Restore a backup, or move the warehouse away and let the next night load the "
                "files anew."
            )
        found = arrow_of(connection, select(source).where(source.c.delivery_id == delivery_id))
        bulk(connection, target, rekey(found, name, of_feed))
        carried += count
    return carried


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
