"""What `quorate doctor` asks a Prefect server: does it answer, guard itself, know what we run, and does anybody work.

The server is that of ``PREFECT_API_URL``, else the one that `quorate serve` started for this home folder. Where neither
is, nothing is asked: a partnership whose nights cron starts has no server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
import yaml
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.deploying import POOL, failing_actions, zombies
from flows.server_environment import CODE, as_client, client_of
from flows.serving import AT_ONCE
from flows.settings import Settings

Finding = tuple[str, bool, str]
"""What was looked at, whether it is well, and what it says or what to do."""

DEPLOY: Final = "`quorate deploy` mends it"
LATE: Final = timedelta(minutes=10)
"""A scheduled run that nobody has begun for so long waits in vain."""
SILENT: Final = timedelta(minutes=2)
"""A worker that has not been heard of for so long is gone; it is heard of every 30 seconds."""
SKEW: Final = timedelta(seconds=60)
"""What two clocks may differ."""


def examine_server(settings: Settings) -> Iterator[Finding]:
    """Everything about the server, if there is to be one."""
    of = client_of(settings)
    if not of:
        return
    url = of["PREFECT_API_URL"]
    try:
        answer = httpx.get(f"{url}/health", timeout=5)
        answer.raise_for_status()
    except httpx.HTTPError:
        start = "start `quorate serve`, or the service that runs it"
        yield "server", False, f"{url} does not answer: {start}; until then nothing runs by itself"
        return
    yield "server", True, f"{url} answers"
    yield from _clock(answer)
    with as_client(of), temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        try:
            yield _guard(url)
            yield from asyncio.run(_known())
        except PrefectHTTPStatusError as refusal:
            says = f"it answers {refusal.response.status_code}: check PREFECT_API_AUTH_STRING"
            yield "server", False, says
        except httpx.HTTPError as failure:
            yield "server", False, f"it broke off ({type(failure).__name__}): ask again, and see its log"


def _clock(answer: httpx.Response) -> Iterator[Finding]:
    if "date" in answer.headers:
        apart = abs(datetime.now(UTC) - parsedate_to_datetime(answer.headers["date"]))
        says = f"that of the server differs by {apart.total_seconds():.0f} seconds"
        yield "clock", apart < SKEW, says if apart < SKEW else f"{says}: set both by NTP"


def _guard(url: str) -> Finding:
    """Whoever may ask for runs without a password may run flows as the worker's user.

    What is asked only reads: to what writes, CSRF protection says no whether or not there is a password.
    """
    answer = httpx.get(f"{url}/admin/version", timeout=5)
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return "password", True, "the server asks for it"
    says = "the server answers without one: set PREFECT_SERVER_API_AUTH_STRING (docs/operations.md) and start it anew"
    return "password", False, says


async def _known() -> list[Finding]:
    """Deployments, automations, workers and runs that wait in vain."""
    wanted = yaml.safe_load((CODE / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    async with get_client() as client:
        there = {one.name: one for one in await client.read_deployments()}
        found = [*_deployments(wanted, there), await _automations(client, wanted)]
        return [*found, *await _workers(client), await _late(client)]


def _deployments(wanted: list[dict[str, Any]], there: Mapping[str, DeploymentResponse]) -> list[Finding]:
    missing = [one["name"] for one in wanted if one["name"] not in there]
    other = [one["name"] for one in wanted if one["name"] in there and not _is_current(one, there[one["name"]])]
    paused = [one["name"] for one in wanted if one["name"] in there and there[one["name"]].paused]
    said = [("are missing", missing), ("are not those of prefect.yaml", other)]
    found = [("deployments", False, f"{', '.join(names)} {what}: {DEPLOY}") for what, names in said if names]
    if paused:
        again = "`prefect deployment schedule resume`, or the screen Deployments"
        found.append(("deployments", False, f"{', '.join(paused)} are paused and will not run: {again}"))
    return found or [("deployments", True, f"all {len(wanted)} of prefect.yaml are there and current")]


def _is_current(wanted: Mapping[str, Any], there: DeploymentResponse) -> bool:
    schedules = [one.schedule.model_dump() | {"active": one.active} for one in there.schedules]
    code = [step.get("directory") for steps in there.pull_steps or [] for step in steps.values()]
    limit = there.global_concurrency_limit
    return (
        there.entrypoint == wanted["entrypoint"]
        and there.parameters == wanted.get("parameters", {})
        and sorted(there.tags) == sorted(wanted.get("tags", []))
        and (limit.limit if limit else None) == wanted.get("concurrency_limit", {}).get("limit")
        and [_told(one) for one in schedules] == [_told(one) for one in wanted.get("schedules", [])]
        and code == [str(CODE)]
    )


def _told(schedule: Mapping[str, Any]) -> tuple[object, ...]:
    """What a schedule says, written down by us or as Prefect has it."""
    interval = schedule.get("interval")
    seconds = interval.total_seconds() if isinstance(interval, timedelta) else interval
    return schedule.get("cron"), seconds, schedule.get("timezone"), schedule.get("active")


async def _automations(client: PrefectClient, wanted: list[dict[str, Any]]) -> Finding:
    names = {trigger["name"] for one in wanted for trigger in one.get("triggers", [])}
    names |= {zombies().name, failing_actions().name}
    enabled = {one.name for one in await client.read_automations() if one.enabled}
    if names <= enabled:
        return "automations", True, f"all {len(names)} are there and enabled"
    return "automations", False, f"{', '.join(sorted(names - enabled))} are missing or switched off: {DEPLOY}"


async def _workers(client: PrefectClient) -> list[Finding]:
    try:
        workers = await client.read_workers_for_work_pool(POOL)
        pool = await client.read_work_pool(POOL)
    except ObjectNotFound:
        return [("workers", False, f"there is no work pool {POOL}: {DEPLOY}")]
    found = []
    if pool.is_paused:
        found.append(("workers", False, f"the pool {POOL} is paused: `prefect work-pool resume {POOL}`"))
    now = datetime.now(UTC)
    alive = [one for one in workers if one.last_heartbeat_time and now - one.last_heartbeat_time < SILENT]
    if alive:
        return [*found, ("workers", True, f"{len(alive)} at work in the pool {POOL}")]
    start = f"`quorate serve` starts one, `prefect worker start --pool {POOL} --limit {AT_ONCE}` another"
    return [*found, ("workers", False, f"none was heard of for {SILENT.seconds // 60} minutes: {start}")]


async def _late(client: PrefectClient) -> Finding:
    not_begun = FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])
    before = FlowRunFilterExpectedStartTime.model_validate({"before_": datetime.now(UTC) - LATE})
    waiting = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=not_begun), expected_start_time=before), limit=100
    )
    minutes = LATE.seconds // 60
    if waiting:
        return "runs", False, f"{len(waiting)} wait for more than {minutes} minutes: is a worker there, and free?"
    return "runs", True, f"none waits for more than {minutes} minutes"
