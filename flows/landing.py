"""The landing zone: which files are whole and may be read, which are still on their way, and what is never read.

A file is ready when its name is a whole file's, nobody is writing it, it has been quiet for long enough, and what its
feed waits for (``waits_for``: a ``.done`` file, or a manifest) is there. A file that was seen under a partial name and
then renamed is ready at once. Looking is the truth; `flows.watching` only looks sooner.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connectors import manifest
from connectors.agency import Feed, all_feeds
from connectors.writers import is_being_written
from flows.file_names import BEGUN, DONE, is_partial, never_read, shown
from flows.settings import Settings

UNASKABLE: Final = 30
"""Where it cannot be asked whether a file is being written it must be quiet for so many times as long."""
LONG_QUIET: Final = 3600.0
"""Seconds; a file this old by its own clock is quiet, even if that clock is a file server's and somewhat wrong."""
DAY: Final = 86_400.0
CLOSED: Final = "cannot be looked into: check who may read it, and that it was not taken away."
STUCK: Final = "has been on its way for more than a day: ask the agency whether it was cut short."


@dataclass(frozen=True)
class Landed:
    """A file in the landing zone."""

    feed: Feed
    path: Path


Signature = tuple[int, int, int, int, int]
"""Device, inode, size in bytes, and nanoseconds of modification and of change: another one, other bytes."""


@dataclass(frozen=True)
class Seen:
    """What a look saw in one folder, for the look after it; what has gone is forgotten, since inodes are used again."""

    since: dict[str, tuple[Signature, float]] = field(default_factory=dict)
    """File → what it was, and since when by a clock that never jumps."""
    partial: set[tuple[int, int]] = field(default_factory=set)
    """Device and inode of every file that has, or had, a partial name."""
    ready: dict[str, Signature] = field(default_factory=dict)
    """File → what it was when it was found ready: it need not be asked about again."""


Memory = dict[Path, Seen]
"""Folder → what the look before saw in it."""


@dataclass(frozen=True)
class Look:
    """What one look found."""

    ready: tuple[Landed, ...] = ()
    """In the order they are loaded."""
    arriving: tuple[Path, ...] = ()
    """Still on their way."""
    passed_over: tuple[str, ...] = ()
    """What is not read until somebody does something, a sentence each."""
    unknown: tuple[str, ...] = ()
    """Folders that no connector is named after."""
    wait: float = 0.0
    """Seconds after which every file that only has to be quiet will have been; 0: there is none."""


def settled(settings: Settings) -> Look:
    """A look that waits for files which only have to be quiet for a little longer; what keeps growing is left alone."""
    return _twice(lambda memory: look(settings, memory))


def settled_in(folder: Path, feed: Feed, settings: Settings) -> Look:
    """`settled`, of one folder, wherever it is."""
    return _twice(lambda memory: look_into(folder, feed, settings, memory))


def _twice(look_once: Callable[[Memory], Look]) -> Look:
    memory: Memory = {}
    seen = look_once(memory)
    if seen.wait:
        time.sleep(seen.wait)
        seen = look_once(memory)
    return seen


def look(settings: Settings, memory: Memory) -> Look:
    """Look once over the landing zone."""
    feeds, looks, unknown = all_feeds(), [], []
    for folder in _folders(settings.landing):
        if folder.name not in feeds:
            unknown.append(shown(folder.name))
            continue
        try:
            looks.append(look_into(folder, feeds[folder.name], settings, memory))
        except OSError:  # one agency's folder is closed, or gone: the others' are looked into all the same
            memory.pop(folder, None)
            looks.append(Look(passed_over=(f"{folder.name} {CLOSED}",)))
    return Look(
        ready=tuple(file for one in looks for file in one.ready),
        arriving=tuple(path for one in looks for path in one.arriving),
        passed_over=tuple(says for one in looks for says in one.passed_over),
        unknown=tuple(unknown),
        wait=max((one.wait for one in looks), default=0.0),
    )


def look_into(folder: Path, feed: Feed, settings: Settings, memory: Memory) -> Look:
    """Look once into the folder of one feed; files are ready in the order of their names.

    Raises:
        OSError: the folder, or a file in it, cannot be looked at.
    """
    ready, arriving, passed_over, waits = [], [], [], [0.0]
    before, seen = memory.get(folder, Seen()), Seen()
    for path, known in _entries(folder):
        says = never_read(path.name, known.st_mode, feed)
        if says is not None:
            passed_over += [f"{feed.name}/{shown(path.name)} {says}"] if says else []
            continue
        wait = _wait_for(path, known, feed, settings, before=before, seen=seen)
        if wait == 0:
            ready.append(Landed(feed, path))
        else:
            arriving.append(path)
            waits.append(wait or 0.0)
            passed_over += [f"{feed.name}/{shown(path.name)} {STUCK}"] if _is_stuck(path.name, known) else []
    memory[folder] = seen
    return Look(tuple(ready), tuple(arriving), tuple(passed_over), wait=max(waits))


def _folders(landing: Path) -> list[Path]:
    if not landing.is_dir():
        return []
    return sorted(path for path in landing.iterdir() if not path.name.startswith(".") and _is_folder(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a mount whose server is gone: looking into it says so
        return True


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        try:
            yield folder / entry.name, entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # renamed or taken away since
            continue


def _wait_for(
    path: Path, known: os.stat_result, feed: Feed, settings: Settings, *, before: Seen, seen: Seen
) -> float | None:
    """Seconds until a file is ready if nothing more happens to it: 0, now; None, something must happen first.

    ``before`` is what the last look saw in its folder, ``seen`` what this one does.
    """
    name, inode, what_for = path.name, (known.st_dev, known.st_ino), settings.waits_for.get(feed.name)
    if is_partial(name):
        seen.partial.add(inode)
        return None
    seen.partial.update({inode} & before.partial)
    signature = (*inode, known.st_size, known.st_mtime_ns, known.st_ctime_ns)
    earlier = before.since.get(name)
    seen.since[name] = earlier if earlier and earlier[0] == signature else (signature, time.monotonic())
    if before.ready.get(name) == signature:
        wait: float | None = 0.0
    elif what_for and not _has_come(path, known, what_for):
        wait = None
    else:
        is_whole = bool(what_for) or inode in seen.partial
        needed = 0.0 if is_whole else settings.settle_seconds
        wait = _until_quiet(path, known, needed, time.monotonic() - seen.since[name][1])
    if wait == 0:
        seen.ready[name] = signature
    return wait


def _until_quiet(path: Path, known: os.stat_result, needed: float, quiet: float) -> float | None:
    """Seconds until a file will have been left alone for as long as is needed; None: somebody is writing it.

    ``quiet``: seconds for which it has been seen as it is.
    """
    try:
        written = is_being_written(path)
    except OSError:  # it is told of when it is read: by then it may have gone, or may be opened
        written = None
    if written:
        return None
    if written is None:
        needed *= UNASKABLE
    return max(0.0, needed - max(quiet, _quiet_by_its_clock(known, is_ours=written is False)))


def _quiet_by_its_clock(known: os.stat_result, *, is_ours: bool) -> float:
    """Seconds for which a file has not been touched, by its own times; a file server's clock may be wrong."""
    if is_ours:
        return time.time() - known.st_mtime
    age = time.time() - max(known.st_mtime, known.st_ctime)
    return age if age > LONG_QUIET else 0.0


def _has_come(path: Path, known: os.stat_result, what_for: str) -> bool:
    """What a file waits for is there, and is not of the file that was there before this one."""
    names = [f"{path.name}{DONE}", f"{path.stem}{DONE}"] if what_for == "done" else [f"{path.name}{manifest.BESIDE}"]
    for name in names:
        try:
            if path.with_name(name).lstat().st_mtime >= known.st_mtime or what_for == "manifest":
                return True
        except FileNotFoundError:
            continue
    return False


def _is_stuck(name: str, known: os.stat_result) -> bool:
    return time.time() - known.st_mtime > DAY and not name.startswith(BEGUN)
