"""What metrics count, declared once: meetings, pairs, enquiries, assessments, and what may be said of each.

A population is a subquery with one row a unit: ``unit_ref`` (an agency's own number of the case, never of the
child), ``counted_on`` (the day that decides its period), ``agency_code`` ("" where the unit belongs to no one
agency), and the facts a metric asks for. Facts that are not recorded are false: silence is not assurance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Subquery,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)

from schemas.codes import AGENCY_GROUPS
from warehouse.evidence import CLAIMS, CSA_MEETINGS, MEETING_NUMBERS, PAIRS, RETURNS, ever, has_csa_factor, near
from warehouse.matching import HELD, numbers_of
from warehouse.parameters import parameter
from warehouse.tables import CALENDAR, FACTS

Agencies = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A column of agency codes → whether it is one of them."""


def among(*codes: str) -> Agencies:
    """The agencies of these codes."""
    return lambda code: code.in_(codes)


def group(name: str) -> Agencies:
    """The agencies of a group, such as "police" (`schemas.codes.AGENCY_GROUPS`)."""
    return among(*(code for code, of in AGENCY_GROUPS.items() if of == name))


def _health(code: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(group("health")(code), or_(code != "sarc", parameter("sarc_is_health")))


CSC: Final = among("csc")
POLICE: Final = group("police")
HEALTH: Final[Agencies] = _health
"""Health, and by ``sarc_is_health`` the sexual assault referral centre with it."""

Word = Literal["csc", "own"]
"""Whose word: Children's Social Care's, or each agency's own."""


def csa_meetings(**facts: ColumnElement[Any]) -> Subquery:
    """Strategy meetings held about child sexual abuse, counted on the day they were held."""
    unit = (CSA_MEETINGS.c.meeting_ref, CSA_MEETINGS.c.held_on)
    chosen = select(*_unit(*unit), *_named(facts)).select_from(CSA_MEETINGS)
    evidence = [
        table for table in (CLAIMS, PAIRS) if any(table in select(fact).get_final_froms() for fact in facts.values())
    ]
    if not evidence:
        return chosen.subquery("meetings")
    for table in evidence:
        chosen = chosen.outerjoin(table, table.c.meeting_ref == CSA_MEETINGS.c.meeting_ref)
    return chosen.group_by(*unit, CSA_MEETINGS.c.month_starts_on).subquery("meetings")


def meeting_agency_pairs(*where: ColumnElement[bool], **facts: ColumnElement[Any]) -> Subquery:
    """A meeting about child sexual abuse and an agency working with one of its children that day."""
    unit = _unit(PAIRS.c.meeting_ref, PAIRS.c.held_on, PAIRS.c.agency_code)
    return select(*unit, *_named(facts)).where(*where).subquery("pairs")


def attended(agencies: Agencies, *, said_by: Word) -> ColumnElement[bool]:
    """Of a meeting: at least one of the agencies came, as ``said_by`` records. Two of one group count once."""
    return _claimed(agencies, said_by, CLAIMS.c.attended)


def invited(agencies: Agencies) -> ColumnElement[bool]:
    """Of a meeting: Children's Social Care invited at least one of the agencies before it began.

    An invitation without a time counts on its whole day. Who came without a recorded invitation was not
    invited before the start, nor was one that the record calls not invited.
    """
    return _claimed(agencies, "csc", CLAIMS.c.invited_in_time)


def heard_from(agencies: Agencies) -> ColumnElement[bool]:
    """Of a meeting: the agencies' own word on it can be known.

    Those that Children's Social Care says attended have all sent their participation for the month; where it
    names none, at least one of the group has. What an agency says does not decide whether it is heard: counting the
    meetings of half-silent groups only where somebody confirms would lean the figure upwards.
    """
    someone_sent = CSA_MEETINGS.c.month_starts_on.in_(
        select(RETURNS.c.month_starts_on).where(
            agencies(RETURNS.c.agency_code), RETURNS.c.table_name == "meeting_participation"
        )
    )
    one_is_silent = _claimed(agencies, "csc", and_(CLAIMS.c.attended, not_(CLAIMS.c.agency_returned)))
    return and_(someone_sent, not_(one_is_silent))


def meeting_facts() -> Any:
    """The columns of ``reporting.csa_meetings``, to state facts of a meeting with."""
    return CSA_MEETINGS.c


def has_relevant_agency() -> ColumnElement[bool]:
    """Of a meeting: at least one agency was working with a child of it on the day."""
    return ever(PAIRS.c.agency_code.is_not(None))


def every_relevant_agency(holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a meeting: ``holds``, a column of ``reporting.pairs``, is true of every relevant agency; there is one."""
    return and_(has_relevant_agency(), not_(ever(not_(holds))))


def working_days(start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """Working days from ``start`` (day 0) to ``end``, by the calendar of England; null outside its reach."""

    def number(day: ColumnElement[Any]) -> Any:
        calendar = CALENDAR.alias()
        return select(calendar.c.working_day_number).where(calendar.c.day == day).scalar_subquery()

    days: ColumnElement[int] = number(end) - number(start)
    return days


def csa_enquiries() -> Subquery:
    """Section 47 enquiries about child sexual abuse with a conference, counted on its day.

    An enquiry is about it if its own record says so, if it carries the number of such a meeting, or if a child's
    assessment near its start has factor 19B or 19C. The same enquiry from two systems is counted once.
    """
    enquiry = FACTS["section_47_enquiries"]
    of_meeting = select(CSA_MEETINGS.c.s47_ref).where(CSA_MEETINGS.c.s47_ref.is_not(None))
    assessed = FACTS["assessments"]
    factors = select(assessed).where(has_csa_factor(assessed.c.factor_codes)).subquery()
    known, signs = numbers_of(enquiry, "row_key", "started_on").c, numbers_of(factors, "started_on", "authorised_on").c
    by_factor = (
        select(known.row_key)
        .join(signs.number.table, signs.number == known.number)
        .where(near(known.started_on, signs.started_on, signs.authorised_on))
    )
    is_csa = or_(
        func.coalesce(enquiry.c.csa_concern, false()),
        func.coalesce(enquiry.c.s47_ref.in_(of_meeting), false()),
        enquiry.c.row_key.in_(by_factor),
    )
    named = (_child(enquiry), enquiry.c.started_on, enquiry.c.icpc_on)
    unit = _unit(func.min(func.coalesce(enquiry.c.s47_ref, enquiry.c.row_key)), enquiry.c.icpc_on)
    return (
        select(*unit, func.max(working_days(_clock_start(enquiry), enquiry.c.icpc_on)).label("working_days_taken"))
        .where(enquiry.c.icpc_on.is_not(None))
        .group_by(*named)
        .having(ever(is_csa))
        .subquery("enquiries")
    )


def _clock_start(enquiry: FromClause) -> ColumnElement[Any]:
    """The day of the strategy discussion that ``icpc_on_time.clock_start`` counts from."""
    of_enquiry = and_(HELD.c.s47_ref == enquiry.c.s47_ref, HELD.c.held_on <= enquiry.c.icpc_on)
    last = select(func.max(HELD.c.held_on)).where(of_enquiry).correlate(enquiry).scalar_subquery()
    counts_from_last = parameter("icpc_on_time.clock_start") == "last"
    return case((counts_from_last, func.coalesce(last, enquiry.c.started_on)), else_=enquiry.c.started_on)


def csa_assessments() -> Subquery:
    """Assessments about child sexual abuse, counted when completed, and their genogram, step by step.

    An assessment is about it if it found factor 19B or 19C, or if its child was discussed near it at a meeting
    whose own record names sexual abuse (a meeting that is only linked does not link further). ``present``: a
    genogram is on the record; ``current``: and was updated since the assessment began; ``used``: and the analysis
    uses it. The same assessment from two systems is counted once.
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
    present = ever(assessed.c.genogram_present)
    current = ever(and_(assessed.c.genogram_present, assessed.c.genogram_updated_on >= assessed.c.started_on))
    used = and_(current, ever(assessed.c.genogram_used))
    unit = _unit(func.min(func.coalesce(assessed.c.assessment_ref, assessed.c.row_key)), assessed.c.authorised_on)
    steps = _named({"present": present, "current": current, "used": used})
    return (
        select(*unit, *steps)
        .where(assessed.c.authorised_on.is_not(None))
        .group_by(_child(assessed), assessed.c.started_on, assessed.c.authorised_on)
        .having(ever(is_csa))
        .subquery("assessments")
    )


def rows_of(table_name: str, *where: ColumnElement[bool], unit: tuple[str, ...], counted_on: str) -> Subquery:
    """The rows of a table that agencies fill about themselves; ``unit``: the columns that name a row."""
    table = FACTS[table_name]
    ref: ColumnElement[Any] = table.c[unit[0]]
    for name in unit[1:]:
        ref = ref + literal(" ") + table.c[name]
    own = [column for column in table.c if column.name != "agency_code"]
    return select(*_unit(ref, table.c[counted_on], table.c.agency_code), *own).where(*where).subquery(table_name)


def _unit(ref: Any, day: Any, agency: Any = None) -> tuple[ColumnElement[Any], ...]:
    agency = literal("") if agency is None else agency
    return (
        type_coerce(ref, Text).label("unit_ref"),
        type_coerce(day, Date).label("counted_on"),
        type_coerce(agency, Text).label("agency_code"),
    )


def _named(facts: dict[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Label facts; a yes or no that is not recorded is no."""
    return [
        func.coalesce(fact, false(), type_=Boolean).label(name) if _is_flag(fact) else fact.label(name)
        for name, fact in facts.items()
    ]


def _is_flag(fact: ColumnElement[Any]) -> bool:
    return isinstance(fact.type, Boolean)


def _child(rows: FromClause) -> ColumnElement[Any]:
    return func.coalesce(rows.c.child_ref, rows.c.nhs_number, rows.c.upn)


def _claimed(agencies: Agencies, said_by: Word, holds: ColumnElement[bool]) -> ColumnElement[bool]:
    speaker = literal("csc") if said_by == "csc" else CLAIMS.c.agency_code
    return ever(and_(agencies(CLAIMS.c.agency_code), CLAIMS.c.said_by == speaker, holds))
