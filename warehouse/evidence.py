"""What is known about each meeting on child sexual abuse, worked out anew at every refresh.

Working tables between the facts and the figures, so that a metric stays one short, fast select:

- ``returns``: which agency has sent which table for which month
- ``meeting_numbers``: the numbers by which the children of each held meeting may be known
- ``csa_meetings``: the cohort: meetings held about child sexual abuse
- ``claims``: who says that an agency was invited and came
- ``pairs``: a meeting and an agency that was working with one of its children on the day
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
    Column("sequence", BigInteger),
    Column("is_family", Boolean, nullable=False, comment="the abuse was feared in the family"),
    Column("is_known_by_concern", Boolean, nullable=False, comment="the meeting's own record names sexual abuse"),
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
    Column("is_sent", Boolean, nullable=False, comment="Children's Social Care says the plan was sent to it"),
    Column("is_received", Boolean, nullable=False, comment="it says itself that the plan came or was filed"),
    Column("has_returned_receipts", Boolean, nullable=False, comment="it sent its receipts for the month"),
    schema="reporting",
    comment="One row is a meeting and a relevant agency: one working with a child of the meeting on the day.",
)


def day_of(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day of an instant."""
    return func.date(instant, type_=Date)


def has_csa_factor(factor_codes: ColumnElement[Any]) -> ColumnElement[bool]:
    """Assessment factors name sexual abuse."""
    return func.coalesce(or_(*(factor_codes.like(f"%|{code}|%") for code in CSA_FACTORS)), false())


def near(day: ColumnElement[Any], opened: ColumnElement[Any], closed: ColumnElement[Any]) -> ColumnElement[bool]:
    """Work that was open at most ``cohort.linked_within_days`` before or after the day; still open if it has no end."""
    days = cast(parameter("cohort.linked_within_days"), Integer)
    return and_(
        opened <= day.op("+", return_type=Date())(days),
        or_(closed.is_(None), closed >= day.op("-", return_type=Date())(days)),
    )


def ever(holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """True if any row of the group says so; unrecorded is not yes."""
    return func.coalesce(func.bool_or(holds), false(), type_=Boolean)
