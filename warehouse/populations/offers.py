"""Support that was agreed for children of meetings about child sexual abuse, and what the providers did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, func, not_, or_, select

from warehouse.evidence import CHILD_TRAITS, CSA_MEETINGS, MEETING_NUMBERS, RETURNS, days, ever, near
from warehouse.matching import child_of, children_of, numbers_of
from warehouse.populations.units import named, unit_of
from warehouse.tables import CALENDAR, FACTS
from warehouse.traits import of_child

OFFERS = FACTS["support_offers"]


def agreed_support() -> Subquery:
    """A child and a day on which Children's Social Care agreed support for it, near a meeting about the child.

    What one day agreed with several providers is one: it has started when one of them has. A provider's row speaks of
    it when it is about the child, and was offered (or began) within ``cohort.linked_within_days`` of the day.
    """
    agreed = select(OFFERS).where(OFFERS.c.said_by == "csc", OFFERS.c.agreed_on.is_not(None)).subquery("agreed")
    (child, with_child), word, month = child_of(agreed), _words_on(agreed), CALENDAR.alias()
    of, started_on = agreed.c, func.min(word.c.started_on)
    sent = and_(
        RETURNS.c.agency_code == of.provider_code,
        RETURNS.c.table_name == OFFERS.name,
        RETURNS.c.month_starts_on == month.c.month_starts_on,
    )
    facts = {
        "csc_answers": ever(or_(of.started_on.is_not(None), of.declined.is_not(None))),
        "csc_started": ever(of.started_on.is_not(None)),
        "is_offered": ever(word.c.row_key.is_not(None)),
        "is_started": started_on.is_not(None),
        "is_declined": and_(started_on.is_(None), ever(word.c.is_declined)),
        "started_soon": started_on <= _days_after(of.agreed_on, "support_started.soon"),
        "started_in_time": started_on <= _days_after(of.agreed_on, "support_started.late"),
        "providers_returned": not_(ever(RETURNS.c.agency_code.is_(None))),
    }
    return (
        select(*unit_of(func.min(of.row_key), of.agreed_on), *of_child(of.agreed_on), *named(facts))
        .select_from(with_child)
        .outerjoin(CHILD_TRAITS, CHILD_TRAITS.c.child == child)
        .join(month, month.c.day == of.agreed_on)
        .outerjoin(word, word.c.row_key == of.row_key)
        .outerjoin(RETURNS, sent)
        .where(of.row_key.in_(_near_a_meeting(agreed)))
        .group_by(child, of.agreed_on, *CHILD_TRAITS.c)
        .subquery("support")
    )


def _near_a_meeting(agreed: Subquery) -> Any:
    """row_key of those whose child was discussed, near the day, at a meeting about child sexual abuse."""
    known = numbers_of(agreed, "row_key", "agreed_on").c
    return (
        select(known.row_key)
        .join(MEETING_NUMBERS, MEETING_NUMBERS.c.number == known.number)
        .join(CSA_MEETINGS, CSA_MEETINGS.c.meeting_ref == MEETING_NUMBERS.c.meeting_ref)
        .where(near(MEETING_NUMBERS.c.held_on, known.agreed_on, known.agreed_on))
    )


def _words_on(agreed: Subquery) -> Subquery:
    """row_key, started_on and is_declined of the agreements that a provider speaks of, by its own word."""
    own = OFFERS.c.said_by == OFFERS.c.provider_code
    offered_on = func.coalesce(OFFERS.c.offered_on, OFFERS.c.started_on).label("offered_on")
    others = [column for column in OFFERS.c if column.name != "offered_on"]
    offered = select(*others, offered_on).where(own).subquery("offered")
    told = children_of(offered, "provider_code", "offered_on", "started_on", "declined").c
    known = children_of(agreed, "row_key", "provider_code", "agreed_on").c
    return (
        select(known.row_key, func.min(told.started_on).label("started_on"), ever(told.declined).label("is_declined"))
        .join(told.child.table, and_(told.child == known.child, told.provider_code == known.provider_code))
        .where(near(known.agreed_on, told.offered_on, told.offered_on))
        .group_by(known.row_key)
        .subquery("words")
    )


def _days_after(day: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return day.op("+", return_type=Date())(days(name))
