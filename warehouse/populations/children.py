"""Children discussed at meetings about child sexual abuse: a child counts once at each meeting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, select

from warehouse.evidence import CHILD_AGENCIES, CHILD_TRAITS, CSA_CHILDREN, CSA_MEETINGS, ever
from warehouse.populations.agencies import CSC, HEALTH, POLICE, PRACTICES, Agencies
from warehouse.populations.units import named, unit_of, was_returned
from warehouse.traits import of_child


def children_with_a_practice() -> Subquery:
    """Children with open work at a practice on the day: whether the plan was sent there, and whether it logged it.

    An item about one child tells of that child only; one that names no child tells of all whom the meeting was about.
    """
    child, knows = CSA_CHILDREN.c, CHILD_AGENCIES.c
    told = {
        "is_sent": child.plan_sent_to_practice,
        "is_logged": child.plan_logged_by_practice,
        "practice_returned": was_returned(PRACTICES, "plan_circulation", child.month_starts_on),
    }
    return (
        select(*unit_of(child.meeting_ref, child.held_on), *of_child(child.held_on), *named(told))
        .select_from(CSA_CHILDREN)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == child.child)
        .join(CHILD_AGENCIES, and_(knows.meeting_ref == child.meeting_ref, knows.child == child.child))
        .where(PRACTICES(knows.agency_code))
        .subquery("children")
    )


def children_known_to_others() -> Subquery:
    """Children known on the day to the police or Health: whose records name a concern of sexual abuse.

    An agency speaks where it has sent its open work for the month. Several of a group speak as one, and it is
    enough that one of them has recorded it.
    """
    knows = CHILD_AGENCIES.c
    facts = {
        "csc_records": ever(CSA_MEETINGS.c.is_known_by_concern) | _records(CSC),
        "police_speak": _speaks(POLICE),
        "police_record": _records(POLICE),
        "health_speaks": _speaks(HEALTH),
        "health_records": _records(HEALTH),
    }
    return (
        select(*unit_of(knows.meeting_ref, knows.held_on), *of_child(knows.held_on), *named(facts))
        .select_from(CHILD_AGENCIES)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == knows.child)
        .join(CSA_MEETINGS, CSA_MEETINGS.c.meeting_ref == knows.meeting_ref)
        .group_by(knows.meeting_ref, knows.held_on, knows.child, *CHILD_TRAITS.c)
        .having(ever(POLICE(knows.agency_code)) | ever(HEALTH(knows.agency_code)))
        .subquery("children")
    )


def has_school_age_child() -> ColumnElement[bool]:
    """Of a meeting: a child of it was of school age on the day; of an unborn child, or an unknown age, it was not."""
    of = CSA_CHILDREN.c
    return CSA_MEETINGS.c.meeting_ref.in_(select(of.meeting_ref).where(of.is_of_school_age))


def _speaks(agencies: Agencies) -> ColumnElement[Any]:
    return ever(and_(agencies(CHILD_AGENCIES.c.agency_code), CHILD_AGENCIES.c.has_returned))


def _records(agencies: Agencies) -> ColumnElement[Any]:
    knows = CHILD_AGENCIES.c
    return ever(and_(agencies(knows.agency_code), knows.has_returned, knows.concern_recorded))
