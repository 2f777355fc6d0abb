"""Who had part in a meeting about child sexual abuse: the selects that fill claims, pairs and children."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, Text, and_, case, cast, false, func, null, or_, select, union_all

from warehouse.evidence import (
    ATTENDED,
    CHILD_AGENCIES,
    CLAIMS,
    CSA_MEETINGS,
    CSC,
    MEETING_NUMBERS,
    NOT_AN_AGENCY,
    RETURNS,
    day_of,
    ever,
)
from warehouse.matching import matched, numbers_of
from warehouse.parameters import parameter
from warehouse.tables import CALENDAR, FACTS

KNEW: Final = (*ATTENDED, "apologies", "did_not_attend")
"""Attendance codes of somebody who was invited, by what they mean (`schemas.codes.ATTENDANCE`)."""
SPECIALIST_AGENCIES: Final = ("sarc", "health_paediatrics")
SPECIALIST_ROLES: Final = ("sarc_clinician", "paediatrician")
PRACTICE: Final = "health_gp"


def claims() -> Any:
    """Rows of ``reporting.claims``."""
    said, meeting = matched(FACTS["meeting_participation"], MEETING_NUMBERS), CSA_MEETINGS.c
    # a time of midnight is a day without a time: such a meeting began some time on that day
    begins = case(
        (meeting.held_at == day_of(meeting.held_at), day_of(said.c.invited_at) <= meeting.held_on),
        else_=said.c.invited_at <= meeting.held_at,
    )
    was_invited = said.c.attendance_code != "not_invited"
    took_part = or_(said.c.attendance_code.in_(ATTENDED), said.c.contributed_information)
    informed = or_(
        and_(was_invited, said.c.invited_at.is_not(None)),
        said.c.attendance_code.in_(KNEW),
        said.c.contributed_information,
    )
    specialist = or_(said.c.agency_code.in_(SPECIALIST_AGENCIES), said.c.role_code.in_(SPECIALIST_ROLES))
    return (
        select(
            meeting.meeting_ref,
            said.c.agency_code,
            said.c.said_by,
            ever(said.c.attendance_code.in_(ATTENDED)),
            ever(and_(was_invited, begins)),
            ever(said.c.contributed_information),
            ever(informed),
            ever(and_(specialist, took_part)),
            ever(RETURNS.c.agency_code.is_not(None)),
        )
        .join(CSA_MEETINGS, meeting.meeting_ref == said.c.held_ref)
        .outerjoin(RETURNS, _returned(RETURNS, "meeting_participation", said.c.agency_code, meeting.month_starts_on))
        .where(or_(said.c.said_by == CSC, said.c.said_by == said.c.agency_code))
        .group_by(meeting.meeting_ref, said.c.agency_code, said.c.said_by)
    )


def child_agencies() -> Any:
    """Rows of ``facts.child_agencies``."""
    work, meeting, child = FACTS["involvements"], CSA_MEETINGS.c, MEETING_NUMBERS.c
    open_work = numbers_of(work, "agency_code", "opened_on", "closed_on", "csa_concern_recorded").c
    return (
        select(
            meeting.meeting_ref,
            meeting.held_on,
            meeting.month_starts_on,
            child.child,
            open_work.agency_code,
            ever(open_work.csa_concern_recorded),
            ever(RETURNS.c.agency_code.is_not(None)),
        )
        .join(MEETING_NUMBERS, child.meeting_ref == meeting.meeting_ref)
        .join(open_work.number.table, open_work.number == child.number)
        .outerjoin(RETURNS, _returned(RETURNS, "involvements", open_work.agency_code, meeting.month_starts_on))
        .where(
            open_work.agency_code.not_in(NOT_AN_AGENCY),
            open_work.opened_on <= meeting.held_on,
            or_(open_work.closed_on.is_(None), open_work.closed_on >= meeting.held_on),
        )
        .group_by(meeting.meeting_ref, meeting.held_on, meeting.month_starts_on, child.child, open_work.agency_code)
    )


def pairs() -> Any:
    """Rows of ``reporting.pairs``."""
    of = CHILD_AGENCIES.c
    relevant = (
        select(of.meeting_ref, of.held_on, of.month_starts_on, of.agency_code)
        .where(of.agency_code != CSC)
        .distinct()
        .subquery()
    )
    pair, plan = relevant.c, circulated()
    named, own = CLAIMS.alias("named"), CLAIMS.alias("own")
    says_so, receipts = RETURNS.alias("says_so"), RETURNS.alias("receipts")

    def claimed(claim: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        there = or_(claim.c.attended, claim.c.contributed)
        return func.coalesce(there, false()), func.coalesce(claim.c.informed, false())

    (named_part, named_informed), (own_part, own_informed) = claimed(named), claimed(own)
    is_sent, is_received = (func.coalesce(plan.c[name], false()) for name in ("is_sent", "is_received"))
    same_pair = [
        and_(
            claim.c.meeting_ref == pair.meeting_ref, claim.c.agency_code == pair.agency_code, claim.c.said_by == speaker
        )
        for claim, speaker in ((named, CSC), (own, pair.agency_code))
    ]
    return (
        select(
            pair.meeting_ref,
            pair.held_on,
            pair.agency_code,
            func.coalesce(named.c.attended, false()),
            named_part,
            or_(named_informed, is_sent),
            own_part,
            or_(own_informed, is_received),
            says_so.c.agency_code.is_not(None),
            is_sent,
            func.coalesce(plan.c.is_sent_in_time, false()),
            is_received,
            receipts.c.agency_code.is_not(None),
        )
        .outerjoin(named, same_pair[0])
        .outerjoin(own, same_pair[1])
        .outerjoin(plan, and_(plan.c.held_ref == pair.meeting_ref, plan.c.agency_code == pair.agency_code))
        .outerjoin(says_so, _returned(says_so, "meeting_participation", pair.agency_code, pair.month_starts_on))
        .outerjoin(receipts, _returned(receipts, "plan_circulation", pair.agency_code, pair.month_starts_on))
    )


def _returned(
    returns: Any, table_name: str, agency: ColumnElement[Any], month: ColumnElement[Any]
) -> ColumnElement[bool]:
    of = returns.c
    return and_(of.table_name == table_name, of.agency_code == agency, of.month_starts_on == month)


def _said_of(item: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Sent, as Children's Social Care says; received, as the agency says itself."""
    came = func.coalesce(item.received_at, item.filed_at).is_not(None)
    return and_(item.said_by == CSC, item.sent_at.is_not(None)), and_(item.said_by == item.agency_code, came)


def circulated() -> Subquery:
    """held_ref, agency_code, is_sent, is_sent_in_time, is_received."""
    item = matched(FACTS["plan_circulation"], MEETING_NUMBERS).c
    sent, received = _said_of(item)
    held_day, sent_day = CALENDAR.alias(), CALENDAR.alias()
    taken = sent_day.c.working_day_number - held_day.c.working_day_number
    in_time = and_(sent, sent_day.c.day >= held_day.c.day, taken <= parameter("plan_shared_on_time.limit"))
    return (
        select(
            item.held_ref,
            item.agency_code,
            ever(sent).label("is_sent"),
            ever(in_time).label("is_sent_in_time"),
            ever(received).label("is_received"),
        )
        .join(CSA_MEETINGS, CSA_MEETINGS.c.meeting_ref == item.held_ref)
        .join(held_day, held_day.c.day == CSA_MEETINGS.c.held_on)
        .outerjoin(sent_day, sent_day.c.day == day_of(item.sent_at))
        .group_by(item.held_ref, item.agency_code)
        .subquery()
    )


def csa_children() -> Any:
    """Rows of ``facts.csa_children``."""
    child, meeting, told = MEETING_NUMBERS.c, CSA_MEETINGS.c, _told_practices().c
    listed = FACTS["children"]
    born = numbers_of(select(listed).where(listed.c.born_on.is_not(None)).subquery(), "born_on").c
    item = and_(told.held_ref == child.meeting_ref, or_(told.number.is_(None), told.number == child.number))
    return (
        select(
            meeting.meeting_ref,
            meeting.held_on,
            meeting.month_starts_on,
            child.child,
            ever(_is_of_school_age(born.born_on, meeting.held_on)),
            ever(told.is_sent),
            ever(told.is_received),
        )
        .join(MEETING_NUMBERS, child.meeting_ref == meeting.meeting_ref)
        .outerjoin(born.number.table, born.number == child.number)
        .outerjoin(told.held_ref.table, item)
        .group_by(meeting.meeting_ref, meeting.held_on, meeting.month_starts_on, child.child)
    )


def _is_of_school_age(born_on: ColumnElement[Any], day: ColumnElement[Any]) -> ColumnElement[bool]:
    """By months, because facts keep only the month of birth: a child has its birthday on the first of it."""

    def months(of: ColumnElement[Any]) -> Any:
        return func.extract("year", of) * 12 + func.extract("month", of)

    age = months(day) - months(born_on)
    return and_(age >= parameter("school_age.from") * 12, age < (parameter("school_age.to") + 1) * 12)


def _told_practices() -> Subquery:
    """held_ref, number, is_sent, is_received: of items for practices; no number where an item names no child."""
    circulated = FACTS["plan_circulation"]
    for_practices = select(circulated).where(circulated.c.agency_code == PRACTICE).subquery()
    item = matched(for_practices, MEETING_NUMBERS)
    sent, received = _said_of(item.c)
    said = select(item, sent.label("is_sent"), received.label("is_received")).subquery()
    about_one = numbers_of(said, "held_ref", "is_sent", "is_received")
    names_nobody = and_(*(said.c[name].is_(None) for name in ("nhs_number", "upn", "child_ref")))
    about_all = select(said.c.held_ref, said.c.is_sent, said.c.is_received, cast(null(), Text)).where(names_nobody)
    every = union_all(select(about_one), about_all).subquery()
    return (
        select(
            every.c.held_ref,
            every.c.number,
            ever(every.c.is_sent).label("is_sent"),
            ever(every.c.is_received).label("is_received"),
        )
        .group_by(every.c.held_ref, every.c.number)
        .subquery()
    )
