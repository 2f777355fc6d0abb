"""A DuckDB warehouse as a file: copied while it is held, and another put in its place without a moment between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from warehouse import copying_child


def copy(source: Path, target: Path) -> None:
    """Copy a file that this process may hold open; in a process of its own, or the lock on it would be lost.

    Raises:
        OSError: the copy could not be written; ``target`` must not exist.
    """
    command = (sys.executable, "-I", "-S", copying_child.__file__, source, target)
    ended = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own program, our own paths
    if ended.returncode:
        raise OSError(ended.returncode, os.strerror(ended.returncode), str(target))
    target.chmod(0o600)


def log_of(file: Path) -> Path:
    """Where DuckDB keeps what it has not written into the file yet; not there if the file is whole."""
    return file.with_name(f"{file.name}.wal")


def put_in_place(new: Path, file: Path, kept: Path) -> None:
    """Let ``new`` take the place of ``file``, which stays as ``kept``: whoever looks sees the one or the other.

    Raises:
        OSError: it could not be done; ``file`` is still what it was.
    """
    if file.exists():
        try:
            kept.hardlink_to(file)
        except OSError:  # a file system without second names
            copy(file, kept)
        if log_of(file).exists():  # of a file that could not be opened: it must not be taken for the new one's
            log_of(file).replace(log_of(kept))
    new.replace(file)
    sync(file.parent)


def sync(folder: Path) -> None:
    """A name in a folder is on the disk when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
