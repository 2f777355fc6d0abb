"""A backlog is judged in a second process, a few files ahead of the one that is being written.

with looking_ahead(place, files) as place:
    for file in files:
        deliver(file.path, file.feed, place, now=now)

Judging is Python's work and writing is the database's, and of a hundred files each takes half of the time. What is
judged is the archived copy, so it is the same whoever judges it and when; whatever goes wrong over there (no second
process, a connector that cannot be sent, a crash) only means that the file is judged here, in its turn.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Thread
from typing import Final

from connectors.agency import Feed
from connectors.archive import DamagedArchiveError
from connectors.archive import store as archive
from connectors.isolation import ReaderProcess
from connectors.reading import Unreadable
from flows.delivery import Place
from flows.judging import Examined, examine
from warehouse import ledger
from warehouse.keys import Key

BACKLOG: Final = 12
"""Files that have not been dealt with, from which on a second process pays for its start."""
AT_ONCE: Final = 3
"""Files judged and not yet written: what they hold is in memory."""
SMALL: Final = 4 * 1024**2
"""Bytes; a larger file is judged in its turn, so that memory holds one of them at a time."""


@contextmanager
def looking_ahead(place: Place, files: Iterable[tuple[Path, Feed]]) -> Iterator[Place]:
    """The place, with files judged before their turn where there is a backlog of small ones."""
    with place.store.reading() as connection:
        dealt_with = ledger.files_dealt_with(connection)
    small = [(path, feed) for path, feed in files if _size(path) <= SMALL]
    names = {(feed, name) for feed, _, name in dealt_with}
    if sum((feed.name, path.name) not in names for path, feed in small) < BACKLOG or (os.cpu_count() or 1) < 2:
        yield place
        return
    limits = (place.reader.memory, place.reader.seconds)
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (limits, place.key))
    try:
        known = {(feed, sha256) for feed, sha256, _ in dealt_with}
        yield replace(place, ahead=_Ahead(place, pool, deque(small), known))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        with suppress(BrokenExecutor, RuntimeError):
            pool.shutdown()


class _Ahead:
    """Judges a file, or has had it judged."""

    def __init__(
        self,
        place: Place,
        pool: ProcessPoolExecutor,
        coming: deque[tuple[Path, Feed]],
        dealt_with: set[tuple[str, str]],
    ) -> None:
        self._place, self._pool, self._coming, self._dealt_with = place, pool, coming, dealt_with
        self._judged: dict[tuple[str, str], Future[Examined]] = {}

    def __call__(self, archived: Path, feed: Feed) -> Examined:
        mine = (feed.name, archived.name)
        self._dealt_with.add(mine)
        judged = self._judged.pop(mine, None)
        self._send()
        if judged is not None and isinstance(judged.exception(), Unreadable | None):
            return judged.result()
        # whatever else went wrong over there comes to light here
        return examine(archived, feed, self._place.reader, self._place.key)

    def _send(self) -> None:
        while self._coming and len(self._judged) < AT_ONCE:
            path, feed = self._coming.popleft()
            with suppress(OSError, Unreadable, DamagedArchiveError, BrokenExecutor):  # it will be told of in its turn
                archived = archive(path, self._place.archive)
                if (feed.name, archived.sha256) not in self._dealt_with:
                    self._dealt_with.add((feed.name, archived.sha256))
                    self._judged[feed.name, archived.sha256] = self._pool.submit(_judge, archived.path, feed)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass
class _Judge:
    """What the second process keeps from one file to the next."""

    reader: ReaderProcess
    key: Key


_judges: list[_Judge] = []


def _begin(limits: tuple[int, float], key: Key) -> None:
    """In the second process: Ctrl-C is for the first, and where the first is gone this one goes too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first = multiprocessing.parent_process()
    if first is not None:
        Thread(target=_leave_with, args=(first,), daemon=True).start()
    reader = ReaderProcess(*limits)
    Finalize(reader, _end, (reader,), exitpriority=-100)  # the last of all
    _judges.append(_Judge(reader.__enter__(), key))


def _end(reader: ReaderProcess) -> None:
    reader.__exit__(None, None, None)
    os._exit(0)  # a thread that waits still holds every module, of which a library would complain at length


def _leave_with(first: BaseProcess) -> None:
    first.join()
    os._exit(1)  # the pool's own loop would wait for ever on a pipe that both of them hold


def _judge(archived: Path, feed: Feed) -> Examined:
    return examine(archived, feed, _judges[0].reader, _judges[0].key)
