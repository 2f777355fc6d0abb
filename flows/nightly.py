"""The nightly run as a Prefect flow: the same functions as `quorate nightly`, one task a feed.

Parameters, logs and errors are kept by Prefect in clear, so they carry names, ids and counts only.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.states import Completed, Failed, State

from flows import sweep
from flows.delivery import Outcome
from flows.settings import Settings, settings_of


@task(name="deliver", task_run_name="deliver {feed_name}", persist_result=False)
def deliver_feed(feed_name: str, home: str, started_at: datetime) -> list[Outcome]:
    """Deliver the files of one feed; what happens here does not touch the other feeds."""
    settings, logger = _settings(home), get_run_logger()
    files = [file for file in sweep.landed(settings)[0] if file.feed.name == feed_name]
    with sweep.open_warehouse(settings) as store:
        outcomes = sweep.deliver_all(files, store, settings, started_at, lambda _: None)
    states = [outcome.state for outcome in outcomes]
    counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    refused = sum(outcome.rows_refused for outcome in outcomes)
    logger.info("%s: %s; %s rows refused", feed_name, counts or "no file", refused)
    return outcomes


@task(name="conclude", persist_result=False)
def conclude(outcomes: list[Outcome], home: str, started_at: datetime) -> sweep.Run:
    """Figures, report and who is late."""
    settings = _settings(home)
    with sweep.open_warehouse(settings) as store:
        return sweep.conclude(store, settings, outcomes, sweep.landed(settings)[1], started_at)


@flow(name="nightly", persist_result=False)
def nightly(home: str = "") -> State[Any]:
    """Load everything that has landed, work out the figures, write the report, say who is late.

    Args:
        home: the partnership's folder; empty: ``QUORATE_HOME`` of the worker, else its working folder.
    """
    logger, started_at = get_run_logger(), datetime.now()
    if not sweep.owed(_settings(home)):
        return Failed(message="no feed has a folder in the landing zone: check QUORATE_HOME of the worker")
    feeds = sorted({file.feed.name for file in sweep.landed(_settings(home))[0]})
    states = [deliver_feed(name, home, started_at, return_state=True) for name in feeds]
    broken = [name for name, state in zip(feeds, states, strict=True) if not state.is_completed()]
    outcomes = [outcome for state in states if state.is_completed() for outcome in state.result()]
    run = conclude(outcomes, home, started_at)
    for late in run.missing:
        logger.warning("late: %s (%s), due for %s", late.feed, late.agency, late.due_for)
    for held in run.held:
        logger.warning("held: %s, delivery %s", held.feed, held.delivery_id)
    broken += [outcome.feed for outcome in outcomes if outcome.state == "failed"]
    if run.held_back:
        return Failed(message=run.held_back)
    if broken:
        return Failed(message=f"{len(broken)} feeds could not be dealt with: {', '.join(sorted(set(broken)))}")
    if run.held:
        return Failed(
            message=f"{len(run.held)} deliveries wait for a person: `quorate status` says why. {_summary(run)}"
        )
    return Completed(message=_summary(run))


def _summary(run: sweep.Run) -> str:
    loaded = sum(outcome.state == "loaded" for outcome in run.outcomes)
    refused = sum(outcome.state == "refused" for outcome in run.outcomes)
    rows = sum(outcome.rows_refused for outcome in run.outcomes)
    return f"{loaded} files loaded, {refused} refused, {rows} rows refused, {len(run.missing)} feeds late"


def _settings(home: str) -> Settings:
    return settings_of(Path(home) if home else None)
