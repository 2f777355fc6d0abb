"""One run over everything that has landed: deliver each file, work out the figures, publish, say what happened.

The sweep is the truth: what lies in the landing zone against what stands in the ledger. It can be run at any
time and as often as one likes; a second run over the same files changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from connectors.agency import Feed, all_feeds
from connectors.isolation import ReaderProcess
from flows.delivery import Outcome, Place, deliver
from flows.settings import Settings
from schemas.table import table_name
from schemas.verdict import JudgementBrokenError
from warehouse import figures, frames, ledger
from warehouse.gate import GateStopped
from warehouse.ledger import Overtaken, Unbalanced
from warehouse.store import Store, open_store

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
    return [Landed(feed, path) for path in here if not path.name.startswith(".") and path.suffix != ".part"]


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


@contextmanager
def place_of(store: Store, settings: Settings) -> Iterator[Place]:
    """Where the deliveries of this partnership go."""
    with reader_of(settings) as reader:
        yield Place(store, settings.archive, reader)


def open_warehouse(settings: Settings) -> Store:
    """Open the partnership's warehouse and make what is missing in it.

    Raises:
        warehouse.store.Locked, warehouse.store.Unavailable: see there.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.warehouse_url)
    store.create()
    return store


def deliver_all(
    files: Iterable[Landed], store: Store, settings: Settings, now: datetime, progress: Progress
) -> list[Outcome]:
    """Deliver files one after another; what goes wrong with one neither hides nor spoils the others."""
    outcomes = []
    with place_of(store, settings) as place:
        for file in files:
            outcome = Outcome(file.feed.name, file.feed.agency, file.path.name, "failed")
            try:
                outcome = deliver(file.path, file.feed, place, now=now)
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
        reached = ledger.periods_reached(connection)
    late = []
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
        return figures.refresh(connection, owed_tables(feeds), as_of)


def as_of(store: Store, today: date) -> date:
    """The day figures are worked out for: the last day of the latest whole month that somebody has spoken for."""
    with store.reading() as connection:
        reached = [day for day in ledger.periods_reached(connection).values() if day is not None]
    whole = today.replace(day=1) - timedelta(days=1)
    return min(max(reached, default=whole), whole)


def nightly(settings: Settings, now: datetime, progress: Progress = lambda _: None) -> Run:
    """The whole nightly run: sweep, deliver, figures, report. `flows.nightly` does the same under Prefect."""
    with open_warehouse(settings) as store:
        files, unknown = landed(settings)
        outcomes = deliver_all(files, store, settings, now, progress)
        return conclude(store, settings, outcomes, unknown, now)


def conclude(store: Store, settings: Settings, outcomes: list[Outcome], unknown: list[str], now: datetime) -> Run:
    """After the deliveries: figures and report if anything changed, and who is late."""
    feeds = owed(settings)
    with store.reading() as connection:
        is_changed = not frames.has_measures(connection)
    is_changed = is_changed or any(outcome.state == "loaded" for outcome in outcomes)
    measures = refresh(store, feeds, as_of(store, now.date())) if is_changed else 0
    report, held_back = None, ""
    if is_changed:
        try:
            report = publish_report(store, settings, now)
        except GateStopped as stopped:
            held_back = str(stopped)
    late = missing(store, feeds, now.date(), settings.grace_days)
    return Run(tuple(outcomes), tuple(late), measures, report, held_back, tuple(unknown))


def publish_report(store: Store, settings: Settings, now: datetime) -> Path:
    """Write the report and the tidy data from the figures as they stand.

    Raises:
        GateStopped: the figures cannot be true; the last report stands.
    """
    from reports.publish import publish  # noqa: PLC0415 - loads the charts, which a quiet night does not need

    return publish(
        store,
        settings.reports,
        partnership=settings.partnership,
        areas=(*settings.compare_with, settings.area_code),
        as_of=as_of(store, now.date()),
        now=now,
        owed={agency for agency, _ in owed_tables(owed(settings))},
        is_synthetic=settings.is_synthetic,
    )
