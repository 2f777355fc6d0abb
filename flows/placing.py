"""A whole file gets its name in the landing zone in one step: over nothing, and never twice."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from connectors import manifest
from connectors.agency import Feed
from connectors.archive import ARRIVING, hash_file, sync_folder
from flows.file_names import DONE, numbered

MOST: Final = 999
"""Different files of one name that a folder may hold."""
NO_SECOND_NAMES: Final = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
"""What a file system answers that knows no hard links."""


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

    Where the same bytes lie under the name already nothing is placed. What tells of the file (``manifest_text``, and
    with ``is_done`` an empty ``.done``) is there before it.

    Raises:
        FileExistsError: the folder holds too many files of the name.
        OSError: the folder cannot be written.
    """
    folder = whole.path.parent
    for number in range(1, MOST + 1):
        target = folder / (name if number == 1 else numbered(name, number, feed))
        if not target.exists():
            _tell_of(target, manifest_text)
            if _name(whole.path, target):
                if is_done:
                    target.with_name(target.name + DONE).touch()
                sync_folder(folder)
                return target
        if target.stat().st_size == whole.bytes and hash_file(target) == whole.sha256:
            whole.path.unlink()
            return target
    raise FileExistsError(errno.EEXIST, "there are too many files of this name", str(folder))


def _tell_of(target: Path, manifest_text: bytes | None) -> None:
    if manifest_text is not None:
        with arriving(target.parent) as file:
            file.write(manifest_text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(target.with_name(target.name + manifest.BESIDE))


def _name(path: Path, target: Path) -> bool:
    """Give a file a name that no other has; False: another was faster."""
    try:
        target.hardlink_to(path)
    except FileExistsError:
        return False
    except OSError as refusal:
        if refusal.errno not in NO_SECOND_NAMES:
            raise
        if target.exists():
            return False
        path.rename(target)
    with suppress(FileNotFoundError):
        path.unlink()
    return True
