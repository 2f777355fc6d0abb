"""Starting the ingest when something has landed: one run for a burst, whoever asks and however often.

    came = arrivals(burst.ready)
    tell_of_landed(came, is_seen_to=start_ingest(came).is_seen_to)

Exactly once comes from the run's idempotency key, made of the deliveries that the ledger will know, and from the ledger
itself; never from events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from connectors.archive import hash_file
from flows.landing import Landed
from flows.relay import TIMEOUT, event, post
from warehouse.ledger import delivery_id_of

DEPLOYMENT: Final = "ingest/ingest"
AT_MOST: Final = 200
"""Files that are told of one by one; the run takes in all of them, told of or not."""
RECENT: Final = timedelta(minutes=2)
"""A run that should have begun before that is not counted on: its worker may have died before it started it."""
RETRIES: Final = 2
"""A server that is busy is asked again after some 2 and 4 seconds: the sweep is minutes away."""
KEYS: Final = 10
"""Runs of one landing that may have ended before it is left to the sweep."""


@dataclass(frozen=True)
class Arrival:
    """A whole file of the landing zone, by the names that the ledger will know it by."""

    feed: str
    agency_code: str
    sha256: str
    delivery_id: str
    at: int
    """When it was last written, in nanoseconds: the same bytes sent again are another landing."""


@dataclass(frozen=True)
class Started:
    """What asking for a run led to."""

    is_seen_to: bool
    """A run will take it in: a new one, or one that has not begun yet."""
    says: str = ""


def arrivals(files: Iterable[Landed]) -> list[Arrival]:
    """The files that are there, each read once for its hash; one that is gone is left out."""
    told = []
    for file in files:
        try:
            at, sha256 = file.path.stat().st_mtime_ns, hash_file(file.path)
        except OSError:
            continue
        told.append(Arrival(file.feed.name, file.feed.agency, sha256, delivery_id_of(file.feed.name, sha256), at))
    return told


def key_of(came: Iterable[Arrival]) -> str:
    """The idempotency key of a landing: a hash of its deliveries' ids and times."""
    lines = sorted(f"{one.delivery_id}:{one.at}" for one in came)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def start_ingest(came: Collection[Arrival]) -> Started:
    """Ask the server for a run that drains the landing zone; the same landing again is the same run."""
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: RETRIES}):
        try:
            with get_client(sync_client=True, httpx_settings={"timeout": TIMEOUT}) as client:
                return _start(client, key_of(came), sorted({one.agency_code for one in came}))
        except (httpx.HTTPError, PrefectException) as failure:
            return Started(False, f"The server started no run ({type(failure).__name__}): the next sweep takes it in.")


def _start(client: SyncPrefectClient, key: str, agencies: list[str]) -> Started:
    deployment = client.read_deployment_by_name(DEPLOYMENT)
    if _is_coming(client, deployment.id):  # it looks at the landing zone when it begins
        return Started(True)
    tags = [f"agency:{agency}" for agency in agencies]
    for _ in range(KEYS):  # a run of this key that was killed does nothing any more: it is asked for again
        run = client.create_flow_run_from_deployment(deployment.id, idempotency_key=key, tags=tags)
        if run.state is None or not run.state.is_final():
            return Started(True)
        key = f"{key}:{run.id}"
    return Started(False, f"{KEYS} runs of this landing have ended: the next sweep takes in what they left.")


def _is_coming(client: SyncPrefectClient, deployment_id: UUID) -> bool:
    """A run over this partnership's own folder is about to begin: not one that a person wants later, or a lost one."""
    now = datetime.now(UTC)
    due = FlowRunFilterExpectedStartTime.model_validate({"after_": now - RECENT, "before_": now})
    not_begun = FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])
    coming = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=not_begun), expected_start_time=due),
        limit=20,
    )
    return any(not run.parameters.get("home") for run in coming)


def tell_of_landed(came: Iterable[Arrival], *, is_seen_to: bool) -> str:
    """Tell of files that have landed; returns why the server did not listen, empty where it did.

    ``is_seen_to``: a run was started for them; else an automation starts one.
    """
    events, name, said = [], "quorate.delivery.landed", "seen_to" if is_seen_to else "wanted"
    for one in list(came)[:AT_MOST]:
        about = {"subject": one.delivery_id, "delivery_id": one.delivery_id, "sha256": one.sha256}
        about |= {"feed": one.feed, "agency_code": one.agency_code}
        event_id = str(uuid5(NAMESPACE_URL, f"{name}:{one.delivery_id}:{said}"))
        events.append(event(name, one.delivery_id, event_id, about, is_seen_to=is_seen_to))
    return post(events) if events else ""
