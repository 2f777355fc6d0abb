"""`quorate source`: the agency's own line, from the archive, to somebody whose name and reason are kept before."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from quorate.exits import Exit
from tests.quorate.command import FIXTURES, partnership, quorate

WHY = ("--by", "A. Manager", "--why", "the police asked which meeting it was")
FEEDS = ("csc_mosaic", "csc_cin_census", "sarc_havens")
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip, an XML file and a workbook have been loaded, and were taken out of the landing zone since."""
    folder = partnership(tmp_path_factory.mktemp("source"), *FEEDS)
    quorate("nightly", "--home", folder)
    for feed in FEEDS:
        shutil.rmtree(folder / "landing" / feed)
        (folder / "landing" / feed).mkdir()
    return folder


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    """Run a command over that partnership."""
    return lambda *words: quorate(*words, "--home", home)


@pytest.fixture(scope="module")
def ids(run: Run) -> dict[str, str]:
    """Feed → its delivery."""
    return {one["feed"]: one["delivery_id"] for one in json.loads(run("delivery", "list", "--json").stdout)}


def looks(home: Path) -> list[dict[str, Any]]:
    """Every look that the archive has, in order."""
    return [json.loads(path.read_text("utf-8")) for path in sorted((home / "archive/decisions").glob("*-source-*"))]


def test_a_line_of_a_zip_is_shown_as_it_stands_and_the_look_is_kept(home: Path, run: Run, ids: dict[str, str]):
    with zipfile.ZipFile(next((FIXTURES / "csc_mosaic").iterdir())) as archive:
        text = archive.read("strategy_meetings.csv").decode("utf-8-sig")
    before = len(looks(home))
    place = f"{ids['csc_mosaic'][:8]}:2"
    done = run("source", place, "--member", "strategy_meetings.csv", *WHY, "--json")
    told = json.loads(done.stdout)
    assert told["cells"] == next(csv.DictReader(StringIO(text)))
    assert (told["member"], told["source_row"]) == ("strategy_meetings.csv", 2)
    (look,) = looks(home)[before:]
    assert (look["by"], look["why"]) == (WHY[1], WHY[3])
    assert look["details"]["delivery_id"] == ids["csc_mosaic"]
    assert (look["details"]["member"], look["details"]["source_row"]) == ("strategy_meetings.csv", "2")
    kept = json.dumps(look) + done.stderr
    assert not [cell for cell in told["cells"].values() if len(cell) > 1 and cell in kept]
    run("source", place, "--member", "strategy_meetings.csv", *WHY)
    assert len(looks(home)) == before + 2  # the same look again is another look


def test_a_refused_row_is_in_the_archive_and_can_be_shown(run: Run, ids: dict[str, str]):
    refused = json.loads(run("quarantine", "show", ids["csc_mosaic"], "--json").stdout)
    assert "SM-5" not in json.dumps(refused)
    done = run("source", f"{ids['csc_mosaic']}:3", "--member", "strategy_meetings.csv", *WHY)
    assert done.returncode == Exit.OK
    assert "SM-5" in done.stdout
    assert "We asked around" in done.stdout
    assert "SM-5" not in done.stderr


def test_a_line_of_a_workbook_and_of_xml(run: Run, ids: dict[str, str]):
    done = run("source", f"{ids['sarc_havens']}:3", "--member", "Episodes", *WHY, "--json")
    episode = json.loads(done.stdout)["cells"]
    said = [episode[name] for name in ("Episode", "NHS number", "Referred", "Time since incident", "Examined")]
    assert said == ["H1", "9990000018", "2026-04-03", "0-7 days", "04/04/2026"]  # a date cell, and a date typed as text
    child = json.loads(run("source", f"{ids['csc_cin_census']}:37", *WHY, "--json").stdout)
    assert child["member"] == "/Message/Children/Child"
    assert child["cells"]["ChildIdentifiers/LAchildID"] == "SUT2"


def test_what_is_not_one_line_is_said_and_nothing_is_kept(home: Path, run: Run, ids: dict[str, str]):
    before = len(looks(home))
    several = run("source", f"{ids['csc_mosaic']}:2", *WHY)
    assert several.returncode == Exit.USAGE
    assert "--member" in several.stderr
    assert "'children.csv'" in several.stderr
    for words in (("csc_mosaic", "999"), ("csc_mosaic", "1"), ("sarc_havens", "2")):
        done = run("source", f"{ids[words[0]]}:{words[1]}", *WHY)
        assert done.returncode == Exit.USAGE
        assert f"no row {words[1]}" in done.stderr
    assert "a colon and the row" in run("source", ids["csc_mosaic"], *WHY).stderr
    assert run("source", f"{ids['csc_mosaic']}:2", "--by", "A. Manager").returncode == Exit.USAGE
    assert len(looks(home)) == before


def test_a_look_changes_nothing_that_a_rebuild_brings_back(home: Path, run: Run, ids: dict[str, str]):
    run("source", f"{ids['csc_cin_census']}:37", *WHY)
    told = json.loads(run("rebuild", "--json").stdout)
    assert told["differences"] == []
    assert told["passed_over"] == []
    assert looks(home)
    assert run("doctor").returncode == Exit.OK


def test_a_spoilt_archive_shows_nothing(home: Path, run: Run, ids: dict[str, str]):
    (file,) = (path for path in (home / "archive").glob("??/*") if path.read_bytes().startswith(b"<?xml"))
    before, spoilt = len(looks(home)), file.read_bytes().replace(b"SUT2", b"SUT3")
    file.chmod(0o600)
    file.write_bytes(spoilt)
    done = run("source", f"{ids['csc_cin_census']}:37", *WHY)
    assert (done.returncode, done.stdout) == (Exit.INFRASTRUCTURE, "")
    assert len(looks(home)) == before
