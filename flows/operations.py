"""The runs of a day as Prefect flows: thin, over the same functions as the command line.

landed → `ingest` → loaded → `refresh_metrics` → refreshed → `publish`: a run goes on by itself to what follows; with
``then`` empty, says in its events that it is wanted, and an automation starts it. `sweep` does whatever an event that
was lost would have started. Parameters, logs and messages are kept by Prefect in clear: names, ids and counts only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed, State
from prefect.task_runners import ThreadPoolTaskRunner

from connectors.receipts import find_receipt
from flows import agreements, answering, draining, notice_blocks, notices, publication, sweep
from flows.delivery import Outcome
from flows.draining import AT_ONCE, SET_ASIDE, Drained, Shift
from flows.landing import Landed
from flows.plainly import OURS, flow_said_plainly, says, task_said_plainly
from flows.relay import relay
from flows.settings import Settings
from flows.showing import Progress, figures, receipts, shown
from flows.turns import NoTurn, here, turn
from schemas.verdict import JudgementBrokenError
from warehouse import assurance, publications
from warehouse.audit import Auditor
from warehouse.owing import Owed
from warehouse.store import Store

ROUNDS: Final = 50
"""Looks at the landing zone that one run takes; files that land while it works are taken in by it too."""

THREADS: Final[Any] = ThreadPoolTaskRunner(max_workers=AT_ONCE)
"""Where tasks run: feeds are read at the same time, in this process, which has the warehouse."""

_shifts: dict[str, tuple[Shift, dict[str, list[Landed]]]] = {}
"""Home → the shift that is on, and its files by feed: tasks are told names alone."""


@task(name="deliver", task_run_name="deliver {feed}", persist_result=False, cache_policy=NO_CACHE)
@task_said_plainly
def deliver_feed(feed: str, home: str) -> list[Outcome]:
    """Deliver the files of one feed; what happens here does not touch the other feeds."""
    on, files = _shifts[home]
    outcomes = on.deliver(files[feed])
    states = [outcome.state for outcome in outcomes]
    counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    refused = sum(outcome.rows_refused for outcome in outcomes)
    get_run_logger().info("%s: %s; %s rows refused", feed, counts or "no file", refused)
    return outcomes


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
    return of_all([renewed, await publish(home, "renewed", return_state=True)]) if then else renewed


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
            publication.complete, store, settings, datetime.now(), is_new=bool(refreshed)
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


async def drain(home: str, *, again: bool = False, goes_on: bool) -> Drained:
    """Take in what lies there until nothing new does; what takes long is set aside: `drain_slow`.

    ``goes_on``: who calls goes on to the figures.
    """
    settings, done = here(home), Drained()
    tried: set[tuple[Path, int]] = set()
    async with turn(settings) as store:
        async with _shift(home, store, settings) as on:
            for delivery_id, feed in (await asyncio.to_thread(draining.cut_short, settings, store)).items():
                done += await _alone(partial(on.finish, delivery_id), feed)
            for _ in range(ROUNDS):
                files = await asyncio.to_thread(draining.waiting, settings, store, again=again)
                files = [file for file in files if _mark(file) not in tried]
                if not files:
                    break
                tried |= {_mark(file) for file in files}
                done += await _deliver(home, on, files)
        await pass_on(store, goes_on=goes_on)
    return done


async def drain_slow(home: str, delivery_ids: Sequence[str], *, goes_on: bool) -> Drained:
    """Take in what was set aside; each is judged while nobody holds the warehouse. ``goes_on``: as for `drain`."""
    settings, done, progress = here(home), Drained(), Progress(len(delivery_ids), is_long=True)
    await shown(progress.begin())
    for number, delivery_id in enumerate(delivery_ids):
        receipt = await asyncio.to_thread(find_receipt, settings.archive, delivery_id)
        if receipt is None:
            continue
        if number:  # it has waited for those before it
            async with turn(settings) as store:
                await asyncio.to_thread(draining.set_aside_again, store, delivery_ids[number:])
        try:
            judged = await asyncio.to_thread(draining.judge, receipt, settings)
        except JudgementBrokenError as bug:
            get_run_logger().error("%s: %s", receipt.feed, bug)
            done += Drained(broken=(receipt.feed,))
            continue
        async with turn(settings) as store:
            async with _shift(home, store, settings) as on:
                done += await _alone(partial(on.take_in_judged, receipt, judged), receipt.feed)
            await pass_on(store, goes_on=goes_on)
        await shown(progress.add(1))
    return done


async def _alone(take_in: Callable[[], Outcome | None], feed: str) -> Drained:
    """Take in one delivery; a mistake of ours in it is told, and keeps none of the others waiting."""
    try:
        outcome = await asyncio.to_thread(take_in)
    except OURS:  # the place, and so every delivery
        raise
    except Exception as failure:  # noqa: BLE001 - it would stop every later run as well
        get_run_logger().error("%s: %s", feed, says(failure))
        return Drained(broken=(feed,))
    return Drained((outcome,) if outcome else ())


async def _deliver(home: str, on: Shift, files: list[Landed]) -> Drained:
    """One task a feed."""
    on.now = datetime.now()
    feeds = draining.by_feed(files)
    _shifts[home] = (on, feeds)
    futures = [
        deliver_feed.with_options(tags=[f"agency:{mine[0].feed.agency}"]).submit(feed, home)
        for feed, mine in feeds.items()
    ]
    progress, states, outcomes = Progress(len(files)), [], list[Outcome]()
    await shown(progress.begin())
    for mine, future in zip(feeds.values(), futures, strict=True):
        state = await asyncio.to_thread(_waited_for, future)
        states.append(state)
        if state.is_completed():
            outcomes += await state.aresult()
        await shown(progress.add(len(mine)))
    broken = [feed for feed, state in zip(feeds, states, strict=True) if not state.is_completed()]
    return Drained(tuple(outcomes), tuple(broken))


@asynccontextmanager
async def _shift(home: str, store: Store, settings: Settings) -> AsyncIterator[Shift]:
    opened = draining.shift(store, settings, datetime.now())
    on = await asyncio.to_thread(opened.__enter__)
    try:
        yield on
    finally:
        _shifts.pop(home, None)
        await asyncio.to_thread(opened.__exit__, None, None, None)


async def pass_on(store: Store, *, goes_on: bool = False) -> None:
    """Relay what the outbox holds; that it could not be is said, and no failure. ``goes_on``: as for `drain`."""
    relayed = await asyncio.to_thread(relay, store, is_seen_to=goes_on)
    if relayed.says:
        get_run_logger().warning("%s %s events wait.", relayed.says, relayed.waiting)


def of_all(states: list[State[Any]]) -> State[Any]:
    """The state of a run that is made of others: failed where one of them is."""
    kind = Completed if all(state.is_completed() for state in states) else Failed
    return kind(message=" ".join(str(state.message) for state in states))


def ended(done: Drained) -> State[Any]:
    """The state of a run that took files in."""
    broken = sorted({*done.broken, *(one.feed for one in done.outcomes if one.state == "failed")})
    if broken:
        return Failed(message=f"{len(broken)} feeds could not be dealt with: {', '.join(broken)}. {summary(done)}")
    return Completed(message=summary(done))


def summary(done: Drained) -> str:
    """What became of the files, in counts."""
    others = [("held", "held"), (SET_ASIDE, "set aside, to be read by themselves")]
    counts = [f"{done.count(state)} {words}" for state, words in others if done.count(state)]
    files = [f"{done.count('loaded')} files loaded", f"{done.count('refused')} refused", *counts]
    return f"{', '.join(files)}, {done.rows_refused} rows refused."


_auditor: Final[ContextVar[Auditor | None]] = ContextVar("auditor", default=None)
"""The one that this run has got ready for the figures to come."""


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


def _mark(file: Landed) -> tuple[Path, int]:
    """A file as it is now: the same path written anew is another."""
    try:
        return file.path, file.path.stat().st_mtime_ns
    except OSError:
        return file.path, 0


def _waited_for(future: Any) -> State[Any]:
    future.wait()
    state: State[Any] = future.state
    return state
