"""One run over everything that has landed: deliver each file, work out the figures, publish, say what happened.

The sweep is the truth: what lies in the landing zone against what stands in the ledger. It can be run at any
time and as often as one likes; a second run over the same files changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from connectors import manifest
from connectors.agency import Feed, all_feeds
from connectors.archive import remove_abandoned
from connectors.isolation import ReaderProcess
from connectors.reading import Unreadable
from connectors.receipts import Receipt
from flows import agreements, answering, landing, logs, notices, publication, quarantine
from flows.ahead import looking_ahead
from flows.delivery import Outcome, Place, deliver, take_in
from flows.landing import Landed
from flows.lost import refuse_where_empty, refuse_where_gone
from flows.patience import patiently
from flows.settings import Settings
from schemas.table import table_name
from schemas.verdict import JudgementBrokenError
from warehouse import dossier, figures
from warehouse.dossier import Held
from warehouse.keys import Key, find_key, recognise, register
from warehouse.ledger import Overtaken, Unbalanced
from warehouse.owing import Owed
from warehouse.publications import Accepted
from warehouse.refreshing import How
from warehouse.store import Store, open_store
from warehouse.vault import open_vault
from warehouse.views import show_rows

Progress = Callable[[Outcome], None]
"""Told of every file as soon as it is dealt with."""


@dataclass(frozen=True)
class Run:
    """What one run did."""

    outcomes: tuple[Outcome, ...]
    missing: tuple[Owed, ...]
    """Who owes a return that is overdue, or never sent any; not who is let be."""
    measures: int
    """Figures worked out; 0 where nothing had changed."""
    report: Path | None
    """The report written; None where nothing had changed."""
    held_back: str
    """Why the gate held the publication back; empty where it did not."""
    unknown: tuple[str, ...]
    """Folders of the landing zone that no connector is named after: nothing in them is read."""
    notes: tuple[str, ...] = ()
    """What somebody should see to besides."""
    held: tuple[Held, ...] = ()
    """Deliveries that wait for a person, since this night or longer."""
    unreached: tuple[str, ...] = ()
    """Remote places that could not be read, with the reason."""
    feedback: tuple[Path, ...] = ()
    """What was written for agencies: `flows.feedback`."""


def landed(settings: Settings) -> tuple[list[Landed], list[str]]:
    """The whole files of the landing zone in the order they are loaded, and the folders that no connector knows."""
    seen = landing.settled(settings)
    return list(seen.ready), list(seen.unknown)


def arrived(folder: Path, feed: Feed, settings: Settings) -> list[Landed]:
    """A feed's whole files in a folder, by name."""
    return list(landing.settled_in(folder, feed, settings).ready)


def owed(settings: Settings) -> list[Feed]:
    """The feeds the partnership has agreed on: `flows.agreements` has what was agreed."""
    return agreements.feeds(settings)


def owed_tables(feeds: Iterable[Feed]) -> list[tuple[str, str]]:
    """(agency, table) of every return that is owed, for the coverage of figures."""
    return sorted({(feed.agency, table_name(stream.table)) for feed in feeds for stream in feed.streams})


@contextmanager
def reader_of(settings: Settings) -> Iterator[ReaderProcess]:
    """The process that reads files, with the limits of the settings."""
    memory = int(settings.reader_memory_gib * 2**30)
    with ReaderProcess(memory, settings.reader_seconds) as reader:
        yield reader


def key_of(store: Store, settings: Settings) -> Key:
    """The partnership's key, which is the one that its warehouse was written with.

    Raises:
        warehouse.keys.KeyTrouble: there is none, or it is another.
    """
    key = find_key(settings.key_path)
    with store.reading() as connection:
        recognise(connection, key)
    return key


@contextmanager
def place_of(store: Store, settings: Settings) -> Iterator[Place]:
    """Where the deliveries of this partnership go.

    Raises:
        warehouse.keys.KeyTrouble: see `key_of`.
    """
    key = key_of(store, settings)
    with reader_of(settings) as reader, open_vault(store) as vault:
        limits = {feed: settings.limits_of(feed) for feed in all_feeds()}
        yield Place(store, settings.archive, reader, vault, key, limits)


def open_warehouse(settings: Settings) -> Store:
    """Open the partnership's warehouse and make what is missing in it. No key, no start.

    Raises:
        warehouse.keys.KeyTrouble: there is no key, or it is not the warehouse's.
        flows.lost.Lost: there was a warehouse, and it is not here.
        warehouse.store.Locked, warehouse.store.Unavailable: see there.
    """
    key = find_key(settings.key_path)
    refuse_where_gone(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.warehouse_url, agreed=settings.parameters)
    try:
        with store.reading() as connection:
            refuse_where_empty(connection, settings)
        store.create()
        with store.writing() as connection:
            register(connection, key, datetime.now())
    except BaseException:
        store.close()  # or a DuckDB file would stay locked for as long as this process lives
        raise
    return store


def deliver_all(
    files: Iterable[Landed], store: Store, settings: Settings, now: datetime, progress: Progress
) -> list[Outcome]:
    """Deliver files one after another; what goes wrong with one neither hides nor spoils the others."""
    outcomes = []
    files = list(files)
    for folder in (settings.archive, settings.landing):
        remove_abandoned(folder, time.time())
    with (
        place_of(store, settings) as here,
        looking_ahead(here, [(file.path, file.feed) for file in files]) as place,
    ):
        for file in files:
            outcome = deliver_one(file, place, now)
            outcomes.append(outcome)
            progress(outcome)
    return outcomes


def deliver_one(file: Landed, place: Place, now: datetime) -> Outcome:
    """Deliver a file; what is wrong with it, or with us, is in its outcome. What is wrong with the place is raised."""

    def do() -> Outcome:
        return deliver(file.path, file.feed, place, now=now, control_totals=manifest.beside(file.path))

    return _told(do, Outcome(file.feed.name, file.feed.agency, file.path.name, "failed"), file.path)


def finish_one(receipt: Receipt, feed: Feed, place: Place, now: datetime) -> Outcome:
    """Go on with a file that has arrived, from its archived bytes; as for `deliver_one`."""

    def do() -> Outcome:
        return take_in(receipt, feed, place, now=max(now, receipt.received_at))

    return _told(do, Outcome(feed.name, feed.agency, receipt.file_name, "failed", receipt.delivery_id))


def _told(do: Callable[[], Outcome], failed: Outcome, path: Path | None = None) -> Outcome:
    try:
        return logs.told(do())
    except Unreadable as refusal:
        return logs.told(replace(failed, state="refused", refused_because=refusal.rule, says=str(refusal)))
    except (Unbalanced, JudgementBrokenError, Overtaken) as bug:
        return logs.told(replace(failed, says=str(bug)))
    except (PermissionError, FileNotFoundError) as failure:
        if path is None or failure.filename != str(path):  # the archive or the warehouse: every file would fail
            raise
        says = "The file cannot be opened: check who may read it, and that it was not taken away."
        return logs.told(replace(failed, state="refused", refused_because="file.closed", says=says))


def refresh(store: Store, feeds: Iterable[Feed], as_of: date) -> int:
    """Work out every figure again; returns how many there are."""
    with store.writing() as connection:
        measures = figures.refresh(connection, owed_tables(feeds), as_of)
        show_rows(connection)
    return measures


def as_of(store: Store, today: date) -> date:
    """The day figures are worked out for: the last day of the latest whole month that somebody has spoken for."""
    with store.reading() as connection:
        return publication.latest_whole_month(connection, today)


def nightly(settings: Settings, now: datetime, progress: Progress = lambda _: None) -> Run:
    """The whole nightly run: fetch, sweep, deliver, figures, report. `flows.nightly` does the same under Prefect."""
    unreached, left = fetch(settings)
    with patiently(lambda: open_warehouse(settings)) as store:
        seen = landing.settled(settings)
        outcomes = deliver_all(seen.ready, store, settings, now, progress)
        run = conclude(store, settings, outcomes, list(seen.unknown), now)
        return replace(run, notes=(*run.notes, *left, *seen.passed_over), unreached=unreached)


def fetch(settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Bring what is new at remote places into the landing zone; returns whom we did not reach, and what was left."""
    if not settings.remotes:
        return (), ()
    from flows.fetching import fetch_all  # noqa: PLC0415 - most partnerships fetch from nowhere

    done = fetch_all(settings)
    troubled = tuple(f"{one.remote}: {one.trouble}" for one in done if one.trouble)
    return troubled, tuple(f"{one.remote}: {note}" for one in done for note in one.notes)


def conclude(store: Store, settings: Settings, outcomes: list[Outcome], unknown: list[str], now: datetime) -> Run:
    """After the deliveries: what agencies get back, figures and report if they are due, who is late, who is told."""
    quarantine.expire(store, now.date())
    issued = answering.answer(
        store, settings, now, outcomes
    )  # before the analysts' copy, which is then of what it told
    if publication.is_due(store):
        done = publish(store, settings, now)
    else:
        report, notes = publication.complete(store, settings, now)
        done = publication.Published(report=report, notes=notes)
    late = [one for one in agreements.escalate(store, settings, now) if one.is_chased]
    untold = notices.tell(store, settings, now, notices.channels(settings))
    with store.reading() as connection:
        held = dossier.held(connection)
    return Run(
        tuple(outcomes),
        tuple(late),
        done.measures,
        done.report,
        done.held_back,
        tuple(unknown),
        (*done.notes, *untold),
        held,
        feedback=issued,
    )


def report(store: Store, settings: Settings, now: datetime, restricted: publication.Asked | None = None) -> Path:
    """Write the report of the latest publication again, or its restricted edition."""
    return publication.write_again(store, settings, now, restricted)


def publish(
    store: Store,
    settings: Settings,
    now: datetime,
    accepted: Accepted | None = None,
    *,
    how: How = "as it pays",
) -> publication.Published:
    """Work out the figures, publish them and write the report; `flows.publication` has the steps."""
    return publication.publish(store, settings, owed_tables(owed(settings)), now, accepted, how=how)
