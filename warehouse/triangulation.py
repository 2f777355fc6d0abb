"""Two agencies' word on one thing, side by side: Children's Social Care's word on an agency, and its own.

Neither word overwrites the other. A difference is nobody's fault yet: it is a line on a list that both can look up.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    select,
    union,
    union_all,
)

from warehouse.evidence import CLAIMS, CSA_MEETINGS, CSC, NOT_AN_AGENCY, PAIRS, RETURNS
from warehouse.tables import METADATA

STATUSES: Final = {
    "confirmed": "both say so",
    "csc_only": "Children's Social Care says so, the agency does not",
    "agency_only": "the agency says so, Children's Social Care does not",
    "neither": "neither says so",
    "no_return": "the agency has sent nothing for the month",
}
"""Status → what it says. [domain §5, triangulation]"""
DISCREPANT: Final = ("csc_only", "agency_only")
MATTERS: Final = {
    "attendance": ("meeting_participation", "that the agency attended"),
    "plan": ("plan_circulation", "that the plan was sent to the agency, or reached it"),
}
"""What is spoken of → the canonical table that it is said in, and what "so" is."""

TRIANGULATION: Final = Table(
    "triangulation",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("month_starts_on", Date, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("matter", Text, nullable=False, comment="attendance: it attended; plan: the plan was sent, or received"),
    Column("csc_says", Boolean, nullable=False),
    Column("agency_says", Boolean, nullable=False),
    Column("status", Text, nullable=False, comment="confirmed, csc_only, agency_only, neither or no_return"),
    schema="reporting",
    comment="One row is a meeting, an agency and a matter, with the word of both. Both words are kept.",
)


def both_words(circulated: Subquery) -> Any:
    """The select that fills ``reporting.triangulation``.

    Of a meeting every agency that was working with a child of it, and every other that either names.

    Args:
        circulated: held_ref, agency_code, is_sent and is_received of every plan that somebody speaks of.
    """
    return union_all(_attendance(), _plan(circulated))


def _attendance() -> Select[Any]:
    by_csc, by_agency = CLAIMS.alias("by_csc"), CLAIMS.alias("by_agency")
    spoken_of = union(
        select(PAIRS.c.meeting_ref, PAIRS.c.agency_code),
        select(CLAIMS.c.meeting_ref, CLAIMS.c.agency_code).where(_is_another(CLAIMS.c.agency_code)),
    ).subquery("spoken_of")
    of_csc = and_(_same(by_csc, spoken_of), by_csc.c.said_by == CSC)
    of_agency = and_(_same(by_agency, spoken_of), by_agency.c.said_by == spoken_of.c.agency_code)
    joined = spoken_of.outerjoin(by_csc, of_csc).outerjoin(by_agency, of_agency)
    return _stated("attendance", spoken_of, joined, by_csc.c.attended, by_agency.c.attended)


def _plan(circulated: Subquery) -> Select[Any]:
    named = circulated.alias("named")
    in_cohort = CSA_MEETINGS.c.meeting_ref == named.c.held_ref
    spoken_of = union(
        select(PAIRS.c.meeting_ref, PAIRS.c.agency_code),
        select(named.c.held_ref, named.c.agency_code)
        .join(CSA_MEETINGS, in_cohort)
        .where(_is_another(named.c.agency_code)),
    ).subquery("spoken_of")
    plan = circulated.alias("plan")
    of_plan = and_(plan.c.held_ref == spoken_of.c.meeting_ref, plan.c.agency_code == spoken_of.c.agency_code)
    return _stated("plan", spoken_of, spoken_of.outerjoin(plan, of_plan), plan.c.is_sent, plan.c.is_received)


def _stated(
    matter: str, spoken_of: Subquery, joined: FromClause, csc: ColumnElement[Any], agency: ColumnElement[Any]
) -> Select[Any]:
    csc_says, agency_says = func.coalesce(csc, false()), func.coalesce(agency, false())
    meeting, sent = CSA_MEETINGS.c, RETURNS.c
    returned = and_(
        sent.agency_code == spoken_of.c.agency_code,
        sent.month_starts_on == meeting.month_starts_on,
        sent.table_name == MATTERS[matter][0],
    )
    status = case(
        (and_(csc_says, agency_says), "confirmed"),
        (agency_says, "agency_only"),
        (sent.agency_code.is_(None), "no_return"),
        (csc_says, "csc_only"),
        else_="neither",
    )
    where = (meeting.meeting_ref, meeting.held_on, meeting.month_starts_on)
    return (
        select(*where, spoken_of.c.agency_code, literal(matter), csc_says, agency_says, status)
        .select_from(joined)
        .join(CSA_MEETINGS, meeting.meeting_ref == spoken_of.c.meeting_ref)
        .outerjoin(RETURNS, returned)
    )


def _same(claims: FromClause, spoken_of: Subquery) -> ColumnElement[bool]:
    of = spoken_of.c
    return and_(claims.c.meeting_ref == of.meeting_ref, claims.c.agency_code == of.agency_code)


def _is_another(agency: ColumnElement[Any]) -> ColumnElement[bool]:
    """Not Children's Social Care itself, and somebody who could be asked."""
    return agency.not_in((CSC, *NOT_AN_AGENCY))
