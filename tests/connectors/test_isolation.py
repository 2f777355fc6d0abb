"""A hostile file harms only itself: real crashes, in a real process, with real limits."""

import os
import stat
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from connectors.agency import Csv, Json, Workbook
from connectors.isolation import ReaderProcess
from connectors.read import Unreadable, read
from tests.connectors.declared import feed, file, rows, stream

MEBIBYTE = 1024**2
CSV = feed(Csv(), stream("child", "came"), stream("Child"))
SHEET = feed(Workbook(), stream("child"))


@pytest.fixture
def reader():
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def good(tmp_path):
    return file(tmp_path, "good.csv", 'child,came,Team\n007,"Null\nx"\n1,yes,North\n\n')


def refusal(reader, path, declared=CSV):
    with pytest.raises(Unreadable) as caught:
        reader.read(path, declared)
    assert caught.value.hint
    return caught.value


def hostile_workbook(folder, part, old, new):
    """A few kilobytes that a spreadsheet program would never write."""
    path = folder / "hostile.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["child", "came"])
        book.worksheets()[0].write_datetime(1, 0, date(2026, 11, 1), book.add_format({"num_format": "dd/mm/yyyy"}))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_what_comes_back_is_what_reading_here_gives(reader, good):
    assert reader.read(good, CSV) == read(good, CSV)


def test_a_refusal_comes_back_with_its_words(reader, tmp_path):
    path = file(tmp_path, "a.csv", "child\n1\n")
    with pytest.raises(Unreadable) as here:
        read(path, CSV)
    there = refusal(reader, path)
    assert (there.rule, there.says, there.hint) == (here.value.rule, here.value.says, here.value.hint)


def test_rows_stay_readable_after_the_next_file_and_after_the_end(tmp_path, good):
    with ReaderProcess() as reader:
        first = reader.read(good, CSV)
        reader.read(file(tmp_path, "b.csv", "child,came\n9,no\n"), CSV)
        before = rows(first)
    assert rows(first) == before == rows(read(good, CSV))


def test_a_file_nested_60000_deep_is_refused_and_the_child_lives_on(reader, tmp_path, good):
    deep = file(tmp_path, "deep.json", '{"meetings": ' + "[" * 60_000)
    assert refusal(reader, deep, feed(Json(), stream("child", member="meetings"))).rule == "file.malformed"
    assert reader.read(good, CSV).members


def test_a_workbook_that_aborts_its_parser_refuses_itself_alone(reader, tmp_path, good):
    abort = hostile_workbook(tmp_path, "xl/sharedStrings.xml", b'uniqueCount="2"', b'uniqueCount="99999999999999"')
    assert refusal(reader, abort, SHEET).rule in ("file.crashed", "file.too_big")
    assert reader.read(good, CSV) == read(good, CSV)


def test_a_crash_says_where_in_the_program_and_nothing_of_the_data(reader, tmp_path, good):
    panic = hostile_workbook(tmp_path, "xl/worksheets/sheet1.xml", b"<v>46327</v>", b"<v>-1e12</v>")
    refused = refusal(reader, panic, SHEET)
    assert refused.rule == "file.crashed"
    assert "read_workbook.py" in refused.says
    assert "1e12" not in str(refused)
    assert reader.read(good, CSV) == read(good, CSV)


def test_a_parser_that_aborts_for_want_of_memory_refuses_the_file_alone(tmp_path, good):
    far = b'<row r="1048576"><c r="AT1048576"><v>1</v></c></row></sheetData>'
    hungry = hostile_workbook(tmp_path, "xl/worksheets/sheet1.xml", b"</sheetData>", far)
    with ReaderProcess(memory=1024 * MEBIBYTE) as reader:
        refused = refusal(reader, hungry, SHEET)
        assert refused.rule == "file.too_big"
        assert "1 GiB" in refused.says
        assert reader.read(good, CSV) == read(good, CSV)


def test_a_file_larger_than_the_memory_it_may_have_is_refused(tmp_path, good):
    large = file(tmp_path, "large.json", '{"meetings": [' + '{"child": "1"},' * 4_000_000 + '{"child": "2"}]}')
    with ReaderProcess(memory=768 * MEBIBYTE) as reader:
        assert refusal(reader, large, feed(Json(), stream("child", member="meetings"))).rule == "file.too_big"
        assert reader.read(good, CSV).members


@pytest.mark.long
def test_a_csv_larger_than_the_memory_it_may_have_is_read_all_the_same(tmp_path):
    large = file(tmp_path, "large.csv", "child,came\n" + "1234567890,attended in person\n" * 30_000_000)
    with ReaderProcess(memory=768 * MEBIBYTE) as reader:
        assert reader.read(large, CSV).members[0].rows.num_rows == 30_000_000


def test_a_file_that_takes_too_long_is_refused_and_so_is_none_after_it(tmp_path, good):
    with ReaderProcess(seconds=0.01) as reader:
        refused = refusal(reader, good)
        assert (refused.rule, "0.01 seconds" in refused.says) == ("file.too_slow", True)
        assert refusal(reader, good).rule == "file.too_slow"


@pytest.mark.parametrize("is_gone", [False, True], ids=["as it is asked", "before it is asked"])
def test_a_child_that_dies_is_replaced(reader, good, is_gone):
    reader.read(good, CSV)
    (child,) = children()
    os.kill(child, 9)
    if is_gone:
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # the pipe is closed now: what is asked stays in our buffer
    assert reader.read(good, CSV).members
    assert children() != [child]


def test_the_child_knows_nothing_of_our_secrets_and_holds_none_of_our_files(tmp_path, good, monkeypatch):
    monkeypatch.setenv("QUORATE_WAREHOUSE", "postgresql://user:password@host/quorate")
    with (tmp_path / "warehouse.duckdb").open("wb") as warehouse, ReaderProcess() as reader:
        os.set_inheritable(warehouse.fileno(), True)
        reader.read(good, CSV)
        (child,) = children()
        assert b"password" not in Path(f"/proc/{child}/environ").read_bytes()
        opened = {str(handle.readlink()) for handle in Path(f"/proc/{child}/fd").iterdir()}
        assert str(tmp_path / "warehouse.duckdb") not in opened


def test_nothing_is_left_when_reading_ends(tmp_path, good, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with ReaderProcess() as reader:
        reader.read(good, CSV)
        (folder,) = (tmp_path / "temporary").iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(list(folder.rglob("*.arrow"))) == 1
        reader.read(good, CSV)
        assert len(list(folder.rglob("*.arrow"))) == 1
    assert list((tmp_path / "temporary").iterdir()) == []
    assert children() == []


def children():
    """Process ids of this process's reading children."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    found = [int(child) for task in tasks for child in task.read_text().split()]
    return [child for child in found if b"connectors.isolation" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_rows_that_a_killed_run_left_behind_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    waits = "from connectors.isolation import ReaderProcess; r = ReaderProcess(); print('here', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", waits], env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as killed:  # fmt: skip
        assert killed.stdout is not None
        killed.stdout.readline()
        [held] = tmp_path.iterdir()
        with ReaderProcess():
            assert held.exists()
        killed.kill()
    assert list(tmp_path.iterdir()) == [held]
    with ReaderProcess():
        assert not held.exists()
