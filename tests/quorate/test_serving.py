"""`quorate serve` as a new user has it: one command, a file dropped into the landing folder, and the report follows."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from flows import serving
from flows.landing import Look
from flows.server_environment import CODE, SAFE, environment_of
from flows.serving import Child, answers
from flows.settings import settings_of
from tests.flows.conftest import free_port, wait_for
from tests.flows.landings import drop, owe
from tests.quorate.command import COMMAND, environment, quorate
from warehouse import ledger
from warehouse.store import open_store


def children_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def test_a_file_dropped_into_the_landing_folder_is_in_the_report_without_another_command(tmp_path):
    owe(tmp_path)
    port, report = free_port(), tmp_path / "reports" / "board.html"
    said = tmp_path / "said.txt"
    with said.open("w") as out:
        serving = subprocess.Popen(
            [*COMMAND, "serve", "--home", str(tmp_path), "--port", str(port)],
            env=environment(), stdout=out, stderr=out,
        )  # fmt: skip
        try:
            wait_for(lambda: "Serving on" in said.read_text() or serving.poll() is not None, "it to serve")
            assert serving.poll() is None, said.read_text()
            drop(tmp_path, 1)
            wait_for(report.exists, "the report")
            first = report.read_text()
            drop(tmp_path, 2)
            wait_for(lambda: report.read_text() != first, "the report of two files")
            started = children_of(serving.pid)
            assert len(started) >= 2
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(90) == 0
        finally:
            if serving.poll() is None:
                serving.kill()
    assert not [one for one in started if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not answers(f"http://127.0.0.1:{port}/api")
    assert said.read_text().rstrip().endswith("Stopped.")


def the_worker_of(pid: int) -> psutil.Process:
    """What serves starts it, and starts it again."""
    return next(one for one in psutil.Process(pid).children() if "worker" in one.cmdline())


def unfinished(home: Path, port: int) -> list[str]:
    """The runs that the server takes for running."""
    client = dict(word.split("=", 1) for word in shlex.split((home / "prefect" / "client.env").read_text()))
    user, _, password = client["PREFECT_API_AUTH_STRING"].partition(":")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", auth=(user, password), timeout=60) as asked:
        token = asked.get("/csrf-token", params={"client": "tests"}).json()["token"]
        headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "tests"}
        running = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "CANCELLING"]}}}}
        return [one["id"] for one in asked.post("/flow_runs/filter", json=running, headers=headers).json()]


@pytest.mark.long
def test_a_worker_killed_in_mid_load_is_made_up_for_by_the_schedule_with_nobody_there(tmp_path):
    owe(tmp_path)
    port, said = free_port(), tmp_path / "said.txt"
    with said.open("w") as out:
        serving = subprocess.Popen(
            [*COMMAND, "serve", "--home", str(tmp_path), "--port", str(port)],
            env=environment(), stdout=out, stderr=out,
        )  # fmt: skip
        try:
            wait_for(lambda: "Serving on" in said.read_text() or serving.poll() is not None, "it to serve")
            drop(tmp_path, 48)
            receipts = tmp_path / "archive" / "receipts"
            wait_for(lambda: len(list(receipts.glob("*.json"))) >= 4, "the first files")
            worker = the_worker_of(serving.pid)
            for one in [worker, *worker.children(recursive=True)]:
                one.kill()
            killed = time.monotonic()
            report = tmp_path / "reports" / "board.html"
            wait_for(report.exists, "the report", seconds=400)
            print(f"recovered {time.monotonic() - killed:.0f} s after the kill")
            assert len(list(receipts.glob("*.json"))) == 48
            wait_for(lambda: not unfinished(tmp_path, port), "every run to have ended", seconds=200)
            print(f"no run left running {time.monotonic() - killed:.0f} s after the kill")
        finally:
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(90) == 0
    with open_store(settings_of(tmp_path).warehouse_url) as store, store.reading() as connection:
        assert Counter(line["state"] for line in ledger.in_order(connection)) == {"published": 48}


def test_the_servers_secrets_are_made_once_and_are_for_their_owner_alone(tmp_path):
    first, again = (environment_of(settings_of(tmp_path)) for _ in range(2))
    for name in ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_SERVER_ENCRYPTION_KEY"):
        assert first[name] == again[name]
        assert len(first[name]) >= 32
    folder = tmp_path / "prefect"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_server_listens_on_loopback_asks_for_a_password_and_tells_nobody_outside(tmp_path):
    told = environment_of(settings_of(tmp_path), 4311)
    assert told["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert told["PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED"] == "true"
    assert told["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4311"
    assert told["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_what_the_environment_says_goes_before_our_defaults_but_not_which_server_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql+asyncpg://quorate@db/prefect")
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "jo:a password of their own")
    monkeypatch.setenv("PREFECT_API_URL", "https://elsewhere.example/api")
    told = environment_of(settings_of(tmp_path), 4311)
    assert told["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://quorate@db/prefect"
    assert told["PREFECT_API_AUTH_STRING"] == "jo:a password of their own"
    assert told["PREFECT_API_URL"] == "http://127.0.0.1:4311/api"


def test_the_template_of_the_environment_says_what_serve_does():

    template = (CODE / "docs" / "operations.env").read_text()
    for name, value in SAFE.items():
        assert f"{name}={value}" in template.replace("'", ""), name


def test_serving_without_a_key_or_a_folder_is_refused_with_what_to_do(tmp_path):
    nowhere = quorate("serve", "--home", tmp_path)
    assert (nowhere.returncode, "no feed has a folder" in nowhere.stderr) == (2, True)
    owe(tmp_path)
    keyless = quorate("serve", "--home", tmp_path, QUORATE_KEY="")
    assert (keyless.returncode, "quorate key make" in keyless.stderr) == (2, True)


def test_deploying_to_a_server_that_is_not_there_says_so(tmp_path):
    nowhere = "http://127.0.0.1:9/api"
    done = quorate("deploy", PREFECT_API_URL=nowhere, PREFECT_CLIENT_MAX_RETRIES="0")
    assert (done.returncode, f"{nowhere} does not answer" in done.stderr) == (5, True)
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "client.env").write_text(f"PREFECT_API_URL='{nowhere}'\nPREFECT_API_AUTH_STRING='a:b'\n")
    done = quorate("deploy", "--home", tmp_path, PREFECT_CLIENT_MAX_RETRIES="0")
    assert (done.returncode, f"{nowhere} does not answer" in done.stderr) == (5, True)


def test_deploying_where_no_server_is_known_starts_none(tmp_path):
    done = quorate("deploy", "--home", tmp_path)
    assert (done.returncode, "set PREFECT_API_URL, or start `quorate serve`" in done.stderr) == (2, True)


def test_whatever_ends_the_watching_ends_serving_and_nothing_is_started_again(tmp_path, monkeypatch):
    def failing(*_args: object) -> Iterator[Look]:
        wait_for(lambda: child.is_running, "the child")
        raise RuntimeError("the disk is gone")
        yield Look()

    child = Child("child", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ), tmp_path / "log")
    monkeypatch.setattr("flows.watching.watch", failing)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        serving._watch_over((child,), settings_of(tmp_path), print, lambda: False)
    child.stop()
    time.sleep(2 * serving.POLL)
    assert not child.is_running


def test_where_the_children_cannot_be_kept_running_serving_ends_with_the_reason(tmp_path):
    broken = Child("child", [sys.executable, "-c", ""], dict(os.environ), tmp_path / "nowhere" / "log")
    (tmp_path / "landing").mkdir()
    with pytest.raises(FileNotFoundError):
        serving._watch_over((broken,), settings_of(tmp_path), lambda _: None, lambda: False)


def test_a_second_server_on_the_same_port_is_refused(tmp_path):
    import http.server
    import threading

    owe(tmp_path)

    class Healthy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Healthy) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        done = quorate("serve", "--home", tmp_path, "--port", str(other.server_address[1]))
        other.shutdown()
    assert (done.returncode, "already" in done.stderr) == (5, True)
