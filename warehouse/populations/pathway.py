"""The way of a child through Children's Social Care: referral, assessment, section 47 enquiry, police investigation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, and_, case, func, not_, or_, select

from warehouse.evidence import CHILD_TRAITS, CSA_ASSESSMENTS, CSA_CONCERNS, CSA_ENQUIRIES, day_of, days, ever, near
from warehouse.matching import child_of, children_of
from warehouse.parameters import parameter
from warehouse.populations.agencies import CSC, POLICE
from warehouse.populations.units import named, unit_of, was_returned, working_days
from warehouse.tables import CALENDAR, FACTS
from warehouse.traits import of_child


def csa_referrals() -> Subquery:
    """Referrals that name sexual abuse, counted on the day they came.

    The same referral from two systems is counted once, with the earlier of two decisions: a child's referrals of one
    day are one.
    """
    referral = FACTS["referrals"]
    child, with_child = child_of(referral)
    names_it = or_(*(referral.c.concern_codes.like(f"%|{code}|%") for code in CSA_CONCERNS))
    received_on = day_of(referral.c.received_at)
    said = (
        select(
            func.min(func.coalesce(referral.c.referral_ref, referral.c.row_key)).label("ref"),
            child.label("child"),
            received_on.label("received_on"),
            func.min(day_of(referral.c.decided_at)).label("decided_on"),
        )
        .select_from(with_child)
        .group_by(child, received_on)
        .having(ever(names_it))
        .subquery()
    )
    taken = working_days(said.c.received_on, said.c.decided_on)
    return (
        select(
            *unit_of(said.c.ref, said.c.received_on), *of_child(said.c.received_on), taken.label("working_days_taken")
        )
        .select_from(said)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == said.c.child)
        .subquery("referrals")
    )


def completed_csa_assessments() -> Subquery:
    """Assessments about child sexual abuse, counted when completed, and their genogram, step by step."""
    assessed = CSA_ASSESSMENTS.c
    steps = named({"present": assessed.genogram_present, "current": assessed.genogram_current})
    used = named({"used": assessed.genogram_used})
    return (
        select(*unit_of(assessed.assessment_ref, assessed.authorised_on), *of_child(assessed.started_on), *steps, *used)
        .select_from(CSA_ASSESSMENTS)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == assessed.child)
        .where(assessed.authorised_on.is_not(None))
        .subquery("assessments")
    )


def csa_assessments_due() -> Subquery:
    """The same, and those that are open beyond their limit, counted on the first day beyond it."""
    assessed = CSA_ASSESSMENTS.c
    by_referral = parameter("assessment_on_time.clock_start") == "referred"
    clock = case((by_referral, func.coalesce(assessed.referred_on, assessed.started_on)), else_=assessed.started_on)
    return _due(
        CSA_ASSESSMENTS, assessed.assessment_ref, clock, assessed.authorised_on, "assessment_on_time.limit"
    ).subquery("assessments")


def csa_conferences_due() -> Subquery:
    """Section 47 enquiries about child sexual abuse with a conference, counted on its day, and those open without one.

    Open beyond the limit: no conference was held, nobody says that none was needed, and the enquiry has not ended;
    counted on the first day beyond it. A child's several enquiries are several.
    """
    enquiry = CSA_ENQUIRIES.c
    waits = and_(enquiry.ended_on.is_(None), not_(enquiry.no_conference_needed))
    due = _due(CSA_ENQUIRIES, enquiry.enquiry_ref, enquiry.clock_on, enquiry.icpc_on, "icpc_on_time.limit")
    return due.where(or_(enquiry.icpc_on.is_not(None), waits)).subquery("enquiries")


def _due(
    table: FromClause, ref: ColumnElement[Any], clock: ColumnElement[Any], done_on: ColumnElement[Any], limit: str
) -> Select[Any]:
    """Units that were done, on the day, and those that were not, on the first working day after their limit."""
    began, beyond = CALENDAR.alias(), CALENDAR.alias()
    first = and_(
        beyond.c.is_working_day, beyond.c.working_day_number == began.c.working_day_number + parameter(limit) + 1
    )
    facts = {"is_done": done_on.is_not(None), "is_overdue": done_on.is_(None)}
    return (
        select(
            *unit_of(ref, func.coalesce(done_on, beyond.c.day)),
            *of_child(clock),
            *named(facts),
            working_days(clock, done_on).label("working_days_taken"),
        )
        .select_from(table)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == table.c.child)
        .join(began, began.c.day == clock)
        .join(beyond, first)
    )


def concluded_csa_enquiries() -> Subquery:
    """Section 47 enquiries about child sexual abuse that are over, counted on the day: their end, else the conference.

    ``police_know``: an investigation of the child was open near the enquiry's start; ``police_say_so``: and the police
    record a closing discussion on the day that Children's Social Care does, or within ``matching.within_working_days``.
    """
    enquiry, ended = CSA_ENQUIRIES.c, CALENDAR.alias()
    police = _investigations("closing_discussion_on").c
    said, police_said = CALENDAR.alias(), CALENDAR.alias()
    apart = func.abs(said.c.working_day_number - police_said.c.working_day_number)
    facts = {
        "was_seen_alone": enquiry.seen_alone_on <= enquiry.concluded_on,
        "was_discussed": enquiry.closing_discussion_on.is_not(None),
        "police_know": ever(police.child.is_not(None)),
        "police_say_so": ever(apart <= parameter("matching.within_working_days")),
        "police_returned": was_returned(POLICE, "police_investigations", ended.c.month_starts_on),
    }
    return (
        select(*unit_of(enquiry.enquiry_ref, enquiry.concluded_on), *of_child(enquiry.started_on), *named(facts))
        .select_from(CSA_ENQUIRIES)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == enquiry.child)
        .join(ended, ended.c.day == enquiry.concluded_on)
        .outerjoin(
            police.child.table,
            and_(police.child == enquiry.child, near(enquiry.started_on, police.opened_on, police.closed_on)),
        )
        .outerjoin(said, said.c.day == enquiry.closing_discussion_on)
        .outerjoin(police_said, police_said.c.day == police.closing_discussion_on)
        .group_by(*CSA_ENQUIRIES.c, *CHILD_TRAITS.c, ended.c.month_starts_on)
        .subquery("enquiries")
    )


def closed_investigations() -> Subquery:
    """Police investigations that were closed, counted on the day, and whether Children's Social Care holds the reason.

    ``csc_knows``: it has an enquiry about the child that began near the investigation; ``csc_holds``: and one of
    these says that the reason came, on the day of the closure or within ``cohort.linked_within_days`` after it.
    """
    investigation = FACTS["police_investigations"].c
    police, closed = _investigations("row_key").c, CALENDAR.alias()
    enquiry = children_of(FACTS["section_47_enquiries"], "started_on", "police_closure_received_on").c
    came_on = enquiry.police_closure_received_on
    links = (
        select(police.row_key, came_on.label("came_on"))
        .join(enquiry.child.table, enquiry.child == police.child)
        .where(near(enquiry.started_on, police.opened_on, police.closed_on))
        .subquery()
    )
    came_after = and_(
        links.c.came_on >= investigation.closed_on,
        links.c.came_on
        <= investigation.closed_on.op("+", return_type=links.c.came_on.type)(days("cohort.linked_within_days")),
    )
    unit = unit_of(investigation.crime_ref, investigation.closed_on)
    is_sent = and_(investigation.closure_reason_code.is_not(None), investigation.closure_shared_at.is_not(None))
    facts = {
        "is_sent": ever(is_sent),
        "csc_knows": ever(links.c.row_key.is_not(None)),
        "csc_holds": ever(came_after),
        "csc_returned": was_returned(CSC, "section_47_enquiries", closed.c.month_starts_on),
    }
    return (
        select(*unit, *named(facts))
        .select_from(investigation.row_key.table)
        .join(closed, closed.c.day == investigation.closed_on)
        .outerjoin(links, links.c.row_key == investigation.row_key)
        .group_by(investigation.row_key, investigation.crime_ref, investigation.closed_on, closed.c.month_starts_on)
        .subquery("investigations")
    )


def _investigations(*names: str) -> Subquery:
    """child, opened_on, closed_on and ``names`` of each investigation; opened by its strategy meeting at the latest."""
    investigation = FACTS["police_investigations"]
    opened_on = func.coalesce(investigation.c.opened_on, investigation.c.strategy_on, investigation.c.closed_on)
    dated = select(
        *(column for column in investigation.c if column.name != "opened_on"), opened_on.label("opened_on")
    ).subquery()
    return children_of(dated, "opened_on", "closed_on", *names)
