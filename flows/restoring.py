"""Bringing a backup back: first every hash of it is proved, then it takes its place, and what was there is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Final

from connectors.archive import hash_file
from flows.backups import (
    DUMP,
    FORMAT,
    MANIFEST,
    SETTINGS,
    VAULT,
    WAREHOUSE,
    BadBackup,
    Held,
    Progress,
    copy_hashed,
    warehouse_file,
)
from flows.settings import Settings
from warehouse import dumps, files
from warehouse.schema_version import Foreign, version_of
from warehouse.store import Store, Unavailable, open_store

ARCHIVE: Final = "archive"


@dataclass(frozen=True)
class Restored:
    """What came back."""

    made_at: datetime
    """When the backup was made."""
    files: int
    kept: tuple[str, ...]
    """Where that lies which was replaced: a folder, or schemas of the server."""


def restore(
    source: Path,
    settings: Settings,
    now: datetime,
    *,
    replace: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Restored:
    """Bring everything back that ``source`` holds.

    Args:
        source: the folder of a backup.
        settings: where to.
        now: part of the name under which that is kept which is replaced.
        replace: it may take the place of what is there.
        progress: told after every file.

    Raises:
        BadBackup: the backup is not whole, is of the other engine, or something is there already.
        warehouse.store.Locked: another process has the warehouse open.
        warehouse.store.Unavailable: the server does not answer, or PostgreSQL's programs failed.
    """
    made_at, held = _proved(source)
    file = warehouse_file(settings)
    if (DUMP in held) == (file is not None):
        raise BadBackup(
            f"{source} is of the other kind of warehouse. Restore it where it was made; "
            "`quorate rebuild --into ADDRESS` takes an archive from one kind to the other."
        )
    places = _places(settings, file)
    in_the_way = [place for place in places.values() if place.exists()] or _schemas_in_the_way(settings, file)
    if in_the_way and not replace:
        raise BadBackup(
            f"{settings.home} holds {', '.join(str(one) for one in in_the_way)} already. Give --replace: what is there "
            "is kept beside it."
        )
    staged = settings.home / ".restoring"
    rmtree(staged, ignore_errors=True)
    for number, (name, one) in enumerate(held.items(), start=1):
        if copy_hashed(source / name, staged / name) != one:
            raise BadBackup(f"{name} of {source} changed while it was copied: try again.")
        progress(number, len(held))
    with _nobody_writes(settings, file):
        kept = _swap(staged, places, settings.home / f"replaced-{now:%Y%m%dT%H%M%S}")
    if file is None:
        kept += _load(settings, staged / DUMP, now)
    rmtree(staged)
    return Restored(made_at, len(held), tuple(kept))


def _proved(source: Path) -> tuple[datetime, dict[str, Held]]:
    """The manifest of a backup in which every file is what it was."""
    try:
        told = json.loads((source / MANIFEST).read_bytes())
        held = {str(name): Held(**one) for name, one in told["files"].items()}
        made_at, is_known = datetime.fromisoformat(told["made_at"]), told["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        raise BadBackup(f"{source} is no backup of Quorate's: its {MANIFEST} cannot be read.") from None
    if not is_known:
        raise BadBackup(f"A newer Quorate made {source}: install that one to restore it.")
    spoilt = [name for name, one in held.items() if not _is_as_told(source / name, one)]
    if spoilt:
        raise BadBackup(
            f"{len(spoilt)} files of {source} are missing or not what they were ({', '.join(spoilt[:3])}): nothing was "
            "restored. Take another backup."
        )
    return made_at, held


def _is_as_told(path: Path, one: Held) -> bool:
    return path.is_file() and path.stat().st_size == one.bytes and hash_file(path) == one.sha256


def _places(settings: Settings, file: Path | None) -> dict[str, Path]:
    """Name in the backup → where it goes, the warehouse last."""
    places = {ARCHIVE: settings.archive, SETTINGS: settings.home / SETTINGS}
    return places if file is None else places | {VAULT: file.with_name(VAULT), WAREHOUSE: file}


def _schemas_in_the_way(settings: Settings, file: Path | None) -> list[str]:
    if file is not None:
        return []
    with open_store(settings.warehouse_url, agreed=settings.parameters) as store, store.reading() as connection:
        try:
            is_empty = version_of(connection) is None
        except Foreign:
            is_empty = False
    return [] if is_empty else ["a warehouse on the server"]


@contextmanager
def _nobody_writes(settings: Settings, file: Path | None) -> Iterator[None]:
    """Hold the warehouse that is replaced, if there is one that can be opened."""
    store: Store | None = None
    if file is None or file.exists():
        try:
            store = open_store(settings.warehouse_url, agreed=settings.parameters)
        except Unavailable:  # the reason for the restoring, it may be
            store = None
    if store is None:
        yield
        return
    with store, store.at_rest() if file else store.writing():
        yield


def _swap(staged: Path, places: dict[str, Path], kept: Path) -> list[str]:
    """Each part takes its place; a DuckDB warehouse is the last, and is never not there."""
    existed = [place for place in places.values() if place.exists()]
    if existed:
        kept.mkdir(mode=0o700, parents=True)
    for name, place in places.items():
        if (staged / name).exists():
            (staged / name).chmod(0o700 if name == ARCHIVE else 0o600)
        if name == WAREHOUSE:
            files.put_in_place(staged / name, place, kept / place.name)
            continue
        if place in existed:
            place.rename(kept / place.name)
        if (staged / name).exists():
            (staged / name).rename(place)
    return [str(kept)] if existed else []


def _load(settings: Settings, dump: Path, now: datetime) -> list[str]:
    with open_store(settings.warehouse_url, agreed=settings.parameters) as store:
        kept = dumps.set_aside(store, now)
        dumps.load(store, dump)
    return kept
