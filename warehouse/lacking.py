"""Which periods of an agreement have not come by a day: what is overdue, what is not late yet, and what is held here.

A period is **here** when a delivery that stands speaks for its last month; a term may end on the first of one, so of
terms the month before will do. Only the last twelve months are asked for, since no figure that is shown rests on older
ones, and always the latest that is overdue: a year's return would else be forgotten before the next one is late.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from warehouse.agreements import ONCE, Agreement, Period, Term, periods_between
from warehouse.calendar import FIRST_DAY, add_months

LOOKED_BACK: Final = 12
"""Months: the longest period that figures are shown for."""
LONGEST: Final = 36
"""Months in which a period of any length has ended and become overdue."""

Span = tuple[date | None, date | None]
"""First and last day that a delivery speaks for; None: it speaks for no period."""


@dataclass(frozen=True)
class Lacking:
    """What of an agreement has not come, oldest first."""

    overdue: tuple[Period, ...] = ()
    awaited: tuple[Period, ...] = ()
    """Their day has not passed."""
    held: tuple[str, ...] = ()
    """Labels of what has come, and waits for a person here."""
    excused: tuple[str, ...] = ()
    """Labels of what a person lets be."""
    began_with: Period | None = None
    """The first of the unbroken run that the oldest overdue period belongs to, however long ago it was."""


def lacking_on(
    one: Agreement,
    stand: Sequence[Span],
    held: Sequence[Span],
    *,
    today: date,
    terms: Sequence[Term],
    first_missed: date,
    excused: Collection[str],
) -> Lacking:
    """What has not come by ``today``.

    Args:
        one: what was agreed.
        stand: of its feed's deliveries those that stand.
        held: those that are held.
        today: the day.
        terms: the partnership's school terms.
        first_missed: when a feed that never came was missed first.
        excused: labels that are not asked for.
    """
    if one.every != "once" and stand and not _speaking(stand):
        return Lacking()  # such as published statistics: late only if they never came
    ended = _ended(one, _speaking(stand) or _speaking(held), today, terms, first_missed)
    asked = _asked_for(one, ended, today)
    lacking = [period for period in ended if not _is_here(one, period, stand)]
    # A held file that says of no period what it is may be the one that is asked for.
    is_any = len(_speaking(held)) < len(held)
    at_hand = {period for period in lacking if is_any or _is_here(one, period, held)}
    owed = [period for period in lacking if period not in at_hand and period.label not in excused]
    overdue = tuple(period for period in owed if period in asked and one.overdue_from(period) <= today)
    return Lacking(
        overdue,
        tuple(period for period in owed if period in asked and period not in overdue),
        tuple(period.label for period in lacking if period in asked and period in at_hand),
        tuple(period.label for period in lacking if period in asked - at_hand and period.label in excused),
        _first_of_run(ended, lacking, owed, overdue[0]) if overdue else None,
    )


def _ended(
    one: Agreement, speaking: list[tuple[date, date]], today: date, terms: Sequence[Term], first_missed: date
) -> list[Period]:
    """The periods that are over, from the first that is owed, oldest first.

    What is owed once is a day: that agreed on, or else that on which it was first missed.
    """
    if one.every == "once":
        from_ = one.begins_on or first_missed
        return [Period(ONCE, from_, from_)]
    yesterday = today - timedelta(days=1)
    begins = one.begins_on or min((first for first, _ in speaking), default=None)
    if begins is not None:
        return periods_between(one.every, max(begins, FIRST_DAY), yesterday, terms)
    # Never came, and nobody said since when it is owed: since the last that was overdue then.
    ended = periods_between(one.every, add_months(first_missed, -LONGEST), yesterday, terms)
    before = [period for period in ended if one.overdue_from(period) <= first_missed]
    return [period for period in ended if period not in before[:-1]]


def _asked_for(one: Agreement, ended: list[Period], today: date) -> set[Period]:
    """Those of the last twelve months, and the latest that is overdue by its day."""
    horizon = add_months(today, -LOOKED_BACK)
    late = [period for period in ended if one.overdue_from(period) <= today]
    return {period for period in ended if period.ends_on >= horizon or period in late[-1:] or one.every == "once"}


def _first_of_run(ended: list[Period], lacking: list[Period], owed: list[Period], oldest: Period) -> Period:
    """Back from the oldest that is asked for, as long as nothing came: what is excused is not owed, and is no end."""
    first = oldest
    for period in reversed(ended[: ended.index(oldest)]):
        if period not in lacking:
            break
        first = period if period in owed else first
    return first


def _speaking(spans: Sequence[Span]) -> list[tuple[date, date]]:
    return [(first, last) for first, last in spans if first is not None and last is not None]


def _is_here(one: Agreement, period: Period, spans: Sequence[Span]) -> bool:
    """A file with everything makes up for all that should have come before it."""
    if one.every == "once":
        return bool(spans)
    reached = add_months(period.ends_on, -1 if one.every == "term" else 0)
    return any(
        last >= reached and (one.has_all or (first <= period.ends_on and last >= period.starts_on))
        for first, last in _speaking(spans)
    )
