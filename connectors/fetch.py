"""Where agencies leave files for us to fetch: an SFTP server, a bucket or container, or a folder (a mounted share).

with open_source(place) as source:
    for offered in source.offered():
        for block in source.read(offered.name): …

Whatever goes wrong is a `Trouble` that says whose fault it is in words of ours: what a server or a library says may
carry names and secrets.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from connectors.renaming import rename_over_nothing

BLOCK: Final = 1024 * 1024
"""Bytes read at a time."""
MOST: Final = 100_000
"""Files that one place may offer; a listing that goes on beyond is not believed."""
SET_ASIDE: Final = "done"
"""The folder beside the files into which those that were fetched are moved, where that was agreed."""

TOO_MANY_ASIDE: Final = "it has too many files of one name that were put aside"


@dataclass(frozen=True)
class Place:
    """A folder somewhere, and how to get in."""

    scheme: Literal["sftp", "s3", "az", "file"]
    path: str
    """The folder; of a bucket or container, its name first."""
    host: str = ""
    port: int = 22
    user: str = ""
    known_hosts: Path | None = None
    """SFTP: the file of host keys; a server whose key is not in it is not spoken to."""
    key_file: Path | None = None
    account: str = ""
    """Azure: the storage account."""
    endpoint_url: str = ""
    """S3 and Azure elsewhere than at their usual addresses."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = 60.0
    """How long an answer may take."""


@dataclass(frozen=True)
class Offered:
    """A file as the place lists it."""

    name: str
    size: int
    """Bytes."""
    version: str
    """The place's own mark of its content, or else when it was changed: another version, other bytes."""
    changed_at: float = field(compare=False)
    """Seconds since 1970 by the place's clock, in whole or in part; 0: it does not say."""


class Trouble(Exception):
    """A place cannot be read. ``says`` names no value and no secret; ``is_passing``: it is worth another try."""

    def __init__(self, says: str, *, is_passing: bool = False) -> None:
        super().__init__(says)
        self.says = says
        self.is_passing = is_passing


class Source(Protocol):
    """A place that has been opened. Every method raises `Trouble`."""

    is_whole: bool
    """What is listed is whole: an object is there when its last byte is, a file when its first is."""

    def offered(self) -> list[Offered]:
        """The files in the folder itself; what lies in folders below is not offered."""
        ...

    def look_at(self, name: str) -> Offered:
        """One of its files, as it is now."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of a file."""
        ...

    def put_aside(self, name: str) -> None:
        """Move a file into the folder `SET_ASIDE`, over nothing."""
        ...


def open_source(place: Place) -> AbstractContextManager[Source]:
    """Open a place.

    Raises:
        Trouble: it does not answer, does not let us in, or is not who it should be.
    """
    if place.scheme == "file":
        return _open_folder(place)
    try:
        if place.scheme == "sftp":
            from connectors.fetch_sftp import open_sftp  # noqa: PLC0415 - an extra that not everybody installs

            return open_sftp(place)
        from connectors.fetch_objects import open_objects  # noqa: PLC0415 - the same

        return open_objects(place)
    except ImportError:
        raise Trouble("what speaks to such places is not installed: `make remotes`") from None


def aside_names(name: str) -> Iterator[str]:
    """The names a file may get where it is put aside: its own, then numbered ones."""
    yield name
    yield from (f"{name}~{number:03}" for number in range(2, 1000))


@contextmanager
def _open_folder(place: Place) -> Iterator[Source]:
    folder = Path(place.path)
    with told():
        folder.stat()
    yield _Folder(folder)


class _Folder:
    """A folder of this computer, or of a share that is mounted."""

    is_whole = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def offered(self) -> list[Offered]:
        found = []
        with told(), os.scandir(self._folder) as entries:
            for entry in entries:
                known = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(known.st_mode):
                    found.append(_as_offered(entry.name, known))
        return found

    def look_at(self, name: str) -> Offered:
        with told():
            return _as_offered(name, (self._folder / name).lstat())

    def read(self, name: str) -> Iterator[bytes]:
        with told():
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                while block := file.read(BLOCK):
                    yield block

    def put_aside(self, name: str) -> None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        with told(), ExitStack() as stack:
            here = os.open(self._folder, flags)
            stack.callback(os.close, here)
            with suppress(FileExistsError):
                os.mkdir(SET_ASIDE, dir_fd=here)
            try:
                aside = os.open(SET_ASIDE, flags | os.O_NOFOLLOW, dir_fd=here)
            except NotADirectoryError:  # a link would take the file to wherever its owner likes
                raise Trouble(f"what is called {SET_ASIDE} there is a link, or no folder: put a folder there") from None
            stack.callback(os.close, aside)
            for free in aside_names(name):
                if rename_over_nothing(name, free, old_folder=here, new_folder=aside):
                    return
        raise Trouble(TOO_MANY_ASIDE)


def _as_offered(name: str, known: os.stat_result) -> Offered:
    return Offered(name, known.st_size, str(known.st_mtime_ns), known.st_mtime)


@contextmanager
def told() -> Iterator[None]:
    """What the system says of files and connections, as `Trouble`."""
    try:
        yield
    except FileNotFoundError:
        raise Trouble("the folder, or a file in it, is not there") from None
    except PermissionError:
        raise Trouble("it does not let us in, or not do that: check the account and what it may do") from None
    except (TimeoutError, ConnectionError):
        raise Trouble("it does not answer", is_passing=True) from None
    except OSError as failure:
        raise Trouble(f"it cannot be reached or read ({type(failure).__name__})", is_passing=True) from None
