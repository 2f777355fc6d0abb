"""The archive of deliveries: the bytes as they came, filed under their own hash, and never changed again.

The original name and everything else about a delivery stand in the ledger.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from connectors.reading import Unreadable
from connectors.writers import has_writer

ARRIVING: Final = ".arriving-"
"""Begins the name of a file that is still being written; whatever a crash left of one is not read."""
LANDING: Final = "landing"
"""The folder beside the archive that agencies write into: what was there a moment ago may be something else by now."""
DAY: Final = 86_400.0
BLOCK: Final = 1024 * 1024
"""Bytes copied at a time."""
TICK: Final = 0.02
"""Seconds: two changes of a file within a tick of the system's clock (at most 10 ms) bear the same time."""
TRIES: Final = 3
"""How often a file is copied that is written meanwhile, before it is left alone."""


@dataclass(frozen=True)
class Archived:
    """Where a file lies in the archive."""

    sha256: str
    """Of the bytes, 64 hex digits."""
    bytes: int
    path: Path


class DamagedArchiveError(Exception):
    """A file in the archive is no longer the file that was put there."""


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits; a pipe that nobody writes is not waited for."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def locate(root: Path, sha256: str) -> Path:
    """Where a file with this hash lies, or would lie."""
    return root / sha256[:2] / sha256


def store(path: Path, root: Path) -> Archived:
    """Copy a file into the archive and prove the copy; a file that is there already is proved and left alone.

    A link is followed where a person named it, and never in the landing zone.

    Raises:
        Unreadable: ``file.changing``: somebody writes the file, or has, however often it is copied; ``file.closed``: it
            is a link, or no file.
        DamagedArchiveError: the archive holds other bytes under this hash.
        OSError: the file cannot be read, or the archive cannot be written.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=root, prefix=ARRIVING, delete=False) as copy:
        arriving = Path(copy.name)
        try:
            digest, size = _copy_unchanged(path, copy, is_landed=_is_landed(path, root))
            os.fchmod(copy.fileno(), 0o400)
            os.fsync(copy.fileno())
            return _settle(arriving, Archived(digest, size, locate(root, digest)))
        finally:
            arriving.unlink(missing_ok=True)


def _is_landed(path: Path, root: Path) -> bool:
    """Whether a file lies in the landing zone, by either name where a feed's folder is a link to elsewhere."""
    zone = root.with_name(LANDING)
    return path.absolute().is_relative_to(zone.absolute()) or path.parent.resolve().is_relative_to(zone.resolve())


def _copy_unchanged(path: Path, copy: IO[bytes], *, is_landed: bool) -> tuple[str, int]:
    """SHA-256 and size of what was copied, of a file that was the same before and after, and that nobody writes."""
    for again in range(TRIES):
        if again:
            copy.seek(0)
            copy.truncate()
        digest, size = hashlib.sha256(), 0
        with open_file(path, follows_links=not is_landed) as file:
            if is_landed and has_writer(file.fileno()):
                break
            if 0 <= time.time() - os.fstat(file.fileno()).st_mtime < TICK:
                time.sleep(TICK)  # or what is written from now on could bear the same time
            before = os.fstat(file.fileno())
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
                copy.write(block)
            after = os.fstat(file.fileno())
            is_at_rest = not (is_landed and has_writer(file.fileno()))
        copy.flush()
        if (before.st_size, before.st_mtime_ns) == (size, after.st_mtime_ns) and after.st_size == size and is_at_rest:
            return digest.hexdigest(), size
    raise Unreadable(
        "file.changing", "The file is being written.", "It is read again next time: nothing of it was kept."
    )


def open_file(path: Path, *, follows_links: bool) -> IO[bytes]:
    """Open what is a file; a pipe that nobody writes is not waited for.

    Raises:
        Unreadable: ``file.closed``: it is a link that is not followed, or no file.
        OSError: it cannot be opened.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follows_links else os.O_NOFOLLOW)
    try:
        handle = os.open(path, flags)
    except OSError as refusal:
        if refusal.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
            raise _no_file() from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _no_file()
    return os.fdopen(handle, "rb")


def _no_file() -> Unreadable:
    return Unreadable("file.closed", "It is a link, or not a file.", "Put the file itself there.")


def remove_abandoned(root: Path, now: float) -> None:
    """Remove what runs that were killed had begun to write, here and among receipts and decisions.

    ``now``: seconds since 1970. A copy that was begun within a day may still be another run's. Whatever cannot be
    looked at or removed stays: somebody else's folder, closed or odd, is no reason to stop.
    """
    for folder in (root, *_entries(root)):
        for path in _entries(folder):
            if path.name.startswith(ARRIVING):
                with suppress(OSError):
                    known = path.lstat()
                    if stat.S_ISREG(known.st_mode) and known.st_mtime < now - DAY:
                        path.unlink()


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it is none, or closed to us."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _settle(arriving: Path, archived: Archived) -> Archived:
    """Give the copy its place, in one step: whoever looks sees the whole file or none."""
    if archived.path.exists():
        if hash_file(archived.path) != archived.sha256:
            raise DamagedArchiveError(
                f"The archive's file {archived.sha256} has changed since it was stored: restore it from a backup."
            )
        return archived
    archived.path.parent.mkdir(mode=0o700, exist_ok=True)
    arriving.replace(archived.path)
    sync_folder(archived.path.parent)
    return archived


def sync_folder(folder: Path) -> None:
    """Make the new name itself survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
