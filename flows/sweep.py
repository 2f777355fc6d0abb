"""One run over everything that has landed: deliver each file, work out the figures, publish, say what happened.

The sweep is the truth: what lies in the landing zone against what stands in the ledger. It can be run at any
time and as often as one likes; a second run over the same files changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from connectors import manifest
from connectors.agency import Feed, all_feeds
from connectors.archive import remove_abandoned
from connectors.isolation import ReaderProcess
from connectors.reading import Unreadable
from flows import publication, quarantine
from flows.ahead import looking_ahead
from flows.delivery import Outcome, Place, deliver
from flows.lost import refuse_where_empty, refuse_where_gone
from flows.settings import Settings
from schemas.table import table_name
from schemas.verdict import JudgementBrokenError
from warehouse import dossier, figures, ledger
from warehouse.dossier import Held
from warehouse.keys import Key, find_key, recognise, register
from warehouse.ledger import Overtaken, Unbalanced
from warehouse.publications import Accepted
from warehouse.refreshing import How
from warehouse.store import Connection, Store, open_store
from warehouse.vault import open_vault
from warehouse.views import show_rows

Progress = Callable[[Outcome], None]
"""Told of every file as soon as it is dealt with."""


@dataclass(frozen=True)
class Landed:
    """A file in the landing zone."""

    feed: Feed
    path: Path


@dataclass(frozen=True)
class Missing:
    """A feed that is owed and has not come, or not for long enough."""

    feed: str
    agency: str
    last_period: date | None
    """Last day of the latest month it has spoken for; None: never."""
    due_for: date
    """Last day of the period that should be here by now."""


@dataclass(frozen=True)
class Run:
    """What one run did."""

    outcomes: tuple[Outcome, ...]
    missing: tuple[Missing, ...]
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


def landed(settings: Settings) -> tuple[list[Landed], list[str]]:
    """The files of the landing zone in the order they are loaded, and the folders that no connector knows."""
    feeds, files, unknown = all_feeds(), [], []
    folders = sorted(path for path in settings.landing.iterdir() if path.is_dir()) if settings.landing.is_dir() else []
    for folder in folders:
        feed = feeds.get(folder.name)
        if feed is None:
            unknown.append(folder.name)
            continue
        files += arrived(folder, feed)
    return files, unknown


def arrived(folder: Path, feed: Feed) -> list[Landed]:
    """A feed's files in a folder, by name; one that begins with a dot or ends in ``.part`` is still on its way."""
    here = (path for path in sorted(folder.glob(feed.files)) if path.is_file())
    here = (path for path in here if not path.name.startswith(".") and path.suffix != ".part")
    return [Landed(feed, path) for path in here if not manifest.is_manifest(path.name)]


def owed(settings: Settings) -> list[Feed]:
    """The feeds the partnership has agreed on: those with a folder in the landing zone."""
    return [feed for name, feed in all_feeds().items() if (settings.landing / name).is_dir()]


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
    remove_abandoned(settings.archive, time.time())
    with (
        place_of(store, settings) as here,
        looking_ahead(here, [(file.path, file.feed) for file in files]) as place,
    ):
        for file in files:
            outcome = Outcome(file.feed.name, file.feed.agency, file.path.name, "failed")
            try:
                totals = manifest.beside(file.path)
                outcome = deliver(file.path, file.feed, place, now=now, control_totals=totals)
            except Unreadable as refusal:
                outcome = replace(outcome, state="refused", refused_because=refusal.rule, says=str(refusal))
            except (Unbalanced, JudgementBrokenError, Overtaken) as bug:
                outcome = replace(outcome, says=str(bug))
            except (PermissionError, FileNotFoundError) as failure:
                if failure.filename != str(file.path):  # the archive or the warehouse: every file would fail
                    raise
                says = "The file cannot be opened: check who may read it, and that it was not taken away."
                outcome = replace(outcome, state="refused", refused_because="file.closed", says=says)
            outcomes.append(outcome)
            progress(outcome)
    return outcomes


def missing(store: Store, feeds: Iterable[Feed], today: date, grace_days: int) -> list[Missing]:
    """The owed feeds whose latest delivery does not reach the last period that is due."""
    with store.reading() as connection:
        return missing_by(connection, feeds, today, grace_days)


def missing_by(connection: Connection, feeds: Iterable[Feed], today: date, grace_days: int) -> list[Missing]:
    """`missing`, by what a connection can see: the warehouse as it is, or as it was known."""
    reached, late = ledger.periods_reached(connection), []
    for feed in feeds:
        due = due_for(feed, today, grace_days)
        last = reached.get(feed.name)
        # A feed whose rows belong to no period, such as published statistics, is late only if it never came.
        if feed.name not in reached or (due is not None and last is not None and last < due):
            late.append(Missing(feed.name, feed.agency, last, due or today))
    return late


def due_for(feed: Feed, today: date, grace_days: int) -> date | None:
    """Last day of the latest period whose file should be here; None: it is owed once."""
    end = (today - timedelta(days=grace_days)).replace(day=1) - timedelta(days=1)
    if feed.every == "once":
        return None
    while (feed.every == "quarter" and end.month % 3) or (feed.every == "year" and end.month != 3):
        end = end.replace(day=1) - timedelta(days=1)
    return end


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
    """The whole nightly run: sweep, deliver, figures, report. `flows.nightly` does the same under Prefect."""
    with open_warehouse(settings) as store:
        files, unknown = landed(settings)
        outcomes = deliver_all(files, store, settings, now, progress)
        return conclude(store, settings, outcomes, unknown, now)


def conclude(store: Store, settings: Settings, outcomes: list[Outcome], unknown: list[str], now: datetime) -> Run:
    """After the deliveries: figures and report if anything is not published yet, and who is late."""
    feeds = owed(settings)
    quarantine.expire(store, now.date())
    if publication.is_due(store):
        done = publish(store, settings, now)
    else:
        report, notes = publication.complete(store, settings, owed_tables(feeds), now)
        done = publication.Published(report=report, notes=notes)
    late = missing(store, feeds, now.date(), settings.grace_days)
    with store.reading() as connection:
        held = dossier.held(connection)
    return Run(
        tuple(outcomes), tuple(late), done.measures, done.report, done.held_back, tuple(unknown), done.notes, held
    )


def report(store: Store, settings: Settings, now: datetime, restricted: publication.Asked | None = None) -> Path:
    """Write the report of the latest publication again, or its restricted edition."""
    return publication.write_again(store, settings, owed_tables(owed(settings)), now, restricted)


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
