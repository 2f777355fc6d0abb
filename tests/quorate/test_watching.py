"""`quorate status --watch`, and logs for those who collect them."""

from __future__ import annotations

import json
import signal
import subprocess

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
            assert watching.wait(30) == 130
        finally:
            if watching.poll() is None:
                watching.kill()


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
