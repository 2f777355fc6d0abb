"""Is anybody still writing a file? Linux can be asked, by a lease; where it cannot, only time tells."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
from pathlib import Path


def is_being_written(path: Path) -> bool | None:
    """Whether some process has a file open for writing; None: it cannot be asked here.

    Raises:
        OSError: the file cannot be opened, or is a link.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return has_writer(handle)
    finally:
        os.close(handle)


def has_writer(handle: int) -> bool | None:
    """The same of a file that is open for reading.

    A read lease is given only while nobody has the file open for writing (fcntl(2), F_SETLEASE). It is given to the
    file's owner and to root, on file systems of this computer: of another user's file, or on a network mount, None.
    It is given back at once, and whoever opens the file in between is held up for so long.
    """
    try:
        if not hasattr(fcntl, "F_SETLEASE") or not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        # Whoever opens the file makes the kernel signal us; by default that signal would end this process.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as refusal:
        return True if refusal.errno == errno.EAGAIN else None
    else:
        return False
