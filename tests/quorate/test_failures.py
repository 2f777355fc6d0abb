"""What a failure means to the person at the terminal."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connectors.archive import DamagedArchiveError
from connectors.read import Unreadable
from quorate.exits import Exit
from quorate.failures import explain
from tests.quorate.command import environment
from warehouse.ledger import Unbalanced
from warehouse.store import Locked, Unavailable


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Unreadable("file.damaged", "The zip is damaged.", "Send it whole."), Exit.REFUSED),
        (Unavailable("The warehouse does not answer."), Exit.INFRASTRUCTURE),
        (DamagedArchiveError("Restore it from a backup."), Exit.INFRASTRUCTURE),
        (PermissionError(13, "Permission denied", "landing"), Exit.INFRASTRUCTURE),
        (ModuleNotFoundError("No module named 'lxml'"), Exit.INFRASTRUCTURE),
        (Locked("Another run is writing."), Exit.LOCKED),
        (Unbalanced("Delivery d has 2 rows, but 1 is accounted for."), Exit.BUG),
        (KeyError("9990000018"), Exit.BUG),
    ],
)
def test_every_failure_has_its_code_and_one_line(failure: Exception, code: Exit) -> None:
    given, line, _ = explain(failure)
    assert given == code
    assert line.startswith("quorate: ")
    assert "\n" not in line


def test_a_mistake_of_ours_tells_where_it_happened_and_not_with_what() -> None:
    row = {"nhs_number": "9990000018"}
    try:
        row["9990000019"]
    except KeyError as failure:
        code, line, steps = explain(failure)
    assert code == Exit.BUG
    assert "KeyError" in line
    assert Path(__file__).name in steps[-1]
    assert "999000001" not in line + " ".join(steps)


BUSY = """
import sys
from quorate.failures import explained
from warehouse.store import open_store

with explained(), open_store(sys.argv[1]) as store:
    print("begun", flush=True)
    while True:
        with store.writing() as connection:
            connection.exec_driver_sql("CREATE OR REPLACE TABLE t AS SELECT md5(i::VARCHAR) FROM range(500000) AS r(i)")
"""


@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.3, 0.5])
def test_an_interruption_within_a_statement_or_a_commit_of_duckdb_is_one_too(tmp_path: Path, seconds: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY, str(tmp_path / "warehouse.duckdb")],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as busy:  # fmt: skip
        assert busy.stdout is not None
        assert busy.stdout.readline() == "begun\n"
        time.sleep(seconds)
        busy.send_signal(signal.SIGINT)
        _, said = busy.communicate(timeout=300)
    assert busy.returncode == Exit.INTERRUPTED
    assert said.startswith("quorate: interrupted.")
    assert len(said.splitlines()) == 1
