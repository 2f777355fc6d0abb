"""A member that some releases of a product do not write: without it nothing is returned of its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.agency import Always, Csv, Feed, Stream
from connectors.isolation import ReaderProcess
from connectors.synthetic.files import write_zip
from flows.delivery import Outcome, Place, deliver
from schemas.tables.meeting_actions import MeetingActions
from schemas.tables.strategy_meetings import StrategyMeetings
from tests.keys import KEY
from warehouse.soundness import contradictions
from warehouse.store import Store
from warehouse.tables import DELIVERY_MEMBERS, FACTS
from warehouse.vault import open_vault

NOW = datetime(2026, 11, 23, 2, 30)
MEETINGS = Stream(
    StrategyMeetings,
    {"meeting_ref": "Meeting", "held_at": "Held", "status_code": Always("held")},
    member="meetings.csv",
)
ACTIONS = Stream(
    MeetingActions, {"meeting_ref": "Meeting", "action_ref": "Action"}, member="actions.csv", is_optional=True
)
FEED = Feed("csc_small", "csc", "small", Csv(zipped=True), (MEETINGS, ACTIONS), files="*.zip", carries="its_period")
MEETING = "Meeting,Held\nM1,2026-10-05\n"
FIRST = {"meetings.csv": MEETING, "actions.csv": "Meeting,Action\nM1,1\nM1,2\n"}
SECOND = {"meetings.csv": "Meeting,Held\nM1,2026-10-06\n"}


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def send(store: Store, tmp_path: Path, reader: ReaderProcess) -> Callable[[str, dict[str, str]], Outcome]:
    def deliver_members(name: str, members: dict[str, str]) -> Outcome:
        path = tmp_path / name
        write_zip(path, members)
        with open_vault(store) as vault:
            return deliver(path, FEED, Place(store, tmp_path / "archive", reader, vault, KEY), now=NOW)

    return deliver_members


def actions(store: Store) -> list[str]:
    with store.reading() as connection:
        assert list(contradictions(connection)) == []
        return sorted(connection.scalars(select(FACTS["meeting_actions"].c.action_ref)))


def returned(store: Store, delivery_id: str) -> set[str | None]:
    """The tables that a delivery is a return of."""
    of = DELIVERY_MEMBERS.c
    with store.reading() as connection:
        return set(connection.scalars(select(of.table_name).where(of.delivery_id == delivery_id)))


def test_a_file_without_it_is_no_return_of_its_table(send, store):
    first, second = send("small_2026-09.zip", SECOND), send("small_2026-10.zip", FIRST)
    assert (first.state, first.rows_loaded) == ("loaded", 1)
    assert returned(store, first.delivery_id) == {"strategy_meetings"}
    assert returned(store, second.delivery_id) == {"strategy_meetings", "meeting_actions"}
    assert actions(store) == ["1", "2"]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_newer_file_of_the_month_that_lacks_it_takes_its_rows_back_in_any_order(send, store, order):
    members = {1: FIRST, 2: SECOND}
    for version in order:
        assert send(f"small_2026-10_v{version}.zip", members[version]).state == "loaded"
    assert actions(store) == []


def test_a_file_of_another_month_that_lacks_it_says_nothing_of_this_one(send, store):
    send("small_2026-10.zip", FIRST)
    send("small_2026-11.zip", SECOND)
    assert actions(store) == ["1", "2"]
