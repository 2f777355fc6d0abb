"""The nightly run as a Prefect flow: the same functions as `quorate nightly`, one task a feed.

It is also the truth of the day: every file is looked at by its hash, and what was refused is tried again. Parameters,
logs and errors are kept by Prefect in clear, so they carry names, ids and counts only.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from prefect import flow, get_run_logger
from prefect.states import Completed, Failed, State

from flows import landing, notice_blocks, notices, sweep
from flows.draining import Drained
from flows.operations import refresh_metrics
from flows.plainly import flow_said_plainly
from flows.relay import pass_on
from flows.settings import Settings
from flows.showing import figures, night, receipts, shown
from flows.taking_in import THREADS, drain, drain_slow, ended, summary
from flows.turns import here, turn
from warehouse.store import Store


@flow(name="nightly", persist_result=False, task_runner=THREADS)
@flow_said_plainly
async def nightly(home: str = "") -> State[Any]:
    """Load everything that has landed, work out the figures, write the report, say who is late.

    Args:
        home: the partnership's folder; empty: ``QUORATE_HOME`` of the worker, else its working folder.
    """
    settings = here(home)
    if not sweep.owed(settings):
        return Failed(message="no feed has a folder in the landing zone: check QUORATE_HOME of the worker")
    unreached, left = await asyncio.to_thread(sweep.fetch, settings)
    done = await drain(home, again=True, goes_on=True)
    if done.slow:
        if done.changes_figures:  # those of the others do not wait
            await refresh_metrics(home, return_state=True)
        done = done.settled + await drain_slow(home, done.slow, goes_on=True)
    async with turn(settings) as store:
        run = await asyncio.to_thread(_conclude, store, settings, done)
        run = replace(run, notes=(*left, *run.notes), unreached=unreached)
        await pass_on(store, goes_on=True)
    await shown(receipts(done.outcomes))
    await shown(night(summary(done), run))
    if run.report:
        await shown(figures(settings))
    return _said(done, run)


def _conclude(store: Store, settings: Settings, done: Drained) -> sweep.Run:
    """Figures, gate and audit, report, and who is late."""
    now, seen = datetime.now(), landing.settled(settings)
    run = sweep.conclude(store, settings, list(done.outcomes), list(seen.unknown), now)
    untold = notices.tell(store, settings, now, notice_blocks.channels(settings))
    left_alone = Counter(said.partition("/")[0] for said in seen.passed_over)  # names of files are not for Prefect
    unread = [
        f"{feed}: {count} files or folders are not read; `quorate doctor` says which, and why."
        for feed, count in left_alone.items()
    ]
    return replace(run, notes=(*run.notes, *untold, *unread))


def _said(done: Drained, run: sweep.Run) -> State[Any]:
    logger = get_run_logger()
    for late in run.missing:
        logger.warning("late: %s (%s), %s, %s", late.feed, late.agency, ", ".join(late.labels), late.level_name)
    for place in run.unreached:
        logger.warning("not fetched: %s", place)
    for note in run.notes:
        logger.warning("%s", note)
    for held in run.held:
        logger.warning("held: %s, delivery %s", held.feed, held.delivery_id)
    says = f"{summary(done)} {len(run.missing)} feeds late."
    if run.held_back:
        return Failed(message=f"The publication is held: `quorate status` says why, and what to do. {says}")
    state = ended(done)
    if not state.is_completed():
        return state
    if run.held:
        return Failed(message=f"{len(run.held)} deliveries wait for a person: `quorate status` says why. {says}")
    return Completed(message=says)
