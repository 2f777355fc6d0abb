"""Refused rows that a person has waived for a time, and what people read of the quarantine. Never a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, func, or_, select, true, update
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from warehouse.tables import DELIVERIES, FINDINGS, QUARANTINE

STATES: Final = ("open", "waived", "expired", "resolved", "superseded")
WAITING: Final = ("open", "waived", "expired")
"""States of rows that nothing has closed yet; an expired waiver counts as open."""
COUNT_AS_OPEN: Final = ("open", "expired")

REFUSED: Final = QUARANTINE.c
Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True)
class Chosen:
    """Which rows are meant; an empty field means any."""

    feed: str = ""
    rule: str = ""
    """As a finding names it, or with the table before it: ``meeting_participation.agency_code.in_code_list``."""
    states: tuple[str, ...] = ()
    delivery_id: str = ""
    source_row: int | None = None
    source_member: str = ""
    table_name: str = ""


@dataclass(frozen=True)
class Waiver:
    """Who let refused rows be, why, and until when."""

    by: str
    why: str
    until: date
    """The last day of the waiver."""


def waive(connection: Connection, chosen: Chosen, waiver: Waiver, at: datetime) -> int:
    """Waive the chosen rows that wait; returns how many. A waiver over a waiver takes its place."""
    said = {"waived_by": waiver.by, "waived_because": waiver.why, "waived_until": waiver.until, "waived_at": at}
    waiting = and_(REFUSED.state.in_(WAITING), _are(chosen))
    return int(connection.execute(update(QUARANTINE).where(waiting).values(state="waived", **said)).rowcount)


def count_waiting(connection: Connection, chosen: Chosen) -> int:
    """How many of the chosen rows nothing has closed yet."""
    waiting = select(func.count()).select_from(QUARANTINE).where(REFUSED.state.in_(WAITING), _are(chosen))
    return connection.scalar(waiting) or 0


def has_past(connection: Connection, today: date) -> bool:
    """Some waiver's last day lies before ``today``."""
    return connection.scalar(select(func.count()).select_from(QUARANTINE).where(_past(today))) != 0


def expire(connection: Connection, today: date) -> int:
    """Waivers whose last day lies before ``today`` have expired: the rows count as open again. Returns how many."""
    return int(connection.execute(update(QUARANTINE).where(_past(today)).values(state="expired")).rowcount)


def count_rows(connection: Connection, chosen: Chosen) -> list[RowMapping]:
    """Refused rows by feed, table, rule and state: rows, deliveries, oldest (opened_at), waived_until; most first.

    A row that broke two rules counts for both.
    """
    named = (DELIVERIES.c.feed, DELIVERIES.c.agency_code, REFUSED.table_name, FINDINGS.c.rule, REFUSED.state)
    rows = func.count().label("rows")
    told = select(
        *named,
        rows,
        func.count(REFUSED.delivery_id.distinct()).label("deliveries"),
        func.min(REFUSED.opened_at).label("oldest"),
        func.min(REFUSED.waived_until).label("waived_until"),
    ).join_from(QUARANTINE, DELIVERIES, DELIVERIES.c.delivery_id == REFUSED.delivery_id)
    told = told.join(FINDINGS, and_(is_of_row(FINDINGS.c), FINDINGS.c.severity == "error"))
    told = told.where(_are(chosen)).group_by(*named)
    if chosen.rule:
        told = told.where(_is_rule(FINDINGS.c, chosen.rule))
    return list(connection.execute(told.order_by(rows.desc(), *named)).mappings())


def rows_of(connection: Connection, chosen: Chosen) -> list[RowMapping]:
    """Each refused row with each of its errors: delivery_id, source_member, table_name, source_row, state, rule, …"""
    told = select(*REFUSED, FINDINGS.c.column_name, FINDINGS.c.rule).join_from(
        QUARANTINE, FINDINGS, and_(is_of_row(FINDINGS.c), FINDINGS.c.severity == "error")
    )
    order = (REFUSED.delivery_id, REFUSED.table_name, REFUSED.source_member, REFUSED.source_row, FINDINGS.c.rule)
    return list(connection.execute(told.where(_are(chosen)).order_by(*order)).mappings())


def deliveries_with(connection: Connection, chosen: Chosen) -> list[str]:
    """The deliveries that have such rows, in the order in which they were received."""
    has = exists(select(1).select_from(QUARANTINE).where(REFUSED.delivery_id == DELIVERIES.c.delivery_id, _are(chosen)))
    return list(connection.scalars(select(DELIVERIES.c.delivery_id).where(has).order_by(DELIVERIES.c.sequence)))


def _past(today: date) -> ColumnElement[bool]:
    return and_(REFUSED.state == "waived", REFUSED.waived_until < today)


def _are(chosen: Chosen) -> ColumnElement[bool]:
    named = {name: getattr(chosen, name) for name in ("delivery_id", "source_member", "table_name")}
    conditions: list[ColumnElement[bool]] = [
        true(),
        *(REFUSED[name] == value for name, value in named.items() if value),
    ]
    if chosen.states:
        conditions.append(REFUSED.state.in_(chosen.states))
    if chosen.source_row is not None:
        conditions.append(REFUSED.source_row == chosen.source_row)
    if chosen.feed:
        of_feed = select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.feed == chosen.feed)
        conditions.append(REFUSED.delivery_id.in_(of_feed))
    if chosen.rule:
        said = FINDINGS.alias()  # another than the one that its rules are listed from
        broke = select(1).select_from(said).where(is_of_row(said.c), _is_rule(said.c, chosen.rule))
        conditions.append(exists(broke.correlate(QUARANTINE)))
    return and_(*conditions)


def is_of_row(said: Columns) -> ColumnElement[bool]:
    """A finding is one of a refused row's; ``said``: the columns of the findings."""
    return and_(
        said.delivery_id == REFUSED.delivery_id,
        said.source_row == REFUSED.source_row,
        said.source_member.is_not_distinct_from(REFUSED.source_member),
        said.table_name.is_not_distinct_from(REFUSED.table_name),
    )


def _is_rule(said: Columns, rule: str) -> ColumnElement[bool]:
    return or_(said.rule == rule, said.table_name + "." + said.rule == rule)
