"""What waits in the landing zone by the ledger, and a file that takes long keeps nobody waiting."""

from __future__ import annotations

import os
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.reading import Unreadable
from connectors.receipts import find_receipt
from flows import draining, judging, sweep
from flows.draining import SET_ASIDE, Drained
from flows.judging import examine
from flows.settings import Settings, settings_of
from tests.flows.landings import drop
from warehouse import ledger
from warehouse.store import Store
from warehouse.tables import FACTS

ROWS = FACTS["workforce_training"]


@pytest.fixture
def home(tmp_path: Path, duckdb_url: str) -> Settings:
    """A partnership with a file of each of four feeds."""
    drop(tmp_path, 4)
    return settings_of(tmp_path, duckdb_url)


@pytest.fixture
def on_each_engine(tmp_path: Path, url: str) -> Settings:
    """The same with two files a feed, on each engine."""
    drop(tmp_path, 8)
    return settings_of(tmp_path, url)


def names(settings: Settings, store: Store, *, again: bool = False) -> list[str]:
    return [f"{one.feed.name}/{one.path.name}" for one in draining.waiting(settings, store, again=again)]


def drained(settings: Settings, store: Store) -> Drained:
    """Everything that waits, two feeds at a time, as `flows.operations` does it."""
    with draining.shift(store, settings, datetime.now()) as on:
        by_feed, outcomes = draining.by_feed(draining.waiting(settings, store)), []
        threads = [
            threading.Thread(target=lambda mine=mine: outcomes.extend(on.deliver(mine))) for mine in by_feed.values()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Drained(tuple(outcomes))


def test_files_of_four_feeds_are_each_loaded_once_and_what_is_rewritten_waits(on_each_engine):
    home = on_each_engine
    with sweep.open_warehouse(home) as store:
        assert len(names(home, store)) == 8
        done = drained(home, store)
        assert (done.count("loaded"), names(home, store)) == (8, [])
        with store.reading() as connection:
            assert Counter(line["state"] for line in ledger.in_order(connection)) == {"loaded": 8}
            assert connection.scalar(select(func.count()).select_from(ROWS)) == 16
        (path,) = drop(home.home, 1, rows=3)  # the first of them again, with a row more
        assert names(home, store) == [f"csc_learning/{path.name}"]


def test_a_refused_file_is_tried_again_at_night_and_not_with_every_file_that_lands(home):
    broken = home.landing / "police_learning" / "learning_2026-09.csv"
    broken.write_bytes(b"\x00\x01 nothing that is a table")
    with sweep.open_warehouse(home) as store:
        assert drained(home, store).count("refused") == 1
        assert names(home, store) == []
        assert names(home, store, again=True) == [f"police_learning/{broken.name}"]


def test_by_day_a_file_that_was_not_written_since_it_came_is_not_read_for_its_hash(home, monkeypatch):
    with sweep.open_warehouse(home) as store:
        for path in home.landing.glob("*/*.csv"):
            os.utime(path, (0, 0))
        drained(home, store)
        with monkeypatch.context() as patch:
            patch.setattr(draining, "hash_file", lambda _: pytest.fail("it was read"))
            assert names(home, store) == []
        path.write_text(path.read_text().replace("20,0.8", "21,0.8"))  # a correction of the same size,
        os.utime(path, (0, 0))  # copied with the time of writing of the file that it is a copy of
        assert names(home, store) == [f"{path.parent.name}/{path.name}"]


@pytest.fixture
def slow(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One of the files takes longer than is quick."""
    path = home.landing / "police_learning" / "learning_2012-01.csv"
    content = path.read_bytes()

    def taking_long(archived, feed, reader, key, **limit):
        if archived.read_bytes() == content and reader.seconds <= draining.QUICK:
            raise Unreadable("file.too_slow", "It took long.")
        return examine(archived, feed, reader, key, **limit)

    monkeypatch.setattr(draining, "examine", taking_long)
    return path


def test_a_file_that_takes_long_is_set_aside_and_loaded_after_the_others(home, slow):
    with sweep.open_warehouse(home) as store:
        first = drained(home, store)
        assert Counter(one.state for one in first.outcomes) == {"loaded": 3, SET_ASIDE: 1}
        with store.reading() as connection:  # it came, and nobody has said that it is refused
            assert Counter(line["state"] for line in ledger.in_order(connection)) == {"loaded": 3, "received": 1}
        (delivery_id,) = first.slow
        slow.unlink()  # what is judged is the archived copy
        receipt = find_receipt(home.archive, delivery_id)
        judged = draining.judge(receipt, home)
        with draining.shift(store, home, datetime.now()) as on:
            assert on.take_in_judged(receipt, judged).state == "loaded"
        with store.reading() as connection:
            steps = [step["to_state"] for step in ledger.list_steps(connection, delivery_id)]
    assert steps == ["received", "set_aside", "received", "read", "judged", "loaded"]


def test_a_file_of_very_many_rows_is_set_aside_although_it_is_read_quickly(home, monkeypatch):
    monkeypatch.setattr(draining, "QUICK_ROWS", 2)
    path = home.landing / "police_learning" / "learning_2012-01.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1].replace("Group 1", "Group 2")]) + "\n")
    with sweep.open_warehouse(home) as store:
        first = drained(home, store)
        assert Counter(one.state for one in first.outcomes) == {"loaded": 3, SET_ASIDE: 1}
        receipt = find_receipt(home.archive, first.slow[0])
        judged = draining.judge(receipt, home)
        with draining.shift(store, home, datetime.now()) as on:
            outcome = on.take_in_judged(receipt, judged)
        assert (outcome.state, outcome.rows_loaded) == ("loaded", 3)


def test_what_is_set_aside_is_left_alone_until_who_judges_it_must_be_dead(home, slow, monkeypatch):
    with sweep.open_warehouse(home) as store:
        first = drained(home, store)
        assert (names(home, store), draining.cut_short(home, store)) == ([], {})
        draining.set_aside_again(store, first.slow)
        monkeypatch.setattr(draining, "MARGIN", timedelta(seconds=-home.reader_seconds))  # its time is over
        assert names(home, store) == [f"police_learning/{slow.name}"]
        assert list(draining.cut_short(home, store)) == list(first.slow)
        with draining.shift(
            store, home, datetime.now()
        ) as on:  # it takes no shorter than before, and is not refused for it
            assert on.finish(first.slow[0]).state == SET_ASIDE


def test_what_was_received_and_cut_short_is_taken_in_although_its_file_is_gone(home, monkeypatch):
    with sweep.open_warehouse(home) as store:
        file = draining.waiting(home, store)[0]
        with draining.shift(store, home, datetime.now()) as on:
            monkeypatch.setattr("flows.delivery.Place.examine", _killed)
            with pytest.raises(KeyboardInterrupt):
                on.deliver([file])
            monkeypatch.undo()
            file.path.unlink()
            (delivery_id,) = draining.cut_short(home, store)
            outcome = on.finish(delivery_id)
        assert (outcome.state, outcome.file_name) == ("loaded", file.path.name)
        assert draining.cut_short(home, store) == {}


def test_a_connector_that_breaks_over_a_file_fails_that_file_alone_and_says_nothing_of_the_data(home, monkeypatch):
    def broken(member, feed, *_rest):
        if feed.name == "police_learning":
            raise KeyError("Aisha Khan")
        return judged(member, feed, *_rest)

    judged = judging._judge_member
    monkeypatch.setattr(judging, "_judge_member", broken)
    with sweep.open_warehouse(home) as store:
        for loaded in (3, 0):  # the second time, too, the others are not kept waiting
            done = drained(home, store)
            (failed,) = [one for one in done.outcomes if one.state == "failed"]
            assert (done.count("loaded"), failed.feed) == (loaded, "police_learning")
            assert failed.says.startswith("connector police_learning: KeyError at test_draining.py:")
            assert "Khan" not in failed.says


def _killed(*_args: object) -> None:
    raise KeyboardInterrupt
