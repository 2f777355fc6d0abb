"""Taking in what lies in the landing zone, as tasks of a run: one a feed, and by itself what takes long.

Flows call it (`flows.operations`, `flows.nightly`); which files those are, and what is done with one, is in
`flows.draining` and `flows.sweep`, which know nothing of Prefect.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed, State
from prefect.task_runners import ThreadPoolTaskRunner

from connectors.receipts import find_receipt
from flows import draining
from flows.delivery import Outcome
from flows.draining import AT_ONCE, SET_ASIDE, Drained, Shift
from flows.landing import Landed
from flows.plainly import OURS, says, task_said_plainly
from flows.relay import pass_on
from flows.settings import Settings
from flows.showing import Progress, shown
from flows.turns import here, turn
from schemas.verdict import JudgementBrokenError
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
