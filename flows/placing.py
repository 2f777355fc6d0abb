"""A whole file gets its name in the landing zone in one step: over nothing, and never twice."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from connectors import manifest
from connectors.agency import Feed
from connectors.archive import ARRIVING, hash_file, sync_folder
from connectors.renaming import rename_over_nothing
from flows.file_names import DONE, numbered
from flows.locks import locked

MOST: Final = 999
"""Different files of one name that a folder may hold."""


@dataclass(frozen=True)
class Whole:
    """A file that has arrived and has no name yet."""

    path: Path
    """In the folder it is for, under a name that nobody reads."""
    sha256: str
    bytes: int


def arriving(folder: Path) -> IO[bytes]:
    """A new file in a feed's folder, under a name that nobody reads; the caller removes it, whatever happens."""
    return NamedTemporaryFile(dir=folder, prefix=ARRIVING, suffix=".part", delete=False)


def place(whole: Whole, feed: Feed, name: str, *, manifest_text: bytes | None = None, is_done: bool = False) -> Path:
    """Give a file its name, or a numbered one where another file has it; returns where it, or its like, lies.

    Its manifest (``manifest_text``) is there before it, and with ``is_done`` an empty ``.done`` after it. Where the
    same bytes lie under the name already no file is placed, and what tells of it is written anew: a crash may have
    come between, or the sender says another number now.

    Raises:
        FileExistsError: the folder holds too many files of the name.
        OSError: the folder cannot be written.
    """
    folder = whole.path.parent
    # One at a time in a folder, or the manifest of one could come to lie beside the file of another. The lock lies
    # beside the folder, where those who may write into the folder cannot put something in its place.
    with locked(folder.with_name(f".placing-{folder.name}")):
        target = _placed(whole, feed, name, manifest_text)
        _write_beside(target, DONE, b"" if is_done else None)
        sync_folder(folder)
    return target


def _placed(whole: Whole, feed: Feed, name: str, manifest_text: bytes | None) -> Path:
    for number in range(1, MOST + 1):
        target = whole.path.with_name(name if number == 1 else numbered(name, number, feed))
        if _is_free(target, has_manifest=manifest_text is not None):
            _write_beside(target, manifest.BESIDE, manifest_text)
            if rename_over_nothing(whole.path, target):
                return target
        elif _is_like(target, whole):
            _write_beside(target, manifest.BESIDE, manifest_text)
            whole.path.unlink()
            return target
    raise FileExistsError(errno.EEXIST, "there are too many files of this name", str(whole.path.parent))


def _is_free(target: Path, *, has_manifest: bool) -> bool:
    """Nothing has the name; nor lies a manifest there that was left behind, and would be taken for this file's."""
    beside = target.with_name(target.name + manifest.BESIDE)
    return not os.path.lexists(target) and (has_manifest or not os.path.lexists(beside))


def _is_like(target: Path, whole: Whole) -> bool:
    """The same bytes lie there, in a file: a link to them is never read."""
    try:
        known = target.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(known.st_mode) and known.st_size == whole.bytes and hash_file(target) == whole.sha256


def _write_beside(target: Path, ending: str, text: bytes | None) -> None:
    """What tells of a file, whole and in one step, over whatever has the name; None: nothing is said."""
    if text is None:
        return
    with arriving(target.parent) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target.with_name(target.name + ending))
        finally:
            Path(file.name).unlink(missing_ok=True)
