"""Copies a file in a process of its own: ``python copying_child.py SOURCE TARGET``.

The process that holds a DuckDB file must not open it a second time, because closing it again would give up the lock
that keeps other writers out (`warehouse.store.Store.at_rest`). This one may. It imports nothing of Quorate.
"""

import os
import sys
from pathlib import Path

PIECE = 64 * 2**20
"""Bytes asked of the system at a time; a file system that can share blocks copies nothing at all."""
READERS_ONLY = 0o440


def copy(source: Path, target: Path) -> None:
    """Copy ``source`` to ``target``, which must not exist, to the disk itself and readable only."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    reading, writing = os.open(source, os.O_RDONLY), os.open(target, flags, READERS_ONLY)
    left = os.fstat(reading).st_size
    while left:
        left -= _piece(reading, writing)
    os.fchmod(writing, READERS_ONLY)
    os.fsync(writing)


def _piece(reading: int, writing: int) -> int:
    try:
        copied = os.copy_file_range(reading, writing, PIECE)
    except (AttributeError, OSError):  # not every system or pair of file systems can
        copied = os.write(writing, os.read(reading, 2**20))
    if not copied:
        raise EOFError
    return copied


if __name__ == "__main__":
    try:
        copy(Path(sys.argv[1]), Path(sys.argv[2]))
    except OSError as failure:
        sys.exit(failure.errno or 1)
