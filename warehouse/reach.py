"""How far a change reaches: to every row that shares a child, a meeting or an enquiry with it, or with such a row.

What is worked out of a child, a meeting or an enquiry rests on such rows alone. So what the rows that a change reaches
say can be worked out by itself, and nothing else is any different.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    union_all,
)

from warehouse.changes import CHANGED_ROWS
from warehouse.children import CHILD_DECISIONS, NUMBER_KINDS
from warehouse.matching import HELD
from warehouse.tables import CALENDAR, FACTS, HISTORY

KEY_KINDS: Final[Mapping[str, str]] = {
    **{column: kind for kind, column in NUMBER_KINDS.items()},
    "former_upn": "upn",
    "meeting_ref": "meeting",
    "s47_ref": "enquiry",
}
"""Column → the kind of key that it holds."""


def _keys(name: str) -> Table:
    return Table(name, MetaData(), Column("kind", Text), Column("value", Text), prefixes=["TEMPORARY"])


REACHED: Final = _keys("reached_keys")
"""Kind and value of every key that the change reaches."""
_NEW: Final = _keys("newly_reached_keys")
_FOUND: Final = _keys("keys_found_from_them")


@cache
def linked_tables() -> dict[str, Table]:
    """Canonical tables whose rows are about a child, a meeting or an enquiry; the others are read whole."""
    return {name: table for name, table in FACTS.items() if _columns(table)}


def find(connection: Connection, months: Collection[date]) -> None:
    """Fill `REACHED`, from the changed rows and from the meetings of some months on."""
    for keys in (REACHED, _NEW, _FOUND):
        keys.create(connection)
    seeds = [_keys_in(_changed(name)) for name in linked_tables()]
    if months:
        held = select(literal("meeting").label("kind"), HELD.c.meeting_ref.label("value"))
        day = CALENDAR.c.day == HELD.c.held_on
        seeds.append(held.join(CALENDAR, day).where(CALENDAR.c.month_starts_on.in_(sorted(months))))
    _take(connection, seeds)
    while connection.execute(select(_NEW).limit(1)).all():
        connection.execute(insert(REACHED).from_select(["kind", "value"], select(_NEW)))
        kinds = set(connection.scalars(select(_NEW.c.kind).distinct()))
        onward = [
            _keys_in(select(table).where(_named_in(table, _NEW, kinds)))
            for table in linked_tables().values()
            if kinds & _kinds(table) and len(_kinds(table)) > 1
        ]
        _take(connection, [*onward, *_confirmed(kinds)])


def forget(connection: Connection) -> None:
    """Drop what `find` made."""
    for keys in (REACHED, _NEW, _FOUND):
        keys.drop(connection)


def is_reached(table: FromClause) -> ColumnElement[bool]:
    """Of a row of facts: it shares a key with the change."""
    return _named_in(table, REACHED, _kinds(table))


def rests_on_reached(evidence: Table) -> ColumnElement[bool]:
    """Of a row of the evidence: it is about what the change reaches."""
    of = evidence.c
    if "meeting_ref" in of:
        return of.meeting_ref.in_(_values("meeting", REACHED))
    return (of.number if "number" in of else of.child).in_(_numbers(REACHED))


def is_decided_of_reached() -> ColumnElement[bool]:
    """Of a person's decision: it is on a number that the change reaches; then the other number is reached too."""
    return CHILD_DECISIONS.c.one_number.in_(_numbers(REACHED))


def was(name: str) -> Select[Any]:
    """The changed rows of a table, as they were when figures were worked out last.

    A row that was looked at and stayed as it was still stands in ``facts``; any other has gone to ``history``.
    """
    changed, parts = CHANGED_ROWS.c, []
    for table in (FACTS[name], HISTORY[name]):
        same = and_(changed.table_name == name, changed.row_key == table.c.row_key, changed.was == table.c.row_hash)
        parts.append(select(table).join(CHANGED_ROWS, same))
    every = union_all(*parts).subquery()
    number = func.row_number().over(partition_by=every.c.row_key, order_by=every.c.row_hash)
    found = select(every, number.label("place")).subquery().c
    return select(*(found[column.name] for column in FACTS[name].c)).where(found.place == 1)


def is_changed(name: str) -> ColumnElement[bool]:
    """Of a row of facts: it was written since."""
    changed = CHANGED_ROWS.c
    return exists(select(1).where(changed.table_name == name, changed.row_key == FACTS[name].c.row_key))


def _changed(name: str) -> Select[Any]:
    """The changed rows of a table, as they are and as they were."""
    columns = [column.name for column in FACTS[name].c]
    now = select(FACTS[name]).where(is_changed(name))
    every = union_all(now, was(name)).subquery()
    return select(*(every.c[column] for column in columns))


def _columns(table: FromClause) -> dict[str, str]:
    return {name: kind for name, kind in KEY_KINDS.items() if name in table.c}


def _kinds(table: FromClause) -> set[str]:
    return set(_columns(table).values())


def _named_in(table: FromClause, keys: Table, kinds: Collection[str]) -> ColumnElement[bool]:
    return or_(*(table.c[name].in_(_values(kind, keys)) for name, kind in _columns(table).items() if kind in kinds))


def _values(kind: str, keys: Table) -> Select[Any]:
    return select(keys.c.value).where(keys.c.kind == kind)


def _numbers(keys: Table) -> Select[Any]:
    return select(keys.c.kind + ":" + keys.c.value).where(keys.c.kind.in_(NUMBER_KINDS))


def _keys_in(rows: Select[Any]) -> Any:
    """kind, value: every key of some rows."""
    found = rows.cte()
    parts = [
        select(literal(kind).label("kind"), found.c[name].label("value")).where(found.c[name].is_not(None))
        for name, kind in _columns(found).items()
    ]
    return union(*parts)


def _confirmed(kinds: Collection[str]) -> list[Any]:
    """The numbers that a person's word links to new ones."""
    of = CHILD_DECISIONS.c
    return [
        select(literal(kind).label("kind"), func.substr(other, len(kind) + 2).label("value")).where(
            of.decision == "confirmed", one.in_(_numbers(_NEW)), other.like(f"{kind}:%")
        )
        for one, other in ((of.one_number, of.other_number), (of.other_number, of.one_number))
        for kind in NUMBER_KINDS
        if kinds & NUMBER_KINDS.keys()
    ]


def _take(connection: Connection, sources: list[Any]) -> None:
    """Make `_NEW` what the sources, which may read it, have and `REACHED` has not."""
    for source in sources:
        found = source.subquery().c
        is_known = exists(select(1).where(REACHED.c.kind == found.kind, REACHED.c.value == found.value))
        chosen = select(found.kind, found.value).where(~is_known)
        connection.execute(insert(_FOUND).from_select(["kind", "value"], chosen))
    connection.execute(delete(_NEW))
    connection.execute(insert(_NEW).from_select(["kind", "value"], select(_FOUND).distinct()))
    connection.execute(delete(_FOUND))
