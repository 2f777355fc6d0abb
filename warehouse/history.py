"""What each delivery said, of which time, and since when we know it: facts that do not depend on order of arrival.

What holds is a function of the deliveries that stand (were loaded and not withdrawn):

- Deliveries of one **chain** (a feed's period, or one file of changes) replace one another: the newest counts.
- Chains follow one another by their period. Of a row, the same words over several chains are one **version**, which
  keeps the first provenance; other words end it (``valid_to``) and begin the next.
- A row that the newest delivery of a chain lacks was retracted (feeds that carry their period), has ended (feeds that
  carry everything), or nothing is said of it (feeds that carry changes): `connectors.agency.Feed.carries`.

Versions that hold now stand in ``facts``; those that ended, and those that were known once, in ``history``. A row that
came again word for word makes no version: it is a sighting. Versions and sightings together are all that any delivery
ever said, so a late file, a correction and a withdrawal are worked out exactly, for the rows they touch and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union,
)

from warehouse.changes import note, note_everything
from warehouse.standing import SINCE_EVER, Carries, Standing
from warehouse.store import bulk, lent, set_aside
from warehouse.tables import DELIVERIES, FACTS, HISTORY, SIGHTINGS
from warehouse.versions import TOUCHED, derive, touching


@dataclass(frozen=True)
class Loading:
    """The delivery whose rows are taken in; its line in the ledger says already that it is loaded."""

    delivery_id: str
    feed: str
    carries: Carries
    chain: str
    period_from: date | None
    known_at: datetime
    """From when on we know it."""


@dataclass(frozen=True)
class Merged:
    """What became of accepted rows, in rows."""

    loaded: int
    """New rows, rows that say something else than before, and rows of an earlier time that came late."""
    unchanged: int
    """Rows that stood there already word for word; they keep the provenance they first came with."""


def apply(connection: Connection, loading: Loading, staged: Mapping[str, pa.Table]) -> dict[tuple[str, str], Merged]:
    """Take the accepted rows of a delivery in; returns what became of them, by table and source member.

    ``staged`` has, for each table of the feed (an empty one too: its silence counts), the canonical columns,
    ``source_member``, ``source_row``, ``row_key`` and ``row_hash``; a ``row_key`` stands in a table once at most.

    Raises:
        KeyError: there is no such table.
    """
    standing = Standing.read(connection, loading.feed, loading.carries)
    merged = {}
    for table_name, rows in staged.items():
        placed = _with_provenance(rows, loading)
        if standing.follows(loading.delivery_id):
            unchanged = _follow(connection, loading, table_name, placed)
        else:
            unchanged = _work_in(connection, loading, standing, table_name, placed)
        for one in rows["source_member"].value_counts().to_pylist() if rows.num_rows else ():
            same = unchanged.get(one["values"], 0)
            merged[table_name, one["values"]] = Merged(one["counts"] - same, same)
    return merged


def _follow(connection: Connection, loading: Loading, table_name: str, rows: pa.Table) -> dict[str, int]:
    """Take in a file that follows in order on all before it: what it says of a row is the row's next version.

    Returns member → rows that stood there already.
    """
    facts = FACTS[table_name]
    if connection.dialect.name == "postgresql" and _is_empty(connection, table_name):
        note_everything(connection)
        _fill(connection, facts, rows)
        return {}
    with lent(connection, "staged_rows", rows) as new:
        known = facts.c.row_key == new.c.row_key
        same = and_(known, facts.c.row_hash == new.c.row_hash)
        unchanged, stood = connection.execute(
            select(func.count().filter(same), func.count()).select_from(new.join(facts, known))
        ).one()
        over: ColumnElement[bool] = exists(select(1).where(known, facts.c.row_hash != new.c.row_hash))
        if loading.carries == "everything":
            of_feed = facts.c.delivery_id.in_(select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.feed == loading.feed))
            over = or_(over, and_(of_feed, ~exists(select(1).where(known))))
        said_otherwise = ~exists(select(1).where(same))
        note(
            connection,
            table_name,
            union(select(facts.c.row_key).where(over), select(new.c.row_key).where(said_otherwise)),
        )
        if stood > unchanged or loading.carries == "everything":
            _end(connection, loading, table_name, over)
        fresh: ColumnElement[bool] = true()
        if unchanged:  # whatever still has its key there: what changed has just gone
            _sight(connection, table_name, select(new).where(exists(select(1).where(same))))
            fresh = ~exists(select(1).where(known))
        if unchanged < rows.num_rows:
            chosen = select(*(new.c[name] for name in rows.column_names)).where(fresh)
            connection.execute(insert(facts).from_select(rows.column_names, chosen))
    return _sighted(connection, loading, table_name) if unchanged else {}


def _end(connection: Connection, loading: Loading, table_name: str, over: ColumnElement[bool]) -> None:
    """Current versions held until this delivery's period began; that they hold on is known no more."""
    facts, history = FACTS[table_name], HISTORY[table_name]
    names = [column.name for column in facts.c if column.name not in ("valid_to", "known_from", "known_to")]
    said = [facts.c[name] for name in names]
    until, now = literal(loading.period_from or SINCE_EVER), literal(loading.known_at)
    for times in ((null(), facts.c.known_from, now), (until, now, null())):
        rows = select(*said, *times).where(over)
        connection.execute(insert(history).from_select([*names, "valid_to", "known_from", "known_to"], rows))
    connection.execute(delete(facts).where(over))


def _work_in(
    connection: Connection, loading: Loading, standing: Standing, table_name: str, rows: pa.Table
) -> dict[str, int]:
    """Take in a correction, or a file that came late: the rows that it speaks of are worked out anew.

    Returns member → rows that stood there already.
    """
    facts, is_newest = FACTS[table_name], standing.is_newest(loading.delivery_id)
    # What nobody has spoken of before holds as it is said, unless a later file that carries everything lacks it.
    straight = standing.counts(loading.delivery_id) and (loading.carries != "everything" or is_newest)
    with ExitStack() as lasting:
        new = lasting.enter_context(lent(connection, "staged_rows", rows))
        absent = _absent(loading, table_name, new, is_newest=is_newest)
        others = new
        if is_newest:  # what holds already word for word goes on holding, and is no more work
            same = exists(select(1).where(facts.c.row_key == new.c.row_key, facts.c.row_hash == new.c.row_hash))
            _sight(connection, table_name, select(new).where(same))
            others = lasting.enter_context(set_aside(connection, "other_rows", new, ~same))
        known = or_(*(exists(select(1).where(table.c.row_key == others.c.row_key)) for table in _versions(table_name)))
        keys = select(others.c.row_key).where(known if straight else true())
        touched = lasting.enter_context(touching(connection, union(keys, absent)))
        if straight:
            fresh = ~exists(select(1).where(TOUCHED.c.row_key == others.c.row_key))
            note(connection, table_name, select(others.c.row_key).where(fresh))
            chosen = select(*(others.c[name] for name in rows.column_names)).where(fresh)
            connection.execute(insert(facts).from_select(rows.column_names, chosen))
        if touched:
            derive(connection, standing, table_name, loading.known_at, others)
            _keep(connection, loading, table_name, others)
    return _sighted(connection, loading, table_name)


def withdraw(connection: Connection, *, feed: str, chain: str, carries: Carries, known_at: datetime) -> dict[str, int]:
    """Work out anew what a chain spoke of, of which a delivery was withdrawn in the ledger.

    Returns table → rows that were looked at.
    """
    standing, looked_at = Standing.read(connection, feed, carries), {}
    of = DELIVERIES.c.feed == feed if carries == "everything" else DELIVERIES.c.chain == chain
    for table_name in FACTS:
        with touching(connection, _said_in(table_name, of)) as touched:
            if touched:
                derive(connection, standing, table_name, known_at, None)
                looked_at[table_name] = touched
    return looked_at


def _versions(table_name: str) -> tuple[Table, Table]:
    return FACTS[table_name], HISTORY[table_name]


def _with_provenance(staged: pa.Table, loading: Loading) -> pa.Table:
    count = staged.num_rows
    return (
        staged.append_column("delivery_id", pa.repeat(pa.scalar(loading.delivery_id, pa.string()), count))
        .append_column("valid_from", pa.repeat(pa.scalar(loading.period_from or SINCE_EVER, pa.date32()), count))
        .append_column("known_from", pa.repeat(pa.scalar(loading.known_at, pa.timestamp("us")), count))
    )


def _is_empty(connection: Connection, table_name: str) -> bool:
    return all(connection.execute(select(table.c.row_key).limit(1)).first() is None for table in _versions(table_name))


def _fill(connection: Connection, target: Table, rows: pa.Table) -> None:
    """Load an empty table; its indexes, which PostgreSQL alone has, are made afterwards: half the time."""
    indexes = target.indexes if connection.dialect.name == "postgresql" else ()
    for index in indexes:
        index.drop(connection)
    bulk(connection, target, rows)
    for index in indexes:
        index.create(connection)


def _absent(loading: Loading, table_name: str, new: FromClause, *, is_newest: bool) -> Select[Any]:
    """Keys that the delivery's silence speaks of."""
    if loading.carries == "everything":
        of, tables = DELIVERIES.c.feed == loading.feed, (FACTS[table_name],) if is_newest else None
    else:
        of, tables = DELIVERIES.c.chain == loading.chain, None
    said = _said_in(table_name, and_(of, DELIVERIES.c.delivery_id != loading.delivery_id), tables).subquery()
    return select(said.c.row_key).where(~exists(select(1).where(new.c.row_key == said.c.row_key)))


def _said_in(table_name: str, of: ColumnElement[bool], tables: tuple[Table, ...] | None = None) -> Any:
    """Keys that the deliveries meant by ``of`` ever spoke of, in versions and sightings."""
    ids = select(DELIVERIES.c.delivery_id).where(of)
    parts = [select(table.c.row_key).where(table.c.delivery_id.in_(ids)) for table in tables or _versions(table_name)]
    seen = SIGHTINGS.c
    parts += [select(seen.row_key).where(seen.table_name == table_name, seen.delivery_id.in_(ids))]
    return union(*parts)


def _sight(connection: Connection, table_name: str, chosen: Select[Any]) -> None:
    rows = chosen.subquery().c
    names = ("delivery_id", "source_member", "source_row", "row_key", "row_hash")
    told = select(literal(table_name), *(rows[name] for name in names))
    connection.execute(insert(SIGHTINGS).from_select(["table_name", *names], told))


def _keep(connection: Connection, loading: Loading, table_name: str, new: FromClause) -> None:
    """Of touched rows that made no version keep what they said: as a sighting where a version says the same.

    Else they say what never held, because something newer had come before them; their words are kept as a version
    that was never known, for the day when the newer is withdrawn.
    """

    def stands(*same: str) -> ColumnElement[bool]:
        return or_(
            *(
                exists(select(1).where(*(table.c[name] == new.c[name] for name in same)))
                for table in _versions(table_name)
            )
        )

    touched = exists(select(1).where(TOUCHED.c.row_key == new.c.row_key))
    left = and_(touched, ~stands("row_key", "delivery_id"))
    _sight(connection, table_name, select(new).where(left, stands("row_key", "row_hash")))
    names = [column.name for column in new.c]
    unheard = select(*(new.c[name] for name in names), literal(loading.known_at)).where(
        left, ~stands("row_key", "row_hash")
    )
    connection.execute(insert(HISTORY[table_name]).from_select([*names, "known_to"], unheard))


def _sighted(connection: Connection, loading: Loading, table_name: str) -> dict[str, int]:
    """Member → rows of the delivery that stood there already."""
    of = SIGHTINGS.c
    told = select(of.source_member, func.count()).where(
        of.delivery_id == loading.delivery_id, of.table_name == table_name
    )
    return dict(connection.execute(told.group_by(of.source_member)).tuples().all())
