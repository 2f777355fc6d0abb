"""Opens a zip with its dangers checked first. Nothing is ever extracted, so paths inside cannot escape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - zlib names its exception in lower case

from connectors.manifest import INSIDE, totals
from connectors.manifest import LARGEST as LARGEST_MANIFEST
from connectors.reading import Unreadable

LARGEST: Final = 4 * 1024**3
"""Bytes that all members may have once unpacked."""
MOST_MEMBERS: Final = 5_000
STEEPEST: Final = 300
"""Times that a large member may grow when unpacked; exports grow 5 to 40 times, a bomb 1,000."""
SMALL: Final = 64 * 1024**2
"""Bytes below which a member may be as repetitive as it likes."""

SEND_AGAIN: Final = "Export it again and send it whole."


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """The zip at a path.

    Raises:
        Unreadable: ``file.format``, ``file.damaged``, ``file.encrypted`` or ``file.too_big``.
    """
    try:
        with ZipFile(path) as archive:
            for info in archive.infolist():
                _refuse_encrypted(info)
            _refuse_bombs(archive.infolist())
            yield archive
    except (BadZipFile, ZlibError, EOFError, NotImplementedError) as error:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                raise Unreadable("file.damaged", "The zip is damaged or cut short.", SEND_AGAIN) from error
        raise Unreadable("file.format", "This is not a zip file, as declared.", SEND_AGAIN) from error


def files(archive: ZipFile) -> list[tuple[str, ZipInfo]]:
    """Name without folders, and entry, of every file but the manifest; what operating systems add is left out."""
    return [(name, info) for name, info in _everything(archive) if name.casefold() not in INSIDE]


def control_totals(archive: ZipFile) -> Mapping[str, int] | None:
    """What the zip's own manifest says; None: it has none.

    Raises:
        Unreadable: ``file.manifest``.
    """
    for name, info in _everything(archive):
        if name.casefold() in INSIDE:
            with archive.open(info) as file:
                is_csv = name.casefold().endswith(".csv")
                return totals(file.read(LARGEST_MANIFEST + 1), "The manifest in the zip", is_csv=is_csv)
    return None


def _everything(archive: ZipFile) -> list[tuple[str, ZipInfo]]:
    found = []
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        if not info.is_dir() and "__MACOSX" not in parts and parts[-1] not in (".DS_Store", "Thumbs.db"):
            found.append((parts[-1], info))
    return found


def _refuse_encrypted(info: ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise Unreadable("file.encrypted", "The zip is protected by a password.", "Send it without a password.")


def _refuse_bombs(infos: list[ZipInfo]) -> None:
    steep = any(info.file_size > SMALL and info.file_size > STEEPEST * info.compress_size for info in infos)
    if steep or len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > LARGEST:
        raise Unreadable(
            "file.too_big",
            "Unpacked, the zip is far larger than an export can be; it was not unpacked.",
            "Send a shorter period, or tell the partnership why the export has grown.",
        )
