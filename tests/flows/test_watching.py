"""Whoever loads files is woken once for a burst, and whether or not the system tells of changes."""

from __future__ import annotations

import os
import queue
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from flows import landing
from flows.settings import Settings, settings_of
from flows.watching import watch
from tests.flows.test_landing import FEED, YESTERDAY, writer

WAIT = 20.0


class Watched:
    """A watch in a thread, and what it yielded so far."""

    def __init__(self, settings: Settings, *, every: float, quiet: float = 0.4, at_most: float = 5.0) -> None:
        self.stop, self.bursts = Event(), queue.Queue[list[str]]()

        def run() -> None:
            for seen in watch(settings, self.stop, every=every, quiet=quiet, at_most=at_most):
                self.bursts.put([file.path.name for file in seen.ready])

        self.thread = Thread(target=run)
        self.thread.start()

    def next(self) -> list[str]:
        return self.bursts.get(timeout=WAIT)

    def is_silent(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self.bursts.empty()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "landing" / FEED.name
    made.mkdir(parents=True)
    return made


@pytest.fixture
def settings(folder: Path) -> Settings:
    return settings_of(folder.parents[1]).model_copy(update={"settle_seconds": 0.3})


@pytest.fixture
def watched(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Watched]:
    """``param``: the seconds between looks that nothing wakes."""
    made = Watched(settings, every=request.param)
    yield made
    made.stop.set()
    made.thread.join(5)
    assert not made.thread.is_alive()


HOUR = pytest.mark.parametrize("watched", [3600.0], indirect=True, ids=["only_news_wakes_it"])
HALF_A_SECOND = pytest.mark.parametrize("watched", [0.5], indirect=True, ids=["looks_often"])


def drop(folder: Path, name: str, text: str = "a") -> None:
    """As an upload should be: under a partial name, then renamed."""
    (folder / f"{name}.part").write_text(text)
    (folder / f"{name}.part").rename(folder / name)


@HOUR
def test_a_file_that_lands_wakes_it_though_the_next_look_is_an_hour_away(folder, watched):
    time.sleep(1.0)
    began = time.monotonic()
    drop(folder, "a.csv")
    assert watched.next() == ["a.csv"]
    assert time.monotonic() - began < 5


@HOUR
def test_hundreds_of_files_in_a_burst_are_one_waking(folder, watched):
    names = [f"{number:03}.csv" for number in range(300)]
    for name in names:
        drop(folder, name)
        time.sleep(0.002)
    assert watched.next() == names
    assert watched.is_silent(1.5)


@HALF_A_SECOND
def test_a_file_that_is_written_slowly_comes_once_and_whole(folder, watched):
    with writer(folder / "slow.csv", pieces=8, pause=0.2) as process:
        assert watched.next() == ["slow.csv"]
        assert process.wait() == 0
    assert len((folder / "slow.csv").read_text().splitlines()) == 8
    assert watched.is_silent(1.5)


@HALF_A_SECOND
def test_a_file_written_again_comes_again(folder, watched):
    drop(folder, "a.csv")
    drop(folder, "b.csv")
    assert watched.next() == ["a.csv", "b.csv"]
    drop(folder, "a.csv", "corrected")
    assert watched.next() == ["a.csv"]


def test_what_was_there_before_comes_first(folder, settings):
    (folder / "old.csv").write_text("a")
    os.utime(folder / "old.csv", (YESTERDAY, YESTERDAY))
    stop = Event()
    for seen in watch(settings, stop, quiet=0.1):
        assert [file.path.name for file in seen.ready] == ["old.csv"]
        stop.set()


@HALF_A_SECOND
def test_looks_go_on_where_the_folder_is_taken_away_and_made_anew(folder, watched):
    """As when a mount goes and comes back: the system tells of nothing any more."""
    drop(folder, "a.csv")
    assert watched.next() == ["a.csv"]
    shutil.rmtree(folder.parent)
    time.sleep(1.5)
    folder.mkdir(parents=True)
    drop(folder, "b.csv")
    assert watched.next() == ["b.csv"]


def test_a_burst_that_does_not_end_is_yielded_all_the_same(folder, settings):
    watched = Watched(settings, every=0.1, quiet=1.0, at_most=2.0)
    began, number, got = time.monotonic(), 0, []
    while not got and time.monotonic() - began < WAIT:
        drop(folder, f"{number:04}.csv")
        number += 1
        time.sleep(0.1)
        got = [] if watched.bursts.empty() else watched.bursts.get()
    watched.stop.set()
    watched.thread.join()
    assert len(got) > 5


def test_a_landing_zone_that_is_not_there_yet_is_waited_for(tmp_path):
    settings = settings_of(tmp_path).model_copy(update={"settle_seconds": 0.0})
    assert landing.settled(settings) == landing.Look()
    watched = Watched(settings, every=0.5)
    assert watched.is_silent(1.0)
    (tmp_path / "landing" / FEED.name).mkdir(parents=True)
    drop(tmp_path / "landing" / FEED.name, "a.csv")
    assert watched.next() == ["a.csv"]
    watched.stop.set()
    watched.thread.join()
