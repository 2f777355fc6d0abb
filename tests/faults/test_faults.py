"""The short form of `python -m tests.faults`, and (marked long) the long one.

After every fault: the warehouse opens; it stands where it stood before or after a transaction; the same command again
ends where it would have ended without the fault; nothing is broken, lost or doubled.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.faults import shim
from tests.quorate.command import CODE, environment

pytestmark = pytest.mark.skipif(shim.why_not() is not None, reason=shim.why_not() or "")


def trials(*words: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=CODE, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    print(done.stdout)
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_few_kills_and_a_full_disk_break_nothing() -> None:
    told = trials("--duckdb", "3", "--postgresql", "1", "--enospc", "2")
    assert told["points"] == 6
    assert told["reached"] >= 4


@pytest.mark.long
@pytest.mark.hours
@pytest.mark.parametrize(("kind", "points"), [("duckdb", 300), ("postgresql", 100), ("server", 20), ("enospc", 60)])
def test_kills_at_every_write_and_full_disks_break_nothing(kind: str, points: int) -> None:
    told = trials(f"--{kind}", str(points))
    assert told["points"] == points
    assert told["reached"] >= points * 0.8
