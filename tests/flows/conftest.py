"""A Prefect server of our own for the whole run, as `quorate serve` makes it, with deployments and automations."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from flows import serving
from flows.deploying import deploy
from flows.server_environment import CODE, environment_of
from flows.serving import Child
from flows.settings import settings_of
from tests.flows.landings import owe


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(until: Callable[[], Any], what: str, seconds: float = 240) -> Any:
    """What ``until`` answers, once it is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := until():
            return found
        time.sleep(0.3)
    raise AssertionError(f"waited {seconds} s for {what}")


def _unless_busy(answer: httpx.Response) -> httpx.Response | None:
    return None if answer.status_code == 503 else answer


@dataclass
class Prefect:
    """A running server, and processes that work for it."""

    home: Path
    """The partnership whose folder a run is told of by its worker's environment."""
    environment: dict[str, str]
    server: Child

    def client(self) -> httpx.Client:
        user, _, password = self.environment["PREFECT_API_AUTH_STRING"].partition(":")
        return httpx.Client(base_url=self.environment["PREFECT_API_URL"], auth=(user, password), timeout=60)

    def ask(self, path: str, **body: Any) -> Any:
        """What the API answers; like Prefect's own client it asks again where SQLite under the server was busy."""
        return self._send("POST", path, body)

    def patch(self, path: str, **body: Any) -> None:
        """Change something."""
        self._send("PATCH", path, body)

    def _send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        with self.client() as client:
            token = client.get("/csrf-token", params={"client": "tests"}).json()["token"]
            headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "tests"}
            answer = wait_for(
                lambda: _unless_busy(client.request(method, path, json=body, headers=headers)), "an answer"
            )
            answer.raise_for_status()
            return answer.json() if answer.content else None

    def runs(self, flow: str, **states: Any) -> list[dict[str, Any]]:
        """The runs of a flow, the first first; ``types=[…]``: in one of these states."""
        chosen = {"state": {"type": {"any_": states["types"]}}} if states else None
        found: list[dict[str, Any]] = self.ask(
            "/flow_runs/filter", flows={"name": {"any_": [flow]}}, flow_runs=chosen, sort="EXPECTED_START_TIME_ASC"
        )
        return found

    def start(self, deployment: str, **parameters: str) -> str:
        """Ask for a run as anybody would; returns its id."""
        with self.client() as client:
            of = client.get(f"/deployments/name/{deployment}").json()["id"]
        run: str = self.ask(f"/deployments/{of}/create_flow_run", parameters=parameters)["id"]
        return run

    def ended(self, run_id: str) -> dict[str, Any]:
        """The state a run ended in."""

        def final() -> Any:
            with self.client() as client:
                state = client.get(f"/flow_runs/{run_id}").json()["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        state: dict[str, Any] = wait_for(final, "the run to end")
        return state

    def worker(self, home: Path, **settings: str) -> Child:
        """A worker for a partnership; who asks for it stops it."""
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "quorate"]
        child = Child("worker", command, self.environment | {"QUORATE_HOME": str(home)} | settings, home / "worker.log")
        child.start()
        return child

    @contextmanager
    def by_hand(self) -> Iterator[None]:
        """For the length of the block nothing starts by the clock: a sweep would take in what lies there, too."""
        with self.client() as client:
            known = [client.get(f"/deployments/name/{flow}/{flow}").json() for flow in ("nightly", "sweep", "overdue")]
        ids = [one["id"] for one in known]
        for one in ids:
            self.ask(f"/deployments/{one}/pause_deployment")
        try:
            yield
        finally:
            for one in ids:
                self.ask(f"/deployments/{one}/resume_deployment")

    def restart(self) -> None:
        """End the server and start it again."""
        self.server.stop()
        self.server.start()
        wait_for(lambda: serving.answers(self.environment["PREFECT_API_URL"]), "the server to answer again")


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory, _key: None) -> Iterator[Prefect]:
    """The server, to be used from this process too; nobody works for it until a test starts a worker."""
    home, port = tmp_path_factory.mktemp("served"), free_port()
    owe(home)
    environment = environment_of(settings_of(home), port) | {
        "PYTHONPATH": str(CODE),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = Child("server", command, environment, home / "server.log")
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", environment["PREFECT_HOME"])
        of = {name: environment[name.name] for name in (PREFECT_API_URL, PREFECT_API_AUTH_STRING)}
        try:
            wait_for(lambda: serving.answers(environment["PREFECT_API_URL"]), "the server to answer")
            with temporary_settings(of):
                asyncio.run(deploy(environment))
                yield Prefect(home, environment, server)
        finally:
            for sending in (EventsWorker, APILogWorker):  # or this process waits for them at its end: nobody answers
                sending.drain_all(timeout=60, at_exit=False)
            server.stop()
