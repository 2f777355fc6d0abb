"""`quorate status --watch`, and logs for those who collect them."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

from quorate.exits import Exit
from quorate.watching import repeat
from tests.flows.conftest import wait_for
from tests.flows.landings import drop
from tests.quorate.command import COMMAND, environment, quorate


def test_the_status_is_shown_anew_until_ctrl_c(tmp_path):
    drop(tmp_path, 1)
    quorate("nightly", "--home", tmp_path)
    shown = tmp_path / "shown.txt"
    with shown.open("w") as out:
        watching = subprocess.Popen(
            [*COMMAND, "status", "--watch", "--home", str(tmp_path)], env=environment(), stdout=out, stderr=out
        )
        try:
            wait_for(lambda: shown.read_text().count("learning_2012-01.csv") >= 2, "the second showing")
            watching.send_signal(signal.SIGINT)
            assert watching.wait(30) == Exit.OK
        finally:
            if watching.poll() is None:
                watching.kill()
    assert "interrupted" not in shown.read_text()


def test_what_an_interrupted_database_raises_at_ctrl_c_ends_it_quietly_too_and_a_failure_does_not():
    """DuckDB raises a bare RuntimeError where it is interrupted."""

    def interrupted() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    def fails() -> None:
        raise RuntimeError("a mistake of ours")

    before = signal.getsignal(signal.SIGINT)
    repeat(interrupted)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        repeat(fails)
    assert signal.getsignal(signal.SIGINT) == before


def test_logs_are_json_lines_with_delivery_ids_and_counts_and_no_names_of_files(tmp_path):
    drop(tmp_path, 2)
    told = quorate("nightly", "--home", tmp_path, QUORATE_LOG="json").stderr
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert [(one["event"], one["feed"], one["state"], one["rows_loaded"]) for one in lines] == [
        ("quorate.delivery", "csc_learning", "loaded", 2),
        ("quorate.delivery", "police_learning", "loaded", 2),
    ]
    assert all(len(one["delivery_id"]) == 36 for one in lines)
    assert "learning_2012" not in "".join(map(json.dumps, lines))


def test_without_the_setting_there_are_none(tmp_path):
    drop(tmp_path, 1)
    assert '{"at"' not in quorate("nightly", "--home", tmp_path).stderr
