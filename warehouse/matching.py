"""Which rows speak of the same meeting: by its number, or by a child's numbers and the day. Nothing by likeness."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Subquery,
    Table,
    and_,
    case,
    func,
    literal,
    select,
    union,
    union_all,
)

from warehouse.children import CHILD_NUMBERS, NUMBER_KINDS
from warehouse.parameters import parameter
from warehouse.tables import CALENDAR, FACTS

_MEETINGS: Final = FACTS["strategy_meetings"]

HELD: Final = (
    select(_MEETINGS, func.date(_MEETINGS.c.held_at, type_=Date).label("held_on"))
    .where(_MEETINGS.c.status_code == "held", _MEETINGS.c.held_at.is_not(None))
    .subquery("held")
)
"""Meetings that were held: not planned, not cancelled."""


def numbers_of(rows: FromClause, *names: str) -> Subquery:
    """One row for each number of a child in each row: the columns ``names``, and ``number`` as kind and value."""
    kept = [rows.c[name] for name in names]
    parts = [
        select(*kept, _written(kind, rows.c[column]).label("number")).where(rows.c[column].is_not(None))
        for kind, column in NUMBER_KINDS.items()
    ]
    return union_all(*parts).subquery()


def child_of(rows: FromClause) -> tuple[ColumnElement[Any], FromClause]:
    """The child of each row, to count children by, and ``rows`` joined to what it is worked out from.

    It goes by the first of the local authority's number, the NHS number and the pupil number that the row has; linked
    numbers (`warehouse.children.work_out`, which must have been done) are one child.
    """
    linked = CHILD_NUMBERS.alias()
    known = [
        (rows.c[NUMBER_KINDS[kind]].is_not(None), _written(kind, rows.c[NUMBER_KINDS[kind]]))
        for kind in ("ref", "nhs", "upn")
    ]
    number: ColumnElement[Any] = case(*known)
    return func.coalesce(linked.c.child, number), rows.outerjoin(linked, linked.c.number == number)


def children_of(rows: FromClause, *names: str) -> Subquery:
    """The columns ``names`` and every ``child`` that a number of the row stands for: mostly one, to match rows by."""
    known = numbers_of(rows, *names)
    child = func.coalesce(CHILD_NUMBERS.c.child, known.c.number).label("child")
    kept = [known.c[name] for name in names]
    return select(*kept, child).outerjoin(CHILD_NUMBERS, CHILD_NUMBERS.c.number == known.c.number).distinct().subquery()


def numbers_of_meetings() -> Any:
    """meeting_ref, held_on, number, child: what the children of each held meeting may be known by.

    Beside the numbers the meeting's own record gives stand the others of the same children.
    """
    children = FACTS["meeting_children"]
    child, with_child = child_of(children)
    listed = select(children, child.label("child")).select_from(with_child).subquery()
    direct = numbers_of(listed, "meeting_ref", "child")
    one, other = CHILD_NUMBERS.alias(), CHILD_NUMBERS.alias()
    linked = (
        select(direct.c.meeting_ref, other.c.number, direct.c.child)
        .join(one, one.c.number == direct.c.number)
        .join(other, other.c.child == one.c.child)
    )
    every = union(select(direct.c.meeting_ref, direct.c.number, direct.c.child), linked).subquery()
    return select(every.c.meeting_ref, HELD.c.held_on, every.c.number, every.c.child).join(
        HELD, HELD.c.meeting_ref == every.c.meeting_ref
    )


def matched(rows: FromClause, meeting_numbers: Table) -> Subquery:
    """The rows that speak of a held meeting, and which: ``held_ref``, its number.

    By the meeting's number, if Children's Social Care has a meeting of that number; else by a number of the
    child and a day within ``matching.within_working_days``. If several meetings fit, the nearest day wins, then
    the lower number: a row never speaks of two.
    """
    by_number = select(rows, HELD.c.meeting_ref.label("held_ref")).join(HELD, HELD.c.meeting_ref == rows.c.meeting_ref)
    unnumbered = (
        select(rows)
        .outerjoin(_MEETINGS, _MEETINGS.c.meeting_ref == rows.c.meeting_ref)
        .where(_MEETINGS.c.meeting_ref.is_(None), rows.c.held_on.is_not(None))
        .subquery()
    )
    said = numbers_of(unnumbered, "row_key", "held_on")
    said_day, held_day = CALENDAR.alias(), CALENDAR.alias()
    apart = held_day.c.working_day_number - said_day.c.working_day_number
    days_apart: ColumnElement[int] = func.abs(meeting_numbers.c.held_on.op("-", return_type=Integer())(said.c.held_on))
    ranked = (
        select(
            said.c.row_key,
            meeting_numbers.c.meeting_ref,
            func.row_number()
            .over(partition_by=said.c.row_key, order_by=(days_apart, meeting_numbers.c.meeting_ref))
            .label("place"),
        )
        .join(meeting_numbers, meeting_numbers.c.number == said.c.number)
        .join(said_day, said_day.c.day == said.c.held_on)
        .join(held_day, held_day.c.day == meeting_numbers.c.held_on)
        .where(func.abs(apart) <= parameter("matching.within_working_days"))
        .subquery()
    )
    by_child = select(unnumbered, ranked.c.meeting_ref).join(
        ranked, and_(ranked.c.row_key == unnumbered.c.row_key, ranked.c.place == 1)
    )
    return union_all(by_number, by_child).subquery()


def _written(kind: str, number: ColumnElement[Any]) -> ColumnElement[Any]:
    return literal(f"{kind}:", literal_execute=True) + number
