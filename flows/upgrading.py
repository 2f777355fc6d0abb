"""`quorate migrate`: bringing the warehouse of another release here, or this one back, with everything in it.

A DuckDB warehouse is migrated as a copy, which takes the old one's place when it is whole; the old one is kept. On a
server it is one transaction. What arrived before there were receipts gets them, so that the archive alone can bring
the warehouse back from now on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.agency import all_feeds
from connectors.receipts import Receipt, find_receipt, record_receipt
from flows.backups import warehouse_file
from flows.delivery import chain_of
from flows.settings import Settings
from warehouse import files, ledger
from warehouse.keys import add_key, find_key
from warehouse.migrations.outside import Line, Outside
from warehouse.rekeying import fill_vault, protecting, revealing
from warehouse.schema import create_all
from warehouse.schema_version import HEAD, REVISIONS, version_of
from warehouse.store import Connection, Store, open_store
from warehouse.vault import open_vault

HAS_RECEIPTS: Final = "0002"
"""The revision from which on every delivery has a receipt."""
HAS_PSEUDONYMS: Final = "0002"
"""The revision from which on identifiers are hidden."""
ON_RECEIPTS: Final = tuple(one.name for one in fields(Receipt) if one.name != "control_totals")


class NothingToMigrate(Exception):
    """There is no warehouse, or no such revision. Command line: exit code 2."""


@dataclass(frozen=True)
class Migrated:
    """What a migration did, or would do."""

    begun_at: str
    """The revision that the warehouse had."""
    ended_at: str
    """The revision that it has now."""
    kept: Path | None
    """Where the warehouse lies as it was; None on a server, and where nothing was changed."""
    receipts: int
    """Receipts that deliveries were given."""


class _TriedOutError(Exception):
    """Undoes a migration that was only tried."""


def migrate(
    settings: Settings,
    now: datetime,
    to: str = HEAD,
    *,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Migrated:
    """Bring the warehouse to the revision ``to``, up or down.

    Args:
        settings: whose warehouse.
        now: part of the name under which the old file is kept.
        to: the revision; this release's, if none is named.
        dry_run: do all of it and keep nothing: it shows that it can be done, and how long it takes.
        progress: told of every table.

    Raises:
        NothingToMigrate: there is no warehouse, or no such revision.
        warehouse.schema_version.Foreign: the warehouse is a newer release's, or none of ours.
        warehouse.store.Locked: another process has the warehouse open.
    """
    file = warehouse_file(settings)
    if to not in REVISIONS:
        raise NothingToMigrate(f"There is no revision {to}; there are: {', '.join(REVISIONS)}.")
    if file is not None and not file.exists():
        raise NothingToMigrate(f"There is no warehouse at {file}: nothing to migrate.")
    with open_store(settings.warehouse_url, agreed=settings.parameters) as store:
        with store.reading() as connection:
            version = version_of(connection)
        if version is None:
            raise NothingToMigrate(f"There is no warehouse in {store.shown}: nothing to migrate.")
        if version == to:
            return Migrated(version, to, None, 0)
        archive = None if dry_run else settings.archive
        if file is None:
            receipts = _in_place(store, settings, version, to, now=now, archive=archive, progress=progress)
            return Migrated(version, to, None, receipts)
        with store.at_rest():
            kept = file.with_name(f"{file.stem}.schema-{version}-{now:%Y%m%dT%H%M%S}{file.suffix}")
            moved = _cleared(file.with_name(f"{file.name}.migrating"))
            try:
                files.copy(file, moved)
                with open_store(str(moved)) as there:
                    receipts = _in_place(there, settings, version, to, now=now, archive=archive, progress=progress)
                if version < HAS_PSEUDONYMS <= to:
                    moved = _rewritten(moved, to)
                if not dry_run:
                    files.put_in_place(moved, file, kept)
            finally:
                for left in (moved, file.with_name(f"{file.name}.migrating")):
                    _cleared(left)
    return Migrated(version, to, None if dry_run else kept, receipts)


def _in_place(
    store: Store,
    settings: Settings,
    version: str,
    to: str,
    *,
    now: datetime,
    archive: Path | None,
    progress: Callable[[str], None],
) -> int:
    """All of it in one transaction, which is undone if there is no archive to write receipts to; returns how many."""
    from warehouse.migrations.moving import move  # noqa: PLC0415 - alembic is needed on this day only

    receipts = 0
    try:
        with outside_of(store, settings, version, progress) as outside, store.writing() as connection:
            move(connection, outside, to)
            if to >= HAS_PSEUDONYMS > version:
                add_key(connection, find_key(settings.key_path), now)
            if to >= HAS_RECEIPTS:
                receipts = _give_receipts(connection, archive)
            if to == HEAD:
                create_all(connection)  # the views, which no migration makes
            if archive is None and store.dialect == "postgresql":
                raise _TriedOutError
    except _TriedOutError:
        pass
    return receipts


def _rewritten(moved: Path, revision: str) -> Path:
    """The same rows in a file of their own: the freed pages of the old one still hold identifiers in clear."""
    fresh = _cleared(moved.with_suffix(".rewritten"))
    files.rewrite(moved, fresh, revision)
    return fresh


def _cleared(file: Path) -> Path:
    for left in (file, files.log_of(file)):
        left.unlink(missing_ok=True)
    return file


@contextmanager
def outside_of(store: Store, settings: Settings, version: str, progress: Callable[[str], None]) -> Iterator[Outside]:
    """What a migration needs besides the database; identifiers that it will hide are in the vault when it begins."""
    key = find_key(settings.key_path)
    with open_vault(store) as vault:
        if version < HAS_PSEUDONYMS:
            with store.reading() as connection:
                fill_vault(connection, vault, key)
        yield Outside(_chain_of, _revision_of, protecting(key), revealing(vault, key), progress)


def _chain_of(line: Line) -> str:
    """As for a delivery that arrives today; of a feed that is no more, every file stands alone."""
    feed = all_feeds().get(line["feed"])
    if feed is None:
        return f"{line['feed']}:{line['sha256']}"
    period = (line["period_from"], line["period_to"]) if line["period_from"] and line["period_to"] else None
    return chain_of(feed, _receipt_of({**line, "sequence": 0, "attempt": 1}), period)


def _revision_of(line: Line) -> int | None:
    feed = all_feeds().get(line["feed"])
    named = re.search(feed.revision, line["file_name"]) if feed else None
    return int(named[1]) if named else None


def _receipt_of(line: Line) -> Receipt:
    return Receipt(**{name: line[name] for name in ON_RECEIPTS})


def _give_receipts(connection: Connection, archive: Path | None) -> int:
    """A receipt for every delivery; returns how many there are now.

    A delivery that has one already, from before a migration down, takes its attempt from it, and its place from the
    receipt of the first attempt: a file arrives once.
    """
    lines = ledger.in_order(connection)
    if archive is None:
        return len(lines)
    for line in lines:
        kept = record_receipt(archive, _receipt_of(line))
        first = find_receipt(archive, ledger.delivery_id_of(kept.feed, kept.sha256)) or kept
        if (first.sequence, kept.attempt) != (line["sequence"], line["attempt"]):
            ledger.follow(connection, kept.delivery_id, first.sequence, kept.attempt)
    return len(lines)
