"""Working the evidence out anew: the selects that fill the tables of `warehouse.evidence`."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Table,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union,
)

from warehouse.children import CHILD_NUMBERS, linked_numbers, work_out
from warehouse.evidence import (
    ATTENDED,
    CLAIMS,
    CSA_CONCERNS,
    CSA_CONTEXTS,
    CSA_MEETINGS,
    CSA_PLAN_CATEGORIES,
    CSC,
    MEETING_NUMBERS,
    NOT_AN_AGENCY,
    PAIRS,
    RETURNS,
    day_of,
    ever,
    has_csa_factor,
    near,
)
from warehouse.matching import HELD, matched, numbers_of, numbers_of_meetings
from warehouse.standing import STANDS
from warehouse.store import place_of
from warehouse.tables import CALENDAR, DELIVERIES, DELIVERY_MEMBERS, FACTS
from warehouse.triangulation import TRIANGULATION, both_words

POSTGRESQL_SETTINGS: Final = ("work_mem = '128MB'", "jit = off")
"""For the refresh alone: a server's defaults sort on disk, and compile statements that run once."""
SAID_BY_ROWS: Final = {
    "audit_returns": "audited_on",
    "improvement_actions": "due_on",
    "workforce_training": "as_at_on",
}
"""Tables collected for several agencies at once: an agency has returned them when rows of its own are there."""


def gather(connection: Connection) -> None:
    """Work the evidence out anew, in the connection's transaction."""
    if connection.dialect.name == "postgresql":
        for setting in POSTGRESQL_SETTINGS:
            connection.execute(text(f"SET LOCAL {setting}"))
        for fact in FACTS.values():
            # what was just loaded is not in its statistics yet
            connection.execute(text(f"ANALYZE {place_of(connection, fact)}"))
    work_out(connection)
    for table, rows in _fillings().items():
        connection.execute(delete(table))
        connection.execute(insert(table).from_select([column.name for column in table.columns], rows))
        if connection.dialect.name == "postgresql":
            # the next select joins what was just written
            connection.execute(text(f"ANALYZE {place_of(connection, table)}"))


def filled_by(table: Any) -> list[Any]:
    """The statements that a table of the evidence is made of; none: it is no evidence."""
    if table is CHILD_NUMBERS:
        return [linked_numbers()]
    return [rows for filled, rows in _fillings().items() if filled is table]


@cache
def _fillings() -> dict[Table, Any]:
    """Table → the select that fills it, in the order in which they rest on one another."""
    return {
        RETURNS: _returns(),
        MEETING_NUMBERS: numbers_of_meetings(),
        CSA_MEETINGS: _csa_meetings(),
        CLAIMS: _claims(),
        PAIRS: _pairs(),
        TRIANGULATION: both_words(_circulated()),
    }


def _returns() -> Any:
    months = select(CALENDAR.c.month_starts_on).distinct().subquery()
    of = DELIVERY_MEMBERS.c
    usable = or_(of.loaded + of.unchanged > 0, of.rows_in == of.ignored)  # a file of refused rows is no return
    delivered = (
        select(DELIVERIES.c.agency_code, of.table_name, months.c.month_starts_on)
        .join(DELIVERY_MEMBERS, of.delivery_id == DELIVERIES.c.delivery_id)
        .join(months, months.c.month_starts_on.between(DELIVERIES.c.period_from, DELIVERIES.c.period_to))
        .where(DELIVERIES.c.state.in_(STANDS), of.table_name.is_not(None), usable)
    )
    by_rows = [
        select(FACTS[name].c.agency_code, literal(name), CALENDAR.c.month_starts_on).join(
            CALENDAR, CALENDAR.c.day == FACTS[name].c[day]
        )
        for name, day in SAID_BY_ROWS.items()
    ]
    return union(delivered, *by_rows)


def _linked(rows: Table, opened: str, closed: str, is_csa: ColumnElement[bool]) -> Any:
    """Meetings one of whose children has such a row, near the meeting's day."""
    about = numbers_of(select(rows).where(is_csa).subquery(), opened, closed)
    return (
        select(MEETING_NUMBERS.c.meeting_ref)
        .join(about, about.c.number == MEETING_NUMBERS.c.number)
        .where(near(MEETING_NUMBERS.c.held_on, about.c[opened], about.c[closed]))
    )


def _csa_meetings() -> Any:
    held, assessments, plans = HELD.c, FACTS["assessments"], FACTS["child_protection_plans"]
    of_plan = or_(
        *(plans.c[name].in_(CSA_PLAN_CATEGORIES) for name in ("initial_category_code", "latest_category_code"))
    )
    linked = union(
        _linked(assessments, "started_on", "authorised_on", has_csa_factor(assessments.c.factor_codes)),
        _linked(plans, "started_on", "ended_on", of_plan),
    ).subquery()
    by_concern = func.coalesce(
        or_(
            *(held.concern_codes.like(f"%|{code}|%") for code in CSA_CONCERNS), held.csa_context_code.in_(CSA_CONTEXTS)
        ),
        false(),
    )
    return (
        select(
            held.meeting_ref,
            held.s47_ref,
            held.held_at,
            held.held_on,
            CALENDAR.c.month_starts_on,
            day_of(held.concern_identified_at),
            held.urgency_code,
            held.sequence,
            func.coalesce(held.csa_context_code == "family", false()),
            by_concern,
        )
        .join(CALENDAR, CALENDAR.c.day == held.held_on)
        .outerjoin(linked, linked.c.meeting_ref == held.meeting_ref)
        .where(or_(by_concern, linked.c.meeting_ref.is_not(None)))
    )


def _claims() -> Any:
    said, meeting = matched(FACTS["meeting_participation"], MEETING_NUMBERS), CSA_MEETINGS.c
    # a time of midnight is a day without a time: such a meeting began some time on that day
    begins = case(
        (meeting.held_at == day_of(meeting.held_at), day_of(said.c.invited_at) <= meeting.held_on),
        else_=said.c.invited_at <= meeting.held_at,
    )
    invited = and_(said.c.attendance_code != "not_invited", begins)
    return (
        select(
            meeting.meeting_ref,
            said.c.agency_code,
            said.c.said_by,
            ever(said.c.attendance_code.in_(ATTENDED)),
            ever(invited),
            ever(said.c.contributed_information),
            ever(RETURNS.c.agency_code.is_not(None)),
        )
        .join(CSA_MEETINGS, meeting.meeting_ref == said.c.held_ref)
        .outerjoin(RETURNS, _returned("meeting_participation", said.c.agency_code, meeting.month_starts_on))
        .where(or_(said.c.said_by == CSC, said.c.said_by == said.c.agency_code))
        .group_by(meeting.meeting_ref, said.c.agency_code, said.c.said_by)
    )


def _pairs() -> Any:
    work, meeting = FACTS["involvements"], CSA_MEETINGS.c
    open_work = numbers_of(work, "agency_code", "opened_on", "closed_on").c
    relevant = (
        select(meeting.meeting_ref, meeting.held_on, meeting.month_starts_on, open_work.agency_code)
        .join(MEETING_NUMBERS, MEETING_NUMBERS.c.meeting_ref == meeting.meeting_ref)
        .join(open_work.number.table, open_work.number == MEETING_NUMBERS.c.number)
        .where(
            open_work.agency_code.not_in((CSC, *NOT_AN_AGENCY)),
            open_work.opened_on <= meeting.held_on,
            or_(open_work.closed_on.is_(None), open_work.closed_on >= meeting.held_on),
        )
        .distinct()
        .subquery()
    )
    pair, came, plan = relevant.c, CLAIMS.c, _circulated()
    return (
        select(
            pair.meeting_ref,
            pair.held_on,
            pair.agency_code,
            func.coalesce(came.attended, false()),
            func.coalesce(plan.c.is_sent, false()),
            func.coalesce(plan.c.is_received, false()),
            RETURNS.c.agency_code.is_not(None),
        )
        .outerjoin(
            CLAIMS,
            and_(came.meeting_ref == pair.meeting_ref, came.agency_code == pair.agency_code, came.said_by == CSC),
        )
        .outerjoin(plan, and_(plan.c.held_ref == pair.meeting_ref, plan.c.agency_code == pair.agency_code))
        .outerjoin(RETURNS, _returned("plan_circulation", pair.agency_code, pair.month_starts_on))
    )


def _returned(table_name: str, agency: ColumnElement[Any], month: ColumnElement[Any]) -> ColumnElement[bool]:
    of = RETURNS.c
    return and_(of.table_name == table_name, of.agency_code == agency, of.month_starts_on == month)


def _circulated() -> Subquery:
    """held_ref, agency_code, is_sent (Children's Social Care's word), is_received (the agency's own word)."""
    item = matched(FACTS["plan_circulation"], MEETING_NUMBERS)
    sent = and_(item.c.said_by == CSC, item.c.sent_at.is_not(None))
    came = func.coalesce(item.c.received_at, item.c.filed_at).is_not(None)
    received = and_(item.c.said_by == item.c.agency_code, came)
    return (
        select(item.c.held_ref, item.c.agency_code, ever(sent).label("is_sent"), ever(received).label("is_received"))
        .group_by(item.c.held_ref, item.c.agency_code)
        .subquery()
    )
