"""What is known about each meeting on child sexual abuse, worked out anew at every refresh.

Working tables between the facts and the figures, so that a metric stays one short, fast select:

- ``returns``: which agency has sent which table for which month
- ``meeting_numbers``: the numbers by which the children of each held meeting may be known
- ``csa_meetings``: the cohort: meetings held about child sexual abuse
- ``csa_children``: the children of these meetings
- ``child_agencies``: which agencies were working with each of them on the day
- ``claims``: who says that an agency was invited and came
- ``pairs``: a meeting and an agency that was working with one of its children on the day
- ``csa_assessments``, ``csa_enquiries``: what else is about child sexual abuse, each once whoever reports it
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Table,
    Text,
    and_,
    cast,
    false,
    func,
    or_,
)

from warehouse.parameters import parameter
from warehouse.tables import METADATA

CSC: Final = "csc"
CSA_CONCERNS: Final = ("sexual_abuse",)
CSA_CONTEXTS: Final = ("family", "other")
CSA_FACTORS: Final = ("19B", "19C")
"""DfE assessment factors: child on child, adult on child. 19A ended in 2020, when it was split into these."""
CSA_PLAN_CATEGORIES: Final = ("SAB",)
"""MUL hides sexual abuse: no source yet says of which parts a "multiple" is made, so none is counted by MUL alone."""
ATTENDED: Final = ("attended", "deputy")
"""Attendance codes that are presence; apologies with a report is not."""
NOT_AN_AGENCY: Final = ("unknown", "lscp", "dfe")
"""Codes that nobody can send a plan to."""
RETURNS: Final = Table(
    "returns",
    METADATA,
    Column("agency_code", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("month_starts_on", Date, nullable=False),
    schema="reporting",
    comment="One row is a month for which an agency has sent a table.",
)
MEETING_NUMBERS: Final = Table(
    "meeting_numbers",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("number", Text, nullable=False, comment="kind and value: nhs:…, upn:… or ref:…"),
    Column("child", Text, nullable=False, comment="the same for all numbers of one child of the meeting"),
    schema="facts",
    comment="One row is a number by which a child of a held meeting may be known. Identifies children.",
)
CSA_MEETINGS: Final = Table(
    "csa_meetings",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("s47_ref", Text),
    Column("held_at", DateTime, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("month_starts_on", Date, nullable=False),
    Column("concern_on", Date, comment="the day the concern was identified"),
    Column("urgency_code", Text),
    Column("mode_code", Text),
    Column("sequence", BigInteger),
    Column("is_family", Boolean, nullable=False, comment="the abuse was feared in the family"),
    Column("is_known_by_concern", Boolean, nullable=False, comment="the meeting's own record names sexual abuse"),
    Column("specialist_health_code", Text),
    Column("decision_on", Date, comment="the day a manager's decision was recorded"),
    Column(
        "sequence_ref", Text, nullable=False, comment="the first meeting about the same concern; it may be this one"
    ),
    Column("sequence_began_on", Date, nullable=False, comment="the day of that meeting"),
    Column("sequence_concern_on", Date, comment="the first day on which a meeting of the sequence dates the concern"),
    schema="reporting",
    comment="One row is a strategy meeting held about child sexual abuse: the cohort of the metrics.",
)
CLAIMS: Final = Table(
    "claims",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("said_by", Text, nullable=False, comment="csc, or the agency itself"),
    Column("attended", Boolean, nullable=False),
    Column("invited_in_time", Boolean, nullable=False, comment="invited, and before the meeting began"),
    Column("contributed", Boolean, nullable=False, comment="gave information, present or not"),
    Column(
        "informed",
        Boolean,
        nullable=False,
        comment="invited at whatever time, came, sent apologies or gave information",
    ),
    Column(
        "specialist_took_part",
        Boolean,
        nullable=False,
        comment="the Havens or a paediatrician came or gave information",
    ),
    Column("agency_returned", Boolean, nullable=False, comment="the agency sent its own word for the month"),
    schema="reporting",
    comment="One row is what one agency says of an agency's part in a meeting. Both words are kept.",
)
PAIRS: Final = Table(
    "pairs",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("is_present", Boolean, nullable=False, comment="Children's Social Care says it attended"),
    Column("took_part", Boolean, nullable=False, comment="Children's Social Care says it attended or gave information"),
    Column(
        "is_informed",
        Boolean,
        nullable=False,
        comment="Children's Social Care says it was invited, took part, or was sent it",
    ),
    Column("says_it_took_part", Boolean, nullable=False, comment="it says itself that it attended or gave information"),
    Column(
        "says_it_was_informed",
        Boolean,
        nullable=False,
        comment="it says itself that it was invited, took part, or has the plan",
    ),
    Column("has_returned_participation", Boolean, nullable=False, comment="it sent its participation for the month"),
    Column("is_sent", Boolean, nullable=False, comment="Children's Social Care says the plan was sent to it"),
    Column("is_sent_in_time", Boolean, nullable=False, comment="and within the limit after the meeting"),
    Column("is_received", Boolean, nullable=False, comment="it says itself that the plan came or was filed"),
    Column("has_returned_receipts", Boolean, nullable=False, comment="it sent its receipts for the month"),
    schema="reporting",
    comment="One row is a meeting and a relevant agency: one working with a child of the meeting on the day.",
)
CSA_CHILDREN: Final = Table(
    "csa_children",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("month_starts_on", Date, nullable=False),
    Column("child", Text, nullable=False),
    Column("is_of_school_age", Boolean, nullable=False, comment="on the day, by any agency's list of children"),
    Column("plan_sent_to_practice", Boolean, nullable=False, comment="Children's Social Care says so"),
    Column("plan_logged_by_practice", Boolean, nullable=False, comment="the practice says so"),
    schema="facts",
    comment="One row is a child discussed at a meeting about child sexual abuse. Identifies children.",
)
CHILD_AGENCIES: Final = Table(
    "child_agencies",
    METADATA,
    Column("meeting_ref", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("month_starts_on", Date, nullable=False),
    Column("child", Text, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("concern_recorded", Boolean, nullable=False, comment="its own record of the child names sexual abuse"),
    Column("has_returned", Boolean, nullable=False, comment="it sent its open work for the month"),
    schema="facts",
    comment="One row is an agency working with a child of such a meeting on the day. Identifies children.",
)
CSA_ASSESSMENTS: Final = Table(
    "csa_assessments",
    METADATA,
    Column("assessment_ref", Text, nullable=False),
    Column("child", Text, nullable=False),
    Column("referred_on", Date),
    Column("started_on", Date, nullable=False),
    Column("authorised_on", Date, comment="empty while open"),
    Column("genogram_present", Boolean, nullable=False),
    Column("genogram_current", Boolean, nullable=False, comment="and updated since the assessment began"),
    Column("genogram_used", Boolean, nullable=False, comment="and used in the analysis"),
    schema="facts",
    comment="One row is an assessment about child sexual abuse, once whoever reports it. Identifies children.",
)
CSA_ENQUIRIES: Final = Table(
    "csa_enquiries",
    METADATA,
    Column("enquiry_ref", Text, nullable=False),
    Column("child", Text, nullable=False),
    Column("started_on", Date, nullable=False),
    Column(
        "clock_on", Date, nullable=False, comment="the strategy discussion that the conference's days are counted from"
    ),
    Column("icpc_on", Date),
    Column("ended_on", Date),
    Column("concluded_on", Date, comment="when it ended, or where nobody says so the conference"),
    Column("no_conference_needed", Boolean, nullable=False),
    Column("seen_alone_on", Date, comment="first day since its start on which the child was seen alone"),
    Column("closing_discussion_on", Date),
    schema="facts",
    comment="One row is a section 47 enquiry about child sexual abuse, once whoever reports it. Identifies children.",
)
CHILD_TRAITS: Final = Table(
    "child_traits",
    METADATA,
    Column("child", Text, nullable=False),
    Column("born_on", Date, comment="first of the month"),
    Column("expected_on", Date, comment="first of the month, of an unborn child"),
    Column("sex_code", Text, comment="empty where it is not known, or agencies differ"),
    Column("ethnicity_code", Text, comment="likewise"),
    schema="facts",
    comment="One row is a child that somebody describes. Identifies children.",
)
EVIDENCE: Final = (
    RETURNS,
    CHILD_TRAITS,
    MEETING_NUMBERS,
    CSA_MEETINGS,
    CLAIMS,
    CHILD_AGENCIES,
    PAIRS,
    CSA_CHILDREN,
    CSA_ASSESSMENTS,
    CSA_ENQUIRIES,
)
"""All of them, in the order in which they rest on one another."""


def day_of(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day of an instant."""
    return func.date(instant, type_=Date)


def has_csa_factor(factor_codes: ColumnElement[Any]) -> ColumnElement[bool]:
    """Assessment factors name sexual abuse."""
    return func.coalesce(or_(*(factor_codes.like(f"%|{code}|%") for code in CSA_FACTORS)), false())


def near(day: ColumnElement[Any], opened: ColumnElement[Any], closed: ColumnElement[Any]) -> ColumnElement[bool]:
    """Work that was open at most ``cohort.linked_within_days`` before or after the day; still open if it has no end."""
    within = days("cohort.linked_within_days")
    return and_(
        opened <= day.op("+", return_type=Date())(within),
        or_(closed.is_(None), closed >= day.op("-", return_type=Date())(within)),
    )


def days(name: str) -> ColumnElement[int]:
    """A parameter that is a number of days, to add to a date."""
    return cast(parameter(name), Integer)


def ever(holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """True if any row of the group says so; unrecorded is not yes."""
    return func.coalesce(func.bool_or(holds), false(), type_=Boolean)
