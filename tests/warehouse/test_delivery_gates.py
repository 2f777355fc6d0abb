"""The gates before loading: what holds a delivery, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from warehouse.delivery_gates import Filled, Limits, Stopped, TableRows, Told, gates, measured
from warehouse.store import Store
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, PROFILES
from warehouse.told import Before

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
MEETINGS = "strategy_meetings"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as opened:
        yield opened


def told(accepted: int = 100, refused: int = 0, **said: Any) -> Told:
    """A delivery of October with one table."""
    rows = (TableRows("meetings.csv", MEETINGS, accepted + refused, accepted, refused),)
    return (
        Told("csc_mosaic", "its_period", "csc_mosaic:2026-10", 1, OCTOBER, rows, ())
        if not said
        else replace(told(accepted, refused), **said)
    )


def loaded(
    connection: Connection,
    rows: int,
    *,
    period: tuple[date, date] = OCTOBER,
    chain: str = "csc_mosaic:2026-10",
    revision: int = 1,
    state: str = "loaded",
    filled: dict[str, int] | None = None,
) -> None:
    """A delivery of the ledger with that many rows of one table, and so many filled cells by column."""
    delivery_id = f"{chain}-{revision}-{state}"
    zero = dict.fromkeys(("bytes", "rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored"), 0)
    at = datetime(2026, 11, 1)
    line = {"delivery_id": delivery_id, "sequence": revision, "feed": "csc_mosaic", "agency_code": "csc"}
    line |= {"file_name": "x", "sha256": "x", "attempt": 1, "received_at": at, "finished_at": at, "state": state}
    placed = {"period_from": period[0], "period_to": period[1], "chain": chain, "revision": revision}
    connection.execute(insert(DELIVERIES), [line | placed | zero])
    counts = {"rows_in": rows, "loaded": rows - rows // 2, "unchanged": rows // 2, "refused": 0, "ignored": 0}
    member = {"delivery_id": delivery_id, "source_member": "meetings.csv", "table_name": MEETINGS}
    connection.execute(insert(DELIVERY_MEMBERS), [member | counts])
    for column, cells in (filled or {}).items():
        profile = {"delivery_id": delivery_id, "table_name": MEETINGS, "column_name": column}
        connection.execute(insert(PROFILES), [profile | {"rows": rows, "filled": cells}])


def earlier(rows: int, *, is_same_chain: bool = True, **filled: int) -> Before:
    """What the feed sent before: that many rows, and so many filled cells by column."""
    cells = {(MEETINGS, name): Filled(MEETINGS, name, rows, count) for name, count in filled.items()}
    return Before(is_same_chain, "before", {MEETINGS: rows}, cells)


def held(delivery: Told, before: Before | None = None, **limits: float) -> list[str]:
    """The gates that stop a delivery."""
    return [stopped.gate for stopped in measured(delivery, before, Limits(**limits))]


def held_by(connection: Connection, delivery: Told) -> list[str]:
    """The gates that stop a delivery, measured by what the ledger has."""
    return [stopped.gate for stopped in gates(connection, delivery, Limits())]


# Shrink


@pytest.mark.parametrize(("now", "gates_held"), [(100, []), (80, []), (79, ["shrink"]), (0, ["shrink"])])
def test_the_same_period_sent_again_may_not_lose_more_than_a_fifth(now, gates_held):
    assert held(told(now), earlier(100)) == gates_held


@pytest.mark.parametrize(
    ("then", "now", "gates_held"),
    [
        (100, 60, []),  # 40% fewer; two months of events may well differ by 40 in 160
        (100, 50, ["shrink"]),
        (33, 12, []),
        (1000, 790, ["shrink"]),
        (1000, 810, []),  # far beyond chance, and less than a fifth
        (20, 0, ["shrink"]),
        (19, 0, []),
    ],
)
def test_another_period_must_also_shrink_by_more_than_chance(then, now, gates_held):
    assert held(told(now), earlier(then, is_same_chain=False)) == gates_held


def test_refused_rows_count_as_rows_and_changes_may_be_few():
    assert held(told(76, 4), earlier(100)) == []
    assert held(told(3, carries="changes"), earlier(100)) == []


def test_a_table_that_is_no_longer_there_at_all_has_shrunk():
    assert held(replace(told(), rows=()), earlier(100)) == ["shrink"]


def test_the_first_delivery_of_a_feed_has_nothing_to_be_measured_by(connection):
    assert held_by(connection, told(1)) == []


def test_the_same_period_is_the_measure_before_the_last_one_is(connection):
    loaded(connection, 500, period=SEPTEMBER, chain="csc_mosaic:2026-09")
    assert held_by(connection, told(100)) == ["shrink"]
    loaded(connection, 100)
    assert held_by(connection, told(90)) == []


def test_what_was_withdrawn_held_or_is_of_a_later_period_is_no_measure(connection):
    loaded(connection, 500, state="withdrawn")
    loaded(connection, 500, state="held", revision=2)
    loaded(connection, 500, period=(date(2026, 11, 1), date(2026, 11, 30)), chain="csc_mosaic:2026-11")
    assert held_by(connection, told(100)) == []


def test_the_newest_of_the_chain_is_the_measure_and_a_late_one_is_measured_by_those_before_it(connection):
    loaded(connection, 500)
    loaded(connection, 100, revision=2)
    assert held_by(connection, told(90, revision=3)) == []
    assert held_by(connection, told(90, revision=1)) == ["shrink"]


# Control totals


@pytest.mark.parametrize(
    ("totals", "gates_held"),
    [
        ({}, []),
        ({"meetings.csv": 5}, []),
        ({"Meetings.CSV": 5}, []),
        ({"meetings.csv": 6}, ["control_totals"]),
        ({"*": 5}, []),
        ({"*": 9}, []),  # with the member that is ignored by name
        ({"*": 6}, ["control_totals"]),
        ({"children.csv": 3}, ["control_totals"]),  # it is not there
        ({"children.csv": 0, "notes.csv": 3}, []),  # nothing is missing; nobody reads the notes
    ],
)
def test_a_row_more_or_less_than_the_manifest_says_holds(totals, gates_held):
    rows = (TableRows("meetings.csv", MEETINGS, 7, 4, 1, blank=2), TableRows("notes.csv", None, 4, 0, 0))
    assert held(told(rows=rows, control_totals=totals)) == gates_held


def test_a_member_that_gives_rows_to_two_tables_is_counted_once():
    rows = tuple(
        TableRows("book.csv", name, made, made, 0, in_file=6) for name, made in ((MEETINGS, 6), ("involvements", 12))
    )
    assert held(told(rows=rows, control_totals={"book.csv": 6, "*": 6})) == []


# Error rate


@pytest.mark.parametrize(
    ("accepted", "refused", "gates_held"),
    [(90, 10, []), (89, 11, ["error_rate"]), (18, 2, []), (17, 3, ["error_rate"]), (0, 19, [])],
)
def test_more_than_a_tenth_of_a_table_refused_holds(accepted, refused, gates_held):
    assert held(told(accepted, refused)) == gates_held


def test_a_feed_may_have_a_limit_of_its_own():
    assert held(told(75, 25), error_percent=30) == []


def test_one_table_that_is_all_wrong_is_not_hidden_by_those_that_are_right():
    rows = (TableRows("a", MEETINGS, 1000, 1000, 0), TableRows("b", "referrals", 50, 0, 50))
    (stopped,) = measured(told(rows=rows), None, Limits())
    assert stopped == Stopped(
        "error_rate",
        "50 of 50 rows of referrals are refused (100.0%, limit 10%). `quorate delivery show` says which rules; ask the "
        "agency for a mended file.",
    )


# Drift


def profile(rows: int, filled: int) -> tuple[Filled, ...]:
    return (Filled(MEETINGS, "urgency_code", rows, filled),)


@pytest.mark.parametrize(
    ("then", "now", "gates_held"),
    [
        ((40, 20), (40, 0), ["drift"]),
        ((40, 20), (40, 1), []),
        ((40, 19), (40, 0), []),  # it never was filled in half of the rows
        ((19, 19), (40, 0), []),
        ((40, 20), (9, 0), []),  # nine empty cells of a half-filled column are chance
        ((40, 40), (3, 0), ["drift"]),
        ((40, 40), (0, 0), []),
    ],
)
def test_a_column_that_was_filled_and_is_wholly_empty_holds(then, now, gates_held):
    delivery = told(then[0], filled=profile(*now))
    assert held(delivery, earlier(then[0], urgency_code=then[1])) == gates_held


def test_with_a_new_column_beside_it_the_question_is_whether_it_was_renamed():
    before, silent = earlier(40, urgency_code=30), told(40, filled=profile(40, 0))
    (alone,) = measured(silent, before, Limits())
    (together,) = measured(replace(silent, noted=("file.extra_column",)), before, Limits())
    assert "renamed?" not in alone.says
    assert together.says == (
        "strategy_meetings.urgency_code is empty in all 40 rows, and was filled in 30 of 40 before. 1 column nobody "
        "declared came with it: renamed? Ask the agency what changed in the export; mend it there, or here."
    )
    assert held(told(40, filled=profile(40, 20), noted=("file.extra_column",)), before) == []


def test_every_gate_that_stops_it_is_named_with_its_counts(connection):
    loaded(connection, 100, filled={"urgency_code": 100}, period=SEPTEMBER, chain="csc_mosaic:2026-09")
    stopped = gates(connection, told(30, 10, filled=profile(30, 0), control_totals={"NHS 9990000018.csv": 2}), Limits())
    assert [one.gate for one in stopped] == ["control_totals", "error_rate", "shrink", "drift"]
    assert [one.says.partition(". ")[0] for one in stopped] == [
        "'NHS #.csv' has 0 rows where the manifest says 2",  # a long number may be a child's
        "10 of 40 rows of strategy_meetings are refused (25.0%, limit 10%)",
        "strategy_meetings has 40 rows, 60% fewer than the 100 of September 2026",
        "strategy_meetings.urgency_code is empty in all 30 rows, and was filled in 100 of 100 of September 2026",
    ]
