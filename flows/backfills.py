"""Reading again what is in the archive already: a stretch of time, or all that a mended rule had refused.

Both are a person's decision, with name and reason, like the commands `quorate delivery reprocess` and `quarantine
replay`, and go the same way.
"""

from __future__ import annotations

import asyncio
import os
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed, State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import decisions, quarantine, sweep
from flows.decisions import Undecidable
from flows.patience import patiently
from flows.plainly import flow_said_plainly, task_said_plainly
from flows.relay import pass_on
from flows.turns import here, place_in_line, turn
from warehouse import ledger
from warehouse.store import Store

RUNNER: Final = "QUORATE_TASK_RUNNER"
"""Where the tasks of a backfill run: ``threads`` (default), ``dask`` or ``ray``."""
AGAIN: Final = ("loaded", "published", "duplicate", "refused")
"""States of the deliveries that a backfill reads again; what a person withdrew or holds stays so."""


class NoSuchRunner(Undecidable):
    """`RUNNER` names none, or one that is not installed."""


def task_runner() -> TaskRunner[Any]:
    """The runner that the setting names.

    Raises:
        NoSuchRunner: see there.
    """
    name = os.environ.get(RUNNER, "threads")
    if name == "threads":
        return ThreadPoolTaskRunner(max_workers=1)
    try:
        if name == "dask":
            from prefect_dask import DaskTaskRunner  # noqa: PLC0415 - seldom wanted, and large

            dask: TaskRunner[Any] = DaskTaskRunner()
            return dask
        if name == "ray":
            from prefect_ray import RayTaskRunner  # noqa: PLC0415 - as above

            ray: TaskRunner[Any] = RayTaskRunner()
            return ray
    except ImportError:
        raise NoSuchRunner(f"{RUNNER} is {name}, and prefect-{name} is not installed.") from None
    raise NoSuchRunner(f"{RUNNER} is none of threads, dask and ray.")


@task(name="read again", task_run_name="read again {feed}", persist_result=False, cache_policy=NO_CACHE)
@task_said_plainly
def read_again(feed: str, delivery_ids: list[str], home: str, by: str, why: str) -> list[str]:
    """Read deliveries of one feed again, wherever this runs; returns the states they are in now."""
    settings = here(home)

    def one(delivery_id: str) -> str:
        with sweep.open_warehouse(settings) as store, sweep.place_of(store, settings) as place:
            return decisions.reprocess(place, delivery_id, by=by, why=why, at=datetime.now()).state

    states = [patiently(partial(one, delivery_id)) for delivery_id in delivery_ids]
    get_run_logger().info("%s: %s read again", feed, len(states))
    return states


@flow(name="backfill", persist_result=False)
@flow_said_plainly
async def backfill(
    by: str, why: str, *, date_from: str = "", date_to: str = "", feeds: str = "", home: str = ""
) -> State[Any]:
    """Read every delivery of a stretch of time again, with the connectors and rules of today.

    Args:
        by, why: who decides, and the reason; kept with the decision. Name no child.
        date_from, date_to: days such as 2026-04-01; empty: from the beginning, until today.
        feeds: names with commas between them; empty: all.
        home: the partnership's folder; empty: ``QUORATE_HOME`` of the worker.
    """
    settings = here(home)
    first, last = _day("date_from", date_from, date.min), _day("date_to", date_to, date.max)
    async with place_in_line():
        with await asyncio.to_thread(patiently, lambda: sweep.open_warehouse(settings)) as store:
            meant = _meant(store, first, last, {name.strip() for name in feeds.split(",") if name.strip()})
        states = await asyncio.to_thread(_read_all_again, meant, home, by, why)
        with await asyncio.to_thread(patiently, lambda: sweep.open_warehouse(settings)) as store:
            await pass_on(store)
    failed = [feed for feed, state in zip(meant, states, strict=True) if not state.is_completed()]
    count = sum(len(ids) for ids in meant.values())
    if failed:
        return Failed(message=f"{len(failed)} of {len(meant)} feeds could not be read again: {', '.join(failed)}.")
    return Completed(message=f"{count} deliveries of {len(meant)} feeds read again.")


@flow(name="replay", persist_result=False)
@flow_said_plainly
async def replay(rule: str, by: str, why: str, feed: str = "", home: str = "") -> State[Any]:
    """Read every delivery with open rows of a rule again, after the rule or a connector was mended."""
    settings = here(home)

    def read(store: Store) -> int:
        with sweep.place_of(store, settings) as place:
            return len(quarantine.replay(place, rule, feed, by=by, why=why, at=datetime.now()))

    async with turn(settings) as store:
        count = await asyncio.to_thread(read, store)
        await pass_on(store)
    return Completed(message=f"{count} deliveries read again.")


def _day(name: str, said: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(said) if said else otherwise
    except ValueError:
        raise Undecidable(f"{name} is no day: write it like 2026-04-01.") from None


def _meant(store: Store, first: date, last: date, feeds: set[str]) -> dict[str, list[str]]:
    """Feed → the newest attempts at its deliveries that speak for the time, or came in it if they speak for none."""
    with store.reading() as connection:
        lines = ledger.in_order(connection)
    newest = {(line["feed"], line["sha256"]): line for line in lines}
    told: dict[str, list[str]] = {}
    for line in newest.values():
        starts, ends = (line[name] or line["received_at"].date() for name in ("period_from", "period_to"))
        if line["state"] in AGAIN and starts <= last and ends >= first and (not feeds or line["feed"] in feeds):
            told.setdefault(line["feed"], []).append(line["delivery_id"])
    return told


def _read_all_again(meant: dict[str, list[str]], home: str, by: str, why: str) -> list[State[Any]]:
    with task_runner() as runner:
        futures = [
            runner.submit(read_again, {"feed": feed, "delivery_ids": ids, "home": home, "by": by, "why": why})
            for feed, ids in meant.items()
        ]
        for future in futures:
            future.wait()
        return [future.state for future in futures]
