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
        select(*kept, (literal(f"{kind}:", literal_execute=True) + rows.c[column]).label("number")).where(
            rows.c[column].is_not(None)
        )
        for kind, column in NUMBER_KINDS.items()
    ]
    return union_all(*parts).subquery()


def numbers_of_meetings() -> Any:
    """meeting_ref, held_on, number: what the children of each held meeting may be known by.

    Beside the numbers the meeting's own record gives stand the others of the same children
    (`warehouse.children.work_out`, which must have been done).
    """
    children = FACTS["meeting_children"]
    direct = numbers_of(children, "meeting_ref")
    one, other = CHILD_NUMBERS.alias(), CHILD_NUMBERS.alias()
    linked = (
        select(direct.c.meeting_ref, other.c.number)
        .join(one, one.c.number == direct.c.number)
        .join(other, other.c.child == one.c.child)
    )
    every = union(select(direct.c.meeting_ref, direct.c.number), linked).subquery()
    return select(every.c.meeting_ref, HELD.c.held_on, every.c.number).join(
        HELD, HELD.c.meeting_ref == every.c.meeting_ref
    )


def matched(rows: Table, meeting_numbers: Table) -> Subquery:
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
