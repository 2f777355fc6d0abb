"""`quorate metrics diff`, through the real command: what other parameters, or another revision, would move."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from quorate.exits import Exit
from tests.quorate.command import CODE, COMMAND, environment, quorate
from tests.warehouse.drawn import draw, returned
from warehouse.store import open_store

PACKAGES = ("quorate", "flows", "reports", "connectors", "warehouse", "schemas")
STANDARD = "[parameters.meeting_on_time]\nstandard = 2\n"


@pytest.fixture
def home(tmp_path: Path, url: str) -> Path:
    """Four meetings, held one to four working days after the concern; three are agreed."""
    with open_store(url) as store:
        draw(
            store,
            "strategy_meetings",
            """
            meeting_ref | concern_identified_at | held_at          | concern_codes | status_code | urgency_code
            M1          | 2026-10-05 09:00      | 2026-10-06 10:00 | sexual_abuse  | held        | standard
            M2          | 2026-10-05 09:00      | 2026-10-07 10:00 | sexual_abuse  | held        | standard
            M3          | 2026-10-05 09:00      | 2026-10-08 10:00 | sexual_abuse  | held        | standard
            M4          | 2026-10-05 09:00      | 2026-10-09 10:00 | sexual_abuse  | held        | standard
            """,
        )
        returned(store, "csc", "strategy_meetings")
    folder = tmp_path / "home"
    (folder / "landing" / "csc_mosaic").mkdir(parents=True)
    (folder / "agreed.toml").write_text(STANDARD, encoding="utf-8")
    return folder


def told(done: subprocess.CompletedProcess[str], code: Exit) -> dict[str, Any]:
    """What the command said as JSON, ending as it must."""
    assert done.returncode == code, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def moves(said: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Metric and period of each figure that moves; numerator, denominator before and after; points."""
    sides = ("numerator", "denominator", "percentage")
    return {
        (one["metric"], one["period_label"], *(one[side][name] for side in ("before", "after") for name in sides),
         one["points"])
        for one in said["moves"]
    }  # fmt: skip


def test_a_parameter_moves_the_figures_that_rest_on_it_and_no_other(home: Path, url: str):
    where = ("--home", home, "--warehouse", url)
    said = told(quorate("metrics", "diff", "--against", home / "agreed.toml", "--json", *where), Exit.REFUSED)
    assert said["metrics"] == [{"metric": "meeting_on_time", "figures": len(said["moves"]), "largest_points": -25.0}]
    assert said["compared"] > len(said["moves"]) > 0
    assert ("meeting_on_time", "2026-10", 3, 4, 75.0, 2, 4, 50.0, -25.0) in moves(said)
    assert {one[2:] for one in moves(said)} == {(3, 4, 75.0, 2, 4, 50.0, -25.0)}
    assert (said["appear"], said["go"]) == ([], [])
    shown = quorate("metrics", "diff", "--against", home / "agreed.toml", *where)
    assert "3 of 4 75.0%" in shown.stdout
    assert "2 of 4 50.0%" in shown.stdout

    (home / "quorate.toml").write_text(STANDARD, encoding="utf-8")  # it is agreed: now it moves nothing
    same = quorate("metrics", "diff", "--against", home / "agreed.toml", *where)
    assert same.returncode == Exit.OK
    assert "No figure moves" in same.stderr
    assert told(quorate("metrics", "diff", "--against", home / "agreed.toml", "--json", *where), Exit.OK)["moves"] == []


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("[parameters]\nmeeting_on_tmie.standard = 2\n", "no parameter is called meeting_on_tmie.standard"),
        ("partnership = 'X'\n", "no table [parameters]"),
        ("[parameters\n", "not TOML"),
    ],
)
def test_a_file_that_says_nothing_is_refused(tmp_path: Path, text: str, because: str, duckdb_url: str):
    file = tmp_path / "agreed.toml"
    file.write_text(text, encoding="utf-8")
    done = quorate("metrics", "diff", "--against", file, "--home", tmp_path, "--warehouse", duckdb_url)
    assert done.returncode == Exit.USAGE
    assert because in done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The program in a git repository of its own, with one commit."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed: there are no revisions to hold figures against")
    folder = tmp_path / "checkout"
    for package in PACKAGES:
        shutil.copytree(CODE / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    said = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "--quiet"), ("add", "."), (*said, "commit", "--quiet", "-m", "as it stands")):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder


def test_a_revision_is_run_beside_ours(home: Path, url: str, checkout: Path):
    def diff(revision: str) -> subprocess.CompletedProcess[str]:
        words = [*COMMAND, "metrics", "diff", "--against", revision, "--json", "--home", str(home), "--warehouse", url]
        settings = environment(PYTHONPATH=os.fspath(checkout))
        return subprocess.run(words, cwd=checkout, env=settings, capture_output=True, text=True, check=False)

    same = told(diff("HEAD"), Exit.OK)
    assert same["moves"] == []
    assert same["compared"] > 0

    file = checkout / "warehouse" / "parameters.toml"
    agreed = file.read_text(encoding="utf-8")
    file.write_text(agreed.replace("[meeting_on_time.standard]\nvalue = 3", "[meeting_on_time.standard]\nvalue = 2"))
    (checkout / "warehouse" / "metrics" / "audit_rating.py").unlink()
    said = told(diff("HEAD"), Exit.REFUSED)  # from what was committed to what stands there now
    assert {one[2:] for one in moves(said)} == {(3, 4, 75.0, 2, 4, 50.0, -25.0)}
    assert (said["appear"], said["go"]) == ([], ["audit_rating"])
    assert "neither a file nor a revision" in diff("--output=x").stderr
