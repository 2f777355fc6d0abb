"""Starting the ingest when something has landed: one run for a burst, whoever asks and however often.

Exactly once comes from the run's idempotency key, a hash of what has landed, and from the ledger; never from events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from connectors.archive import hash_file
from flows.landing import Landed
from flows.relay import TIMEOUT, event, post
from warehouse.ledger import delivery_id_of

DEPLOYMENT: Final = "ingest/ingest"
AT_MOST: Final = 200
"""Files that are told of one by one; the run takes in all of them, told of or not."""
Stamp = tuple[int, int]
"""Size in bytes and time of the last writing, in nanoseconds."""


@dataclass(frozen=True)
class Started:
    """What asking for a run led to."""

    is_seen_to: bool
    """A run will take it in: a new one, or one that has not begun yet."""
    says: str = ""


def stamps(files: Iterable[Landed]) -> dict[Path, Stamp]:
    """The files as they are now; one that is gone is left out."""
    told = {}
    for file in files:
        try:
            about = file.path.stat()
        except OSError:
            continue
        told[file.path] = (about.st_size, about.st_mtime_ns)
    return told


def key_of_landed(landed: Mapping[Path, Stamp]) -> str:
    """A hash of what lies in the landing zone: folders, names, sizes and times."""
    lines = sorted(f"{path.parent.name}/{path.name}:{size}:{when}" for path, (size, when) in landed.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def start_ingest(key: str, agencies: Iterable[str]) -> Started:
    """Ask the server for a run that drains the landing zone; the same key again is the same run."""
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        try:
            with get_client(sync_client=True, httpx_settings={"timeout": TIMEOUT}) as client:
                return _start(client, key, sorted(set(agencies)))
        except (httpx.HTTPError, PrefectHTTPStatusError) as failure:
            return Started(False, f"The server started no run ({type(failure).__name__}): the next sweep takes it in.")


def _start(client: SyncPrefectClient, key: str, agencies: list[str]) -> Started:
    deployment = client.read_deployment_by_name(DEPLOYMENT)
    not_begun = FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])
    coming = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=not_begun)),
        limit=1,
    )
    if coming:  # it looks at the landing zone when it begins
        return Started(True)
    tags = [f"agency:{agency}" for agency in agencies]
    for _ in range(10):  # a run of this key that was killed does nothing any more: it is asked for again
        run = client.create_flow_run_from_deployment(deployment.id, idempotency_key=key, tags=tags)
        if run.state is None or not run.state.is_final():
            break
        key = f"{key}:{run.id}"
    return Started(True)


def tell_of_landed(files: Iterable[Landed], *, is_seen_to: bool) -> str:
    """Tell of files that have landed; returns why the server did not listen, empty where it did.

    ``is_seen_to``: a run was started for them; else an automation starts one.
    """
    events = []
    for file in list(files)[:AT_MOST]:
        try:
            sha256 = hash_file(file.path)
        except OSError:
            continue
        delivery_id = delivery_id_of(file.feed.name, sha256)
        about = {"subject": delivery_id, "delivery_id": delivery_id, "sha256": sha256}
        about |= {"feed": file.feed.name, "agency_code": file.feed.agency}
        name, said = "quorate.delivery.landed", "seen_to" if is_seen_to else "wanted"
        event_id = str(uuid5(NAMESPACE_URL, f"{name}:{delivery_id}:{said}"))
        events.append(event(name, delivery_id, event_id, about, is_seen_to=is_seen_to))
    return post(events) if events else ""
