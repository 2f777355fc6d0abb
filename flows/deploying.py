"""Telling a Prefect server all it needs: work pool, the writer's limit, deployments and automations.

Everything is found by its name and made the same again, so it can be done at every start.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.events import EventTrigger, Posture, ResourceSpecification
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from flows.server_environment import CODE
from flows.turns import WRITER

POOL: Final = "quorate"
OURS: Final = "quorate-"
"""What the names of our automations begin with."""
SILENCE: Final = timedelta(seconds=90)
"""A run that has not been heard of for so long, at a heartbeat of 30 seconds, is dead."""


class NotDeployed(Exception):
    """Prefect did not accept ``prefect.yaml``."""


@dataclass(frozen=True)
class Deployed:
    """What a server knows now."""

    deployments: tuple[str, ...]
    automations: tuple[str, ...]


def zombies() -> AutomationCore:
    """A run whose process and worker were killed together would stay Running for ever: it is marked Crashed."""
    ends = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
    return AutomationCore(
        name="quorate-zombies",
        description="Marks a flow run crashed that has given no heartbeat for 90 seconds.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *ends},
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED, name="Crashed", force=True, message="It gave no heartbeat for 90 seconds."
            )
        ],
    )


def failing_actions() -> AutomationCore:
    """An automation whose action fails says so in the server's log alone; the sweep does what it would have done."""
    return AutomationCore(
        name="quorate-failed-action",
        description="An automation of Quorate's could not act: the sweep stands in for it, at once.",
        trigger=EventTrigger(
            expect={"prefect.automation.action.failed"},
            match=ResourceSpecification({"prefect.resource.id": "prefect.automation.*"}),
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(minutes=5),
        ),
        actions=[],
    )


async def deploy(environment: Mapping[str, str] | None = None) -> Deployed:
    """Tell the server that ``PREFECT_API_URL`` names everything.

    Raises:
        NotDeployed: Prefect did not accept ``prefect.yaml``.
        httpx.HTTPError: the server does not answer.
    """
    async with get_client() as client:
        await _work_pool(client)
        await client.upsert_global_concurrency_limit_by_name(WRITER, 1)
    _deploy_all(environment or os.environ)
    async with get_client() as client:
        found = {one.name: one for one in await client.read_deployments()}
        sweep = found["sweep"]
        failing = failing_actions()
        failing.actions = [
            RunDeployment(source="selected", deployment_id=sweep.id, parameters={"home": ""}, job_variables=None)
        ]
        for automation in (zombies(), failing):
            await _automation(client, automation)
        automations = await client.read_automations()
        for one in automations:
            if one.name.startswith(OURS) and not one.enabled:
                await client.resume_automation(one.id)
        return Deployed(tuple(sorted(found)), tuple(sorted(one.name for one in automations)))


async def _work_pool(client: PrefectClient) -> None:
    """A pool of processes, in which a run is one process from the beginning.

    A worker that is not told how to start a run starts a process that reads the deployment, and this then starts over
    as the run, which reads the deployment: loading Prefect twice costs each run two seconds.
    """
    try:
        pool = await client.read_work_pool(POOL)
    except ObjectNotFound:
        pool = await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    template = pool.base_job_template or ProcessWorker.get_default_base_job_template()
    template["variables"]["properties"]["command"]["default"] = shlex.join([sys.executable, "-m", "prefect.engine"])
    await client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=template))


def _deploy_all(environment: Mapping[str, str]) -> None:
    """`prefect deploy --all`, which may end with 0 although it skipped all that it did not understand."""
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=CODE,
        env={**environment, "QUORATE_CODE": str(CODE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "Skipping" in done.stdout + done.stderr:
        raise NotDeployed(f"`prefect deploy --all` did not accept prefect.yaml in {CODE}: run it there to see why.")


async def _automation(client: PrefectClient, wanted: AutomationCore) -> None:
    """Make it, or make it what it should be."""
    there = await client.read_automations_by_name(wanted.name)
    if not there:
        await client.create_automation(wanted)
        return
    await client.update_automation(there[0].id, wanted)
    for extra in there[1:]:
        await client.delete_automation(extra.id)
