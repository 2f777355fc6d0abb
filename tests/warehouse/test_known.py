"""What was known then: deliver, correct, deliver late, withdraw; the figures of each moment can be had again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from tests.warehouse.drawn import draw, returned
from warehouse import history, ledger, snapshot
from warehouse.figures import refresh
from warehouse.known import known_at
from warehouse.store import Store, open_store
from warehouse.tables import DELIVERIES, FACTS, HISTORY, MEASURES, QUARANTINE, TRANSITIONS

AS_OF = date(2026, 10, 31)
FIRST, CORRECTED, LATE, WITHDRAWN = (datetime(2026, 11, day, 2, 30) for day in (2, 3, 4, 5))
MEETING = "meeting_ref | held_at | concern_codes | status_code"
CAME = "said_by | agency_code | meeting_ref | attendance_code"


def figured(connection: Any) -> set[tuple[Any, ...]]:
    """Every figure, as it says itself."""
    refresh(connection, [("csc", "strategy_meetings")], AS_OF)
    return {tuple(line) for line in connection.execute(select(MEASURES))}


@pytest.fixture
def nights(store: Store) -> dict[datetime, set[tuple[Any, ...]]]:
    """Four nights, and the figures that were worked out in each."""
    said: dict[datetime, set[tuple[Any, ...]]] = {}

    def told(at: datetime) -> None:
        with store.writing() as connection:
            said[at] = figured(connection)

    def deliver(table: str, text: str, name: str, at: datetime, *, period: str, revision: int = 1) -> None:
        draw(
            store, table, text, f"{name}-{table}", period=period, revision=revision, carries="its_period",
            feed=f"csc_{table}", known_at=at,
        )  # fmt: skip

    returned(store, "csc", "strategy_meetings meeting_participation", "2026-09")  # loaded the day before
    returned(store, "csc", "strategy_meetings meeting_participation", "2026-10")
    two = f"{MEETING}\n M1 | 2026-10-05 10:00 | sexual_abuse | held\n M2 | 2026-10-06 10:00 | sexual_abuse | held"
    deliver("strategy_meetings", two, "october", FIRST, period="2026-10")
    deliver("meeting_participation", f"{CAME}\n csc | health_gp | M1 | attended", "october", FIRST, period="2026-10")
    told(FIRST)
    both = f"{CAME}\n csc | health_gp | M1 | attended\n csc | health_gp | M2 | attended"
    deliver("meeting_participation", both, "corrected", CORRECTED, period="2026-10", revision=2)
    told(CORRECTED)
    one = f"{MEETING}\n M0 | 2026-09-07 10:00 | sexual_abuse | held"
    deliver("strategy_meetings", one, "september", LATE, period="2026-09")
    told(LATE)
    with store.writing() as connection:
        ledger.move(connection, "corrected-meeting_participation", ("loaded",), "withdrawn", at=WITHDRAWN)
        history.withdraw(
            connection, feed="csc_meeting_participation", chain="csc_meeting_participation:2026-10",
            carries="its_period", known_at=WITHDRAWN,
        )  # fmt: skip
    told(WITHDRAWN)
    return said


def test_the_figures_of_each_moment_are_those_that_were_worked_out_then(store: Store, nights):
    assert len({frozenset(figures) for figures in nights.values()}) == 4  # each night changed something
    for at, figures in nights.items():
        with known_at(store, at) as connection:
            assert figured(connection) == figures, at


def test_a_moment_between_two_nights_knows_what_the_first_knew(store: Store, nights):
    with known_at(store, datetime(2026, 11, 3, 12, 0)) as connection:
        assert figured(connection) == nights[CORRECTED]


def test_before_anything_came_nothing_was_known(store: Store, nights):
    with known_at(store, datetime(2026, 10, 1)) as connection:
        assert connection.scalar(select(func.count()).select_from(DELIVERIES)) == 0
        assert connection.scalar(select(func.count()).select_from(FACTS["strategy_meetings"])) == 0


def test_a_delivery_is_in_the_state_of_then(store: Store, nights):
    def state(at: datetime) -> str | None:
        with known_at(store, at) as connection:
            line = ledger.find(connection, "corrected-meeting_participation")
            return None if line is None else line["state"]

    assert [state(at) for at in (FIRST, CORRECTED, LATE, WITHDRAWN)] == [None, "loaded", "loaded", "withdrawn"]
    with known_at(store, LATE) as connection:
        steps = ledger.list_steps(connection, "corrected-meeting_participation")
        assert [one["to_state"] for one in steps] == ["received", "loaded"]


def test_a_refused_row_is_in_the_state_of_then(store: Store, nights):
    day = {number: datetime(2026, 12, number, 9, 0) for number in range(1, 9)}
    refused = {"delivery_id": "october-strategy_meetings", "source_row": 3, "opened_at": day[1]}
    waived = {"waived_by": "a.manager", "waived_because": "?", "waived_at": day[3], "waived_until": date(2026, 12, 5)}
    with store.writing() as connection:
        connection.execute(insert(QUARANTINE), refused | waived | {"state": "resolved", "closed_at": day[8]})

    def told(at: datetime) -> list[tuple[Any, ...]]:
        with known_at(store, at) as connection:
            asked = select(QUARANTINE.c.state, QUARANTINE.c.waived_by, QUARANTINE.c.closed_at)
            return [tuple(line) for line in connection.execute(asked)]

    assert told(datetime(2026, 11, 30)) == []
    assert told(day[2]) == [("open", None, None)]
    assert told(day[4]) == [("waived", "a.manager", None)]
    assert told(day[7]) == [("expired", "a.manager", None)]
    assert told(day[8]) == [("resolved", "a.manager", day[8])]


def test_looking_back_changes_nothing(store: Store, nights):
    def everything() -> list[int]:
        with store.reading() as connection:
            tables = [MEASURES, DELIVERIES, TRANSITIONS, *FACTS.values(), *HISTORY.values()]
            return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    before = everything()
    with known_at(store, FIRST) as connection:
        figured(connection)
    assert everything() == before
    with store.reading() as connection:
        assert {tuple(line) for line in connection.execute(select(MEASURES))} == nights[WITHDRAWN]


def test_a_run_goes_on_while_somebody_looks_back(store: Store, nights):
    with known_at(store, FIRST) as connection:
        figured(connection)
        draw(
            store, "strategy_meetings", f"{MEETING}\n M9 | 2026-10-09 10:00 | sexual_abuse | held", "new", feed="other"
        )
        assert connection.scalar(select(func.count()).select_from(FACTS["strategy_meetings"])) == 2


def test_a_copy_that_can_only_be_read_can_be_asked_too(duckdb_url: str, tmp_path):
    with open_store(duckdb_url) as store:
        draw(store, "strategy_meetings", f"{MEETING}\n M1 | 2026-10-05 10:00 | sexual_abuse | held", known_at=FIRST)
        copy = snapshot.put_in_place(store, tmp_path / "copy.duckdb")
    with open_store(str(copy), read_only=True) as opened, known_at(opened, CORRECTED) as connection:
        assert len(figured(connection)) > 0
        assert connection.scalar(select(func.count()).select_from(FACTS["strategy_meetings"])) == 1
