"""One at a time, among all processes of this computer: by a lock on a file, which the system lets go of in any case."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait until nobody else is in such a block with the same file, and keep others waiting until this one ends.

    The file is made, stays empty and is never removed: whoever waits for it must wait for the same one.

    Raises:
        OSError: it cannot be made, or is a link.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
