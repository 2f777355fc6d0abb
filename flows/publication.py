"""Publishing: work the figures out, hold them to gate and audit, record them; then the report and the analysts' copy.

Figures, their publication and what became of the deliveries are one transaction: what the schema ``reporting`` shows
is what was published last. Report and copy are made from it afterwards, and made again if a run was cut short there.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.receipts import Decision, record_decision
from flows import agreements, answering
from flows.settings import Settings
from warehouse import definitions, figures, frames, ledger, outbox, publications, readers, snapshot
from warehouse.audit import Auditor, AuditStopped, audit
from warehouse.breaches import Shown
from warehouse.disclosure import Edition
from warehouse.gate import GateStopped, pass_figures
from warehouse.publications import Accepted, Proposed
from warehouse.refreshing import How
from warehouse.store import Connection, Store
from warehouse.views import show_rows

if TYPE_CHECKING:
    import pandas as pd

REFRESHED: Final = "quorate.metrics.refreshed"
Expected = Iterable[tuple[str, str]]
"""(agency, table) of every return that is owed."""


@dataclass(frozen=True)
class Published:
    """What publishing did."""

    measures: int = 0
    """Figures worked out."""
    report: Path | None = None
    """The report, where it was written."""
    held_back: str = ""
    """Why nothing was published; empty where it was."""
    notes: tuple[str, ...] = ()
    """What somebody should see to; the publication stands."""
    was_accepted: bool = False
    """A person's word let it through; without one, or where nothing was held, it went out by itself."""
    edition: Edition | None = None
    """What the report shows, worked out when it was recorded."""


@dataclass(frozen=True)
class Asked:
    """Who wants the edition with small numbers, and why."""

    by: str
    why: str


class NothingPublished(Exception):
    """There is nothing to report on. Command line: exit code 2."""


def is_due(store: Store) -> bool:
    """Something was loaded or withdrawn that no publication has shown."""
    with store.reading() as connection:
        return publications.is_due(connection)


def is_due_again(store: Store) -> bool:
    """`is_due`, and it is not what was held already: to hold that once more would be a failed run every few minutes."""
    with store.reading() as connection:
        return publications.is_due(connection) and not publications.waits_for_a_person(connection)


def is_written(store: Store, settings: Settings) -> bool:
    """The report is that of the latest publication, or there is none."""
    from reports.publish import shown_in  # noqa: PLC0415 - as below

    with store.reading() as connection:
        last = publications.latest(connection)
    return last is None or shown_in(settings.reports) == last["publication_id"]


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Look for garbage afterwards: among the hundreds of thousands of small things that figures are worked out and
    hidden by, looking takes up to a third of the time and finds next to none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def publish(
    store: Store,
    settings: Settings,
    expected: Expected,
    now: datetime,
    accepted: Accepted | None = None,
    *,
    how: How = "as it pays",
) -> Published:
    """Work the figures out anew and publish them, or hold them back; the same figures twice are one publication.

    Args:
        store: the warehouse.
        settings: where report and copy go, and the audit's limits.
        expected: what is owed.
        now: when.
        accepted: a person publishes what the audit held before, if it is still the same.
        how: from the beginning, without what was kept of the time before, or as it pays.
    """
    done = renew(store, settings, expected, now, accepted, how=how)
    if done.held_back:
        return done
    report, notes = complete(store, settings, now, is_new=True, edition=done.edition)
    return replace(done, report=report, notes=notes)


@_collecting_later()
def renew(
    store: Store,
    settings: Settings,
    expected: Expected,
    now: datetime,
    accepted: Accepted | None = None,
    *,
    how: How = "as it pays",
    auditor: Auditor | None = None,
) -> Published:
    """The first half of `publish`: figures, gate, audit and record are one transaction. `complete` is the other.

    ``auditor``: one that has been got ready before.
    """
    stopped = None
    with store.reading() as connection:
        day = latest_whole_month(connection, now.date())
        has_something_to_compare = publications.latest(connection) is not None
    try:
        with auditor or Auditor() as asked, store.writing() as connection:
            if has_something_to_compare:
                asked.get_ready()
            written = figures.refresh(connection, expected, day, how)
            definitions.record(connection, now)
            proposed, measures = publications.propose(connection, day), frames.measures(connection)
            try:
                was_accepted = _let_through(
                    connection, proposed, settings, accepted, now, measures=measures, auditor=asked
                )
            except GateStopped as found:
                stopped = found
                raise  # the figures are undone: those published last stand
            edition, shown = _shown(proposed, measures, settings)
            recorded = publications.record(connection, proposed, now, was_accepted, shown)
            show_rows(connection)
            told = {"figures": written, "changed": recorded.changed, "as_of": day.isoformat()}
            # figures that come again are an event of their own
            told["number"] = outbox.count_named(connection, REFRESHED) + 1
            ledger.tell(connection, REFRESHED, proposed.publication_id, now, told)
    except GateStopped:
        with store.writing() as connection:
            publications.hold(connection, proposed, now, str(stopped))
        return Published(written, held_back=str(stopped))
    return Published(written, was_accepted=was_accepted is not None, edition=edition)


def complete(
    store: Store, settings: Settings, now: datetime, *, is_new: bool = False, edition: Edition | None = None
) -> tuple[Path | None, tuple[str, ...]]:
    """Report, analysts' copy and analysts' rights, where they are not those of the latest publication; feedback too.

    Returns the report if it was written, and what somebody should see to. ``is_new``: write the report in any case,
    of the ``edition`` that was worked out for it.
    """
    from reports.publish import shown_in  # noqa: PLC0415 - as below

    answering.answer(store, settings, now)
    with store.reading() as connection:
        last = publications.latest(connection)
    if last is None:
        return None, ()
    report = None
    if is_new or shown_in(settings.reports) != last["publication_id"]:
        which = {"as_of": last["as_of"], "publication_id": last["publication_id"]}
        report = _write_report(store, settings, now, **which, edition=edition)
    return report, _let_analysts_read(store, settings)


def renew_copy(store: Store, settings: Settings) -> bool:
    """Make the analysts' copy anew if it is not as the warehouse stands; returns whether it is now, or there is none.

    Where something waits to be published the copy before stays: it would be shown beside figures without it. The
    publication makes the copy.
    """
    if store.dialect != "duckdb" or not settings.analysts_file.exists():
        return True
    if is_due(store):
        return False
    _let_analysts_read(store, settings)
    return True


def latest_whole_month(connection: Connection, today: date) -> date:
    """The day figures are worked out for: the last day of the latest whole month that somebody has spoken for."""
    reached = [day for day in ledger.periods_reached(connection).values() if day is not None]
    whole = today.replace(day=1) - timedelta(days=1)
    return min(max(reached, default=whole), whole)


def _let_through(
    connection: Connection,
    proposed: Proposed,
    settings: Settings,
    accepted: Accepted | None,
    now: datetime,
    *,
    measures: pd.DataFrame,
    auditor: Auditor,
) -> Accepted | None:
    """Gate, then audit; returns who published what the audit would hold.

    Only what was held under the same name can be accepted: nobody accepts what they cannot have seen.
    """
    pass_figures(measures)
    try:
        audit(
            proposed.figures,
            proposed.stands,
            [dict(line) for line in ledger.counting(connection)],
            settings.audit,
            auditor,
        )
    except AuditStopped:
        if accepted is None or publications.held(connection, proposed.publication_id) is None:
            raise
        decision = Decision(
            time.time_ns(), "accept", proposed.publication_id, accepted.by, accepted.why, now,
            {"figures_hash": proposed.figures_hash, "as_of": proposed.as_of.isoformat()},
        )  # fmt: skip
        record_decision(settings.archive, decision)
        return accepted
    return None


def _shown(proposed: Proposed, measures: pd.DataFrame, settings: Settings) -> tuple[Edition | None, list[Shown]]:
    """What everybody will see of a publication, and which of its headline figures fall short in that.

    It is worked out before anything is recorded, and kept only when the report is written: a publication that comes
    to nothing has shown nobody anything.
    """
    from reports.breaches import shown  # noqa: PLC0415 - loads what a quiet night does not need
    from reports.concealing import counts_of  # noqa: PLC0415 - as above
    from reports.editions import edition_of  # noqa: PLC0415 - as above

    if proposed.is_published:
        return None, []
    edition = edition_of(settings.archive, proposed.publication_id, counts_of(measures), keep=False)
    return edition, shown(measures, edition, as_of=proposed.as_of)


def write_again(store: Store, settings: Settings, now: datetime, restricted: Asked | None = None) -> Path:
    """The report of the latest publication once more; or the edition with small numbers, for somebody who asks.

    Who asked and why is in the archive before anything is written, each time anew.

    Raises:
        NothingPublished: there is no publication yet.
    """
    with store.reading() as connection:
        last = publications.latest(connection)
    if last is None:
        raise NothingPublished("Nothing has been published yet: `quorate publish` does it.")
    if restricted is not None:
        number = time.time_ns()
        details = {"as_of": last["as_of"].isoformat(), "made": str(number)}
        record_decision(
            settings.archive,
            Decision(number, "restricted", last["publication_id"], restricted.by, restricted.why, now, details),
        )
    return _write_report(
        store, settings, now,
        as_of=last["as_of"], publication_id=last["publication_id"], is_restricted=restricted is not None,
    )  # fmt: skip


@_collecting_later()
def _write_report(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    as_of: date,
    publication_id: str,
    is_restricted: bool = False,
    edition: Edition | None = None,
) -> Path:
    from reports.publish import publish as write  # noqa: PLC0415 - loads the charts, which a quiet night does not need

    with store.reading() as connection:
        owed = agreements.standings(connection, settings, now.date())
    return write(
        store,
        settings.reports,
        archive=settings.archive,
        partnership=settings.partnership,
        areas=(*settings.compare_with, settings.area_code),
        neighbours=settings.neighbours_of_area,
        as_of=as_of,
        now=now,
        publication_id=publication_id,
        owed=owed,
        is_synthetic=settings.is_synthetic,
        is_restricted=is_restricted,
        edition=edition,
    )


def _let_analysts_read(store: Store, settings: Settings) -> tuple[str, ...]:
    if store.dialect == "duckdb":
        if not snapshot.is_current(store, settings.analysts_file):
            snapshot.put_in_place(store, settings.analysts_file)
        return ()
    try:
        with store.writing() as connection:
            readers.let_in(connection, settings.analysts_role)
    except readers.NoReaders as trouble:
        return (str(trouble),)
    return ()
