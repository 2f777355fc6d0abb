"""Events leave the outbox for a real server once, with ids alone; one that is down costs seconds and nothing else."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from flows import relay as relaying
from flows import sweep
from flows.relay import EVENTS, TEMPLATED, relay
from flows.settings import settings_of
from tests.flows.conftest import Prefect, free_port, wait_for
from tests.flows.landings import drop
from warehouse import ledger, outbox
from warehouse.store import Store, open_store
from warehouse.tables import OUTBOX

NOW = datetime.now()


def tell(store: Store, count: int, at: datetime = NOW, name: str = "quorate.delivery.loaded") -> None:
    with store.writing() as connection:
        for number in range(count):
            ledger.tell(connection, name, f"{name}-{at:%f}-{number}", at, {"feed": "police_niche", "rows_in": number})


def known(prefect: Prefect, name: str, subject: str) -> list[dict]:
    resource = f"quorate.{name.split('.')[1]}.{subject}"
    found = prefect.ask("/events/filter", filter={"event": {"name": [name]}, "resource": {"id": [resource]}})
    return found["events"]


def test_what_waits_is_passed_on_once_the_oldest_first_and_marked(store, prefect):
    tell(store, 3)
    with store.reading() as connection:
        first = outbox.waiting(connection, 1)[0]
    assert (relay(store, is_seen_to=True).sent, relay(store, is_seen_to=True).sent) == (3, 0)
    (event,) = wait_for(lambda: known(prefect, first.name, first.subject), "the event")
    assert event["id"] == first.event_id
    assert event["resource"]["quorate.next"] == "seen_to"
    assert {one["prefect.resource.id"] for one in event["related"]} == {"quorate.feed.police_niche"}


def test_an_event_that_is_passed_on_twice_is_one(duckdb_url, prefect):
    with open_store(duckdb_url) as store:
        tell(store, 1, NOW + timedelta(microseconds=7))
        with store.reading() as connection:
            (told,) = outbox.waiting(connection, 9)
        assert relaying.post([relaying.event_of(told)] * 2) == ""
        assert relay(store, is_seen_to=False).sent == 1  # as after a crash between sending and marking
    wait_for(lambda: known(prefect, told.name, told.subject), "the event")
    time.sleep(2)
    assert len(known(prefect, told.name, told.subject)) == 1


def test_a_server_that_is_down_is_said_within_two_seconds_and_everything_waits(duckdb_url):
    with open_store(duckdb_url) as store, temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        tell(store, 3)
        began = time.monotonic()
        relayed = relay(store, is_seen_to=True)
        assert time.monotonic() - began < 5
        assert (relayed.sent, relayed.waiting) == (0, 3)
        assert "took no events" in relayed.says


def test_without_a_server_none_is_started(duckdb_url):
    with open_store(duckdb_url) as store, temporary_settings(restore_defaults={PREFECT_API_URL}):
        tell(store, 1)
        assert "No server is named" in relay(store, is_seen_to=True).says


def test_one_call_passes_on_so_many_and_the_next_goes_on(duckdb_url, prefect):
    with open_store(duckdb_url) as store:
        tell(store, 7, NOW + timedelta(microseconds=5))
        first = relay(store, is_seen_to=True, at_most=5)
        assert (first.sent, first.waiting) == (5, 2)
        assert relay(store, is_seen_to=True, at_most=5).sent == 2


def test_what_is_older_than_a_week_is_news_to_nobody(duckdb_url, prefect):
    with open_store(duckdb_url) as store:
        tell(store, 2, NOW - timedelta(days=8))
        relayed = relay(store, is_seen_to=True)
        assert (relayed.sent, relayed.waiting) == (0, 0)


@pytest.fixture(scope="module")
def told_of_a_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[outbox.Told]]:
    home = tmp_path_factory.mktemp("night")
    drop(home, 4)
    (home / "landing" / "police_learning" / "learning_2026-09.csv").write_bytes(b"\x00 no table")
    settings = settings_of(home, f"duckdb:///{home / 'warehouse.duckdb'}")
    sweep.nightly(settings, NOW)
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        return home, outbox.waiting(connection, 1_000)


def test_every_event_of_a_night_is_named_in_the_list_and_has_every_key_as_text(told_of_a_night):
    _, told = told_of_a_night
    assert {one.name for one in told} == {
        "quorate.delivery.received", "quorate.delivery.validated", "quorate.delivery.loaded",
        "quorate.delivery.rejected", "quorate.delivery.overdue", "quorate.feedback.issued",
        "quorate.metrics.refreshed", "quorate.pack.published", "quorate.assurance.breached",
    }  # fmt: skip
    assert {one.name for one in told} <= set(EVENTS)
    for one in told:
        payload = relaying.event_of(one)["payload"]
        assert set(TEMPLATED) <= payload.keys()
        assert all(isinstance(value, str) for value in payload.values())


def test_an_event_of_a_delivery_names_it_and_its_agency_and_feed(told_of_a_night):
    _, told = told_of_a_night
    loaded = next(one for one in told if one.name == "quorate.delivery.loaded" and one.feed == "csc_learning")
    event = relaying.event_of(loaded)
    assert event["resource"]["prefect.resource.id"] == f"quorate.delivery.{loaded.subject}"
    assert [one["prefect.resource.id"] for one in event["related"]] == [
        "quorate.agency.csc",
        "quorate.feed.csc_learning",
    ]
    assert event["payload"]["delivery_id"] == loaded.subject
    assert event["payload"]["rows_loaded"] == "2"


def test_no_event_has_a_file_name_or_a_value_of_a_file(told_of_a_night):
    home, told = told_of_a_night
    said = json.dumps([relaying.event_of(one) for one in told])
    for value in ("Group 0", "learning_20", "CSA", str(home)):
        assert value not in said


def test_a_mark_stands_in_the_outbox(store):
    tell(store, 2)
    with store.writing() as connection:
        outbox.mark_relayed(connection, [outbox.waiting(connection, 1)[0].event_id], NOW)
    with store.reading() as connection:
        assert outbox.count_waiting(connection) == 1
        assert sorted(map(str, connection.scalars(select(OUTBOX.c.relayed_at)))) == sorted(["None", str(NOW)])
