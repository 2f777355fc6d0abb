"""Nothing of a child leaves archive and vault: canaries in every personal column and every text nobody asked for.

They are planted in a file of every feed, in rows that load and rows that do not, in files that are refused and files
that end in a crash; then everything that the commands and Prefect left is searched, byte by byte.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from connectors.agency import all_feeds
from quorate.exits import Exit
from schemas.table import columns
from tests.canary.finding import Found, find_in
from tests.canary.planting import BORN, KINDS, Canaries, plant
from tests.quorate.command import CODE, COMMAND, FIXTURES, environment

READS = """
import sys
from quorate.cli import main

for line in sys.stdin:
    sys.argv = ["quorate", *line.rstrip("\\n").split("\\t")]
    try:
        main()
    except SystemExit as end:
        print("ended with", end.code, flush=True)
"""
FLOW = """
import asyncio, sys
from flows.nightly import nightly
for home in sys.argv[1:]:
    print(asyncio.run(nightly(home, return_state=True)).type)
"""


GATES = "error_percent = 100\nlimits.edu_school_cpoms.error_percent = 1\nlimits.edu_school_cpoms.least_rows = 1\n"
"""Small files have many wrong rows in a hundred: they are let in, and those of one feed are held."""
CHECKED = ("csc_mosaic", "csc_cin_census", "police_niche", "health_acute_json", "edu_school_cpoms", "sarc_havens")
"""Feeds whose files are also judged by `quorate check`: one of each format."""


@dataclass(frozen=True)
class Left:
    """A partnership after its nights, and all that they left."""

    root: Path
    home: Path
    canaries: Canaries

    def found(self, *names: str) -> set[Found]:
        """Canaries below these folders of the root, but for the places that hold the originals."""
        homes = [self.root / name for name in ("home", "broken", "flown") if (self.root / name).exists()]
        vaults = [path for home in homes for path in home.glob("vault.duckdb*")]
        originals = [home / name for home in homes for name in ("landing", "archive")]
        return find_in([self.root / name for name in names], self.canaries.planted, without=originals + vaults)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A night over files of every feed; each file checked; the reading commands; a night in a broken warehouse."""
    root = tmp_path_factory.mktemp("canary")
    for name in ("said", "temporary", "prefect"):
        (root / name).mkdir()
    left = Left(root, root / "home", Canaries())
    plant(FIXTURES, left.home / "landing", all_feeds().values(), left.canaries)
    (left.home / "quorate.toml").write_text(GATES)
    assert run(left, "nightly", [*COMMAND, "nightly", "--home", str(left.home)]) == Exit.GATE
    files = sorted(path for path in (left.home / "landing").rglob("*") if path.is_file())
    words = [("check", str(file), "--home", str(left.home)) for file in files if file.parent.name in CHECKED]
    words += [(word, "--home", str(left.home)) for word in ("status", "metrics", "doctor", "publish", "nightly")]
    words += [("status", "--json", "--home", str(left.home)), ("metrics", "nosuch", "--home", str(left.home))]
    asked = "".join("\t".join(line) + "\n" for line in words)
    assert run(left, "commands", [sys.executable, "-c", READS], asked) == 0
    crash = [*COMMAND, "check", str(files[0]), "--home", str(left.home)]
    assert run(left, "crash", crash, QUORATE_READER_MEMORY_GIB="0.3") == Exit.REFUSED
    shutil.copytree(left.home, root / "broken", ignore=shutil.ignore_patterns("warehouse*", "reports", "archive"))
    damage(root / "broken", left)
    assert run(left, "bug", [*COMMAND, "nightly", "--home", str(root / "broken")]) not in (Exit.OK, Exit.REFUSED)
    return left


def run(left: Left, name: str, words: list[str], asked: str = "", **settings: str) -> int:
    """Run a command; what it says on either stream is kept."""
    settings |= {"TMPDIR": str(left.root / "temporary"), "PREFECT_HOME": str(left.root / "prefect")}
    settings |= {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    with (left.root / "said" / f"{name}.txt").open("wb") as said:
        done = subprocess.run(
            words, input=asked.encode(), stdout=said, stderr=said, env=environment(**settings), cwd=CODE, check=False
        )
    return done.returncode


def damage(home: Path, left: Left) -> None:
    """A warehouse that refuses rows in the middle of a load."""
    made = "from flows import sweep; from flows.settings import settings_of; from pathlib import Path; import sys\n"
    made += "sweep.open_warehouse(settings_of(Path(sys.argv[1]))).close()"
    assert run(left, "damage", [sys.executable, "-c", made, str(home)]) == 0
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("ALTER TABLE facts.involvements ALTER COLUMN team TYPE INTEGER USING 0")


def test_a_canary_is_in_every_personal_column_and_every_one_left_out(left: Left) -> None:
    planted = set(left.canaries.planted.values())
    for feed in all_feeds().values():
        for stream in feed.streams:
            mapped = {c.name for c in columns(stream.table)} & stream.columns.keys()
            for name in stream.ignores:
                used = {s for one in feed.streams for s in map(str, one.columns.values())}
                assert any(where == f"{feed.name} {name}" for where in planted) or name in "".join(used), name
            assert not mapped & KINDS.keys() or any(where.startswith(feed.name) for where in planted)
    kinds = {canary[:3] for canary in left.canaries.planted}
    assert {"Zqx", "ZQX", "999"} <= kinds


def test_nothing_of_a_child_is_in_what_the_commands_left(left: Left) -> None:
    issued = {path.read_text(encoding="utf-8-sig").count("\n") for path in (left.home / "feedback").rglob("*.csv")}
    assert max(issued) > 2  # what agencies get back is searched too
    assert left.found("home", "broken") == set()


def test_nothing_of_a_child_is_in_what_was_said(left: Left) -> None:
    assert left.found("said") == set()


def test_nothing_is_left_in_the_temporary_folder(left: Left) -> None:
    assert left.found("temporary") == set()
    assert [path.name for path in (left.root / "temporary").iterdir() if path.name.startswith("quorate")] == []


def test_nothing_of_a_child_is_in_what_prefect_keeps(left: Left) -> None:
    """Two runs of the flow: one with files it must refuse, and one that fails in the middle of a load."""
    shutil.copytree(left.home / "landing", left.root / "flown" / "landing")
    homes = [str(left.root / name) for name in ("flown", "broken")]
    assert run(left, "flows", [sys.executable, "-c", FLOW, *homes]) == 0
    assert (left.root / "said" / "flows.txt").read_text().count("StateType.") == len(homes)
    assert (left.root / "prefect" / "prefect.db").stat().st_size > 0
    assert left.found("prefect", "said", "temporary") == set()
    assert left.found("flown") == set()


def test_a_birth_date_is_in_no_table(left: Left) -> None:
    with duckdb.connect(str(left.home / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE data_type IN ('DATE', 'TIMESTAMP')"
        ).fetchall()
        for schema, table, column in tables:
            if table not in ("calendar",):
                told = f'SELECT count(*) FROM "{schema}"."{table}" WHERE CAST("{column}" AS DATE) = ?'
                assert connection.execute(told, [BORN]).fetchone() == (0,), f"{schema}.{table}.{column}"


@pytest.mark.parametrize("how", ["plain", "utf-16", "zip", "gzip", "base64", "duckdb", "grouped", "name"])
def test_the_search_finds_a_canary_however_it_hides(left: Left, tmp_path: Path, how: str) -> None:
    word = next(canary for canary in left.canaries.planted if canary.startswith("Zqx"))
    number = next(canary for canary in left.canaries.planted if canary.startswith("999"))
    hide(tmp_path, how, word, number)
    (one,) = {found.canary for found in find_in([tmp_path], left.canaries.planted)}
    assert one == (number if how == "grouped" else word.upper())
    report = left.home / "reports" / "board.html"
    before = report.read_bytes()
    report.write_bytes(before + word.encode())
    assert word.upper() in {found.canary for found in left.found("home") if found.place == str(report)}
    report.write_bytes(before)


def hide(folder: Path, how: str, word: str, number: str) -> None:
    import base64
    import gzip

    file = folder / "report.bin"
    if how == "zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("inner.xml", f"<t>{word}</t>" * 50)
    elif how == "duckdb":
        with duckdb.connect(str(file)) as connection:
            connection.execute("CREATE TABLE t AS SELECT ? || i AS told FROM range(5000) AS r(i)", [word])
    elif how == "name":
        (folder / f"{word}.txt").touch()
    else:
        content = {
            "plain": b"said " + word.encode(),
            "utf-16": f"said {word}".encode("utf-16"),
            "gzip": gzip.compress(word.encode() * 9),
            "base64": base64.b64encode(b"and then " * 5 + word.encode()),
            "grouped": f"{number[:3]} {number[3:6]} {number[6:]}".encode(),
        }
        file.write_bytes(content[how])
