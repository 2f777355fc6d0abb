"""Strategy meetings held about child sexual abuse, alone, in their sequences, and in pairs with agencies."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Subquery, and_, func, literal, not_, or_, select
from sqlalchemy.sql.visitors import iterate

from warehouse.evidence import CLAIMS, CSA_MEETINGS, PAIRS, ever
from warehouse.parameters import parameter
from warehouse.populations.agencies import Agencies, Word, among
from warehouse.populations.units import named, unit_of, was_returned, working_days
from warehouse.tables import FACTS
from warehouse.traits import of_meeting

ACTIONS = FACTS["meeting_actions"]
SPECIALISTS = among("sarc", "health_paediatrics")


def csa_meetings(**facts: ColumnElement[Any]) -> Subquery:
    """Strategy meetings held about child sexual abuse, counted on the day they were held."""
    unit = (CSA_MEETINGS.c.meeting_ref, CSA_MEETINGS.c.held_on)
    chosen = select(*unit_of(*unit), *of_meeting(), *named(facts)).select_from(CSA_MEETINGS)
    evidence = [
        table
        for table in (CLAIMS, PAIRS, ACTIONS)
        if any(table in select(fact).get_final_froms() for fact in facts.values())
    ]
    if not evidence:
        return chosen.subquery("meetings")
    for table in evidence:
        chosen = chosen.outerjoin(table, table.c.meeting_ref == CSA_MEETINGS.c.meeting_ref)
    return chosen.group_by(*unit, *_spoken_of(*of_meeting(), *facts.values())).subquery("meetings")


def meeting_facts() -> Any:
    """The columns of ``reporting.csa_meetings``, to state facts of a meeting with."""
    return CSA_MEETINGS.c


def begins_sequence() -> ColumnElement[bool]:
    """Of a meeting: it is the first of its sequence, such as the telephone discussion before a full meeting."""
    return CSA_MEETINGS.c.meeting_ref == CSA_MEETINGS.c.sequence_ref


def in_time_for_sequence(clock: ColumnElement[Any]) -> ColumnElement[bool]:
    """Of a meeting: held within ``meeting_on_time.planned`` of the day that the clock of its sequence started."""
    held_on = CSA_MEETINGS.c.held_on
    return and_(held_on >= clock, working_days(clock, held_on) <= parameter("meeting_on_time.planned"))


def by_sequence(meetings: Subquery, **facts: ColumnElement[bool]) -> Subquery:
    """The meetings, and of each fact whether it is true of any meeting of the sequence (``sequence_ref``)."""
    of_any = {
        name: func.bool_or(fact, type_=Boolean).over(partition_by=meetings.c.sequence_ref).label(name)
        for name, fact in facts.items()
    }
    return select(meetings, *of_any.values()).subquery("in_sequences")


def attended(agencies: Agencies, *, said_by: Word) -> ColumnElement[bool]:
    """Of a meeting: at least one of the agencies came, as ``said_by`` records. Two of one group count once."""
    return _claimed(agencies, said_by, CLAIMS.c.attended)


def took_part(agencies: Agencies, *, said_by: Word) -> ColumnElement[bool]:
    """Of a meeting: at least one of the agencies came or gave information, as ``said_by`` records."""
    return _claimed(agencies, said_by, or_(CLAIMS.c.attended, CLAIMS.c.contributed))


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
    someone_sent = was_returned(agencies, "meeting_participation", CSA_MEETINGS.c.month_starts_on)
    one_is_silent = _claimed(agencies, "csc", and_(CLAIMS.c.attended, not_(CLAIMS.c.agency_returned)))
    return and_(someone_sent, not_(one_is_silent))


def specialist_took_part(*, said_by: Word) -> ColumnElement[bool]:
    """Of a meeting: the Havens, community paediatrics or a paediatrician of any trust came or gave information."""
    return _claimed(_anyone, said_by, CLAIMS.c.specialist_took_part)


def specialist_heard_from() -> ColumnElement[bool]:
    """As `heard_from`, of those by whom a specialist took part; where none did, of the specialist services."""
    named_one = _claimed(_anyone, "csc", CLAIMS.c.specialist_took_part)
    a_service_sent = was_returned(SPECIALISTS, "meeting_participation", CSA_MEETINGS.c.month_starts_on)
    one_is_silent = _claimed(_anyone, "csc", and_(CLAIMS.c.specialist_took_part, not_(CLAIMS.c.agency_returned)))
    return and_(or_(named_one, a_service_sent), not_(one_is_silent))


def has_action() -> ColumnElement[bool]:
    """Of a meeting: its record lists an action."""
    return ever(ACTIONS.c.action_ref.is_not(None))


def every_action(holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a meeting: ``holds``, a condition on its actions, is true of each; there is one."""
    return and_(has_action(), not_(ever(not_(func.coalesce(holds, False)))))


def has_relevant_agency() -> ColumnElement[bool]:
    """Of a meeting: at least one agency was working with a child of it on the day."""
    return ever(PAIRS.c.agency_code.is_not(None))


def every_relevant_agency(holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a meeting: ``holds``, a column of ``reporting.pairs``, is true of every relevant agency; there is one."""
    return and_(has_relevant_agency(), not_(ever(not_(holds))))


def meeting_agency_pairs(*where: ColumnElement[bool], **facts: ColumnElement[Any]) -> Subquery:
    """A meeting about child sexual abuse and an agency working with one of its children that day."""
    unit = unit_of(PAIRS.c.meeting_ref, PAIRS.c.held_on, PAIRS.c.agency_code)
    return select(*unit, *named(facts)).where(*where).subquery("pairs")


def _spoken_of(*facts: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns of a meeting that facts speak of: to group by all of them would cost more than the facts."""
    said = {part for fact in facts for part in iterate(fact) if isinstance(part, Column)}
    return [column for column in CSA_MEETINGS.c if column in said]


def _anyone(code: ColumnElement[Any]) -> ColumnElement[bool]:
    return code.is_not(None)


def _claimed(agencies: Agencies, said_by: Word, holds: ColumnElement[bool]) -> ColumnElement[bool]:
    speaker = literal("csc") if said_by == "csc" else CLAIMS.c.agency_code
    return ever(and_(agencies(CLAIMS.c.agency_code), CLAIMS.c.said_by == speaker, holds))
