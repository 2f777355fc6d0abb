"""The runs of a day as Prefect flows: thin, over the same functions as the command line.

landed → `ingest` → loaded → `refresh_metrics` → refreshed → `publish`: a run goes on by itself to what follows; with
``then`` empty, says in its events that it is wanted, and an automation starts it. `sweep` does whatever an event that
was lost would have started. Parameters, logs and messages are kept by Prefect in clear: names, ids and counts only.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final

from prefect import flow, get_run_logger
from prefect.states import Completed, Failed, State

from flows import agreements, answering, draining, notice_blocks, notices, publication, sweep
from flows.draining import Drained
from flows.plainly import flow_said_plainly
from flows.relay import pass_on
from flows.settings import Settings
from flows.showing import figures, receipts, shown
from flows.taking_in import THREADS, drain, drain_slow, ended
from flows.turns import NoTurn, here, turn
from warehouse import assurance, publications
from warehouse.audit import Auditor
from warehouse.disclosure import Edition
from warehouse.owing import Owed
from warehouse.store import Store


@flow(name="ingest", persist_result=False, task_runner=THREADS)
@flow_said_plainly
async def ingest(home: str = "", then: str = "publish") -> State[Any]:
    """Take in everything that lies in the landing zone and is not in the ledger; a burst of files is one run.

    Args:
        home: the partnership's folder; empty: ``QUORATE_HOME`` of the worker.
        then: ``publish``: figures and report follow in the same run; empty: events say that they are wanted.
    """
    try:
        return await _ingest(home, then)
    except NoTurn as others:  # a failure would call for a person
        return Completed(message=str(others))


async def _ingest(home: str, then: str) -> State[Any]:
    settings = here(home)
    async with turn(settings) as store:  # one turn for all of it
        with Auditor() as auditor:
            will_be_asked = await asyncio.to_thread(_will_be_audited, store, settings)
            if then and will_be_asked:
                auditor.get_ready()  # its seconds pass while files are read
                assurance.get_ready()
            token = _auditor.set(auditor)
            try:
                done = await drain(home, goes_on=bool(then))
                states = await _with_figures(home, then, done)
            finally:
                _auditor.reset(token)
    if done.slow:
        states += await _with_figures(home, then, await drain_slow(home, done.slow, goes_on=bool(then)))
    return of_all(states)


async def _with_figures(home: str, then: str, done: Drained) -> list[State[Any]]:
    """The states of what was taken in and, if figures change with it, of these; senders hear of it in any case."""
    settings = here(home)
    async with turn(settings) as store:
        await asyncio.to_thread(answering.answer, store, settings, datetime.now(), done.outcomes)
        await pass_on(store, goes_on=bool(then))
        if done.count("held"):
            await _tell(store, settings)
    await shown(receipts(done.outcomes))
    states = [ended(done)]
    if then and done.changes_figures:
        states.append(await refresh_metrics(home, then, return_state=True))
    return states


@flow(name="refresh_metrics", persist_result=False)
@flow_said_plainly
async def refresh_metrics(home: str = "", then: str = "publish") -> State[Any]:
    """Work the figures out and record them, if something was loaded or taken back since; once for a burst.

    Args:
        home: the partnership's folder; empty: ``QUORATE_HOME`` of the worker.
        then: as for `ingest`.
    """
    settings = here(home)
    async with turn(settings) as store:
        done = await asyncio.to_thread(_renew, store, settings, _auditor.get())
        await pass_on(store, goes_on=bool(then))
        if done and done.held_back:
            await _tell(store, settings)
    if done is None:
        return Completed(message="Nothing has changed since the last publication.")
    if done.held_back:
        return Failed(message="The publication is held: `quorate status` says why, and what to do.")
    renewed: State[Any] = Completed(message=f"{done.measures} figures worked out.")
    if not then:
        return renewed
    token = _edition.set(done.edition)
    try:
        return of_all([renewed, await publish(home, "renewed", return_state=True)])
    finally:
        _edition.reset(token)


@flow(name="publish", persist_result=False)
@flow_said_plainly
async def publish(home: str = "", refreshed: str = "") -> State[Any]:
    """Write the report, the tidy data and the analysts' copy of what was recorded last.

    Args:
        home: the partnership's folder; empty: ``QUORATE_HOME`` of the worker.
        refreshed: the publication that was recorded just now; empty: write only what is not that of the latest.
    """
    settings = here(home)
    async with turn(settings) as store:
        written, notes = await asyncio.to_thread(
            publication.complete, store, settings, datetime.now(), is_new=bool(refreshed), edition=_edition.get()
        )
        await pass_on(store)
        for note in notes:
            get_run_logger().warning(note)
        await _tell(store, settings)
    if written:
        await shown(figures(settings))
    return Completed(message="The report is written." if written else "The report is that of the latest publication.")


@flow(name="overdue", persist_result=False)
@flow_said_plainly
async def overdue(home: str = "") -> State[Any]:
    """Who owes what and has not delivered it; each level is told once, and people hear of it."""
    settings = here(home)
    async with turn(settings) as store:
        late = await asyncio.to_thread(_chase, store, settings)
        await pass_on(store)
        for one in late:
            get_run_logger().warning("late: %s (%s), due for %s", one.feed, one.agency, one.due_for)
        await _tell(store, settings)
    return Completed(message=f"{len(late)} feeds late.")


def _chase(store: Store, settings: Settings) -> list[Owed]:
    return [one for one in agreements.escalate(store, settings, datetime.now()) if one.is_chased]


async def _tell(store: Store, settings: Settings) -> None:
    """Tell people what they have not been told yet; whom it could not reach is in the log."""
    channels = [*notices.channels(settings), *notice_blocks.channels(settings)]
    for note in await asyncio.to_thread(notices.tell, store, settings, datetime.now(), channels):
        get_run_logger().warning(note)


@flow(name="sweep", persist_result=False)
@flow_said_plainly
async def sweep_up(home: str = "") -> State[Any]:
    """Landing zone and ledger against each other: whatever an event would have started, and did not, is done now."""
    settings = here(home)
    unreached, _ = await asyncio.to_thread(sweep.fetch, settings)
    for place in unreached:
        get_run_logger().warning("not fetched: %s", place)
    try:
        async with turn(settings, wait=SWEEP_WAITS) as store:
            await pass_on(store, goes_on=True)
            lies_there = await asyncio.to_thread(_lies_there, store, settings)
    except NoTurn:
        return Completed(message="Another run is at work.")
    states = [await ingest(home, return_state=True)] if lies_there else []
    async with turn(settings) as store:
        is_due = await asyncio.to_thread(publication.is_due_again, store)
        is_written = await asyncio.to_thread(publication.is_written, store, settings)
    if is_due:
        states.append(await refresh_metrics(home, return_state=True))
    elif not is_written:
        states.append(await publish(home, return_state=True))
    return of_all(states) if states else Completed(message="All is dealt with.")


SWEEP_WAITS: Final = 120.0
"""Seconds that a sweep waits for its turn: longer than the lease of a run that was killed."""


def of_all(states: list[State[Any]]) -> State[Any]:
    """The state of a run that is made of others: failed where one of them is."""
    kind = Completed if all(state.is_completed() for state in states) else Failed
    return kind(message=" ".join(str(state.message) for state in states))


_auditor: Final[ContextVar[Auditor | None]] = ContextVar("auditor", default=None)
"""The one that this run has got ready for the figures to come."""


_edition: Final[ContextVar[Edition | None]] = ContextVar("edition", default=None)
"""What is to be shown of the figures that this run has just recorded: working it out takes seconds."""


def _renew(store: Store, settings: Settings, auditor: Auditor | None) -> publication.Published | None:
    if not publication.is_due(store):
        return None
    owed = sweep.owed_tables(sweep.owed(settings))
    return publication.renew(store, settings, owed, datetime.now(), auditor=auditor)


def _will_be_audited(store: Store, settings: Settings) -> bool:
    """Something will be loaded, and figures stand that it is held against."""
    with store.reading() as connection:
        stand = publications.latest(connection) is not None
    return stand and _lies_there(store, settings)


def _lies_there(store: Store, settings: Settings) -> bool:
    return bool(draining.waiting(settings, store) or draining.cut_short(settings, store))
