"""The library that fails a program at its N-th write (`writes.c`): built with the C compiler, preloaded, armed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

COUNT, KILL, TORN, FULL, KILL_OTHER = range(5)
"""What happens: nothing; SIGKILL before the call; half of the call and SIGKILL; ENOSPC; another process is killed."""
FOREVER = 2**62


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and at which write."""

    what: int = COUNT
    first: int = 0
    last: int = FOREVER
    """The last write that finds the disk full; the others happen once, at ``first``."""
    other: int = 0
    """The process that `KILL_OTHER` kills."""
    on_sockets: bool = False
    """Count what is sent to sockets (a database server), not what is written below the folder."""

    def at(self, number: int) -> Fault:
        """The same at another write; a disk stays full for as many writes as before."""
        return replace(self, first=number, last=self.last if self.last == FOREVER else self.last + number - self.first)


def why_not() -> str | None:
    """Why the library cannot be had here; None: it can."""
    if sys.platform != "linux":
        return "faults are injected by preloading a library, which is done on Linux only"
    return None if shutil.which("cc") else "there is no C compiler (cc) to build the fault injection with"


def build(folder: Path) -> Path:
    """Build the library in a folder."""
    library = folder / "writes.so"
    source = Path(__file__).with_name("writes.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-Wall", "-o", library, source, "-ldl"], check=True)
    return library


def is_loaded() -> bool:
    """Whether this process was started with the library."""
    return hasattr(ctypes.CDLL(None), "faults_arm")


def arm(root: Path, fault: Fault) -> None:
    """From now on this process, and none that it starts, meets the fault when it writes below ``root``."""
    folder = os.fsencode(root.resolve())
    ctypes.CDLL(None).faults_arm(
        folder, fault.what, ctypes.c_long(fault.first), ctypes.c_long(fault.last), fault.other, int(fault.on_sockets)
    )


def disarm() -> int:
    """No fault from now on; returns how many writes there were."""
    library = ctypes.CDLL(None)
    library.faults_count.restype = ctypes.c_long
    written = int(library.faults_count())
    library.faults_disarm()
    return written


def aim(process: int) -> None:
    """The process that `KILL_OTHER` is to kill, known only now."""
    ctypes.CDLL(None).faults_aim(process)
