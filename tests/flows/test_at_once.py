"""The same file again, and several at once: nothing is doubled, nothing is lost, and whoever is too late is told so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors.agency import Feed
from connectors.isolation import ReaderProcess
from connectors.reading import Reading
from flows.delivery import Place, deliver
from tests.flows.small_feeds import TABLE, name_of, small_feed, small_place, text_of
from warehouse import ledger
from warehouse.figures import refresh
from warehouse.ledger import Overtaken
from warehouse.store import Locked, Store, open_store
from warehouse.tables import DELIVERIES, FACTS, HISTORY, MEASURES, OUTBOX, SIGHTINGS, TRANSITIONS

JANUARY = date(2026, 1, 1)
NOW = datetime(2026, 6, 1, 2, 30)
FEED = small_feed("its_period")
TEXT = text_of({"A": "10", "B": "11"}, "x")
CHILD = """
import sys, time
from datetime import datetime
from pathlib import Path
from tests.flows.test_at_once import FEED, one_try
states = []
while not states or states[-1] in ("Locked", "Overtaken") and len(states) < int(sys.argv[3]):
    states.append(one_try(sys.argv[1], Path(sys.argv[2])))
    time.sleep(0.1)
print(states[-1])
"""


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def place(store: Store, tmp_path: Path, reader: ReaderProcess) -> Iterator[Place]:
    with small_place(store, tmp_path / "archive", reader) as there:
        yield there


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / name_of(JANUARY)
    path.write_text(TEXT)
    return path


def one_try(url: str, path: Path) -> str:
    """What a process of its own says that became of a delivery."""
    try:
        with (
            open_store(url) as store,
            ReaderProcess() as reader,
            small_place(store, path.parent / "archive", reader) as place,
        ):
            return deliver(path, FEED, place, now=NOW).state
    except (Locked, Overtaken) as late:
        return type(late).__name__


def started(url: str, file: Path, tries: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, url, str(file), str(tries)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(sys.path)})


def said(child: subprocess.Popen[str]) -> str:
    answer, _ = child.communicate(timeout=240)
    assert child.returncode == 0
    return answer.strip()


def held(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a delivery changes."""
    tables = (FACTS[TABLE], HISTORY[TABLE], SIGHTINGS, DELIVERIES, TRANSITIONS, OUTBOX)
    with store.reading() as connection:
        return {table.fullname: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}


def figures(store: Store) -> list[tuple[Any, ...]]:
    with store.writing() as connection:
        refresh(connection, [("police", TABLE)], date(2026, 1, 31))
        return sorted(map(tuple, connection.execute(select(MEASURES))), key=repr)


def count_lines(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(DELIVERIES)) or 0


def test_delivered_once_twice_or_five_times_the_figures_are_the_same_to_the_byte(place, file):
    assert deliver(file, FEED, place, now=NOW).state == "loaded"
    once = held(place.store), figures(place.store)
    assert any(row[0] == "csa_training" and 2 in row for row in once[1])  # two of 21 are trained: there is a figure
    for _ in range(4):
        assert deliver(file, FEED, place, now=NOW).state == "duplicate"
    assert (held(place.store), figures(place.store)) == once


def test_threads_with_the_same_file_load_it_once(place, file):
    threads = 5
    together = Barrier(threads)

    def one() -> str:
        together.wait()
        try:
            return deliver(file, FEED, place, now=NOW).state
        except Overtaken:
            return "overtaken"

    with ThreadPoolExecutor(threads) as pool:
        states = sorted(future.result() for future in [pool.submit(one) for _ in range(threads)])
    assert states.count("loaded") == 1
    assert set(states) <= {"loaded", "duplicate", "overtaken"}
    assert (count_lines(place.store), deliver(file, FEED, place, now=NOW).state) == (1, "duplicate")
    assert [len(rows) for rows in held(place.store).values()] == [2, 0, 0, 1, 4, 3]  # received, validated, loaded


def test_threads_with_files_of_their_own_load_them_all(place, tmp_path):
    paths = [tmp_path / name_of(date(2026, month, 1)) for month in range(1, 6)]
    for number, path in enumerate(paths):
        path.write_text(text_of({"A": str(10 + number), f"B{number}": "10"}, "x"))
    with ThreadPoolExecutor(len(paths)) as pool:
        outcomes = list(pool.map(lambda path: deliver(path, FEED, place, now=NOW), paths))
    assert {one.state for one in outcomes} == {"loaded"}
    with place.store.reading() as connection:
        facts = connection.execute(select(FACTS[TABLE].c.role_group, FACTS[TABLE].c.headcount_in_scope)).tuples()
        assert dict(facts.all()) == {"A": 14, **{f"B{number}": 10 for number in range(5)}}


class Slow(ReaderProcess):
    """A reader during whose work something else happens: between the two transactions of a delivery."""

    def __init__(self, reader: ReaderProcess, meanwhile: Callable[[], object]) -> None:
        self.reader, self.meanwhile = reader, meanwhile

    def read(self, path: Path, feed: Feed) -> Reading:
        self.meanwhile()
        return self.reader.read(path, feed)


def test_a_delivery_that_another_dealt_with_meanwhile_is_overtaken_and_ends_well(place, file):
    slow = replace(place, reader=Slow(place.reader, lambda: deliver(file, FEED, place, now=NOW)))
    with pytest.raises(Overtaken, match="is loaded, and this can be done only when it is received or refused"):
        deliver(file, FEED, slow, now=NOW)
    once = held(place.store)
    assert (deliver(file, FEED, place, now=NOW).state, count_lines(place.store)) == ("duplicate", 1)
    assert held(place.store) == once


def test_of_two_files_at_once_the_later_to_arrive_counts_though_it_was_read_first(place, file, tmp_path):
    later = tmp_path / "again" / name_of(JANUARY)
    later.parent.mkdir()
    later.write_text(text_of({"A": "12"}, "y"))
    slow = replace(place, reader=Slow(place.reader, lambda: deliver(later, FEED, place, now=NOW)))
    assert deliver(file, FEED, slow, now=NOW).state == "loaded"
    with place.store.reading() as connection:
        facts = connection.execute(select(FACTS[TABLE].c.role_group, FACTS[TABLE].c.headcount_in_scope)).tuples()
        assert facts.all() == [("A", 12)]
        assert [line["file_name"] for line in ledger.list_deliveries(connection)] == [name_of(JANUARY)] * 2


def test_a_process_that_meets_another_is_refused_and_its_next_try_ends_well(url, file):
    with open_store(url) as store, store.writing():
        assert said(started(url, file, 1)) == "Locked"
        assert count_lines(store) == 0
    assert one_try(url, file) == "loaded"


def test_two_processes_with_the_same_file_load_it_once(url, file, tmp_path, reader):
    children = [started(url, file, 200) for _ in range(2)]
    assert sorted(said(child) for child in children) == ["duplicate", "loaded"]
    with open_store(url) as store, small_place(store, tmp_path / "archive", reader) as place:
        both = held(store)
        assert deliver(file, FEED, place, now=NOW).state == "duplicate"
        assert held(store) == both
        assert [len(rows) for rows in both.values()] == [2, 0, 0, 1, 4, 3]  # received, validated, loaded
