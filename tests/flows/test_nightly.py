"""The nightly flow on a real Prefect server: deployed from prefect.yaml, scheduled, and run by a worker."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from flows import sweep
from flows.settings import settings_of
from warehouse.store import open_store
from warehouse.tables import FACTS, MEASURES

CODE = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
LANDED = ("csc_mosaic", "police_niche", "health_gp_emis", "lscp_audit")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership with one file of each of four feeds, and one that no reader can read."""
    folder = tmp_path_factory.mktemp("partnership")
    for feed in LANDED:
        shutil.copytree(CODE / "tests" / "fixtures" / feed, folder / "landing" / feed)
    (folder / "landing" / "police_niche" / "broken_2026-05.zip").write_bytes(b"not a zip")
    return folder


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[tuple[dict[str, str], httpx.Client]]:
    """(environment, client) of a server of our own on loopback, with the work pool and the deployment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PYTHONPATH": str(CODE),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "QUORATE_CODE": str(CODE),
        "QUORATE_HOME": str(home),
        "TZ": "Europe/London",
    }
    log = (Path(environment["PREFECT_HOME"]) / "server.log").open("w")
    server = subprocess.Popen(
        [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=log,
    )
    with httpx.Client(base_url=url, timeout=30) as client:
        try:
            _wait(lambda: _answers(client), "the server to answer")
            for command in (["work-pool", "create", "quorate", "--type", "process"], ["deploy", "--all"]):
                subprocess.run(
                    [BIN / "prefect", "--no-prompt", *command],
                    env=environment,
                    cwd=CODE,
                    check=True,
                    stdout=log,
                    stderr=log,
                )
            yield environment, client
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)
            log.close()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def _wait(until: Callable[[], Any], what: str, seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := until():
            return found
        time.sleep(0.5)
    raise AssertionError(f"waited {seconds} s for {what}")


def _runs(client: httpx.Client, *types: str) -> list[dict[str, Any]]:
    chosen = {"flow_runs": {"state": {"type": {"any_": list(types)}}}, "sort": "EXPECTED_START_TIME_ASC"}
    found: list[dict[str, Any]] = client.post("/flow_runs/filter", json=chosen).json()
    return found


def test_the_server_schedules_the_nightly_at_half_past_two_in_london(prefect):
    """Prefect 3.8.8 with SQLAlchemy 2.1 schedules nothing and says so only in its own log: docs/decisions/0003."""
    _, client = prefect
    runs = _wait(lambda: _runs(client, "SCHEDULED"), "a scheduled run")
    starts = [datetime.fromisoformat(run["expected_start_time"]).astimezone(ZoneInfo("Europe/London")) for run in runs]
    assert {(start.hour, start.minute) for start in starts} == {(2, 30)}
    assert len({start.date() for start in starts}) == len(starts)


def test_the_flow_leaves_the_same_warehouse_as_the_command_line(prefect, home, tmp_path):
    environment, client = prefect
    with (Path(environment["PREFECT_HOME"]) / "worker.log").open("w") as log:
        worker = subprocess.Popen(
            [BIN / "prefect", "worker", "start", "--pool", "quorate"], env=environment, stdout=log, stderr=log
        )
        try:
            start = [BIN / "prefect", "--no-prompt", "deployment", "run", "nightly/nightly"]
            subprocess.run(start, env=environment, check=True, stdout=log, stderr=log)
            run = _wait(lambda: _runs(client, "COMPLETED", "FAILED", "CRASHED"), "the run to end")[0]
        finally:
            worker.send_signal(signal.SIGINT)
            worker.wait(timeout=60)
    assert run["state"]["type"] == "COMPLETED", run["state"]["message"]
    assert run["state"]["message"].startswith("4 files loaded, 1 refused")

    (tmp_path / "landing").symlink_to(home / "landing")
    plain = settings_of(tmp_path)
    sweep.nightly(plain, datetime.now())
    by_flow = settings_of(home)
    assert _contents(by_flow.warehouse_url) == _contents(plain.warehouse_url)


def _contents(url: str) -> dict[str, list[tuple[str, ...]]]:
    """Every fact by its hash and provenance, and every figure."""
    with open_store(url) as store, store.reading() as connection:
        facts = {
            name: sorted(
                tuple(map(str, row))
                for row in connection.execute(
                    select(t.c.row_key, t.c.row_hash, t.c.delivery_id, t.c.source_member, t.c.source_row)
                )
            )
            for name, t in FACTS.items()
        }
        figures = sorted(tuple(map(str, row)) for row in connection.execute(select(MEASURES)))
    assert figures
    return facts | {"measures": figures}
