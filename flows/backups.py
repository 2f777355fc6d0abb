"""A copy of all that a partnership must not lose: warehouse, vault, archive and settings.

A backup is a folder with a manifest of hashes. It is made while the warehouse is held, so that all its parts are of
one instant. The key of the pseudonyms is not in it: keep that elsewhere, and never beside the backup.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from connectors.archive import BLOCK, DamagedArchiveError, hash_file, sync_folder
from flows.settings import Settings
from warehouse import dumps, files
from warehouse.schema_version import require_current
from warehouse.store import open_store

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
WAREHOUSE: Final = "warehouse.duckdb"
VAULT: Final = "vault.duckdb"
DUMP: Final = "warehouse.pgdump"
SETTINGS: Final = "quorate.toml"

Progress = Callable[[int, int], None]
"""Told how many of how many files are done."""


class BadBackup(Exception):
    """There is no backup, it is not whole, or something is in its way. Command line: exit code 2."""


@dataclass(frozen=True)
class Held:
    """One file of a backup, as its manifest has it."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds."""

    folder: Path
    files: int
    bytes: int


def backup(settings: Settings, target: Path, now: datetime, progress: Progress = lambda _done, _all: None) -> BackedUp:
    """Copy everything into the new folder ``target``, which is whole when it is there.

    Raises:
        BadBackup: there is something at ``target``, or there is no warehouse.
        DamagedArchiveError: a file of the archive is not what it was.
        warehouse.store.Locked: another process has the warehouse open.
        warehouse.store.Unavailable: the warehouse cannot be read, or PostgreSQL's programs failed.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadBackup(f"{target} is not empty: give a new folder for every backup.")
    arriving = target.with_name(f".{target.name}.arriving")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(mode=0o700, parents=True)
    try:
        held = _fill(settings, arriving, progress)
        _write_manifest(arriving / MANIFEST, held, now)
        if target.exists():
            target.rmdir()
        arriving.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return BackedUp(target, len(held), sum(one.bytes for one in held.values()))


def warehouse_file(settings: Settings) -> Path | None:
    """The file of a DuckDB warehouse; None: it is on a server."""
    file = settings.warehouse_url.removeprefix("duckdb:///")
    return None if "://" in file else Path(file)


def copy_hashed(source: Path, target: Path) -> Held:
    """Copy a file to the disk itself, readable by its owner only; returns what was copied."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with source.open("rb") as reading, target.open("xb") as writing:
        os.fchmod(writing.fileno(), 0o400)
        while block := reading.read(BLOCK):
            digest.update(block)
            size += writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return Held(digest.hexdigest(), size)


def _fill(settings: Settings, folder: Path, progress: Progress) -> dict[str, Held]:
    held: dict[str, Held] = {}
    with _warehouse_copied(settings, folder):
        for path in folder.iterdir():
            held[path.name] = Held(hash_file(path), path.stat().st_size)
        chosen = _chosen(settings)
        for number, (name, source) in enumerate(chosen.items(), start=1):
            held[name] = copy_hashed(source, folder / name)
            is_filed = len(source.parent.name) == 2
            if is_filed and held[name].sha256 != source.name:
                raise DamagedArchiveError(
                    f"The archive's file {source.name} is not what it was: restore it from an earlier backup, then "
                    "make this one."
                )
            progress(number, len(chosen))
    return held


@contextmanager
def _warehouse_copied(settings: Settings, folder: Path) -> Iterator[None]:
    """Warehouse and vault are in ``folder``, and nobody writes to them within the block."""
    file = warehouse_file(settings)
    if file is not None and not file.exists():
        raise BadBackup(f"There is no warehouse at {file}: nothing to back up.")
    with ExitStack() as stack:
        store = stack.enter_context(open_store(settings.warehouse_url, agreed=settings.parameters))
        if file is None:
            require_current(stack.enter_context(store.writing()))
            dumps.dump(store, folder / DUMP)
        else:
            with store.reading() as connection:
                require_current(connection)
            files.copy(stack.enter_context(store.at_rest()), folder / WAREHOUSE)
            if file.with_name(VAULT).exists():
                vault = stack.enter_context(open_store(str(file.with_name(VAULT))))
                files.copy(stack.enter_context(vault.at_rest()), folder / VAULT)
        yield


def _chosen(settings: Settings) -> dict[str, Path]:
    """Name in the backup → file: the archive's, without what is still arriving, and the settings."""
    found = {
        f"archive/{path.relative_to(settings.archive)}": path
        for pattern in ("??/*", "receipts/*.json", "decisions/*.json", "editions/*.json")
        for path in sorted(settings.archive.glob(pattern))
        if not path.name.startswith(".")
    }
    if (settings.home / SETTINGS).exists():
        found[SETTINGS] = settings.home / SETTINGS
    return found


def _write_manifest(path: Path, held: dict[str, Held], now: datetime) -> None:
    told = {"format": FORMAT, "made_at": now.isoformat(), "files": {name: asdict(one) for name, one in held.items()}}
    with path.open("x", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
