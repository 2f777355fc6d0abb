"""What a person decides about deliveries and refused rows, through the real command, on both engines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.exits import Exit
from tests.quorate.command import partnership, quorate

BY = ("--by", "A. Manager", "--why", "agreed with the police on the phone")
RULE = "police_investigations.closure_reason_code.in_code_list"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The police's meetings and training have landed; the manifest of the latter says 99 rows, and there are 2."""
    folder = partnership(tmp_path, "police_niche", "police_learning")
    file = folder / "landing" / "police_learning" / "learning_2026-03.csv"
    file.with_name(f"{file.name}.manifest.json").write_text('{"rows": 99}', encoding="utf-8")
    return folder


@pytest.fixture
def run(home: Path, url: str) -> Callable[..., Any]:
    """Run a command over that partnership and that warehouse."""

    def command(*words: str) -> Any:
        return quorate(*words, "--home", home, "--warehouse", url)

    return command


def deliveries(run: Callable[..., Any], *words: str) -> dict[str, dict[str, Any]]:
    """Feed → its newest delivery."""
    listed = json.loads(run("delivery", "list", "--json", *words).stdout)
    return {one["feed"]: one for one in reversed(listed)}


def rows_by_state(run: Callable[..., Any], *words: str) -> dict[str, int]:
    told = json.loads(run("quarantine", "list", "--feed", "police_niche", "--state", "all", "--json", *words).stdout)
    return {
        state: sum(one["rows"] for one in told if one["state"] == state) for state in {one["state"] for one in told}
    }


def test_a_held_delivery_waits_in_sight_until_a_person_releases_it(run):
    night = run("nightly")
    assert night.returncode == Exit.GATE
    (command,) = set(re.findall(r"quorate (delivery release \w+) --by NAME --why TEXT", night.stderr))
    said = "the file has 2 rows where its manifest says 99"
    assert said in " ".join(night.stderr.split())
    status = run("status")
    assert status.returncode == Exit.GATE
    assert command in status.stderr
    again = run("nightly", "--json")
    assert again.returncode == Exit.GATE  # it still waits
    assert [one["feed"] for one in json.loads(again.stdout)["held"]] == ["police_learning"]

    assert run(*command.split(), "--by", " ", "--why", "x").returncode == Exit.USAGE
    waits = run("delivery", "show", command.split()[-1])
    assert "nothing is loaded: 1 wait, and 1 break rules" in waits.stdout
    told = json.loads(run("delivery", "show", command.split()[-1], "--json").stdout)
    assert told["waiting"] == {"sound": 1, "refused": 1}

    released = run(*command.split(), *BY)
    assert released.returncode == Exit.OK
    assert "learning_2026-03.csv is published" in released.stdout
    assert "rows closed 0, rows new 1" in released.stdout
    assert "worked out again" in released.stderr
    assert deliveries(run)["police_learning"]["state"] == "published"
    shown = run("delivery", "show", command.split()[-1])
    assert said in " ".join(shown.stdout.split())  # what held it stays written
    assert "2 in = 1 loaded + 0 unchanged + 1 refused + 0 ignored" in shown.stdout
    assert "agreed with the police on the phone" in shown.stdout
    assert run("nightly").returncode == Exit.MISSING
    assert run(*command.split(), *BY).returncode == Exit.USAGE  # nothing is held any more


def test_a_delivery_is_withdrawn_and_taken_in_again_and_its_refused_rows_go_with_it(run, home):
    run("nightly")
    niche = deliveries(run)["police_niche"]["delivery_id"]
    assert rows_by_state(run) == {"open": 5}

    waived = run("quarantine", "waive", niche, "--row", "4", "--until", "2099-12-31", *BY, "--json")
    assert waived.returncode == Exit.OK
    assert json.loads(waived.stdout) == {"waived": 2, "until": "2099-12-31"}
    assert rows_by_state(run) == {"open": 3, "waived": 2}
    shown = run("quarantine", "show", niche[:6])
    assert "strategy_discussions.csv row 4" in shown.stdout
    assert "until 2099-12-31 by A. Manager" in shown.stdout
    assert "Use a word of the code list closure_reasons." in shown.stdout

    replayed = run("quarantine", "replay", "--rule", RULE, *BY, "--json")
    assert [one["state"] for one in json.loads(replayed.stdout)["deliveries"]] == ["loaded"]
    assert rows_by_state(run) == {"open": 5, "superseded": 5}  # the rule is as it was: it refuses again
    second = deliveries(run)["police_niche"]
    assert (second["attempt"], second["replaces"]) == (2, niche)
    first = run("delivery", "withdraw", niche, *BY)
    assert first.returncode == Exit.USAGE
    assert f"read again, as {second['delivery_id']}, which is published" in first.stderr
    published_at = json.loads(run("delivery", "show", second["delivery_id"], "--json").stdout)["steps"][-1]["at"]

    withdrawn = run("delivery", "withdraw", second["delivery_id"], *BY)
    assert withdrawn.returncode == Exit.OK
    assert deliveries(run)["police_niche"]["state"] == "withdrawn"
    assert rows_by_state(run) == {"superseded": 10}  # nothing of the file counts any more
    assert deliveries(run, "--as-known-at", published_at)["police_niche"]["state"] == "published"
    kinds = sorted(path.name.split("-")[1] for path in (home / "archive" / "decisions").iterdir())
    assert kinds == ["reprocess", "waive", "withdraw"]
    assert run("quarantine", "replay", "--rule", "no.such_rule", *BY).returncode == Exit.USAGE


def test_a_replay_in_which_a_file_is_refused_whole_ends_with_1(home: Path) -> None:
    """The connector cannot read the file any more: here it may take no time to."""
    quorate("nightly", "--home", home)
    done = quorate(
        "quarantine", "replay", "--rule", RULE, *BY, "--json", "--home", home, QUORATE_READER_SECONDS="0.000001"
    )
    assert [one["state"] for one in json.loads(done.stdout)["deliveries"]] == ["refused"]
    assert done.returncode == Exit.REFUSED


def test_an_id_that_is_not_unique_or_not_there_is_refused_before_anything_happens(run):
    run("nightly")
    everything = run("delivery", "withdraw", "", *BY)
    assert everything.returncode == Exit.USAGE
    assert "2 deliveries' ids begin like this" in everything.stderr
    assert run("delivery", "show", "zzz").returncode == Exit.USAGE
    assert run("delivery", "list", "--state", "lost").returncode == Exit.USAGE
    assert run("quarantine", "waive", "--rule", RULE, "--until", "2099-12-31", *BY).returncode == Exit.USAGE
