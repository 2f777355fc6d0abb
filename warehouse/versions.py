"""Working out the versions of some rows anew, from everything that standing deliveries said of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
    update,
)

from schemas.table import columns
from schemas.tables import all_tables
from warehouse.changes import note
from warehouse.standing import Standing
from warehouse.store import lent
from warehouse.tables import FACTS, HISTORY, SIGHTINGS, Md5

TOUCHED: Final = Table("touched_rows", MetaData(), Column("row_key", Md5), prefixes=["TEMPORARY"])
"""The keys of the rows that are worked out anew."""
ORIGIN: Final = ("delivery_id", "source_member", "source_row")
WANTED: Final = ("row_key", "row_hash", *ORIGIN, "valid_from", "valid_to")
SAME: Final = ("row_key", "row_hash", "delivery_id", "valid_from", "valid_to")
"""What makes two versions one."""


@contextmanager
def touching(connection: Connection, keys: Any) -> Iterator[int]:
    """`TOUCHED` holds these keys within the block; gives their number."""
    TOUCHED.create(connection)
    found = keys.subquery()
    connection.execute(insert(TOUCHED).from_select(["row_key"], select(found.c.row_key).distinct()))
    number = connection.scalar(select(func.count()).select_from(TOUCHED)) or 0
    if number and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {TOUCHED.name}")  # or the planner takes a new table for a tiny one
    yield number
    TOUCHED.drop(connection)  # undone with the transaction if the block fails


def derive(
    connection: Connection, standing: Standing, table_name: str, known_at: datetime, staged: FromClause | None
) -> None:
    """Bring the versions of the `TOUCHED` rows to what the standing deliveries say; ``staged``: rows just delivered.

    Versions that no longer hold are closed with ``known_to``, those that hold from now on known from ``known_at``.
    """
    facts, history = FACTS[table_name], HISTORY[table_name]
    note(connection, table_name, select(TOUCHED.c.row_key))
    with lent(connection, "standing_deliveries", standing.as_rows()) as places:
        said = _said(table_name, places, staged)
        wanted = _wanted(said, ends=standing.carries == "everything")
        desired = _desired(table_name)
        desired.create(connection)
        connection.execute(insert(desired).from_select([column.name for column in wanted.c], select(wanted)))
    _close(connection, facts, history, desired, known_at)
    _open(connection, facts, history, desired, known_at=known_at, staged=staged)
    desired.drop(connection)


@cache
def _desired(table_name: str) -> Table:
    """Where the versions that hold are worked out; one object, so that its statements are compiled once."""
    named = (Column(name, FACTS[table_name].c[name].type) for name in WANTED)
    return Table("desired_versions", MetaData(), *named, prefixes=["TEMPORARY"])


def _is_touched(rows: FromClause) -> ColumnElement[bool]:
    return exists(select(1).where(TOUCHED.c.row_key == rows.c.row_key))


def _said(table_name: str, places: FromClause, staged: FromClause | None) -> Subquery:
    """What each standing delivery said of the touched rows, with the places of the delivery."""
    names = ("row_key", "row_hash", *ORIGIN)
    sources: list[Select[Any]] = [
        select(*(rows.c[name] for name in names)).where(_is_touched(rows), of)
        for rows, of in (
            (FACTS[table_name], true()),
            (HISTORY[table_name], true()),
            (SIGHTINGS, SIGHTINGS.c.table_name == table_name),
            *([(staged, true())] if staged is not None else []),
        )
    ]
    every = union_all(*sources).subquery()
    # one delivery's word on a row may stand in several versions, one for each time that it was known anew
    number = func.row_number().over(partition_by=(every.c.row_key, every.c.delivery_id), order_by=every.c.source_row)
    once = select(every, number.label("number")).subquery()
    told = [once.c[name] for name in names] + [column for column in places.c if column.name != "delivery_id"]
    return select(*told).join(places, places.c.delivery_id == once.c.delivery_id).where(once.c.number == 1).subquery()


def _wanted(said: Subquery, *, ends: bool) -> Subquery:
    """The versions that hold: runs of chains whose newest delivery says the same of a row.

    Each carries the provenance of the first delivery of its first chain that said so. ``ends``: the row is over when a
    chain lacks it.
    """
    of = said.c
    first = func.row_number().over(partition_by=(of.row_key, of.chain_place, of.row_hash), order_by=of.in_chain)
    origin = select(*(of[name] for name in ("row_key", "row_hash", "chain_place", *ORIGIN)), first.label("first"))
    begun = origin.subquery()
    spoken = (of.row_key, of.row_hash, of.chain_place, of.valid_from, of.next_from)
    counting = (
        select(*spoken, *(begun.c[name] for name in ORIGIN))
        .join(
            begun,
            and_(
                begun.c.row_key == of.row_key,
                begun.c.chain_place == of.chain_place,
                begun.c.row_hash == of.row_hash,
                begun.c.first == 1,
            ),
        )
        .where(of.counts)
        .subquery()
    ).c

    def beside(step: Any) -> Any:
        return step.over(partition_by=counting.row_key, order_by=counting.chain_place)

    goes_on = beside(func.lag(counting.row_hash)) == counting.row_hash
    if ends:
        goes_on = and_(goes_on, beside(func.lag(counting.chain_place)) == counting.chain_place - 1)
    until = counting.next_from if ends else beside(func.lead(counting.valid_from))
    ran: list[Any] = [*counting, case((goes_on, 0), else_=1).label("begins"), until.label("until")]
    marked = select(*ran).subquery().c
    version = func.sum(marked.begins).over(partition_by=marked.row_key, order_by=marked.chain_place).label("version")
    columns: list[Any] = [*marked, version]
    runs = select(*columns).subquery().c
    open_ended = func.count() > func.count(runs.until)
    return (
        select(
            runs.row_key,
            func.min(runs.row_hash).label("row_hash"),
            *(func.max(case((runs.begins == 1, runs[name]))).label(name) for name in ORIGIN),
            func.min(runs.valid_from).label("valid_from"),
            case((open_ended, None), else_=func.max(runs.until)).label("valid_to"),
        )
        .group_by(runs.row_key, runs.version)
        .subquery()
    )


def _same(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    *named, until = ((one.c[name], other.c[name]) for name in SAME)
    return and_(*(mine == theirs for mine, theirs in named), until[0].is_not_distinct_from(until[1]))


def _close(connection: Connection, facts: Table, history: Table, desired: Table, known_at: datetime) -> None:
    """What no longer holds is known no more; it moves to, or stays in, the history."""
    names = [column.name for column in facts.c if column.name != "known_to"]
    over = and_(_is_touched(facts), ~exists(select(1).where(_same(facts, desired))))
    moved = select(*(facts.c[name] for name in names), literal(known_at)).where(over)
    connection.execute(insert(history).from_select([*names, "known_to"], moved))
    connection.execute(delete(facts).where(over))
    no_more = and_(
        _is_touched(history), history.c.known_to.is_(None), ~exists(select(1).where(_same(history, desired)))
    )
    connection.execute(update(history).where(no_more).values(known_to=known_at))


def _open(
    connection: Connection,
    facts: Table,
    history: Table,
    desired: Table,
    *,
    known_at: datetime,
    staged: FromClause | None,
) -> None:
    """What holds and does not stand there yet; its words come from the delivery, or from any version that said them."""
    said = [column.name for column in columns(all_tables()[facts.name]) if column.name in facts.c]
    names = ["row_key", "row_hash", *said]
    sources = [
        select(*(rows.c[name] for name in names)).where(_is_touched(rows))
        for rows in (facts, history, *([staged] if staged is not None else []))
    ]
    every = union_all(*sources).subquery()
    number = func.row_number().over(partition_by=(every.c.row_key, every.c.row_hash), order_by=every.c.row_hash)
    words = select(every, number.label("number")).subquery()
    stands = (
        exists(select(1).where(_same(facts, desired))),
        exists(select(1).where(_same(history, desired), history.c.known_to.is_(None))),
    )
    placed = [*ORIGIN, "valid_from", "valid_to"]
    chosen = (
        select(*(words.c[name] for name in names), *(desired.c[name] for name in placed), literal(known_at))
        .join(
            words,
            and_(words.c.row_key == desired.c.row_key, words.c.row_hash == desired.c.row_hash, words.c.number == 1),
        )
        .where(*(~one for one in stands))
    )
    for target, of in ((history, desired.c.valid_to.is_not(None)), (facts, desired.c.valid_to.is_(None))):
        connection.execute(insert(target).from_select([*names, *placed, "known_from"], chosen.where(of)))
