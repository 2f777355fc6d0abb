"""Agencies get their errors back in their own rows: once, without a value, and in a file that no spreadsheet runs."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.agency import all_feeds
from flows import feedback, publication, refusals, sweep
from flows.relay import event_of
from flows.settings import Settings, settings_of
from flows.sweep import Run
from tests.flows.landings import COLUMNS
from tests.flows.small_feeds import in_use, text_of
from warehouse import outbox
from warehouse.store import open_store
from warehouse.tables import DELIVERIES, OUTBOX

NOW = datetime(2026, 5, 25, 2, 30)
NEXT = NOW + timedelta(days=1)
FIXTURES = Path("tests/fixtures")
FEED = "police_learning"

GOOD = ("Officers", "2026-03-31", "CSA", "40", "32", "20", "0.8", "true")
MANY = ("Zqxsergeants", "2026-03-31", "CSA", "zqxmany", "32", "20", "0.8", "true")
SOMEDAY = ("Zqxconstables", "30/02/zqx", "CSA", "40", "32", "20", "0.8", "true")
IN_COUNT = ("learners_required", "workforce_training.headcount_in_scope.castable", "error")
IN_DATE = ("snapshot_date", "workforce_training.as_at_on.castable", "error")


@pytest.fixture
def home(tmp_path: Path, url: str) -> Settings:
    (tmp_path / "landing" / FEED).mkdir(parents=True)
    return settings_of(tmp_path, url)


def land(home: Settings, *rows: tuple[str, ...], name: str = "learning_2026-03.csv") -> Path:
    """A file of the police's learning platform; its header is row 1."""
    path = home.landing / FEED / name
    path.write_text("\n".join(";".join(row) for row in (COLUMNS, *rows)) + "\n", encoding="utf-8")
    return path


def taken_in(home: Settings, now: datetime = NOW) -> tuple[Path, ...]:
    """A night without its figures and report: what was written for agencies."""
    with sweep.open_warehouse(home) as store:
        outcomes = sweep.deliver_all(sweep.landed(home)[0], store, home, now, lambda _: None)
        return feedback.issue(store, home, now, outcomes)


def said(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows(path: Path) -> list[tuple[str, str, str, str]]:
    return [(one["row"], one["column"], one["rule"], one["severity"]) for one in said(path)]


def told(home: Settings) -> list[dict[str, object]]:
    """What the outbox was told of feedback."""
    with open_store(home.warehouse_url) as store, store.reading() as connection:
        asked = select(OUTBOX.c.subject, OUTBOX.c.payload).where(OUTBOX.c.name == "quorate.feedback.issued")
        return [{"subject": subject, **json.loads(payload)} for subject, payload in connection.execute(asked)]


def id_of(run: Run, place: int = 0) -> str:
    return [one for one in run.outcomes if one.is_new][place].delivery_id


def test_bad_rows_come_back_with_the_agencys_own_rows_and_columns_and_without_a_value(home):
    land(home, GOOD, MANY, ("Chiefs", *GOOD[1:]), SOMEDAY)
    run = sweep.nightly(home, NOW)
    path = home.home / "feedback" / "police" / f"2026-05-25_{FEED}_{id_of(run)}.csv"
    assert run.feedback == (path,)
    assert rows(path) == [("3", *IN_COUNT), ("5", *IN_DATE)]
    first = said(path)[0]
    assert (first["file"], first["part"]) == ("learning_2026-03.csv", "")
    assert first["what is wrong"] == "It cannot be read."
    assert first["what to do"] == "Write a whole number, without words or thousands separators."
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert not any(value in content.lower() for value in (b"zqx", b"30/02"))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_row_that_two_rules_refuse_has_two_lines_and_one_that_is_mended_is_said_too(home):
    land(home, (MANY[0], SOMEDAY[1], *MANY[2:]), GOOD, GOOD)
    (path,) = taken_in(home)
    assert rows(path) == [
        ("2", *IN_DATE), ("2", *IN_COUNT), ("4", "", "workforce_training.row.repeated", "correction"),
    ]  # fmt: skip
    assert [(one["rows_refused"], one["findings"]) for one in told(home)] == [(1, 3)]


def test_a_delivery_with_nothing_to_say_gets_none(home):
    land(home, GOOD)
    assert taken_in(home) == ()
    assert not (home.home / "feedback").exists()
    assert told(home) == []


def test_a_delivery_is_told_of_once_even_if_somebody_took_its_file_away(home):
    land(home, GOOD, MANY)
    run = sweep.nightly(home, NOW)
    assert sweep.nightly(home, NEXT).feedback == ()
    run.feedback[0].unlink()
    assert sweep.nightly(home, NEXT).feedback == ()
    assert not run.feedback[0].exists()
    assert told(home) == [
        {"version": 1, "subject": id_of(run), "feed": FEED, "agency_code": "police", "state": "loaded",
         "rows_refused": 1, "findings": 1}
    ]  # fmt: skip
    with open_store(home.warehouse_url) as store, store.reading() as connection:
        (event,) = [one for one in outbox.waiting(connection, 99) if one.name == "quorate.feedback.issued"]
    assert event_of(event)["payload"]["delivery_id"] == id_of(run)


def test_who_asks_gets_a_file_again_that_is_gone_while_its_rows_are_open_and_nobody_is_told_twice(home):
    land(home, GOOD, MANY)
    (path,) = taken_in(home)
    before = path.read_bytes()
    path.unlink()
    with open_store(home.warehouse_url) as store:
        assert feedback.issue(store, home, NEXT, again=True) == (path,)
        assert feedback.issue(store, home, NEXT, again=True) == ()
    assert path.read_bytes() == before
    assert len(told(home)) == 1


def test_who_asks_gets_the_feedback_on_a_file_refused_whole_again_in_the_words_of_its_rule(home):
    land(home).write_text("role_group;snapshot_date\nZqxofficers;2026-03-31\n", encoding="utf-8")
    (path,) = taken_in(home)
    path.unlink()
    with open_store(home.warehouse_url) as store:
        assert feedback.issue(store, home, NEXT) == ()
        assert feedback.issue(store, home, NEXT, again=True) == (path,)
    (line,) = said(path)
    assert (line["row"], line["rule"]) == ("", "file")
    assert line["what is wrong"].startswith("The header lacks columns that were agreed.")
    assert len(told(home)) == 1


def test_every_rule_by_which_a_file_can_be_refused_whole_has_words():
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path("connectors").rglob("*.py"))
    rules = set(re.findall(r"(?:Unreadable|_not_text)\(\s*\"(file\.\w+)\"", code))
    assert len(rules) > 15
    assert rules <= refusals.SAYS.keys()
    assert "file.of_a_plugin" in refusals.says("file.of_a_plugin")


def test_a_corrected_file_is_told_of_what_is_still_wrong_alone_and_the_first_is_not_written_again(home):
    land(home, GOOD, MANY, SOMEDAY)
    (first,) = taken_in(home)
    before = first.read_bytes()
    land(home, GOOD, (MANY[0], *GOOD[1:]), SOMEDAY, name="learning_2026-03_v2.csv")
    (second,) = taken_in(home, NEXT)
    assert rows(second) == [("4", *IN_DATE)]
    assert first.read_bytes() == before
    land(home, GOOD, (MANY[0], *GOOD[1:]), (SOMEDAY[0], *GOOD[1:]), name="learning_2026-03_v3.csv")
    assert taken_in(home, NEXT) == ()


def test_of_a_file_and_its_correction_in_one_night_only_the_correction_is_told_of(home):
    land(home, GOOD, MANY, SOMEDAY, GOOD)
    land(home, GOOD, (MANY[0], *GOOD[1:]), SOMEDAY, name="learning_2026-03_v2.csv")
    run = sweep.nightly(home, NOW)
    assert [rows(path) for path in run.feedback] == [[("4", *IN_DATE)]]
    assert [one["subject"] for one in told(home)] == [id_of(run, 1)]


def test_a_file_refused_whole_says_why(home):
    land(home).write_text("role_group;snapshot_date\nZqxofficers;2026-03-31\n", encoding="utf-8")
    (path,) = taken_in(home)
    (line,) = said(path)
    assert (line["row"], line["rule"], line["severity"]) == ("", "file", "error")
    assert "the header lacks 'learners_required'" in line["what is wrong"]
    assert "Send it again" in line["what to do"]
    assert "zqx" not in path.read_text(encoding="utf-8").lower()
    assert taken_in(home, NEXT) == ()  # it is tried again, and nothing new is to be said


def test_a_refused_file_whose_reason_is_not_at_hand_waits_for_the_night_that_tries_it_again(home):
    land(home).write_text("no table\n", encoding="utf-8")
    with sweep.open_warehouse(home) as store:
        outcomes = sweep.deliver_all(sweep.landed(home)[0], store, home, NOW, lambda _: None)
        assert [one.state for one in outcomes] == ["refused"]
        assert feedback.issue(store, home, NOW) == ()
    assert len(taken_in(home, NEXT)) == 1


def test_what_is_taken_in_after_a_connector_was_mended_is_told_of_as_it_is_then(home):
    (home.landing / "small_its_period").mkdir()
    file = home.landing / "small_its_period" / "training_2026-01.csv"
    file.write_text(text_of({"A": "10", "B": "zqxmany"}, "x", is_whole=False))
    with in_use():
        (path,) = taken_in(home)
        assert [one["rule"] for one in said(path)] == ["file"]
    with in_use(is_mended=True):
        assert taken_in(home, NEXT) == (path,)
        assert rows(path) == [("3", "Staff", "workforce_training.headcount_in_scope.castable", "error")]
    assert [one["state"] for one in told(home)] == ["refused", "loaded"]


def test_a_held_file_says_why_it_waits_and_what_is_wrong_in_its_rows(home):
    file = land(home, GOOD, MANY)
    file.with_name(f"{file.name}.manifest.json").write_text('{"rows": 99}', encoding="utf-8")
    (path,) = taken_in(home)
    whole, row = said(path)
    assert (whole["row"], whole["severity"]) == ("", "query")
    assert "99" in whole["what is wrong"]
    assert (row["row"], row["column"], row["rule"], row["severity"]) == ("3", *IN_COUNT)
    assert [(one["state"], one["rows_refused"]) for one in told(home)] == [("held", 1)]


def test_a_burst_that_prefect_publishes_is_told_of_with_it(home):
    land(home, GOOD, MANY)
    with sweep.open_warehouse(home) as store:
        sweep.deliver_all(sweep.landed(home)[0], store, home, NOW, lambda _: None)
        publication.complete(store, home, NOW)
    assert len(told(home)) == 1
    assert len(list(home.feedback.rglob("*.csv"))) == 1


def test_of_a_rule_that_most_rows_break_the_first_are_listed_and_the_rest_counted(home, monkeypatch):
    monkeypatch.setattr("warehouse.feedback.AT_MOST", 2)
    land(home, *((f"Group {number}", *MANY[1:]) for number in range(5)), SOMEDAY)
    (path,) = taken_in(home)
    assert rows(path) == [("2", *IN_COUNT), ("3", *IN_COUNT), ("", *IN_COUNT), ("7", *IN_DATE)]
    assert said(path)[2]["what is wrong"] == "The same in 3 more rows, which are not listed."
    assert [(one["rows_refused"], one["findings"]) for one in told(home)] == [(6, 6)]


@pytest.mark.parametrize("start", ["=", "＠"])
def test_no_name_of_a_file_or_of_a_part_of_it_is_run_by_a_spreadsheet(home, start):
    (source,) = (FIXTURES / "police_niche").iterdir()
    (home.landing / "police_niche").mkdir()
    with (
        zipfile.ZipFile(source) as sent,
        zipfile.ZipFile(home.landing / "police_niche" / "x_2026-04.zip", "w") as hostile,
    ):
        for name in sent.namelist():
            hostile.writestr(f"{start}cmd|A0 {name}", sent.read(name))
    land(home, MANY, name=f"{start}cmd_2026-03.csv")
    paths = taken_in(home)
    cells = [cell for path in paths for line in said(path) for cell in line.values()]
    assert any(cell.startswith(f"'{start}cmd|A0") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(start)]


def test_long_numbers_in_the_name_of_a_file_are_left_out_but_for_its_month(home):
    land(home, MANY, name="9990000018 of 2026-03 (48213).csv")
    (path,) = taken_in(home)
    assert said(path)[0]["file"] == "# of 2026-03 (#).csv"


def test_an_agency_is_told_which_words_its_connector_knows(home):
    shutil.copytree(FIXTURES / "police_niche", home.landing / "police_niche")
    (path,) = taken_in(home)
    (todo,) = {one["what to do"] for one in said(path) if one["column"] == "Closure Reason"}
    assert "Charged; Evidential difficulties" in todo


def test_every_delivery_of_the_fixtures_with_a_refused_row_is_told_of_in_words_for_every_rule(home):
    for folder in all_feeds():
        shutil.copytree(FIXTURES / folder, home.landing / folder, dirs_exist_ok=True)
    paths = taken_in(home)
    with open_store(home.warehouse_url) as store, store.reading() as connection:
        refused = set(connection.scalars(select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.rows_refused > 0)))
    assert refused
    assert refused <= {one["subject"] for one in told(home)}
    lines = [line for path in paths for line in said(path)]
    assert all(line["what is wrong"] and line["what to do"] for line in lines)
    assert feedback.UNKNOWN not in {line["what to do"] for line in lines}
