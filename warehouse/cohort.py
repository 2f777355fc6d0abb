"""What is about child sexual abuse: the selects that find the meetings, assessments and enquiries of the cohort."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Subquery,
    Table,
    and_,
    case,
    false,
    func,
    or_,
    select,
    union,
)

from warehouse.evidence import (
    CSA_CONCERNS,
    CSA_CONTEXTS,
    CSA_MEETINGS,
    CSA_PLAN_CATEGORIES,
    MEETING_NUMBERS,
    day_of,
    ever,
    has_csa_factor,
    near,
)
from warehouse.matching import HELD, child_of, children_of, numbers_of
from warehouse.parameters import parameter
from warehouse.tables import CALENDAR, FACTS

MANAGERS: Final = ("team_manager", "service_manager")
"""Roles whose recorded decision is a management decision; where no role is recorded the record is believed."""


def csa_meetings() -> Any:
    """Rows of ``reporting.csa_meetings``."""
    meeting = _of_cohort()
    child = select(MEETING_NUMBERS.c.meeting_ref, func.min(MEETING_NUMBERS.c.child).label("child")).group_by(
        MEETING_NUMBERS.c.meeting_ref
    )
    lowest = child.subquery()
    # A telephone discussion may come before there is an enquiry: it has the number of the meeting on the same concern.
    same_concern = (meeting.c.concern_on, lowest.c.child)
    is_known = and_(*(column.is_not(None) for column in same_concern))
    enquiry = func.coalesce(
        meeting.c.s47_ref, case((is_known, func.min(meeting.c.s47_ref).over(partition_by=same_concern)))
    )
    keyed = (
        select(meeting, lowest.c.child, is_known.label("has_concern"), enquiry.label("enquiry"))
        .outerjoin(lowest, lowest.c.meeting_ref == meeting.c.meeting_ref)
        .subquery()
    )
    of = keyed.c
    by_concern, alone = and_(of.enquiry.is_(None), of.has_concern), and_(of.enquiry.is_(None), ~of.has_concern)
    sequence = (
        of.enquiry,
        case((by_concern, of.concern_on)),
        case((by_concern, of.child)),
        case((alone, of.meeting_ref)),
    )
    usable = case((of.concern_on <= of.held_on, of.concern_on))
    return select(
        *(of[column.name] for column in meeting.c),
        func.first_value(of.meeting_ref).over(partition_by=sequence, order_by=(of.held_at, of.meeting_ref)),
        func.min(of.held_on).over(partition_by=sequence),
        func.min(usable).over(partition_by=sequence),
    )


def _of_cohort() -> Subquery:
    """The columns of a meeting itself, in the order of the table."""
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
    by_manager = func.coalesce(held.decision_role_code.in_(MANAGERS), True)
    return (
        select(
            held.meeting_ref,
            held.s47_ref,
            held.held_at,
            held.held_on,
            CALENDAR.c.month_starts_on,
            day_of(held.concern_identified_at).label("concern_on"),
            held.urgency_code,
            held.mode_code,
            held.sequence,
            func.coalesce(held.csa_context_code == "family", false()).label("is_family"),
            by_concern.label("is_known_by_concern"),
            held.specialist_health_code,
            case((by_manager, day_of(held.decision_at))).label("decision_on"),
        )
        .join(CALENDAR, CALENDAR.c.day == held.held_on)
        .outerjoin(linked, linked.c.meeting_ref == held.meeting_ref)
        .where(or_(by_concern, linked.c.meeting_ref.is_not(None)))
        .subquery()
    )


def _linked(rows: Table, opened: str, closed: str, is_csa: ColumnElement[bool]) -> Any:
    """Meetings one of whose children has such a row, near the meeting's day."""
    about = numbers_of(select(rows).where(is_csa).subquery(), opened, closed)
    return (
        select(MEETING_NUMBERS.c.meeting_ref)
        .join(about, about.c.number == MEETING_NUMBERS.c.number)
        .where(near(MEETING_NUMBERS.c.held_on, about.c[opened], about.c[closed]))
    )


def csa_assessments() -> Any:
    """Rows of ``facts.csa_assessments``.

    An assessment is about child sexual abuse if it found factor 19B or 19C, or if its child was discussed near it at
    a meeting whose own record names sexual abuse (a meeting that is only linked does not link further). Of two
    systems that report the same one, each says what it knows; of two days of authorisation the earlier counts.
    """
    assessed = FACTS["assessments"]
    known = numbers_of(assessed, "row_key", "started_on", "authorised_on").c
    discussed = (
        select(known.row_key)
        .join(MEETING_NUMBERS, MEETING_NUMBERS.c.number == known.number)
        .join(CSA_MEETINGS, CSA_MEETINGS.c.meeting_ref == MEETING_NUMBERS.c.meeting_ref)
        .where(
            CSA_MEETINGS.c.is_known_by_concern,
            near(MEETING_NUMBERS.c.held_on, known.started_on, known.authorised_on),
        )
    )
    is_csa = or_(has_csa_factor(assessed.c.factor_codes), assessed.c.row_key.in_(discussed))
    current = ever(and_(assessed.c.genogram_present, assessed.c.genogram_updated_on >= assessed.c.started_on))
    child, with_child = child_of(assessed)
    return (
        select(
            func.min(func.coalesce(assessed.c.assessment_ref, assessed.c.row_key)),
            child,
            func.min(assessed.c.referred_on),
            assessed.c.started_on,
            func.min(assessed.c.authorised_on),
            ever(assessed.c.genogram_present),
            current,
            and_(current, ever(assessed.c.genogram_used)),
        )
        .select_from(with_child)
        .group_by(child, assessed.c.started_on)
        .having(ever(is_csa))
    )


def csa_enquiries() -> Any:
    """Rows of ``facts.csa_enquiries``.

    An enquiry is about child sexual abuse if its own record says so, if it carries the number of such a meeting, or
    if a child's assessment near its start has factor 19B or 19C. Where two systems report the same one, of two days
    the earlier counts.
    """
    enquiry = FACTS["section_47_enquiries"]
    of_meeting = select(CSA_MEETINGS.c.s47_ref).where(CSA_MEETINGS.c.s47_ref.is_not(None))
    is_csa = or_(
        func.coalesce(enquiry.c.csa_concern, false()),
        func.coalesce(enquiry.c.s47_ref.in_(of_meeting), false()),
        enquiry.c.row_key.in_(_found_by_assessment(enquiry)),
    )
    child, with_child = child_of(enquiry)
    named = select(enquiry, child.label("child")).select_from(with_child).cte("named")
    of = named.c
    seen_alone_on = case((of.child_seen_alone_on >= of.started_on, of.child_seen_alone_on))
    about = select(enquiry.c.row_key).where(is_csa)
    once = (
        select(
            func.min(func.coalesce(of.s47_ref, of.row_key)).label("ref"),
            of.child,
            of.started_on,
            func.min(of.icpc_on).label("icpc_on"),
            func.min(of.ended_on).label("ended_on"),
            ever(of.icpc_not_required).label("no_conference_needed"),
            func.min(seen_alone_on).label("seen_alone_on"),
            func.min(of.closing_discussion_on).label("closing_discussion_on"),
        )
        .group_by(of.child, of.started_on)
        .having(ever(of.row_key.in_(about)))
        .cte("once")
    )
    last = _last_meetings(once, named)
    counts_from_last = parameter("icpc_on_time.clock_start") == "last"
    one = once.c
    return select(
        one.ref,
        one.child,
        one.started_on,
        case((counts_from_last, func.coalesce(last.c.held_on, one.started_on)), else_=one.started_on),
        one.icpc_on,
        one.ended_on,
        func.coalesce(one.ended_on, one.icpc_on),
        one.no_conference_needed,
        one.seen_alone_on,
        one.closing_discussion_on,
    ).outerjoin(last, and_(last.c.child == one.child, last.c.started_on == one.started_on))


def _found_by_assessment(enquiry: FromClause) -> Any:
    """row_key of enquiries near whose start a child's assessment has a factor of sexual abuse."""
    assessed = FACTS["assessments"]
    factors = select(assessed).where(has_csa_factor(assessed.c.factor_codes)).subquery()
    known, signs = (
        children_of(rows, *names).c
        for rows, names in ((enquiry, ("row_key", "started_on")), (factors, ("started_on", "authorised_on")))
    )
    return (
        select(known.row_key)
        .join(signs.child.table, signs.child == known.child)
        .where(near(known.started_on, signs.started_on, signs.authorised_on))
    )


def _last_meetings(once: CTE, named: CTE) -> Subquery:
    """child, started_on, held_on: the last strategy discussion of an enquiry that was not after its conference."""
    one, of = once.c, named.c
    same = and_(of.child == one.child, of.started_on == one.started_on)
    return (
        select(one.child, one.started_on, func.max(HELD.c.held_on).label("held_on"))
        .join(named, same)
        .join(HELD, and_(HELD.c.s47_ref == of.s47_ref, HELD.c.held_on <= func.coalesce(one.icpc_on, HELD.c.held_on)))
        .group_by(one.child, one.started_on)
        .subquery()
    )
