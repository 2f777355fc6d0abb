"""What `quorate doctor` finds out about a real Prefect server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

from flows import server_health
from flows.deploying import deploy
from flows.server_health import examine_server
from flows.settings import settings_of
from quorate.examination import examine
from tests.flows.conftest import Prefect, wait_for

pytestmark = pytest.mark.filterwarnings(  # Prefect's threads leave sockets to the garbage collector
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def asked(prefect: Prefect, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prefect]:
    """The server, as the environment names it; afterwards it knows again what it knew."""
    for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING"):
        monkeypatch.setenv(name, prefect.environment[name])
    yield prefect
    asyncio.run(deploy(prefect.environment))


def ill(home: Path) -> dict[str, str]:
    """What is not well, and what is said of it."""
    return {what: says for what, is_well, says in examine_server(settings_of(home)) if not is_well}


def test_a_server_with_a_worker_is_well_in_all_that_is_looked_at(asked):
    worker = asked.worker(asked.home)
    try:
        wait_for(lambda: "workers" not in ill(asked.home), "the worker to be heard of")
        found = list(examine_server(settings_of(asked.home)))
    finally:
        worker.stop()
    assert [what for what, _, _ in found] == [
        "server", "clock", "password", "deployments", "automations", "workers", "runs",
    ]  # fmt: skip
    assert all(is_well for _, is_well, _ in found), found
    assert (found[3][2], found[4][2]) == ("all 8 of prefect.yaml are there and current", "all 5 are there and enabled")


def test_without_a_worker_nothing_would_run(asked, monkeypatch):
    monkeypatch.setattr(server_health, "SILENT", -server_health.SILENT)  # whoever was there is gone
    assert ill(asked.home)["workers"].startswith("none was heard of")


async def spoil() -> None:
    """One schedule off, one deployment gone, one automation switched off."""
    async with get_client() as client:
        known = {one.name: one for one in await client.read_deployments()}
        (schedule,) = known["overdue"].schedules
        await client.update_deployment_schedule(known["overdue"].id, schedule.id, active=False)
        await client.delete_deployment(known["replay"].id)
        (zombies,) = await client.read_automations_by_name("quorate-zombies")
        await client.pause_automation(zombies.id)


def test_what_is_missing_other_or_switched_off_is_named(asked):
    asyncio.run(spoil())
    found = [(what, says) for what, is_well, says in examine_server(settings_of(asked.home)) if not is_well]
    assert ("deployments", "replay are missing: `quorate deploy` mends it") in found
    assert ("deployments", "overdue are not those of prefect.yaml: `quorate deploy` mends it") in found
    assert ("automations", "quorate-zombies are missing or switched off: `quorate deploy` mends it") in found
    asyncio.run(deploy(asked.environment))
    assert not {"deployments", "automations"} & ill(asked.home).keys()


def test_another_password_is_said_and_not_shown(asked, monkeypatch):
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "quorate:somebody else")
    assert ill(asked.home)["server"] == "it answers 401: check PREFECT_API_AUTH_STRING"


class Open(BaseHTTPRequestHandler):
    """A server without a password, which says no to what writes, for CSRF protection is on."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        self.send_response(403)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def test_a_server_that_does_not_ask_for_a_password_is_ill(tmp_path, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Open) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
        found = examine_server(settings_of(tmp_path))  # it is asked one thing after another
        assert [next(found)[:2] for _ in range(3)] == [("server", True), ("clock", True), ("password", False)]
        server.shutdown()


def test_a_server_that_is_down_is_ill_and_one_that_is_not_meant_to_be_is_not_asked_for(tmp_path, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert list(examine_server(settings_of(tmp_path))) == []
    (tmp_path / "prefect").mkdir(mode=0o700)
    (tmp_path / "prefect" / "client.env").write_text("PREFECT_API_URL='http://127.0.0.1:9/api'\n")
    assert "http://127.0.0.1:9/api does not answer: start `quorate serve`" in ill(tmp_path)["server"]
    found = [one for one in examine(settings_of(tmp_path)) if one.what == "server"]
    assert [one.is_well for one in found] == [False]


def test_what_is_open_to_others_is_named_with_the_command_that_closes_it(tmp_path):
    key, vault = tmp_path / "quorate.key", tmp_path / "vault.duckdb"
    key.write_text("5e" * 32)
    vault.touch()
    for path in (key, vault):
        path.chmod(0o644)
    says = [one.says for one in examine(settings_of(tmp_path)) if one.what == "permissions"]
    assert says == [f"{path} is open to others: chmod 600 {path}" for path in (key, vault)]
    for path in (key, vault):
        path.chmod(0o600)
    (well,) = [one for one in examine(settings_of(tmp_path)) if one.what == "permissions"]
    assert well.is_well
