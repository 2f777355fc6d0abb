"""`quorate explain | restatements | discrepancies`, through the real command, on both engines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.exits import Exit
from tests.quorate.command import FIXTURES, partnership, quorate

Run = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Children's Social Care and the police have sent their month."""
    return partnership(tmp_path, "csc_mosaic", "police_niche", "lscp_audit")


@pytest.fixture
def run(home: Path, url: str) -> Run:
    """Run a command over that partnership and that warehouse."""

    def command(*words: str) -> Any:
        return quorate(*words, "--home", home, "--warehouse", url)

    return command


def test_a_figure_is_explained_to_the_row_and_proved(run: Run):
    run("nightly")
    figures = {one["metric"]: one for one in json.loads(run("metrics", "--period", "month", "--all", "--json").stdout)}
    done = run("explain", "audit_rating", "--period", "2026-01", "--rows")
    assert done.returncode == Exit.OK
    assert "How did the auditors grade the cases" in done.stdout
    assert "proved" in done.stderr
    assert "audit_returns: " in done.stdout

    told = json.loads(run("explain", "quorate", "--view", "recorded", "--period", "2026-04", "--rows", "--json").stdout)
    assert told["is_proved"]
    assert told["figure"]["question"] == figures["quorate"]["question"]
    assert len(told["units"]) == told["figure"]["rows_counted"] > 0
    assert {line["table_name"] for line in told["lines"]} >= {"strategy_meetings", "meeting_participation"}
    assert told["definition"]["parameters"]["sarc_is_health"] is False
    low, high = told["reach"]
    assert low <= told["figure"]["percentage"] <= high
    assert told["refused"]  # the fixture has rows that break rules
    assert told["changes"] == []


def test_what_is_not_there_is_said_with_what_is(run: Run):
    assert "is not a warehouse yet" in run("explain", "quorate").stderr or run("explain", "quorate").returncode
    run("nightly")
    done = run("explain", "quorat")
    assert done.returncode == Exit.USAGE
    assert "'quorate'" in done.stderr
    assert "'2026-04'" in run("explain", "quorate", "--period", "2026-13").stderr
    assert "police" in run("discrepancies", "polices").stderr


def test_where_two_agencies_do_not_say_the_same(run: Run):
    run("nightly")
    numbers = json.loads(run("discrepancies", "--json").stdout)
    of_police = {name: number for name, number in numbers["police"].items() if name.startswith("attendance")}
    found = json.loads(run("discrepancies", "police", "--json").stdout)
    differ = sum(of_police.get(f"attendance {status}", 0) for status in ("csc_only", "agency_only"))
    assert len([one for one in found if one["matter"] == "attendance"]) == differ
    assert "attendance:" in run("discrepancies").stderr


def test_a_corrected_file_restates_and_says_so(run: Run, home: Path):
    run("nightly")
    assert json.loads(run("restatements", "--json").stdout) == []
    folder = home / "landing" / "lscp_audit"
    (file,) = folder.iterdir()
    shutil.rmtree(folder)
    folder.mkdir()
    run("delivery", "withdraw", _delivery(run, "lscp_audit"), "--by", "A. Manager", "--why", "the wrong audit")
    told = json.loads(run("restatements", "audit_rating", "--json").stdout)
    assert told
    assert {one["cause"] for one in told} == {"withdrawal"}
    assert "withdrawal: a delivery was withdrawn" in run("restatements", "audit_rating").stderr
    shutil.copy(FIXTURES / "lscp_audit" / file.name, folder)
    before = run("explain", "audit_rating", "--as-known-at", "2020-01-01")
    assert before.returncode == Exit.USAGE
    assert "nothing was known then" in " ".join(before.stderr.split())


def _delivery(run: Run, feed: str) -> str:
    return next(
        one["delivery_id"] for one in json.loads(run("delivery", "list", "--json").stdout) if one["feed"] == feed
    )
