"""What was agreed on: which agency owes which feed, for which periods, and by which working day.

A return is **due** on the n-th working day after its period has ended, and **overdue** once the days of grace after
that are over too. Day 0 is the period's last day. School terms are those that the partnership declares; where none
is declared, months stand for them (`MONTH_TERMS`), and whoever shows such a term says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final, Literal

from warehouse.calendar import FIRST_MONTH_OF_YEAR, add_months, financial_year, working_day_after

Every = Literal["month", "quarter", "term", "year", "once"]
ONCE: Final = "once"
"""The period of what is owed once."""
BY_MONTHS: Final = "by months: no dates of this term are declared"
MONTH_TERMS: Final = (("Spring", 1, 3), ("Summer", 4, 7), ("Autumn", 9, 12))
"""Name, first and last month of a term nobody declared. [P; the term dates themselves are each local authority's]"""


@dataclass(frozen=True)
class Term:
    """A school term: ``[[terms]]`` in ``quorate.toml``."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    name: str
    """Such as ``Autumn 2026``; it names the period, so it is not used twice."""
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Level:
    """Who is told next: ``[[escalation]]`` in ``quorate.toml``."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    name: str
    """Whom it is brought before; a role, never a person."""
    after_working_days: int
    """Working days since the return was overdue."""


LEVELS: Final = (Level("reminder", 0), Level("chair's office", 10), Level("board", 20))
"""[P] a reminder at once, the chair's office after two weeks, the board after four."""


@dataclass(frozen=True)
class Rules:
    """What the partnership has agreed for all feeds."""

    levels: tuple[Level, ...] = LEVELS
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Period:
    """What one return speaks for."""

    label: str
    starts_on: date
    ends_on: date
    source: str = ""
    """`BY_MONTHS` where a term's dates are not declared."""


@dataclass(frozen=True)
class Agreement:
    """One line of the register."""

    feed: str
    agency: str
    every: Every
    why: str
    """Why it is owed, where the agreement says so."""
    contact: str
    """The role that is asked for it; never a person."""
    due_working_day: int
    """Working days after the period's end by which it is due."""
    grace_working_days: int
    """Working days that pass after that before anybody is chased."""
    begins_on: date | None = None
    """The first period owed is the one that holds this day; None: the first that ever came."""
    has_all: bool = False
    """Each file has everything there is: a newer one makes up for one that never came."""

    def due_on(self, period: Period) -> date:
        """The last day on which it is not late."""
        return working_day_after(period.ends_on, self.due_working_day)

    def overdue_from(self, period: Period) -> date:
        """The first day on which somebody is chased."""
        days = self.due_working_day + self.grace_working_days
        return working_day_after(period.ends_on, days) + timedelta(days=1)


def periods_between(every: Every, first: date, last: date, terms: Iterable[Term] = ()) -> list[Period]:
    """The periods that end from ``first`` to ``last``, oldest first; of what is owed once there are none."""
    if every == "once":
        return []
    if every == "term":
        found = _terms(first, last, list(terms))
    else:
        found = [_ending(every, month) for month in _months(first, last) if _ends(every, month)]
    return sorted((one for one in found if first <= one.ends_on <= last), key=lambda one: one.ends_on)


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, number) for number in range(count)]


def _ends(every: Every, month: date) -> bool:
    into_year = (month.month - FIRST_MONTH_OF_YEAR) % 12
    return every == "month" or (every == "quarter" and into_year % 3 == 2) or (every == "year" and into_year == 11)


def _ending(every: Every, month: date) -> Period:
    """The month, quarter or financial year whose last month this is, named as figures name it."""
    ends_on = add_months(month, 1) - timedelta(days=1)
    if every == "month":
        return Period(f"{month:%Y-%m}", month, ends_on)
    year = financial_year(month)
    if every == "quarter":
        number = (month.month - FIRST_MONTH_OF_YEAR) % 12 // 3 + 1
        return Period(f"{year} Q{number}", add_months(month, -2), ends_on)
    return Period(year, add_months(month, -11), ends_on)


def _terms(first: date, last: date, declared: list[Term]) -> list[Period]:
    """The declared terms, and months for those of which nothing is declared."""
    said = [Period(one.name, one.starts_on, one.ends_on) for one in declared]
    return said + [
        term
        for year in range(first.year, last.year + 1)
        for term in _month_terms(year)
        if not any(term.starts_on <= _middle(one) <= term.ends_on for one in said)
    ]


def _middle(period: Period) -> date:
    """A spring that is declared until Easter runs into April, and is the spring all the same."""
    return period.starts_on + (period.ends_on - period.starts_on) / 2


def _month_terms(year: int) -> list[Period]:
    return [
        Period(
            f"{name} {year}", date(year, begins, 1), add_months(date(year, ends, 1), 1) - timedelta(days=1), BY_MONTHS
        )
        for name, begins, ends in MONTH_TERMS
    ]
