"""`quorate fetch`, `watch` and `drop` as a person types them."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.quorate.command import COMMAND, FIXTURES, environment, partnership, quorate

FEED = "edu_school_cpoms"
FILE = FIXTURES / FEED / "cpoms_export_2026-04.csv"
WAIT = 120.0


@contextmanager
def started(log: Path, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on; what it says is in ``log``."""
    with (
        log.open("w") as out,
        subprocess.Popen([*COMMAND, *map(str, words)], env=environment(), stdout=out, stderr=out, text=True) as going,
    ):
        try:
            yield going
        finally:
            going.kill()


def until_it_says(log: Path, pattern: str) -> re.Match[str]:
    ends_at = time.monotonic() + WAIT
    while time.monotonic() < ends_at:
        found = re.search(pattern, log.read_text())
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_watch_loads_what_lands_and_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    (tmp_path / "landing" / FEED).mkdir(parents=True)
    log = tmp_path / "log"
    with started(log, "watch", "--home", tmp_path) as watching:
        until_it_says(log, "Watching")
        shutil.copyfile(FILE, tmp_path / "landing" / FEED / f"{FILE.name}.part")
        (tmp_path / "landing" / FEED / f"{FILE.name}.part").rename(tmp_path / "landing" / FEED / FILE.name)
        until_it_says(log, "figures worked out")
        until_it_says(log, "board.html")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 130
    assert (tmp_path / "reports" / "board.html").exists()
    assert "Traceback" not in log.read_text()


def test_drop_takes_files_in_from_those_who_have_a_token(tmp_path: Path) -> None:
    made = quorate("drop", "token", FEED, "--for", "A school", "--home", tmp_path)
    token = made.stdout.strip()
    (line,) = json.loads(quorate("drop", "list", "--json", "--home", tmp_path).stdout)
    assert (line["feed"], line["holder"], len(token)) == (FEED, "A school", 43)
    assert token not in made.stderr + (tmp_path / "drop-tokens.json").read_text()
    log = tmp_path / "log"
    with started(log, "drop", "--port", "0", "--home", tmp_path) as serving:
        address = until_it_says(log, r"Listening on (http://127\.0\.0\.1:[1-9]\d+) for 1 tokens")[1]
        sent = httpx.post(
            f"{address}/drop/{FEED}?name={FILE.name}",
            content=FILE.read_bytes(),
            headers={"authorization": f"Bearer {token}"},
        )
        assert sent.status_code == 202
        assert (tmp_path / "landing" / FEED / FILE.name).read_bytes() == FILE.read_bytes()
        assert quorate("drop", "revoke", line["token_id"], "--home", tmp_path).returncode == 0
        assert quorate("drop", "revoke", line["token_id"], "--home", tmp_path).returncode == 2
        asked = httpx.get(address + sent.json()["ask"], headers={"authorization": f"Bearer {token}"})
        assert asked.status_code == 401
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 130
    assert token not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_second_sender_of_a_feed_gets_no_token_and_is_told_why(tmp_path: Path) -> None:
    made = quorate("drop", "token", FEED, "--for", "School [bold]X[/bold]", "--home", tmp_path)
    assert "of School [bold]X[/bold] for" in made.stderr
    refused = quorate("drop", "token", FEED, "--for", "School Z", "--home", tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "part" in refused.stderr
    (line,) = json.loads(quorate("drop", "list", "--json", "--home", tmp_path).stdout)
    assert (line["holder"], line["part"]) == ("School [bold]X[/bold]", "")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A partnership that fetches from a share that is there and from one that is not."""
    home = partnership(tmp_path / "home", "lscp_audit")
    (tmp_path / "share").mkdir()
    shutil.copy2(FILE, tmp_path / "share" / FILE.name)
    with (home / "quorate.toml").open("a") as file:
        for name, folder in (("school", tmp_path / "share"), ("gone", tmp_path / "gone")):
            file.write(f'[remotes.{name}]\nurl = "{folder}"\nfeed = "{FEED}"\n')
    return home


def test_fetch_says_what_came_and_what_could_not_be_reached(home: Path) -> None:
    done = quorate("fetch", "--home", home)
    assert done.returncode == 5
    assert "not fetched gone: the folder, or a file in it, is not there" in done.stderr
    assert (home / "landing" / FEED / FILE.name).exists()
    one = quorate("fetch", "school", "--home", home, "--json")
    assert (one.returncode, [line["known"] for line in json.loads(one.stdout)]) == (0, [1])
    assert quorate("fetch", "nobody", "--home", home).returncode == 2
    looked = quorate("doctor", "--home", home).stdout
    assert "school: declared" in looked


def test_the_night_fetches_first_and_a_place_that_is_down_stops_nothing(home: Path) -> None:
    done = quorate("nightly", "--home", home, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 5
    assert told["unreached"] == ["gone: the folder, or a file in it, is not there"]
    assert {one["feed"]: one["state"] for one in told["deliveries"]} == {"lscp_audit": "loaded", FEED: "loaded"}
    assert told["report"]


def test_fetching_from_nowhere_says_how_a_place_is_declared(tmp_path: Path) -> None:
    done = quorate("fetch", "--home", tmp_path)
    assert done.returncode == 2
    assert "docs/landing.md" in done.stderr
