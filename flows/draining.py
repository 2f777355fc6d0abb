"""Draining the landing zone: which files nobody has dealt with, and taking them in, several feeds at a time.

A file that takes long is set aside so that the others, and their figures, need not wait for it: it is judged when they
are in, while nobody holds the warehouse, and other runs leave it alone meanwhile. The ledger says what is done and what
is set aside; a run cut short anywhere is taken up by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from queue import LifoQueue
from typing import Final

from connectors.agency import Feed, all_feeds
from connectors.archive import hash_file, locate
from connectors.isolation import ReaderProcess
from connectors.reading import Unreadable
from connectors.receipts import Receipt, find_receipt
from flows import sweep
from flows.delivery import Outcome, Place
from flows.judging import Examined, TooMany, examine
from flows.landing import Landed
from flows.patience import patiently
from flows.settings import Settings
from warehouse import ledger
from warehouse.keys import Key, find_key
from warehouse.store import Connection, Store
from warehouse.vault import open_vault

AT_ONCE: Final = 2
"""Feeds read at the same time; the warehouse takes one at a time."""
QUICK: Final = 5.0
"""Seconds that a file may take before it is set aside; 20,000 rows take less than one."""
MARGIN: Final = timedelta(minutes=1)
"""How much longer than reading may take a delivery stays set aside, if who set it aside was killed."""
QUICK_ROWS: Final = 500_000
"""Rows that are judged at once, in two or three seconds; reading alone has a limit of time, judging has this one."""
SET_ASIDE: Final = "set_aside"
"""State of an `Outcome`: it takes long, and comes after the others. The ledger says ``received`` meanwhile."""


class TooSlow(Exception):
    """A file takes longer than `QUICK`, or has more than `QUICK_ROWS`; says the hash of its bytes."""


@dataclass(frozen=True)
class Drained:
    """What became of what lay there."""

    outcomes: tuple[Outcome, ...] = ()
    broken: tuple[str, ...] = ()
    """Feeds that could not be dealt with at all."""

    @property
    def slow(self) -> tuple[str, ...]:
        """Deliveries that were set aside, by id."""
        return tuple(one.delivery_id for one in self.outcomes if one.state == SET_ASIDE)

    def count(self, state: str) -> int:
        """Files with this state."""
        return sum(one.state == state for one in self.outcomes)

    @property
    def settled(self) -> Drained:
        """Without what was set aside."""
        return replace(self, outcomes=tuple(one for one in self.outcomes if one.state != SET_ASIDE))

    @property
    def changes_figures(self) -> bool:
        """Something was loaded."""
        return self.count("loaded") > 0

    @property
    def rows_refused(self) -> int:
        """Of all files."""
        return sum(one.rows_refused for one in self.outcomes)

    def __add__(self, other: Drained) -> Drained:
        return Drained(self.outcomes + other.outcomes, tuple(sorted({*self.broken, *other.broken})))


def waiting(settings: Settings, store: Store, *, again: bool = False) -> list[Landed]:
    """The files of the landing zone that the ledger has not dealt with, in the order they are loaded.

    Args:
        settings: where they lie.
        store: whose ledger.
        again: also those refused before, since a connector may have been mended: once a night, not with every file
            that lands. By day a file of a known name and size that has not been written since it came is taken to be
            the same; at night every file is read for its hash.
    """
    with store.reading() as connection:
        seen = ledger.files_seen(connection)
        aside = _judged_elsewhere(settings, connection)
    open_states = ("received", "refused") if again else ("received",)
    unfinished = {line["delivery_id"] for line in seen if line["state"] in open_states} - aside
    done = {(line["feed"], line["sha256"]) for line in seen if line["delivery_id"] not in unfinished}
    known = {
        (line["feed"], line["file_name"], line["bytes"]): line["received_at"]
        for line in seen
        if line["delivery_id"] not in unfinished
    }
    found = []
    for file in sweep.landed(settings)[0]:
        try:
            about = file.path.stat()
            came = known.get((file.feed.name, file.path.name, about.st_size))
            # by the time of its last change: a copy may keep the time of writing of the file that it is a copy of
            if not again and came is not None and max(about.st_mtime, about.st_ctime) < came.timestamp():
                continue
            if (file.feed.name, hash_file(file.path)) in done:
                continue
        except OSError:
            pass  # gone, or closed to us: its outcome will say so
        found.append(file)
    return found


def cut_short(settings: Settings, store: Store) -> dict[str, str]:
    """Deliveries received and not dealt with → their feed: a run was killed, and the file may be gone by now."""
    with store.reading() as connection:
        aside = _judged_elsewhere(settings, connection)
        received = [line for line in ledger.files_seen(connection) if line["state"] == "received"]
    return {line["delivery_id"]: line["feed"] for line in received if line["delivery_id"] not in aside}


def _judged_elsewhere(settings: Settings, connection: Connection) -> set[str]:
    longest = timedelta(seconds=settings.reader_seconds) + MARGIN
    return ledger.set_aside_since(connection, datetime.now() - longest)


class Shift:
    """An open warehouse with its vault and readers, shared by all tasks of a run."""

    def __init__(self, place: Place, readers: LifoQueue[ReaderProcess], now: datetime, *, sets_aside: bool) -> None:
        self.now = now
        self._place = place
        self._readers = readers
        self._sets_aside = sets_aside

    def deliver(self, files: Iterable[Landed], progress: Callable[[Outcome], None] = lambda _: None) -> list[Outcome]:
        """Deliver files one after another; threads may do so at the same time, each with a reader of its own."""
        outcomes = []
        reader = self._readers.get()
        try:
            place = replace(self._place, reader=reader, ahead=_setting_aside(reader, self._place.key))
            for file in files:
                outcomes.append(self._deliver(file, place if self._sets_aside else replace(place, ahead=None)))
                progress(outcomes[-1])
        finally:
            self._readers.put(reader)
        return outcomes

    def _deliver(self, file: Landed, place: Place) -> Outcome:
        outcome = Outcome(file.feed.name, file.feed.agency, file.path.name, SET_ASIDE)
        return self._quickly(lambda: sweep.deliver_one(file, place, self.now), outcome)

    def finish(self, delivery_id: str) -> Outcome | None:
        """Take in what was cut short, from the archive; None: it says nothing of it, or nobody knows its feed."""
        receipt = find_receipt(self._place.archive, delivery_id)
        feed = all_feeds().get(receipt.feed) if receipt else None
        if receipt is None or feed is None:
            return None
        reader = self._readers.get()
        try:
            ahead = _setting_aside(reader, self._place.key) if self._sets_aside else None
            place = replace(self._place, reader=reader, ahead=ahead)
            outcome = Outcome(feed.name, feed.agency, receipt.file_name, SET_ASIDE)
            return self._quickly(lambda: sweep.finish_one(receipt, feed, place, self.now), outcome)
        finally:
            self._readers.put(reader)

    def _quickly(self, do: Callable[[], Outcome], set_aside: Outcome) -> Outcome:
        try:
            return patiently(do)
        except TooSlow as slow:
            with self._place.store.reading() as connection:
                delivery_id = ledger.attempts_at(connection, set_aside.feed, str(slow))[-1]["delivery_id"]
            patiently(lambda: set_aside_again(self._place.store, (delivery_id,)))
            return replace(set_aside, delivery_id=delivery_id)

    def take_in_judged(self, receipt: Receipt, judged: Examined | Unreadable) -> Outcome:
        """Take in a delivery that was set aside and has been judged since."""

        def known(_archived: Path, _feed: Feed) -> Examined:
            if isinstance(judged, Unreadable):
                raise judged
            return judged

        place = replace(self._place, ahead=known)
        return patiently(lambda: sweep.finish_one(receipt, all_feeds()[receipt.feed], place, self.now))


@contextmanager
def shift(store: Store, settings: Settings, now: datetime) -> Iterator[Shift]:
    """Begin a shift over an open warehouse.

    Raises:
        warehouse.keys.KeyTrouble: there is no key, or it is not the warehouse's.
    """
    key, seconds = sweep.key_of(store, settings), min(settings.reader_seconds, QUICK)
    readers: LifoQueue[ReaderProcess] = LifoQueue()
    limits = {feed: settings.limits_of(feed) for feed in all_feeds()}
    with ExitStack() as stack:
        vault = stack.enter_context(open_vault(store))
        all_readers = [ReaderProcess(int(settings.reader_memory_gib * 2**30), seconds) for _ in range(AT_ONCE)]
        for reader in all_readers:
            readers.put(stack.enter_context(reader))
        place = Place(store, settings.archive, all_readers[0], vault, key, limits)
        yield Shift(place, readers, now, sets_aside=settings.reader_seconds > QUICK)


def set_aside_again(store: Store, delivery_ids: Iterable[str]) -> None:
    """Write down that these deliveries are being seen to, so that other runs leave them alone."""
    with store.writing() as connection:
        ledger.set_aside(connection, delivery_ids, datetime.now())


def judge(receipt: Receipt, settings: Settings) -> Examined | Unreadable:
    """Read and judge what was set aside, with all the time of the settings; nobody holds the warehouse."""
    archived, feed = locate(settings.archive, receipt.sha256), all_feeds()[receipt.feed]
    with sweep.reader_of(settings) as reader:
        try:
            return examine(archived, feed, reader, find_key(settings.key_path))
        except Unreadable as refusal:
            return refusal


def by_feed(files: Iterable[Landed]) -> dict[str, list[Landed]]:
    """Feed → its files in order: of one feed they are loaded one after another, by name."""
    told: dict[str, list[Landed]] = {}
    for file in files:
        told.setdefault(file.feed.name, []).append(file)
    return told


def _setting_aside(reader: ReaderProcess, key: Key) -> Callable[[Path, Feed], Examined]:
    def quickly(archived: Path, feed: Feed) -> Examined:
        try:
            return examine(archived, feed, reader, key, at_most=QUICK_ROWS)
        except TooMany:
            raise TooSlow(archived.name) from None
        except Unreadable as refusal:
            if refusal.rule == "file.too_slow":
                raise TooSlow(archived.name) from None
            raise

    return quickly
