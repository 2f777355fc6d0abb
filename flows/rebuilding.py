"""Making the warehouse anew from the archive: what arrived and what was decided, in the order it happened.

The replay goes the way every delivery goes, with the instants of the receipts, into an empty warehouse; only when it
is whole does it take the place of the old one, which is kept beside it. The archive is read and not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from connectors.agency import all_feeds
from connectors.archive import DamagedArchiveError, hash_file, locate
from connectors.receipts import Decision, Entry, Receipt, read_all
from flows import agreements, decisions, identities, sweep
from flows.decisions import Undecidable
from flows.delivery import Place, take_in
from flows.quarantine import apply_waiver
from flows.settings import Settings
from warehouse import ledger, owing, quarantine
from warehouse.carrying_over import carry_over, last_day_counted
from warehouse.files import log_of, put_in_place
from warehouse.fingerprint import differences, fingerprint
from warehouse.keys import find_key, register
from warehouse.ledger import Overtaken
from warehouse.schema_version import require_current, require_empty
from warehouse.store import Store, Unavailable, open_store

Progress = Callable[[int, int], None]
"""Told how many of how many receipts and decisions are done."""
Decide = Callable[[Place, Decision], object]


def _about_a_delivery(carry_out: Callable[..., object]) -> Decide:
    return lambda place, one: carry_out(place, one.subject, by=one.by, why=one.why, at=one.at)


def _waive(place: Place, one: Decision) -> int:
    with place.store.writing() as connection:
        return apply_waiver(connection, one)


DECIDE: Final[Mapping[str, Decide]] = {
    "withdraw": _about_a_delivery(decisions.withdraw),
    "release": _about_a_delivery(decisions.release),
    "reprocess": _about_a_delivery(decisions.reprocess),
    "waive": _waive,
    "confirm": identities.carry_out,
    "reject": identities.carry_out,
    **dict.fromkeys(owing.WORDS, lambda place, one: agreements.carry_out(place.store, one)),
}
"""Kind of decision → what carries it out. What is not here is no matter of what the warehouse holds."""


class Unrebuildable(Exception):
    """The archive cannot bring the warehouse back, or there is no place for it. Command line: exit code 2."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did."""

    warehouse: str
    """Where it is, as it may be shown."""
    receipts: int
    decisions: int
    rows: int
    """Rows of facts and of their history."""
    differences: tuple[str, ...] | None
    """Tables that are not as they were; None: there was no sound warehouse to compare with."""
    passed_over: tuple[str, ...]
    """Receipts and decisions that had no effect, and why."""
    kept: Path | None
    """Where the old warehouse lies now."""


def rebuild(
    settings: Settings, now: datetime, into: str = "", progress: Progress = lambda _done, _all: None
) -> Rebuilt:
    """Replay the archive into an empty warehouse.

    Args:
        settings: whose archive, and which warehouse.
        now: the day that counts as today; part of the kept file's name.
        into: address of an empty database; empty: the DuckDB warehouse itself is replaced.
        progress: told after every entry.

    Raises:
        Unrebuildable: there is nothing to replay, or no place for it.
        DamagedArchiveError: the archive is not whole; nothing was changed.
        warehouse.store.Locked: another process has the warehouse open.
    """
    entries = _whole_archive(settings.archive)
    file = None if into else _file_of(settings)
    with _sound(settings) as old:
        with open_store(into or f"duckdb:///{_cleared(_fresh(file))}", agreed=settings.parameters) as new:
            with new.reading() as connection:
                require_empty(connection)
            new.create()
            with new.writing() as connection:
                register(connection, find_key(settings.key_path), now)
            passed_over = _replay(entries, new, settings, progress)
            compared, rows = _conclude(old, new, settings, now)
            shown = new.shown
        kept = None
        if file is not None:
            kept = _replace(old, file, now)
            shown = str(file)
    receipts = sum(isinstance(entry, Receipt) for entry in entries)
    return Rebuilt(shown, receipts, len(entries) - receipts, rows, compared, tuple(passed_over), kept)


def _whole_archive(archive: Path) -> list[Entry]:
    """Everything to replay; what is missing is found now and not half-way."""
    entries, feeds = read_all(archive), all_feeds()
    if not entries:
        raise Unrebuildable(f"{archive} holds no receipts, so there is nothing to rebuild from.")
    for entry in entries:
        if not isinstance(entry, Receipt):
            continue
        if entry.feed not in feeds:
            raise Unrebuildable(f"No connector is named {entry.feed} any more: bring it back, then rebuild.")
        bytes_ = locate(archive, entry.sha256)
        if not bytes_.is_file() or hash_file(bytes_) != entry.sha256:
            raise DamagedArchiveError(
                f"The archive's file {entry.sha256} ({entry.feed}) is missing or not what it was: "
                "restore it from a backup, then rebuild."
            )
    return entries


def _file_of(settings: Settings) -> Path:
    file = settings.warehouse_url.removeprefix("duckdb:///")
    if "://" in file:
        raise Unrebuildable("On a server give an empty database: `quorate rebuild --into postgresql://…/new`.")
    return Path(file)


def _fresh(file: Path | None) -> Path:
    return Path(f"{file}.rebuilding")


def _cleared(file: Path) -> Path:
    """What an earlier rebuild left half-done goes."""
    for left in (file, log_of(file)):
        left.unlink(missing_ok=True)
    return file


@contextmanager
def _sound(settings: Settings) -> Iterator[Store | None]:
    """The warehouse as it stands, held so that nobody writes meanwhile; None: there is none, or none that is sound."""
    file = settings.warehouse_url.removeprefix("duckdb:///")
    if "://" not in file and not Path(file).exists():
        yield None
        return
    try:
        store = open_store(settings.warehouse_url, agreed=settings.parameters)
    except Unavailable:
        yield None
        return
    with store:
        try:
            with store.reading() as connection:
                require_current(connection)
            sound = True
        except Unavailable:
            sound = False
        yield store if sound else None


def _replay(entries: list[Entry], new: Store, settings: Settings, progress: Progress) -> list[str]:
    """Everything once more, in order; returns what had no effect."""
    passed_over = []
    with sweep.place_of(new, settings) as usual, _mirrored(settings.archive) as archive:
        place = replace(usual, archive=archive)
        for number, entry in enumerate(entries, start=1):
            says = _arrive(entry, place) if isinstance(entry, Receipt) else _decide(entry, place)
            if says:
                passed_over.append(says)
            progress(number, len(entries))
    return passed_over


@contextmanager
def _mirrored(archive: Path) -> Iterator[Path]:
    """The archive to replay from: its files and receipts, and room for decisions to be written a second time."""
    with TemporaryDirectory(prefix="quorate-rebuild-") as folder:
        mirror = Path(folder)
        (mirror / "receipts").mkdir()
        for path in (*archive.glob("??"), *archive.glob("receipts/*.json")):
            (mirror / path.relative_to(archive)).symlink_to(path.absolute())
        yield mirror


def _arrive(receipt: Receipt, place: Place) -> str:
    """Take a file in as when it arrived; one that was read again is brought by the decision to read it again."""
    if receipt.attempt == 1:
        take_in(receipt, all_feeds()[receipt.feed], place, now=receipt.received_at)
        return ""
    with place.store.reading() as connection:
        known = ledger.find(connection, receipt.delivery_id)
    return "" if known else f"receipt {receipt.sequence}: nobody had the file read again"


def _decide(decision: Decision, place: Place) -> str:
    carry_out = DECIDE.get(decision.kind)
    if carry_out is None:
        return ""
    try:
        carry_out(place, decision)
    except (Undecidable, Overtaken) as without_effect:
        return f"decision {decision.sequence} ({decision.kind}): {without_effect}"
    return ""


def _conclude(old: Store | None, new: Store, settings: Settings, now: datetime) -> tuple[tuple[str, ...] | None, int]:
    """Figures as of the day they were worked out for; then how the two warehouses differ, and the rows there are."""
    with new.writing() as connection:
        quarantine.expire(connection, now.date())
    before = carry_over(old, new)
    sweep.refresh(new, sweep.owed(settings), last_day_counted(old) or sweep.as_of(new, now.date()))
    with new.reading() as connection:
        after = fingerprint(connection)
    rows = sum(one.rows for name, one in after.items() if name.startswith(("facts.", "history.")))
    return (None if before is None else tuple(differences(before, after))), rows


def _replace(old: Store | None, file: Path, now: datetime) -> Path | None:
    """Put the new warehouse in place while the old one is still held, so that no run begins between the two."""
    kept = file.with_name(f"{file.stem}.before-rebuild-{now:%Y%m%dT%H%M%S}{file.suffix}")
    existed = file.exists()
    if old is None:
        put_in_place(_fresh(file), file, kept)
    else:
        with old.at_rest():
            put_in_place(_fresh(file), file, kept)
    return kept if existed else None
