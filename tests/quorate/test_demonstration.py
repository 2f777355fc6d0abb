"""`quorate demo`: the first thing a stranger runs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from quorate.exits import Exit
from tests.quorate.command import partnership, quorate


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A demonstration of one month, and what building it said."""
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    return folder, quorate("demo", folder, "--months", "1")


def test_a_demonstration_ends_well_and_names_its_report(
    demonstration: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = demonstration
    assert done.returncode == Exit.OK
    report = Path(done.stdout.splitlines()[-1])
    assert report.is_file()
    assert report.is_relative_to(folder)


def test_a_second_demonstration_changes_nothing_and_says_so(
    demonstration: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = demonstration
    before = {path: path.stat().st_mtime_ns for path in (folder / "reports").iterdir()}
    again = quorate("demo", folder, "--months", "1", "--json")
    assert again.returncode == Exit.OK
    told = json.loads(again.stdout)
    assert {one["state"] for one in told["deliveries"]} == {"duplicate"}
    assert (told["measures"], told["report"]) == (0, None)
    assert {path: path.stat().st_mtime_ns for path in (folder / "reports").iterdir()} == before


def test_a_demonstration_is_never_built_into_a_partnership_that_is_real(tmp_path: Path) -> None:
    done = quorate("demo", partnership(tmp_path, "police_niche"))
    assert done.returncode == Exit.USAGE
    assert not (tmp_path / "warehouse.duckdb").exists()
