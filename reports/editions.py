"""What was published is known for ever: the editions of the figures, in the archive, in the order they went out.

``archive/editions/<number>-<publication>.json`` holds what is new or other than in the editions before it: of each
figure its counts, and which of them were hidden. A file is never changed. It is on disk before the report is, so that
nothing is shown that the next edition does not know of.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from connectors.archive import ARRIVING, DamagedArchiveError, sync_folder
from warehouse.disclosure import Edition, Line, overlaid, renewed
from warehouse.equations import PARTS, Count, Key

FORMAT: Final = 1
"""Version of the files; a newer one is refused, not guessed at."""


def edition_of(
    archive: Path, publication_id: str, counts: Iterable[Count], made: Edition | None = None, *, keep: bool = True
) -> Edition:
    """The edition of a publication: as it went out, or, the first time, worked out and kept before it goes out.

    ``made``: it was worked out already, from the same counts. ``keep``: it goes out now; False: it may yet not.

    Raises:
        DamagedArchiveError: an edition before it cannot be read.
    """
    known: dict[Key, Line] = {}
    changes = []
    for path in _files(archive):
        change = _read(path)
        known = overlaid(known, change)
        if path.stem.partition("-")[2] == publication_id:
            return _edition(known)
        changes.append(change)
    if made is None:
        made = renewed(counts, changes)
    if keep:
        _write(archive, publication_id, made, known)
    return made


def lines_of(archive: Path, asked: Mapping[str, Iterable[Key]]) -> dict[tuple[str, Key], Line]:
    """What stood in the editions of some publications: of each figure asked for its counts, and what was hidden.

    Args:
        archive: where the editions are.
        asked: publication → its figures. One that had no edition, or not this figure, gets no line.

    Raises:
        DamagedArchiveError: an edition cannot be read.
    """
    found: dict[tuple[str, Key], Line] = {}
    known: dict[Key, Line] = {}
    for path in _files(archive):
        known = overlaid(known, _read(path))
        publication_id = path.stem.partition("-")[2]
        found |= {(publication_id, key): known[key] for key in asked.get(publication_id, ()) if key in known}
    return found


def _files(archive: Path) -> list[Path]:
    """In the order they went out."""
    found = (archive / "editions").glob("[0-9]*-*.json")
    return sorted(found, key=lambda path: int(path.stem.partition("-")[0]))


def _read(path: Path) -> tuple[dict[Key, Line], set[Key]]:
    """What is new or other in an edition, and what is gone."""
    try:
        said = json.loads(path.read_bytes())
        if said["format"] != FORMAT:
            raise ValueError("another format")
        gone = {Key(*key) for key in said["gone"]}
        lines = dict(_line(line) for line in said["figures"])
    except (ValueError, KeyError, TypeError):
        raise DamagedArchiveError(
            f"editions/{path.name} of the archive is not as it was written: restore it from a backup, or install the "
            "version of Quorate that wrote it."
        ) from None
    return lines, gone


def _line(said: dict[str, Any]) -> tuple[Key, Line]:
    hidden = frozenset(said.pop("hidden"))
    key = Key(*said.pop("key"))
    starts_on, ends_on = (date.fromisoformat(said.pop(name)) for name in ("starts_on", "ends_on"))
    return key, (Count(key=key, starts_on=starts_on, ends_on=ends_on, **said), hidden)


def _edition(known: dict[Key, Line]) -> Edition:
    return Edition(
        tuple(count for count, _ in known.values()),
        frozenset((key, part) for key, (_, hidden) in known.items() for part in PARTS if part in hidden),
    )


def _write(archive: Path, publication_id: str, edition: Edition, before: dict[Key, Line]) -> None:
    now = edition.lines
    written = {
        "format": FORMAT,
        "gone": sorted(before.keys() - now.keys()),
        "figures": [
            asdict(count) | {"key": key, "hidden": sorted(parts)}
            for key, (count, parts) in now.items()
            if before.get(key) != (count, parts)
        ],
    }
    folder = archive / "editions"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = len(_files(archive)) + 1
    with NamedTemporaryFile("w", encoding="utf-8", dir=folder, prefix=ARRIVING, delete=False) as file:
        arriving = Path(file.name)
        try:
            json.dump(written, file, default=date.isoformat, ensure_ascii=False)
            file.flush()
            os.fchmod(file.fileno(), 0o400)
            os.fsync(file.fileno())
            arriving.replace(folder / f"{number:06}-{publication_id}.json")
            sync_folder(folder)
        finally:
            arriving.unlink(missing_ok=True)
