"""Whether a warehouse contradicts itself: sums, keys, times and hashes. Found by counting; nothing is mended here."""

from __future__ import annotations

import atexit
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, and_, func, or_, select, union_all

from schemas.table import CHILD, columns, key
from schemas.tables import all_tables
from warehouse.migrations.carrying import arrow_of
from warehouse.standing import REPLACED, STANDS, whose_rows_hold
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS, HISTORY, PROVENANCE, SIGHTINGS

REBUILD: Final = "`quorate rebuild` makes the warehouse anew from the archive and keeps this one beside it"
COUNTED: Final = (*STANDS, "withdrawn", REPLACED)
"""States of deliveries whose rows came into the warehouse, and are there or in its history."""


@dataclass(frozen=True)
class Unsound:
    """One thing that cannot be as it is."""

    what: str
    says: str
    """Where, how many, and what to do; never a value."""


def contradictions(connection: Connection) -> Iterator[Unsound]:
    """Everything in which the warehouse contradicts itself; a sound one gives nothing."""
    yield from _sums(connection)
    for name in FACTS:
        for check in (_keys, _times, _deliveries, _overlaps, _rows_of_deliveries, _hashes):
            yield from check(connection, name)


def _sums(connection: Connection) -> Iterator[Unsound]:
    """Rows in = loaded + unchanged + refused + ignored, for each delivery and each of its members."""
    of, member = DELIVERIES.c, DELIVERY_MEMBERS.c
    told = of.rows_loaded + of.rows_unchanged + of.rows_refused + of.rows_ignored
    wrong = select(func.count()).select_from(DELIVERIES).where(of.rows_in != told)
    if deliveries := connection.scalar(wrong):
        yield Unsound("ledger", f"{deliveries} deliveries do not account for all their rows: {REBUILD}")
    parts = ("rows_in", "loaded", "unchanged", "refused", "ignored")
    sums = select(member.delivery_id, *(func.sum(member[part]).label(part) for part in parts))
    whole = sums.group_by(member.delivery_id).subquery().c
    pairs = zip(parts, (of.rows_in, of.rows_loaded, of.rows_unchanged, of.rows_refused, of.rows_ignored), strict=True)
    differ = or_(*(func.coalesce(whole[part], 0) != total for part, total in pairs))
    joined = DELIVERIES.outerjoin(whole.rows_in.table, whole.delivery_id == of.delivery_id)
    if deliveries := connection.scalar(select(func.count()).select_from(joined).where(differ)):
        yield Unsound("ledger", f"{deliveries} deliveries are not the sum of their members: {REBUILD}")


def _keys(connection: Connection, name: str) -> Iterator[Unsound]:
    table = FACTS[name]
    twice = select(table.c.row_key).group_by(table.c.row_key).having(func.count() > 1).subquery()
    if keys := connection.scalar(select(func.count()).select_from(twice)):
        yield Unsound(table.fullname, f"{keys} keys stand in more than one current row: {REBUILD}")


def _times(connection: Connection, name: str) -> Iterator[Unsound]:
    """What holds is in facts, what has ended or is known no more is in the history."""
    for table, is_over in ((FACTS[name], False), (HISTORY[name], True)):
        over = or_(table.c.valid_to.is_not(None), table.c.known_to.is_not(None))
        backwards = or_(table.c.valid_to <= table.c.valid_from, table.c.known_to < table.c.known_from)
        undated = or_(table.c.known_from.is_(None), table.c.valid_from.is_(None))
        wrong = or_(~over if is_over else over, func.coalesce(backwards, False), undated)
        if rows := connection.scalar(select(func.count()).select_from(table).where(wrong)):
            yield Unsound(table.fullname, f"{rows} rows have times that they cannot have there: {REBUILD}")


def _deliveries(connection: Connection, name: str) -> Iterator[Unsound]:
    """A row's delivery is in the ledger, and that of a row that holds stands, or a newer attempt at its file does."""
    once = select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.state.in_(COUNTED))
    for table, known in ((FACTS[name], whose_rows_hold()), (HISTORY[name], once)):
        strange = or_(table.c.delivery_id.is_(None), table.c.delivery_id.not_in(known))
        if rows := connection.scalar(select(func.count()).select_from(table).where(strange)):
            yield Unsound(table.fullname, f"{rows} rows are of deliveries that the ledger does not have so: {REBUILD}")


def _overlaps(connection: Connection, name: str) -> Iterator[Unsound]:
    """Of a key, by all that is known now, one thing holds at a time."""
    parts = [
        select(table.c.row_key, table.c.valid_from, table.c.valid_to).where(table.c.known_to.is_(None))
        for table in (FACTS[name], HISTORY[name])
    ]
    known = union_all(*parts).subquery().c
    following = func.lead(known.valid_from).over(partition_by=known.row_key, order_by=known.valid_from)
    placed = select(known.valid_to, following.label("following")).subquery().c
    overlap = and_(placed.following.is_not(None), or_(placed.valid_to.is_(None), placed.valid_to > placed.following))
    if rows := connection.scalar(select(func.count()).select_from(placed.following.table).where(overlap)):
        yield Unsound(f"facts.{name}", f"{rows} rows hold at the same time as another of their key: {REBUILD}")


def _rows_of_deliveries(connection: Connection, name: str) -> Iterator[Unsound]:
    """What a delivery loaded or saw again is there: as a version, as a sighting, or as both.

    Deliveries of the first release did not say what they saw again: they have no content hash, and are passed over.
    """
    said = [select(table.c.delivery_id, table.c.row_key) for table in (FACTS[name], HISTORY[name])]
    said.append(select(SIGHTINGS.c.delivery_id, SIGHTINGS.c.row_key).where(SIGHTINGS.c.table_name == name))
    every = union_all(*said).subquery().c
    there = select(every.delivery_id, func.count(every.row_key.distinct()).label("rows")).group_by(every.delivery_id)
    found, member = there.subquery().c, DELIVERY_MEMBERS.c
    told = (
        select(member.delivery_id, func.sum(member.loaded + member.unchanged).label("rows"))
        .join(DELIVERIES, DELIVERIES.c.delivery_id == member.delivery_id)
        .where(member.table_name == name, DELIVERIES.c.state.in_(COUNTED), DELIVERIES.c.content_hash.is_not(None))
        .group_by(member.delivery_id)
        .subquery()
    )
    joined = told.outerjoin(found.rows.table, found.delivery_id == told.c.delivery_id)
    missing = select(func.count()).select_from(joined).where(told.c.rows != func.coalesce(found.rows, 0))
    if deliveries := connection.scalar(missing):
        yield Unsound(
            f"facts.{name}", f"{deliveries} deliveries have other rows here than the ledger counts: {REBUILD}"
        )


def _hashes(connection: Connection, name: str) -> Iterator[Unsound]:
    """Every row is still what its hashes were made of, when it was loaded.

    The hashes are worked out here in words of their own: a check must not share a mistake with what it checks.
    """
    for table in (FACTS[name], HISTORY[name]):
        feeds = select(table, DELIVERIES.c.feed).join(DELIVERIES, DELIVERIES.c.delivery_id == table.c.delivery_id)
        ids = connection.scalars(select(table.c.delivery_id).distinct()).all()
        changed = sum(_changed(arrow_of(connection, feeds.where(table.c.delivery_id == one)), name) for one in ids)
        if changed:
            yield Unsound(table.fullname, f"{changed} rows are not what they were when they were loaded: {REBUILD}")


def _changed(rows: pa.Table, name: str) -> int:
    """How many rows have another key or hash than their cells give."""
    gained = {column.name for column in columns(all_tables()[name]) if column.since}
    said = [f'"{one.name}"' for one in FACTS[name].columns if one.name not in {*PROVENANCE, *gained}]
    child = f"coalesce({', '.join(CHILD)})"
    named = ["feed", *(child if part == "child" else f'"{part}"' for part in key(all_tables()[name]))]
    later = [f"""'{one.name}=' || CAST("{one.name}" AS VARCHAR)""" for one in FACTS[name].columns if one.name in gained]
    wrong = f"row_key <> {_md5(named)} OR row_hash <> {_md5(said, later)}"
    with _calculator().cursor() as calculator:
        calculator.register("held", rows)
        found = calculator.execute(f"SELECT count(*) FROM held WHERE {wrong}").fetchall()
    return int(found[0][0])


def _md5(parts: list[str], gained: Iterable[str] = ()) -> str:
    words = (*(f"coalesce(CAST({part} AS VARCHAR), chr(30))" for part in parts), *gained)
    return f"md5(concat_ws(chr(31), {', '.join(words)}))"


@cache
def _calculator() -> duckdb.DuckDBPyConnection:
    """An empty in-memory DuckDB: engines differ in how they write a number, so one of them does it for both."""
    connection = duckdb.connect()
    atexit.register(connection.close)
    return connection
