"""What is owed for which period, and by which working day: months, quarters, school terms and years."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import get_args

import pytest

from warehouse.agreements import BY_MONTHS, Agreement, Every, Term, periods_between
from warehouse.calendar import is_working_day, working_days_between

YEAR = date(2026, 4, 1), date(2027, 3, 31)
TERMS = (
    Term("Autumn 2026", date(2026, 9, 1), date(2026, 12, 18)),
    Term("Spring 2027", date(2027, 1, 4), date(2027, 4, 1)),
)


def agreed(every: Every = "month", due: int = 10, grace: int = 5) -> Agreement:
    return Agreement("police_niche", "police", every, "", "safeguarding lead", due, grace)


def labels(every: Every, first: date, last: date, terms: tuple[Term, ...] = ()) -> list[str]:
    return [one.label for one in periods_between(every, first, last, terms)]


def test_a_year_has_twelve_months_four_quarters_three_terms_and_one_year():
    assert labels("month", *YEAR) == [
        "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09",
        "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03",
    ]  # fmt: skip
    assert labels("quarter", *YEAR) == ["2026-27 Q1", "2026-27 Q2", "2026-27 Q3", "2026-27 Q4"]
    assert labels("term", *YEAR) == ["Summer 2026", "Autumn 2026", "Spring 2027"]
    assert labels("year", *YEAR) == ["2026-27"]
    assert labels("once", *YEAR) == []


def test_a_period_counts_on_the_day_it_ends_and_not_before():
    assert labels("quarter", date(2026, 6, 1), date(2026, 6, 29)) == []
    assert labels("quarter", date(2026, 6, 30), date(2026, 6, 30)) == ["2026-27 Q1"]


def test_terms_that_nobody_declared_are_months_and_say_so():
    summer, autumn, spring = periods_between("term", *YEAR)
    assert (summer.starts_on, summer.ends_on) == (date(2026, 4, 1), date(2026, 7, 31))
    assert (autumn.starts_on, autumn.ends_on) == (date(2026, 9, 1), date(2026, 12, 31))
    assert (spring.starts_on, spring.ends_on) == (date(2027, 1, 1), date(2027, 3, 31))
    assert {one.source for one in (summer, autumn, spring)} == {BY_MONTHS}


def test_declared_terms_take_the_place_of_the_months_and_only_of_theirs():
    found = periods_between("term", date(2026, 4, 1), date(2027, 8, 31), TERMS)
    assert [(one.label, one.ends_on, one.source) for one in found] == [
        ("Summer 2026", date(2026, 7, 31), BY_MONTHS),
        ("Autumn 2026", date(2026, 12, 18), ""),
        ("Spring 2027", date(2027, 4, 1), ""),  # until Easter: April is the summer's all the same
        ("Summer 2027", date(2027, 7, 31), BY_MONTHS),
    ]


@pytest.mark.parametrize(
    ("every", "due_on", "overdue_from"),
    [
        ("month", date(2026, 4, 16), date(2026, 4, 24)),  # Good Friday and Easter Monday are no working days
        ("quarter", date(2026, 4, 16), date(2026, 4, 24)),
        ("year", date(2026, 4, 16), date(2026, 4, 24)),
    ],
)
def test_due_on_the_tenth_working_day_and_overdue_after_five_more(every, due_on, overdue_from):
    (march,) = periods_between(every, date(2026, 3, 31), date(2026, 3, 31))
    assert (agreed(every).due_on(march), agreed(every).overdue_from(march)) == (due_on, overdue_from)


def test_an_autumn_term_is_due_in_the_new_year():
    (autumn,) = periods_between("term", date(2026, 12, 1), date(2026, 12, 31), TERMS)
    assert agreed("term").due_on(autumn) == date(2027, 1, 6)
    assert agreed("term", due=0, grace=0).overdue_from(autumn) == date(2026, 12, 19)


@pytest.mark.parametrize("every", sorted(set(get_args(Every)) - {"once"}))
def test_in_forty_years_no_period_is_skipped_or_doubled_and_each_is_due_on_a_working_day(every):
    found = periods_between(every, date(2010, 1, 1), date(2048, 12, 31))
    a_year = {"month": 12, "quarter": 4, "term": 3, "year": 1}[every]
    assert len(found) == 39 * a_year == len({one.label for one in found})
    for one, after in pairwise(found):
        assert one.ends_on < after.starts_on <= after.ends_on
    for one in found:
        assert is_working_day(agreed(every).due_on(one))
        assert working_days_between(one.ends_on, agreed(every).due_on(one)) == 10
