"""Fetching: new files of every remote place into the landing zone; one that fails never stops the others.

A file gets its name when its last byte is on disk, and only if the place says the same of it as before.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Final

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from connectors import manifest
from connectors.agency import Feed, all_feeds
from connectors.archive import remove_abandoned
from connectors.fetch import Offered, Source, Trouble, open_source
from flows.fetched import Kept, alone, remember, remembered
from flows.landing import UNASKABLE
from flows.listing import Listing
from flows.placing import Whole, arriving, place
from flows.remotes import Remote
from flows.settings import Settings

TRIES: Final = 3
LONGEST_PAUSE: Final = 5.0
"""Seconds between two tries, at most."""


@dataclass
class Fetched:
    """What came of looking into one remote place."""

    remote: str
    feed: str
    new: int = 0
    """Files brought."""
    bytes: int = 0
    known: int = 0
    """Files that were fetched before."""
    notes: list[str] = field(default_factory=list)
    """What of it was left where it is, and why, in counts."""
    trouble: str = ""
    """Why it could not be read, or not to its end; empty: it could."""


@dataclass
class _Pull:
    """One place being read."""

    remote: Remote
    settings: Settings
    feed: Feed
    done: Fetched
    moved_at: float = field(default_factory=time.monotonic)
    """When it last got anywhere."""
    is_given_up: bool = False
    last: set[str] = field(default_factory=set)
    """Files that failed: tried after the others."""

    @property
    def memory(self) -> Path:
        return self.settings.home / "fetched" / f"{self.done.remote}.jsonl"

    def moves(self) -> None:
        """Say that it gets somewhere; where nobody waits any more, end."""
        self.moved_at = time.monotonic()
        if self.is_given_up:
            raise Trouble("it does not answer")


def fetch_all(settings: Settings, only: Iterable[str] = ()) -> list[Fetched]:
    """Look into every remote place at once (or into those named), and bring what is new into the landing zone.

    It takes as long as the slowest that gets anywhere: one that stops answering is given up after its timeout, and
    whatever it is doing then brings nothing any more.
    """
    remove_abandoned(settings.landing, time.time())
    names = [name for name in settings.remotes if name in set(only or settings.remotes)]
    pulls = [_pull_of(name, settings) for name in names]
    # Threads that do not keep the process alive: one that hangs in a dead share cannot be ended.
    threads = [Thread(target=_pull, args=(pull,), name=pull.done.remote, daemon=True) for pull in pulls]
    for thread in threads:
        thread.start()
    for pull, thread in zip(pulls, threads, strict=True):
        patience = pull.remote.timeout_seconds * 2 + LONGEST_PAUSE + settings.settle_seconds * UNASKABLE
        while thread.is_alive():
            thread.join(0.05)
            if time.monotonic() - pull.moved_at > patience:
                pull.is_given_up = True
                pull.done = Fetched(**{**vars(pull.done), "trouble": "it does not answer"})
                break
    return [pull.done for pull in pulls]


def _pull_of(name: str, settings: Settings) -> _Pull:
    remote = settings.remotes[name]
    return _Pull(remote, settings, all_feeds()[remote.feed], Fetched(name, remote.feed))


def _pull(pull: _Pull) -> None:
    done = pull.done
    passing = retry_if_exception(lambda failure: isinstance(failure, Trouble) and failure.is_passing)
    pause = wait_random_exponential(max=LONGEST_PAUSE)
    try:
        with alone(pull.memory) as is_alone:
            if not is_alone:
                raise Trouble("another run is fetching from it")
            for attempt in Retrying(stop=stop_after_attempt(TRIES), wait=pause, retry=passing, reraise=True):
                with attempt:
                    pull.moves()
                    done.known, done.notes = 0, []
                    with open_source(pull.remote.place(pull.settings.home)) as source:
                        _bring(source, pull)
    except Trouble as trouble:
        done.trouble = trouble.says
    except OSError as failure:
        done.trouble = f"the landing zone cannot be written ({failure.strerror})"
    except Exception as failure:  # noqa: BLE001 - nobody else's files wait for a mistake of ours
        done.trouble = f"a mistake of ours ({type(failure).__name__})"


def _bring(source: Source, pull: _Pull) -> None:
    folder = pull.settings.landing / pull.feed.name
    folder.mkdir(parents=True, exist_ok=True)
    memory, listing = remembered(pull.memory), _listing(source, pull)
    wanted, pull.done.notes = listing.wanted()
    known = {one.name for one in wanted if memory.get(one.name) == _kept(one, listing, memory, pull)}
    pull.done.known = len(known)
    for one in _quiet(source, pull, listing, [one for one in wanted if one.name not in known]):
        try:
            whole = _fetch(source, one, pull, folder)
            if whole is None:
                continue
            _land(source, one, whole, listing, pull)
            known.add(one.name)
        except Trouble as trouble:
            pull.last.add(one.name)
            if trouble.is_passing:
                raise
            pull.done.notes.append(f"a file was left: {trouble.says}")
    for name in sorted(known) if pull.remote.after == "done" else ():
        _put_aside(source, listing, name, pull)


def _land(source: Source, one: Offered, whole: Whole, listing: Listing, pull: _Pull) -> None:
    """Give a file that has come its name, with what tells of it, and remember it."""
    try:
        text = _manifest(source, listing.manifest_of(one.name))
        place(whole, pull.feed, one.name, manifest_text=text, is_done=listing.waits_for == "done")
    finally:
        whole.path.unlink(missing_ok=True)
    remember(pull.memory, _kept(one, listing, {}, pull), whole.sha256, datetime.now())
    pull.done.new, pull.done.bytes = pull.done.new + 1, pull.done.bytes + whole.bytes


def _kept(one: Offered, listing: Listing, memory: Mapping[str, Kept], pull: _Pull) -> Kept:
    """How a file is remembered once it is here; a manifest that is there no more is one that was not changed."""
    beside = listing.manifest_of(one.name)
    earlier = memory[one.name].manifest if one.name in memory else None
    mark = f"{beside.size} {beside.version}" if beside else earlier
    return Kept(one, pull.feed.name, pull.remote.address, mark)


def _put_aside(source: Source, listing: Listing, name: str, pull: _Pull) -> None:
    """Move a file there, and what tells of it; not where one of them is no longer what was fetched."""
    pull.moves()
    together = [listing.offered[name], *listing.beside(name)]
    if all(source.look_at(one.name) == one for one in together):
        for one in together:
            source.put_aside(one.name)
            del listing.offered[one.name]  # or what tells of two files would be looked for again


def _listing(source: Source, pull: _Pull) -> Listing:
    pull.moves()
    offered = sorted(source.offered(), key=lambda one: (one.name in pull.last, one.name))
    pull.moves()
    waits_for = pull.settings.waits_for.get(pull.feed.name, "")
    return Listing({one.name: one for one in offered}, pull.remote, pull.feed, waits_for)


def _quiet(source: Source, pull: _Pull, listing: Listing, new: list[Offered]) -> list[Offered]:
    """The new files that nobody is writing: what a place lists may have come by its first byte alone."""
    is_sure = source.is_whole or not pull.settings.settle_seconds or not any(map(listing.must_be_quiet, new))
    if is_sure:
        return new
    time.sleep(pull.settings.settle_seconds * UNASKABLE)
    again = _listing(source, pull).offered
    left = [one for one in new if again.get(one.name) == one]
    pull.done.notes += ["a file was left: it is still being written"] * (len(new) - len(left))
    return left


def _fetch(source: Source, one: Offered, pull: _Pull, folder: Path) -> Whole | None:
    """A whole file without a name; None: it changed meanwhile, and is left for the next time."""
    with arriving(folder) as file:
        path = Path(file.name)
        digest, size = hashlib.sha256(), 0
        try:
            for block in source.read(one.name):
                digest.update(block)
                size += len(block)
                if size > one.size:
                    break
                file.write(block)
                pull.moves()
            file.flush()
            os.fsync(file.fileno())
            is_same = size == one.size and source.look_at(one.name) == one
            pull.moves()
        except BaseException:
            path.unlink()
            raise
    if not is_same:
        path.unlink()
        pull.done.notes.append("a file was left: it is still being written")
        return None
    return Whole(path, digest.hexdigest(), size)


def _manifest(source: Source, beside: Offered | None) -> bytes | None:
    if beside is None:
        return None
    text = b""
    for block in source.read(beside.name):
        text += block
        if len(text) > manifest.LARGEST:  # it is refused with the file, by name
            break
    return text[: manifest.LARGEST + 1]
