"""A backlog is judged in a second process: what is loaded is the same, whatever happens to that process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.agency import Feed
from connectors.isolation import ReaderProcess
from flows.ahead import BACKLOG, SMALL, looking_ahead
from flows.delivery import Outcome, Place, deliver
from tests.flows.small_feeds import name_of, small_feed, small_place, text_of
from warehouse import ledger
from warehouse.fingerprint import differences, fingerprint
from warehouse.store import Store, open_store

NOW = datetime(2026, 6, 1, 2, 30)
FEED = small_feed("everything")
HOW_MANY = BACKLOG + 4


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def place(store: Store, tmp_path: Path, reader: ReaderProcess) -> Iterator[Place]:
    with small_place(store, tmp_path / "archive", reader) as there:
        yield there


@pytest.fixture
def backlog(tmp_path: Path) -> list[Path]:
    """A file a month; the fourth is not one, and the last says the same as the one before under another name."""
    files = []
    for number in range(HOW_MANY):
        path = tmp_path / name_of(date(2024 + number // 12, number % 12 + 1, 1))
        path.write_text("<html>" if number == 3 else text_of({"A": str(10 + number), "B": "11"}, str(number)))
        files.append(path)
    files[-1].write_text(files[-2].read_text())
    return files


def deliver_all(files: list[Path], feed: Feed, place: Place) -> list[Outcome]:
    return [deliver(path, feed, place, now=NOW) for path in files]


def test_a_backlog_judged_ahead_is_loaded_as_one_judged_file_by_file(
    place: Place, backlog: list[Path], tmp_path: Path, reader: ReaderProcess
):
    with looking_ahead(place, [(path, FEED) for path in backlog]) as ahead:
        assert ahead.ahead is not None
        outcomes = deliver_all(backlog, FEED, ahead)
    with open_store(str(tmp_path / "by_itself.duckdb")) as store:
        store.create()
        with small_place(store, tmp_path / "another_archive", reader) as alone:
            assert [_told(one) for one in deliver_all(backlog, FEED, alone)] == [_told(one) for one in outcomes]
        assert [one.state for one in outcomes[2:5]] == ["loaded", "refused", "loaded"]
        assert outcomes[-1].state == "duplicate"
        with store.reading() as one, place.store.reading() as other:
            told = differences(fingerprint(one), fingerprint(other))
        # the ledger says when each was dealt with
        assert [name for name in told if not name.startswith("ledger.deliveries ")] == []


def test_files_are_judged_here_when_the_second_process_is_killed(place: Place, backlog: list[Path]):
    with looking_ahead(place, [(path, FEED) for path in backlog]) as ahead:
        outcomes = deliver_all(backlog[:5], FEED, ahead)
        (second,) = ahead.ahead._pool._processes  # type: ignore[union-attr]
        os.kill(second, signal.SIGKILL)
        outcomes += deliver_all(backlog[5:], FEED, ahead)
    assert [one.state for one in outcomes].count("loaded") == HOW_MANY - 2


def test_a_connector_that_cannot_be_sent_to_another_process_is_used_here(place: Place, backlog: list[Path]):
    def as_it_is(rows: pa.Table) -> pa.Table:
        return rows

    feed = replace(FEED, streams=tuple(replace(stream, prepare=as_it_is) for stream in FEED.streams))
    del backlog[3]
    with looking_ahead(place, [(path, feed) for path in backlog]) as ahead:
        outcomes = deliver_all(backlog, feed, ahead)
    assert [one.state for one in outcomes].count("loaded") == HOW_MANY - 2


def test_a_night_with_few_new_files_does_without_a_second_process(place: Place, backlog: list[Path]):
    deliver_all(backlog[:8], FEED, place)
    with looking_ahead(place, [(path, FEED) for path in backlog]) as here:
        assert here.ahead is None


def test_large_files_are_judged_one_at_a_time_in_their_turn(place: Place, tmp_path: Path):
    path = tmp_path / name_of(date(2024, 1, 1))
    path.write_bytes(b"x" * (SMALL + 1))
    with looking_ahead(place, [(path, FEED)] * HOW_MANY) as here:
        assert here.ahead is None


def test_a_file_that_is_gone_does_not_stop_the_others(place: Place, backlog: list[Path]):
    with looking_ahead(place, [(path, FEED) for path in backlog]) as ahead:
        deliver_all(backlog[:1], FEED, ahead)
        backlog[6].unlink()
        outcomes = deliver_all(backlog[1:6] + backlog[7:], FEED, ahead)
    assert [one.state for one in outcomes].count("loaded") == HOW_MANY - 4
    with place.store.reading() as connection:
        assert len(ledger.files_dealt_with(connection)) == HOW_MANY - 3


def _told(outcome: Outcome) -> Outcome:
    return replace(outcome, delivery_id="")
