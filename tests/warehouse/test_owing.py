"""Who owes what on a day: what came, what is overdue since when, before whom it is, and what a person let be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from warehouse import owing
from warehouse.agreements import Agreement, Level, Rules, Term
from warehouse.owing import Owed
from warehouse.store import Store
from warehouse.tables import DELIVERIES, ESCALATIONS, OUTBOX

AGREED = Agreement("police_niche", "police", "month", "", "safeguarding lead", due_working_day=10, grace_working_days=5)
NUMBERS = count(1)


def came(store: Store, *months: str, feed: str = "police_niche", state: str = "published") -> None:
    """A delivery for each month, or for the months from one to another: ``2026-04``, ``2026-01..2026-03``."""
    lines = []
    for said in months:
        first, _, last = said.partition("..")
        begins, ends = (datetime.strptime(one, "%Y-%m").date() for one in (first, last or first))
        lines.append(_delivery(feed, state, begins, date(ends.year, ends.month, 28)))
    with store.writing() as connection:
        for line in lines:
            connection.execute(insert(DELIVERIES), [line])


def _delivery(feed: str, state: str, first: date | None, last: date | None) -> dict[str, Any]:
    rows = dict.fromkeys(("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored", "bytes"), 0)
    at = datetime(2026, 1, 1)
    said = {"feed": feed, "agency_code": "police", "file_name": "x", "sha256": "0", "attempt": 1, "revision": 1}
    period = {"period_from": first, "period_to": last, "state": state, "received_at": at, "finished_at": at}
    return {"delivery_id": str(uuid4()), "sequence": next(NUMBERS)} | rows | said | period


def on(store: Store, day: date, *agreed: Agreement, rules: Rules | None = None) -> Owed:
    """How the first agreement stands on a day."""
    with store.reading() as connection:
        return owing.standings(connection, agreed or (AGREED,), rules or Rules(), day)[0]


def nights(store: Store, days: Iterable[date], *agreed: Agreement, rules: Rules | None = None) -> list[tuple[Any, ...]]:
    """Day, feed, level and period of all that is told, night after night."""
    told: list[tuple[Any, ...]] = []
    for day in days:
        with store.writing() as connection:
            owed = owing.standings(connection, agreed or (AGREED,), rules or Rules(), day)
            risen = owing.escalate(connection, owed, datetime.combine(day, datetime.min.time()))
            told += [(day, one.feed, one.level_name, one.began_with) for one in risen]
    return told


def decide(store: Store, kind: str, *, period: str | None = None, until: date | None = None) -> None:
    with store.writing() as connection:
        owing.decide(
            connection, sequence=next(NUMBERS), feed="police_niche", kind=kind, period=period, until=until,
            by="A. Manager", why="agreed on the telephone", at=datetime(2026, 6, 1),
        )  # fmt: skip


def events(store: Store) -> list[tuple[str, dict[str, Any]]]:
    with store.reading() as connection:
        told = connection.execute(select(OUTBOX.c.name, OUTBOX.c.payload).order_by(OUTBOX.c.occurred_at))
        return [(name.removeprefix("quorate.delivery."), json.loads(payload)) for name, payload in told]


def days_of(first: date, last: date) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


@pytest.mark.parametrize(
    ("day", "standing", "owed"),
    [
        (date(2026, 4, 30), "here", ()),  # a month is not over before its last day is
        (date(2026, 5, 1), "due", ()),
        (date(2026, 5, 22), "due", ()),  # the fifteenth working day after April, May Day left out
        (date(2026, 5, 23), "overdue", ("2026-04",)),
        (date(2026, 6, 22), "overdue", ("2026-04", "2026-05")),
    ],
)
def test_a_month_is_overdue_when_its_day_and_the_days_of_grace_are_over(store: Store, day, standing, owed):
    came(store, "2026-03")
    found = on(store, day)
    assert (found.standing, found.labels) == (standing, owed)
    assert found.last_period == date(2026, 3, 28)
    assert found.since == (date(2026, 5, 23) if owed else None)


def test_a_month_that_was_passed_over_is_owed_though_later_ones_came(store: Store):
    came(store, "2026-02", "2026-03", "2026-05")
    assert on(store, date(2026, 6, 10)).labels == ("2026-04",)


def test_a_feed_that_sends_everything_makes_up_for_a_month_with_the_next(store: Store):
    came(store, "2026-02", "2026-05")
    assert on(store, date(2026, 6, 10), replace(AGREED, has_all=True)).standing == "here"


def test_nothing_is_owed_for_the_time_before_the_first_file_or_the_day_agreed_on(store: Store):
    came(store, "2026-04")
    assert on(store, date(2026, 5, 10)).standing == "here"
    assert on(store, date(2026, 5, 10), replace(AGREED, begins_on=date(2026, 3, 15))).labels == ("2026-03",)


def test_what_is_older_than_a_year_is_not_asked_for_any_more(store: Store):
    came(store, "2025-01", "2025-03..2026-05")
    assert on(store, date(2026, 2, 10)).labels == ("2025-02",)
    assert on(store, date(2026, 6, 10)).standing == "here"


def test_the_latest_year_stays_owed_until_the_next_is_overdue(store: Store):
    """The census is due eighty working days after March; no night of the summer between forgets the year before."""
    yearly = replace(AGREED, every="year", due_working_day=80, begins_on=date(2025, 4, 1))
    days = [date(2026, 8, 10), date(2027, 3, 31), date(2027, 4, 1), date(2027, 7, 1), date(2027, 8, 10)]
    assert [(on(store, day, yearly).standing, on(store, day, yearly).labels) for day in days] == [
        ("missing", ("2025-26",)),
        ("missing", ("2025-26",)),
        ("missing", ("2025-26",)),
        ("missing", ("2025-26",)),
        ("missing", ("2026-27",)),
    ]


@pytest.mark.parametrize("state", ["refused", "withdrawn", "received"])
def test_a_file_that_does_not_count_is_as_none(store: Store, state):
    came(store, "2026-04", state=state)
    assert on(store, date(2026, 6, 10)).standing == "missing"


@pytest.mark.parametrize(
    ("stand", "waiting", "expected"),
    [
        ((), ("2026-04",), ("held", (), ("2026-04",))),  # the first that ever came
        (("2026-03",), ("2026-04",), ("held", (), ("2026-04",))),
        (("2026-02",), ("2026-04",), ("overdue", ("2026-03",), ("2026-04",))),
        (("2026-04",), ("2026-04",), ("due", (), ())),  # a correction: its month is here
        (("2026-03",), ("2026-04", "2026-05"), ("held", (), ("2026-04", "2026-05"))),
        (("2026-04",), ("2025-09",), ("due", (), ())),  # from before the first that counts: nothing since then is owed
    ],
)
def test_what_waits_on_our_own_desk_is_held_and_nobody_is_chased_for_it(store: Store, stand, waiting, expected):
    came(store, *stand)
    came(store, *waiting, state="held")
    found = on(store, date(2026, 6, 10))
    assert (found.standing, found.labels, found.held) == expected
    assert found.is_chased == (found.standing == "overdue")


@pytest.mark.parametrize("every", ["once", "month"])
def test_a_held_file_that_speaks_for_no_month_may_be_the_one_that_is_owed(store: Store, every):
    with store.writing() as connection:
        connection.execute(insert(DELIVERIES), [_delivery("police_niche", "held", None, None)])
    assert on(store, date(2026, 6, 10), replace(AGREED, every=every)).standing == "held"


@pytest.mark.parametrize(
    ("every", "owed"),
    [("quarter", ("2025-26 Q4",)), ("term", ("Spring 2026",)), ("year", ("2025-26",))],
)
def test_longer_periods_are_here_when_their_last_month_is(store: Store, every, owed):
    came(store, "2025-04..2025-12")
    longer = replace(AGREED, every=every)
    assert on(store, date(2026, 5, 10), longer).labels == owed
    came(store, "2026-03")
    assert on(store, date(2026, 5, 10), longer).standing == "here"


SPRING = Rules(terms=(Term("Spring 2027", date(2027, 1, 4), date(2027, 4, 1)),))


@pytest.mark.parametrize(
    ("months", "standing"),
    [
        ("2027-01..2027-03", "here"),  # the term ends on 1 April, and nobody says April of its file
        ("2027-01..2027-04", "here"),
        ("2027-01..2027-02", "missing"),
        ("2027-04..2027-07", "here"),
        ("2027-05..2027-07", "missing"),  # the summer's
    ],
)
def test_a_term_is_here_when_its_last_month_is_or_the_one_before(store: Store, months, standing):
    termly = replace(AGREED, every="term", begins_on=date(2027, 1, 4))
    came(store, months)
    found = on(store, date(2027, 5, 20), termly, rules=SPRING)
    assert found.standing == {"missing": "overdue"}.get(standing, standing)


ONCE_FROM = replace(AGREED, every="once", begins_on=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 11, 30), "due"),
        (date(2027, 1, 22), "due"),  # fifteen working days after New Year's Day
        (date(2027, 1, 23), "missing"),
    ],
)
def test_what_is_owed_once_is_due_after_the_day_agreed_on_and_overdue_after_the_grace(store: Store, day, standing):
    found = on(store, day, ONCE_FROM)
    assert (found.standing, found.labels) == (standing, ("once",) if standing == "missing" else ())
    assert found.since == (date(2027, 1, 23) if standing == "missing" else None)


def test_the_days_of_what_is_owed_once_count_from_when_it_was_first_missed(store: Store):
    once = replace(AGREED, every="once")
    told = nights(store, days_of(date(2026, 6, 1), date(2026, 7, 31)), once)
    assert [(day, level, period) for day, _, level, period in told] == [
        (date(2026, 6, 23), "reminder", "once"),  # fifteen working days after the first night
        (date(2026, 7, 7), "chair's office", "once"),
        (date(2026, 7, 21), "board", "once"),
    ]


def test_what_is_owed_once_is_here_when_it_came_and_can_be_excused(store: Store):
    day = date(2027, 6, 10)
    assert on(store, day, ONCE_FROM).standing == "missing"
    decide(store, "excuse", period="once")
    assert on(store, day, ONCE_FROM).standing == "excused"
    came(store, "2020-01")
    assert on(store, day, ONCE_FROM).standing == "here"


def test_what_speaks_for_no_month_is_late_only_while_nothing_came(store: Store):
    with store.writing() as connection:
        connection.execute(insert(DELIVERIES), [_delivery("police_niche", "published", None, None)])
    assert on(store, date(2026, 6, 10)).standing == "here"


def test_each_level_is_told_once_and_names_neither_person_nor_value(store: Store):
    came(store, "2026-03")
    told = nights(store, days_of(date(2026, 5, 1), date(2026, 7, 31)))
    assert told == [
        (date(2026, 5, 23), "police_niche", "reminder", "2026-04"),
        (date(2026, 6, 8), "police_niche", "chair's office", "2026-04"),  # ten working days on, one bank holiday
        (date(2026, 6, 22), "police_niche", "board", "2026-04"),
    ]  # fmt: skip
    said = {"version": 1, "feed": "police_niche", "agency_code": "police", "period": "2026-04"}
    assert events(store) == [("overdue", said | {"level": level}) for level in (1, 2, 3)]


def test_a_level_that_nobody_looked_at_is_passed_over(store: Store):
    came(store, "2026-03")
    assert nights(store, [date(2026, 7, 1), date(2026, 7, 2)]) == [
        (date(2026, 7, 1), "police_niche", "board", "2026-04")
    ]


def test_after_the_oldest_came_the_next_begins_with_a_reminder(store: Store):
    came(store, "2026-03")
    nights(store, days_of(date(2026, 5, 1), date(2026, 6, 30)))
    came(store, "2026-04")
    assert [told[2:] for told in nights(store, days_of(date(2026, 7, 1), date(2026, 7, 3)))] == [
        ("reminder", "2026-05"),
        ("chair's office", "2026-05"),  # it has been overdue for ten working days itself by then
    ]


@pytest.mark.parametrize("last", [(), ("2025-12",)])
def test_a_debt_of_more_than_a_year_is_told_at_each_level_once(store: Store, last):
    """The oldest months are asked for no more by then, and it is the same debt all the same."""
    came(store, *last)
    told = nights(store, days_of(date(2026, 1, 30), date(2028, 6, 10))[::7])
    assert [level for _, _, level, _ in told] == ["reminder", "chair's office", "board"]
    later = on(store, date(2028, 6, 10))
    assert (later.labels[0], later.level_name, later.since and later.since.year) == ("2027-06", "board", 2026)


def test_a_debt_that_ended_is_another_when_it_begins_again(store: Store):
    came(store, "2026-03")
    assert [told[2:] for told in nights(store, [date(2026, 5, 26)])] == [("reminder", "2026-04")]
    came(store, "2026-04", "2026-05")
    assert [told[2:] for told in nights(store, [date(2026, 7, 22)])] == [("reminder", "2026-06")]


def test_a_hole_that_is_too_old_to_be_asked_for_begins_no_debt(store: Store):
    came(store, "2024-01", "2024-03..2026-03")
    assert [told[2:] for told in nights(store, [date(2026, 5, 26)])] == [("reminder", "2026-04")]


def test_an_excused_month_neither_begins_a_debt_nor_ends_one(store: Store):
    came(store, "2026-03")
    decide(store, "excuse", period="2026-05")
    assert on(store, date(2026, 7, 22)).began_with == "2026-04"
    assert on(store, date(2027, 6, 10)).began_with == "2026-04"  # of which nobody asks any more
    decide(store, "excuse", period="2026-04")
    assert on(store, date(2026, 7, 22)).began_with == "2026-06"


def test_levels_and_their_days_are_settings(store: Store):
    came(store, "2026-03")
    rules = Rules(levels=(Level("first letter", 3), Level("second letter", 4)))
    told = nights(store, days_of(date(2026, 5, 20), date(2026, 6, 10)), rules=rules)
    assert [(day, level) for day, _, level, _ in told] == [
        (date(2026, 5, 28), "first letter"),
        (date(2026, 5, 29), "second letter"),
    ]


def test_who_never_sent_anything_is_missing_from_the_first_night_on(store: Store):
    first = date(2026, 6, 10)
    told = nights(store, days_of(first, date(2026, 8, 31)))
    assert [(day, level, period) for day, _, level, period in told] == [
        (first, "reminder", "2026-04"),
        (date(2026, 6, 24), "chair's office", "2026-04"),
        (date(2026, 7, 8), "board", "2026-04"),
    ]
    assert {name for name, _ in events(store)} == {"missing"}
    later = on(store, date(2026, 8, 31))
    assert (later.since, later.labels) == (first, ("2026-04", "2026-05", "2026-06", "2026-07"))


def test_who_never_sent_anything_is_told_of_though_the_first_level_takes_days(store: Store):
    rules = Rules(levels=(Level("letter", 3),))
    assert nights(store, days_of(date(2026, 6, 10), date(2026, 6, 30)), rules=rules) == [
        (date(2026, 6, 15), "police_niche", "letter", "2026-04")
    ]
    assert [payload["level"] for _, payload in events(store)] == [1]


def test_a_second_run_of_a_night_tells_nothing(store: Store):
    nights(store, [date(2026, 6, 10)])
    before = events(store)
    assert nights(store, [date(2026, 6, 10)]) == []
    assert events(store) == before


def test_the_same_level_is_the_same_event_in_another_warehouse(store: Store, duckdb_template, tmp_path):
    """What a rebuilt warehouse tells again is dropped by whoever has it."""

    def ids(of: Store) -> list[str]:
        nights(of, [date(2026, 6, 10)])
        with of.reading() as connection:
            return list(connection.scalars(select(OUTBOX.c.event_id)))

    import shutil

    from warehouse.store import open_store

    shutil.copyfile(duckdb_template, tmp_path / "other.duckdb")
    with open_store(f"duckdb:///{tmp_path / 'other.duckdb'}") as other:
        assert ids(other) == ids(store)


def test_a_snoozed_feed_is_chased_again_after_its_day_and_at_the_level_of_then(store: Store):
    came(store, "2026-03")
    decide(store, "snooze", until=date(2026, 6, 9))
    assert nights(store, days_of(date(2026, 5, 20), date(2026, 6, 9))) == []
    assert (on(store, date(2026, 6, 9)).standing, on(store, date(2026, 6, 9)).labels) == ("snoozed", ("2026-04",))
    assert nights(store, [date(2026, 6, 10)]) == [(date(2026, 6, 10), "police_niche", "chair's office", "2026-04")]


def test_a_snooze_that_was_taken_back_counts_no_more(store: Store):
    came(store, "2026-03")
    decide(store, "snooze", until=date(2026, 12, 31))
    decide(store, "unsnooze")
    assert on(store, date(2026, 6, 10)).standing == "overdue"


def test_an_excused_period_is_not_asked_for_and_the_next_one_is(store: Store):
    came(store, "2026-03")
    decide(store, "excuse", period="2026-04")
    found = on(store, date(2026, 6, 10))
    assert (found.standing, found.labels, found.next_period and found.next_period.label) == ("due", (), "2026-05")
    assert {label: one.by for label, one in found.excused.items()} == {"2026-04": "A. Manager"}
    assert on(store, date(2026, 7, 1)).labels == ("2026-05",)
    decide(store, "unexcuse", period="2026-04")
    assert on(store, date(2026, 7, 1)).labels == ("2026-04", "2026-05")


def test_an_excuse_ends_to_be_shown_when_the_file_comes_all_the_same(store: Store):
    came(store, "2026-03")
    decide(store, "excuse", period="2026-04")
    came(store, "2026-04")
    assert on(store, date(2026, 6, 1)).excused == {}


def test_the_same_decision_twice_is_one(store: Store):
    said = {"feed": "police_niche", "kind": "excuse", "period": "2026-04", "until": None, "by": "A", "why": "b"}
    for _ in range(2):
        with store.writing() as connection:
            owing.decide(connection, sequence=7, at=datetime(2026, 6, 1), **said)
    with store.reading() as connection:
        assert owing.carried_out(connection) == {7}
        assert connection.execute(select(ESCALATIONS)).all() == []
