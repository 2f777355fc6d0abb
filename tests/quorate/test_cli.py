"""The command line as its users meet it: the real command in a process of its own, its codes, its two streams."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert

from quorate.cli import main
from quorate.exits import Exit
from tests.quorate.command import COMMAND, FIXTURES, environment, partnership, quorate
from warehouse.metric import all_metrics
from warehouse.store import open_store
from warehouse.tables import FACTS

Command = Callable[..., subprocess.CompletedProcess[str]]
LANDED = ("edu_school_cpoms", "health_gp_emis", "police_niche")
# NHS number however it is written, unique pupil number, the local authority's number of a child.
IDENTIFIER = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b|\b[A-Z]\d{11}[0-9A-Z]\b|\bSUT\d+\b")


def identifiers() -> set[str]:
    """Every number of a child in the files that are loaded here."""
    texts = []
    for path in (path for feed in LANDED for path in (FIXTURES / feed).iterdir()):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                texts += [packed.read(name).decode("latin-1") for name in packed.namelist()]
        else:
            texts.append(path.read_text(encoding="utf-8"))
    return set(IDENTIFIER.findall(" ".join(texts)))


def names_nobody(*runs: subprocess.CompletedProcess[str]) -> bool:
    """Whether neither stream of any run has an identifier of a child in it."""
    said, numbers = " ".join(run.stdout + run.stderr for run in runs), identifiers()
    assert numbers
    return not any(number in said for number in numbers)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership after its first night."""
    folder = partnership(tmp_path_factory.mktemp("partnership"), *LANDED)
    quorate("nightly", "--home", folder)
    return folder


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The same command in this process, where how it is started does not matter: a start takes seconds."""
    for name in [name for name in os.environ if name.startswith("QUORATE_") and name != "QUORATE_KEY"]:
        monkeypatch.delenv(name)

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["quorate", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(words, int(end.value.code or 0), said.out, said.err)

    return run


def test_help_loads_nothing_heavy() -> None:
    program = "import sys; sys.argv = ['quorate', '--help']; from quorate.cli import main\n"
    program += "try: main()\nexcept SystemExit: pass\nprint('loaded:', *sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )
    said, _, loaded = done.stdout.partition("loaded:")
    assert not {"pandas", "duckdb", "sqlalchemy", "prefect", "pandera", "pyarrow"} & set(loaded.split())
    commands = ("demo", "nightly", "ingest", "check", "status", "metrics", "publish", "doctor")
    assert all(f"\n  {command} " in said for command in commands)


def test_the_catalogue_is_listed_with_versions_and_targets_as_agreed(tmp_path: Path) -> None:
    (tmp_path / "quorate.toml").write_text("[parameters.targets]\ntraining = 85.0\n", encoding="utf-8")
    listed = {one["metric"]: one for one in json.loads(quorate("metrics", "list", "--home", tmp_path, "--json").stdout)}
    assert listed.keys() == all_metrics().keys()
    assert (listed["csa_training"]["target"], listed["health_present"]["target"]) == (85.0, 100.0)
    assert {one["version"] for one in listed.values()} == {metric.version for metric in all_metrics().values()}
    shown = quorate("metrics", "list", "--home", tmp_path).stdout
    assert all(name in shown for name in listed)


def test_no_metric_is_named_as_a_command_of_metrics() -> None:
    said = quorate("metrics", "--help").stdout
    commands = [line.split()[0] for line in said.partition("Commands:")[2].strip().splitlines()]
    assert commands == ["show", "list", "diff"]
    assert not set(commands) & all_metrics().keys()


def test_a_night_on_each_engine_refuses_rows_and_accounts_for_all(url: str, tmp_path: Path) -> None:
    folder = partnership(tmp_path / "home", *LANDED)
    night = quorate("nightly", "--home", folder, "--json", QUORATE_WAREHOUSE=url)
    assert night.returncode == Exit.REFUSED
    told = json.loads(night.stdout)
    assert told["exit_code"] == Exit.REFUSED
    for one in told["deliveries"]:
        parts = ("rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")
        assert one["rows_in"] == sum(one[part] for part in parts) > 0
    status = quorate("status", "--home", folder, "--json", QUORATE_WAREHOUSE=url)
    assert {one["feed"] for one in json.loads(status.stdout)["latest"]} == set(LANDED)
    assert names_nobody(night, status)
    assert not (folder / "warehouse.duckdb").exists()


def test_a_second_night_has_nothing_to_do(home: Path) -> None:
    again = quorate("nightly", "--home", home)
    assert again.returncode in (Exit.OK, Exit.MISSING)  # by the day of the test the files are months old
    assert "Nothing has changed: every file was loaded before" in again.stderr


def test_one_file_that_cannot_be_read_refuses_itself_alone(tmp_path: Path) -> None:
    folder = partnership(tmp_path, "dfe_assessments", "police_niche")
    (folder / "landing" / "police_niche" / "NICHE_2026-04.zip").write_bytes(b"not a zip")
    night = quorate("nightly", "--home", folder, "--json")
    states = {one["feed"]: (one["state"], one["refused_because"]) for one in json.loads(night.stdout)["deliveries"]}
    assert night.returncode == Exit.REFUSED
    assert states == {"dfe_assessments": ("loaded", ""), "police_niche": ("refused", "file.format")}
    assert "file.format" in night.stderr


def test_check_tells_every_finding_by_rule_and_loads_nothing(tmp_path: Path) -> None:
    file = FIXTURES / "edu_school_cpoms" / "cpoms_export_2026-04.csv"
    plain, as_json = quorate("check", file, "--home", tmp_path), quorate("check", file, "--home", tmp_path, "--json")
    told = json.loads(as_json.stdout)
    assert plain.returncode == as_json.returncode == Exit.REFUSED
    assert [(one["rule"], one["rows"]) for one in told["findings"]] == [("attendance_code.in_code_list", [4])]
    assert {one["table"]: one["refused"] for one in told["streams"]}["meeting_participation"] == 1
    for one in told["findings"]:
        assert one["rule"] in plain.stdout
    assert names_nobody(plain, as_json)
    assert plain.stderr == as_json.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_check_of_a_file_without_fault_is_ok(here: Command) -> None:
    assert here("check", FIXTURES / "dfe_assessments" / "c2_excerpt.csv").returncode == Exit.OK


def test_check_of_a_file_that_cannot_be_read_gives_the_reason_as_its_result(here: Command, tmp_path: Path) -> None:
    file = tmp_path / "cut.zip"
    file.write_bytes((FIXTURES / "csc_mosaic" / "mosaic_2026-04.zip").read_bytes()[:500])
    done = here("check", file, "--feed", "csc_mosaic", "--json")
    assert done.returncode == Exit.REFUSED
    assert json.loads(done.stdout)["refused_because"] == "file.damaged"


def test_ingest_of_a_folder_leaves_alone_what_is_still_arriving(here: Command, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    shutil.copytree(FIXTURES / "dfe_assessments", sent)
    for name in ("more.csv.part", ".more.csv"):
        shutil.copyfile(sent / "c2_excerpt.csv", sent / name)
    done = here("ingest", sent, "--feed", "dfe_assessments", "--home", tmp_path, "--json")
    assert done.returncode == Exit.OK
    assert [one["file_name"] for one in json.loads(done.stdout)["deliveries"]] == ["c2_excerpt.csv"]


def test_an_agency_that_never_delivered_is_missing(here: Command, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    (tmp_path / "home" / "landing" / "sarc_havens").mkdir()
    done = here("status", "--home", tmp_path / "home")
    assert done.returncode == Exit.MISSING
    assert "late sarc_havens (sarc) has never delivered" in done.stderr
    assert "police_niche" in done.stdout


def test_metrics_as_a_table_and_as_json_say_the_same(home: Path) -> None:
    words = ("metrics", "--home", home, "--period", "month", "--all")
    table, as_json = quorate(*words), quorate(*words, "--json")
    figures: list[dict[str, Any]] = json.loads(as_json.stdout)
    assert table.returncode == as_json.returncode == Exit.OK
    assert figures
    assert len(table.stdout.splitlines()) == 1 + len(figures)
    for figure, line in zip(figures, table.stdout.splitlines()[1:], strict=True):
        assert line.startswith(figure["metric"])
        assert figure["period_label"] in line
        if figure["denominator"] is not None:
            assert f"{figure['numerator']:,} of {figure['denominator']:,}" in line
    assert names_nobody(table, as_json)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("metrics", "nosuch"), "'nosuch' is not known; there are: "),
        (("metrics", "--period", "week"), "rolling_12_months"),
        (("metrics", "--agency", "nosuch"), "'nosuch' is not known; there are: edu_school, "),
        (("nightly", "--bogus"), "No such option"),
        (("ingest", "quorate.toml"), "give --feed, one of: csc_annex_a"),
    ],
)
def test_what_a_person_mistypes_is_a_usage_error_that_says_what_there_is(
    home: Path, here: Command, words: tuple[str, ...], says: str
) -> None:
    words = tuple(str(home / word) if word == "quorate.toml" else word for word in words)
    done = here(*words, *(() if "--bogus" in words else ("--home", home)))
    assert done.returncode == Exit.USAGE
    assert says in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('due_working_day = "xyzzy"', "due_working_day has a value it cannot have"),
        ("nonsense = 1", "nonsense is no setting"),
        ("least_rows = = 1", "quorate.toml is not TOML in UTF-8 (at line 1, column 14)"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_told(
    here: Command, tmp_path: Path, toml: str, says: str
) -> None:
    (tmp_path / "quorate.toml").write_text(toml, encoding="utf-8")
    done = here("status", "--home", tmp_path)
    assert done.returncode == Exit.USAGE
    assert says in done.stderr
    assert "xyzzy" not in done.stderr


@pytest.mark.parametrize("command", ["status", "nightly", "doctor"])
def test_a_home_that_is_not_there_is_not_made(here: Command, tmp_path: Path, command: str) -> None:
    done = here(command, "--home", tmp_path / "nowhere")
    assert done.returncode == (Exit.INFRASTRUCTURE if command == "doctor" else Exit.USAGE)
    assert not (tmp_path / "nowhere").exists()


def test_a_database_that_does_not_answer_is_infrastructure_and_its_password_stays_secret(
    here: Command, tmp_path: Path
) -> None:
    done = here("status", "--home", tmp_path, "--warehouse", "postgresql://someone:xyzzy@127.0.0.1:1/quorate")
    assert done.returncode == Exit.INFRASTRUCTURE
    assert "does not answer" in done.stderr
    assert "xyzzy" not in done.stdout + done.stderr


@contextmanager
def had_by_another(file: str) -> Iterator[None]:
    """Another program has a DuckDB file open for the length of the block."""
    holds = f"import duckdb; held = duckdb.connect({file!r}); print('held'); input()"
    with subprocess.Popen(
        [sys.executable, "-uc", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield
        other.communicate("\n")


@pytest.mark.parametrize(
    "command",
    ["status", pytest.param("nightly", marks=pytest.mark.long)],  # a night waits a minute
)
def test_a_warehouse_that_another_program_has_open_is_locked(duckdb_url: str, tmp_path: Path, command: str) -> None:
    partnership(tmp_path, "dfe_assessments")
    with had_by_another(duckdb_url.removeprefix("duckdb:///")):
        done = quorate(command, "--home", tmp_path, "--warehouse", duckdb_url)
    assert done.returncode == Exit.LOCKED
    assert len(done.stderr.splitlines()) == 1
    assert "then run this again" in done.stderr


@pytest.mark.parametrize("words", [("nightly",), ("ingest", "landing/dfe_assessments")])
def test_who_writes_waits_for_who_looks(duckdb_url: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    """An open `status --watch` has the warehouse for a moment every two seconds."""
    partnership(tmp_path, "dfe_assessments")
    arguments = [*COMMAND, *words, "--home", str(tmp_path), "--warehouse", duckdb_url]
    with had_by_another(duckdb_url.removeprefix("duckdb:///")):
        writes = subprocess.Popen(arguments, env=environment(), cwd=tmp_path, stderr=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            writes.wait(6)
    assert writes.wait(120) == Exit.OK


def test_doctor_finds_a_spoilt_archive_and_a_folder_that_no_connector_knows(
    here: Command, home: Path, tmp_path: Path
) -> None:
    shutil.copytree(home, tmp_path / "home")
    assert here("doctor", "--home", tmp_path / "home").returncode == Exit.OK
    spoilt = next((tmp_path / "home" / "archive").glob("??/*"))
    spoilt.chmod(0o600)
    spoilt.write_bytes(b"something else")
    (tmp_path / "home" / "landing" / "police_nich").mkdir()
    done = here("doctor", "--home", tmp_path / "home", "--json")
    assert done.returncode == Exit.INFRASTRUCTURE
    ill = [one for one in json.loads(done.stdout) if not one["is_well"]]
    assert [one["what"] for one in ill] == ["landing zone", "archive"]
    assert "police_nich" in ill[0]["says"]
    assert spoilt.name in ill[1]["says"]


def test_publish_writes_the_report_again(here: Command, home: Path) -> None:
    report = home / "reports" / "board.html"
    report.unlink()
    done = here("publish", "--home", home)
    assert done.returncode == Exit.OK
    assert done.stdout == f"{report}\n"
    assert report.is_file()


def test_the_edition_with_small_numbers_is_made_when_it_is_asked_for_and_each_time_is_on_record(
    here: Command, home: Path
) -> None:
    words = ("--by", "Jo Bloggs", "--why", "the board meets")
    published = (home / "reports" / "measures.csv").read_text(encoding="utf-8-sig")
    for _ in range(2):
        done = here("report", "--restricted", *words, "--home", home)
        assert done.returncode == Exit.OK
        assert done.stdout == f"{home / 'reports' / 'restricted' / 'board.html'}\n"
    pages = [home / "reports" / "board.html", home / "reports" / "restricted" / "board.html"]
    said = ["For the partnership only" in page.read_text(encoding="utf-8") for page in pages]
    assert said == [False, True]
    assert (pages[1].parent / "measures.csv").is_file()
    assert list((home / "archive" / "editions").glob("*.json"))
    decided = [json.loads(file.read_text()) for file in (home / "archive" / "decisions").glob("*-restricted-*")]
    assert [(one["by"], one["why"]) for one in decided] == [("Jo Bloggs", "the board meets")] * 2
    assert here("report", "--home", home).stdout == f"{home / 'reports' / 'board.html'}\n"
    assert (home / "reports" / "measures.csv").read_text(encoding="utf-8-sig") == published


@pytest.mark.parametrize(
    "words", [("--restricted",), ("--by", "Jo Bloggs", "--why", "so"), ("--restricted", "--by", "J")]
)
def test_small_numbers_are_for_somebody_with_a_name_and_a_reason(
    here: Command, home: Path, words: tuple[str, ...]
) -> None:
    before = list((home / "archive" / "decisions").glob("*-restricted-*"))
    done = here("report", "--home", home, *words)
    assert done.returncode == Exit.USAGE
    assert "--by NAME and --why TEXT belong together" in done.stderr
    assert list((home / "archive" / "decisions").glob("*-restricted-*")) == before


def test_a_figure_that_cannot_be_true_is_not_published_and_the_last_report_stands(home: Path) -> None:
    report, training = home / "reports" / "board.html", FACTS["workforce_training"]
    before = report.read_bytes()
    # More trained than there are: no file with such a row passes its rules, so a mistake of ours is made up here.
    wrong = {
        "agency_code": "police", "role_group": "wrong", "as_at_on": date(2026, 4, 30), "headcount_in_scope": 20,
        "csa_trained_in_date": 25,
    }  # fmt: skip
    with open_store(str(home / "warehouse.duckdb")) as store, store.writing() as connection:
        connection.execute(insert(training), [wrong])
    done = quorate("publish", "--home", home, "--json")
    asked = [quorate("status", "--home", home, *words) for words in ((), ("--json",))]
    with open_store(str(home / "warehouse.duckdb")) as store, store.writing() as connection:
        connection.execute(delete(training).where(training.c.role_group == "wrong"))
    assert done.returncode == Exit.GATE
    assert "no more are counted than there are" in done.stderr
    told = json.loads(done.stdout)
    assert "no more are counted than there are" in told["held_back"]
    assert (told["report"], told["was_accepted"]) == (None, False)
    assert report.read_bytes() == before
    # It waits in sight, until something else is published.
    assert [one.returncode for one in asked] == [Exit.GATE, Exit.GATE]
    assert f"since {date.today()}: Figures that cannot be true were held back" in asked[0].stderr
    assert "no more are counted than there are" in json.loads(asked[1].stdout)["held_back"]["held_because"]
    assert quorate("publish", "--home", home).returncode == Exit.OK
    after = quorate("status", "--home", home)
    assert after.returncode == Exit.MISSING
    assert "held back" not in after.stderr


def test_where_nothing_is_held_nothing_is_accepted(here: Command, home: Path) -> None:
    done = here("publish", "--accept", "--by", "Jo Bloggs", "--why", "all is well", "--home", home)
    assert done.returncode == Exit.OK
    assert "Nothing is held" in done.stderr
    assert done.stdout == f"{home / 'reports' / 'board.html'}\n"
    assert not list((home / "archive" / "decisions").glob("*-accept-*"))


@pytest.mark.parametrize("words", [("--accept",), ("--by", "Jo Bloggs"), ("--accept", "--by", "Jo Bloggs")])
def test_a_decision_has_a_name_and_a_reason(here: Command, home: Path, words: tuple[str, ...]) -> None:
    done = here("publish", "--home", home, *words)
    assert done.returncode == Exit.USAGE
    assert "--by NAME and --why TEXT belong together" in done.stderr


def test_figures_and_status_can_be_read_while_another_program_has_the_warehouse(home: Path) -> None:
    free = quorate("metrics", "--home", home, "--period", "month", "--json")
    holds = f"import duckdb; held = duckdb.connect({str(home / 'warehouse.duckdb')!r}); print('held'); input()"
    with subprocess.Popen(
        [sys.executable, "-uc", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        figures = quorate("metrics", "--home", home, "--period", "month", "--json")
        status = quorate("status", "--home", home, "--json")
        other.communicate("\n")
    assert (figures.returncode, figures.stdout, figures.stderr) == (Exit.OK, free.stdout, "")
    assert "this is how it stood when it was last published" in status.stderr
    assert {one["feed"] for one in json.loads(status.stdout)["latest"]} == set(LANDED)


def test_what_was_known_can_be_asked_of_figures_and_status(here: Command, home: Path) -> None:
    def months(*words: str) -> Any:
        return json.loads(here("metrics", "--home", home, "--period", "month", "--all", "--json", *words).stdout)

    assert months("--as-known-at", "now") == months() != []
    before = here("status", "--home", home, "--as-known-at", "2020-01-01", "--json")
    assert json.loads(before.stdout)["latest"] == []
    figures = here("metrics", "health_present", "--home", home, "--as-known-at", "2020-01-01")
    assert (figures.returncode, figures.stdout) == (Exit.OK, "")
    assert "At 2020-01-01 nothing was known" in figures.stderr
    assert "--period" not in figures.stderr
    done = here("status", "--home", home, "--as-known-at", "yesterday")
    assert done.returncode == Exit.USAGE
    assert "it is not an instant" in done.stderr


MOMENTS = ("archive", "warehouse.duckdb", "archive/??/*", "warehouse.duckdb.wal", "reports")


@pytest.mark.parametrize(
    ("moment", "asks"),
    [(moment, signal.SIGINT) for moment in MOMENTS[:3]]
    + [("warehouse.duckdb.wal", signal.SIGTERM)]
    + [pytest.param(moment, signal.SIGINT, marks=pytest.mark.long) for moment in MOMENTS[3:]]
    + [pytest.param(wait, signal.SIGINT, marks=pytest.mark.long) for wait in (0.2, 0.4, 0.8, 1.2, 1.6, 2.0, 3.0)],
)
def test_an_interruption_ends_with_130_and_the_next_night_does_the_rest(
    here: Command, tmp_path: Path, moment: str | float, asks: signal.Signals
) -> None:
    folder = partnership(tmp_path / "home", "dfe_assessments", "police_niche")
    left = tmp_path / "temporary"
    left.mkdir()
    with subprocess.Popen(
        [*COMMAND, "nightly", "--home", str(folder)], env=environment(TMPDIR=str(left)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as night:  # fmt: skip
        begun, seconds = ("warehouse.duckdb", moment) if isinstance(moment, float) else (moment, 0.0)
        while not list(folder.glob(begun)) and night.poll() is None:
            time.sleep(0.005)
        time.sleep(seconds)
        os.killpg(night.pid, asks)  # as a terminal does: to everything that the command has started
        _, said = night.communicate(timeout=300)
    if night.returncode == 130:
        assert said.splitlines()[-1].startswith("quorate: interrupted.")
        assert said.count("interrupted") == 1
    else:  # it was quicker than we
        assert night.returncode == Exit.REFUSED
    assert "Traceback" not in said
    assert list(left.iterdir()) == []
    rest = json.loads(here("nightly", "--home", folder, "--json").stdout)
    assert {one["state"] for one in rest["deliveries"]} <= {"loaded", "published", "duplicate"}
