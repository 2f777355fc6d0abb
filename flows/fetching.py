"""Fetching: new files of every remote place into the landing zone; one that fails never stops the others.

A file gets its name when its last byte is on disk, and only if the place says the same of it as before.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Thread
from typing import Final

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from connectors import manifest
from connectors.agency import Feed, all_feeds
from connectors.archive import remove_abandoned
from connectors.fetch import Offered, Source, Trouble, open_source
from flows.fetched import alone, remember, remembered
from flows.file_names import DONE, is_partial, refused_name
from flows.landing import LONG_QUIET, UNASKABLE
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
    memory, offered = remembered(pull.memory), _offered(source, pull)
    known = {name for name in offered if memory.get(name) == offered[name]}
    wanted = [one for name, one in offered.items() if _is_wanted(name, pull, offered)]
    pull.done.known = sum(one.name in known for one in wanted)
    new = [one for one in wanted if one.name not in known]
    for one in _quiet(source, pull, new):
        try:
            whole = _fetch(source, one, pull, folder)
            if whole is None:
                continue
            text = _manifest(source, one.name, offered)
            place(whole, pull.feed, one.name, manifest_text=text, is_done=_waits_for(pull) == "done")
            remember(pull.memory, one, whole.sha256, datetime.now())
            pull.done.new, pull.done.bytes = pull.done.new + 1, pull.done.bytes + whole.bytes
            known.add(one.name)
        except Trouble as trouble:
            pull.last.add(one.name)
            if trouble.is_passing:
                raise
            pull.done.notes.append(f"a file was left: {trouble.says}")
    for name in sorted(known & {one.name for one in wanted}) if pull.remote.after == "done" else ():
        pull.moves()
        if source.look_at(name) == offered[name]:  # or it is not what was fetched
            source.put_aside(name)


def _waits_for(pull: _Pull) -> str | None:
    return pull.settings.waits_for.get(pull.feed.name)


def _offered(source: Source, pull: _Pull) -> dict[str, Offered]:
    pull.moves()
    offered = sorted(source.offered(), key=lambda one: (one.name in pull.last, one.name))
    pull.moves()
    return {one.name: one for one in offered}


def _is_wanted(name: str, pull: _Pull, offered: dict[str, Offered]) -> bool:
    """Whether a file is one to be fetched; why one is not that looks like it is noted, in counts."""
    if is_partial(name) or manifest.is_manifest(name) or name.casefold().endswith(DONE):
        return False
    if not fnmatchcase(name, pull.remote.pattern or pull.feed.files):
        return False
    why = refused_name(name, pull.feed)
    if offered[name].size > pull.remote.max_mib * 2**20:
        why = f"it is larger than {pull.remote.max_mib:g} MiB: max_mib in quorate.toml"
    if why:
        pull.done.notes.append(f"a file was left: {why}")
        return False
    beside = {"done": (f"{name}{DONE}", f"{Path(name).stem}{DONE}"), "manifest": (f"{name}{manifest.BESIDE}",)}
    return any(other in offered for other in beside.get(_waits_for(pull) or "", (name,)))


def _quiet(source: Source, pull: _Pull, new: list[Offered]) -> list[Offered]:
    """The new files that nobody is writing: what a place lists may have come by its first byte alone."""
    is_old = all(time.time() - one.changed_at > LONG_QUIET for one in new)
    if source.is_whole or is_old or _waits_for(pull) == "done" or not pull.settings.settle_seconds:
        return new
    time.sleep(pull.settings.settle_seconds * UNASKABLE)
    again = _offered(source, pull)
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


def _manifest(source: Source, name: str, offered: dict[str, Offered]) -> bytes | None:
    beside = offered.get(name + manifest.BESIDE)
    if beside is None:
        return None
    text = b""
    for block in source.read(beside.name):
        text += block
        if len(text) > manifest.LARGEST:  # it is refused with the file, by name
            break
    return text[: manifest.LARGEST + 1]
