"""Which files of the landing zone are whole: real files, and writers that take their time."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from connectors.agency import all_feeds
from connectors.archive import BLOCK, store
from connectors.reading import Unreadable
from flows import landing, sweep
from flows.file_names import numbered, refused_name
from flows.settings import Settings, settings_of
from flows.writers import is_being_written

FEED = all_feeds()["edu_school_cpoms"]
FIXTURE = Path("tests/fixtures/edu_school_cpoms/cpoms_export_2026-04.csv")
SETTLE = 0.4
RENAME = "since this feed's files are named *.csv: rename it, or put it where it belongs."
YESTERDAY = time.time() - 30 * 3600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a feed whose files are named ``*.csv``."""
    made = tmp_path / "landing" / FEED.name
    made.mkdir(parents=True)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_settings(tmp_path)


def with_settings(home: Path, **said: object) -> Settings:
    return settings_of(home).model_copy(update={"settle_seconds": SETTLE, **said})


def ready(seen: landing.Look) -> list[str]:
    return [file.path.name for file in seen.ready]


@contextmanager
def writer(path: Path, pieces: int, pause: float, *, reopens: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A process that writes lines into a file with pauses, and keeps it open or opens it for each."""
    script = (
        "import sys, time\n"
        "path, pieces, pause, reopens = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4] == 'True'\n"
        "file = open(path, 'a')\n"
        "for number in range(pieces):\n"
        "    file = open(path, 'a') if file.closed else file\n"
        "    print('line', number, file=file, flush=True)\n"
        "    file.close() if reopens else None\n"
        "    time.sleep(pause)\n"
    )
    words = (sys.executable, "-c", script, str(path), str(pieces), str(pause), str(reopens))
    with subprocess.Popen(words) as process:
        try:
            while not path.exists():
                time.sleep(0.01)
            yield process
        finally:
            process.kill()


def test_a_file_that_has_been_left_alone_is_ready_at_once(folder, settings):
    path = folder / "quiet.csv"
    path.write_text("a")
    os.utime(path, (YESTERDAY, YESTERDAY))
    began = time.monotonic()
    assert ready(landing.settled(settings)) == ["quiet.csv"]
    assert time.monotonic() - began < SETTLE


def test_a_young_file_is_waited_for_and_then_read(folder, settings):
    (folder / "young.csv").write_text("a")
    assert ready(landing.look(settings, {})) == []
    assert ready(landing.settled(settings)) == ["young.csv"]


@pytest.mark.parametrize("reopens", [False, True], ids=["kept_open", "opened_for_each_piece"])
def test_a_file_that_grows_is_never_ready_before_its_last_piece(folder, settings, reopens):
    path, memory, sizes = folder / "slow.csv", {}, []
    with writer(path, pieces=12, pause=0.1, reopens=reopens) as process:
        while process.poll() is None:
            seen = landing.look(settings, memory)
            sizes += [file.path.stat().st_size for file in seen.ready]
            time.sleep(0.02)
    lines = sum(len(f"line {number}\n") for number in range(12))
    assert set(sizes) <= {lines}  # it may be found whole while the writer takes its last rest
    assert ready(landing.settled(settings)) == ["slow.csv"]


def test_a_writer_that_rests_for_longer_than_files_settle_is_still_seen(folder, settings):
    with writer(folder / "slow.csv", pieces=2, pause=60):
        time.sleep(3 * SETTLE)
        assert is_being_written(folder / "slow.csv")
        assert ready(landing.settled(settings)) == []
        os.utime(folder / "slow.csv", (YESTERDAY, YESTERDAY))  # as a copy that keeps its times would set it
        assert ready(landing.settled(settings)) == []


def test_where_nobody_can_be_asked_a_file_must_be_quiet_for_longer(folder, settings, monkeypatch):
    monkeypatch.setattr("flows.landing.is_being_written", lambda _path: None)  # as on a network mount
    path, memory = folder / "mounted.csv", {}
    path.write_text("a")
    os.utime(path, (time.time() - 600,) * 2)  # by a server's clock, which may be wrong
    seen = landing.look(settings, memory)
    assert (ready(seen), round(seen.wait, 1)) == ([], SETTLE * landing.UNASKABLE)
    time.sleep(2 * SETTLE)
    assert ready(landing.look(settings, memory)) == []
    assert ready(landing.look(with_settings(settings.home, settle_seconds=SETTLE / landing.UNASKABLE), memory)) == [
        "mounted.csv"
    ]


@pytest.mark.parametrize(
    "name",
    ["x.csv.part", "x.csv.PART", "x.csv.filepart", "x.csv.tmp", ".x.csv", "~$x.csv", "x.csv~", ".x.csv.Jh3k2"],
)
def test_partial_names_are_left_alone_however_old(folder, settings, name):
    (folder / name).write_text("a")
    seen = landing.settled(settings)
    assert (ready(seen), [path.name for path in seen.arriving], seen.passed_over) == ([], [name], ())


def test_a_file_that_is_renamed_when_it_is_whole_is_ready_at_once(folder, settings):
    memory: landing.Memory = {}
    (folder / "x.csv.part").write_text("a")
    assert ready(landing.look(settings, memory)) == []
    (folder / "x.csv.part").rename(folder / "x.csv")
    assert ready(landing.look(settings, memory)) == ["x.csv"]


def test_a_new_file_that_gets_the_place_of_a_partial_one_on_the_disk_is_not_taken_for_it(folder, settings):
    memory: landing.Memory = {}
    (folder / "x.csv.part").write_text("a")
    landing.look(settings, memory)
    (folder / "x.csv.part").rename(folder.parent.parent / "kept")  # the same inode, gone for one look
    landing.look(settings, memory)
    (folder.parent.parent / "kept").rename(folder / "x.csv")
    os.utime(folder / "x.csv")
    assert ready(landing.look(settings, memory)) == []


def test_what_a_feed_waits_for_must_lie_beside_the_file(folder, settings):
    waiting = with_settings(settings.home, waits_for={FEED.name: "done"})
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_text("a")
    (folder / "a.csv.done").touch()
    (folder / "b.done").touch()
    began = time.monotonic()
    assert ready(landing.settled(waiting)) == ["a.csv", "b.csv"]
    assert time.monotonic() - began < SETTLE  # the word of its sender is enough
    os.utime(folder / "c.csv", (YESTERDAY, YESTERDAY))
    (said,) = landing.settled(waiting).passed_over
    assert said.startswith(f"{FEED.name}/c.csv has been on its way for more than a day")


def test_a_file_written_again_waits_for_its_sender_to_say_again_that_it_is_done(folder, settings):
    waiting = with_settings(settings.home, waits_for={FEED.name: "done"})
    (folder / "a.csv").write_text("a")
    (folder / "a.csv.done").touch()
    os.utime(folder / "a.csv.done", (YESTERDAY, YESTERDAY))
    assert ready(landing.settled(waiting)) == []
    (folder / "a.csv.done").touch()
    assert ready(landing.settled(waiting)) == ["a.csv"]


def test_a_feed_may_wait_for_manifests(folder, settings):
    waiting = with_settings(settings.home, waits_for={FEED.name: "manifest"})
    (folder / "a.csv").write_text("a")
    assert ready(landing.settled(waiting)) == []
    (folder / "a.csv.manifest.json").write_text('{"rows": 1}')
    assert ready(landing.settled(waiting)) == ["a.csv"]


def test_what_is_not_a_file_of_the_feed_is_said_and_never_opened(folder, settings):
    secret = folder.parent.parent / "secret.csv"
    secret.write_text("a")
    (folder / "link.csv").symlink_to(secret)
    (folder / "gone.csv").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.csv")
    (folder / "sub.csv").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # the name of a socket must be short
        listening.bind("socket.csv")
        os.chdir(here)
    (folder / "report.XLSX").write_text("a")
    (folder / "bad\x1b[31mname.csv").write_text("a")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv")).write_text("a")
    for name in ("Thumbs.db", "a.csv.manifest.json", "a.csv.done"):
        (folder / name).write_text("a")
    (folder / "done").mkdir()
    seen = landing.settled(settings)
    assert (ready(seen), seen.arriving) == ([], ())
    assert [says.split(" ", 1) for says in sorted(seen.passed_over)] == [
        [f"{FEED.name}/'bad\\x1b[31mname.csv'", "has a name that cannot be written down: give it another."],
        [f"{FEED.name}/'caf\\udce9.csv'", "has a name that cannot be written down: give it another."],
        [f"{FEED.name}/gone.csv", "is a link, and is not followed: put the file itself there."],
        [f"{FEED.name}/link.csv", "is a link, and is not followed: put the file itself there."],
        [f"{FEED.name}/pipe.csv", "is not a file: put the file itself there."],
        [f"{FEED.name}/report.XLSX", f"is not read, {RENAME}"],
        [f"{FEED.name}/socket.csv", "is not a file: put the file itself there."],
        [f"{FEED.name}/sub.csv", f"is a folder, and nothing in it is read: put its files into {FEED.name} itself."],
    ]  # fmt: skip


def test_the_night_takes_odd_names_and_says_what_it_passed_over(folder, settings):
    names = sorted(["École 2026-04.csv", "a'b\"c;$(x) 2026-04.csv", "-rf.csv", "学校.csv", f"{'x' * 200}.csv"])
    for name in names:
        shutil.copyfile(FIXTURE, folder / name)
    (folder / "report.xlsx").write_text("a")
    run = sweep.nightly(settings, datetime(2026, 5, 25, 2, 30))
    assert [outcome.file_name for outcome in run.outcomes] == names
    assert [outcome.state for outcome in run.outcomes] == ["loaded", *["duplicate"] * (len(names) - 1)]
    assert f"{FEED.name}/report.xlsx is not read, {RENAME}" in run.notes


class Rewritten(type(Path())):  # type: ignore[misc]  # which class a path has depends on the system
    """A file of which somebody writes every byte anew, in place, each time that two blocks of it have been read."""

    times: int

    def open(self, *_: object, **__: object) -> BinaryIO:
        return cast(BinaryIO, Rewriting(self))


class Rewriting(FileIO):
    """The file, as it is read by whoever has just opened it."""

    def __init__(self, path: Rewritten) -> None:
        super().__init__(path)
        self._path = path

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() == 2 * BLOCK and self._path.times:
            self._path.times -= 1
            with FileIO(self._path, "r+") as file:
                file.write(b"b" * os.fstat(self.fileno()).st_size)
        return super().read(size)


def rewritten(path: Path, times: int) -> Rewritten:
    """Five blocks of a file that will be rewritten so many times."""
    path.write_bytes(b"a" * 5 * BLOCK)
    made = Rewritten(path)
    made.times = times
    return made


def test_a_file_rewritten_while_it_is_copied_is_copied_again(tmp_path):
    path, archive = rewritten(tmp_path / "x.csv", times=1), tmp_path / "archive"
    stored = store(path, archive)
    assert (stored.bytes, path.times) == (5 * BLOCK, 0)
    assert stored.path.read_bytes() == b"b" * 5 * BLOCK


def test_a_file_that_is_rewritten_again_and_again_is_left_for_the_next_time(tmp_path):
    path, archive = rewritten(tmp_path / "x.csv", times=100), tmp_path / "archive"
    with pytest.raises(Unreadable, match="read again next time") as refusal:
        store(path, archive)
    assert (refusal.value.rule, path.times) == ("file.changing", 97)
    assert [*archive.glob("??/*"), *archive.glob(".arriving-*")] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../x.csv", "a path"), ("/etc/x.csv", "a path"), ("..\\x.csv", "a path"), ("C:x.csv", "a path"),
        ("..", "a path"), ("", "a path"), (" x.csv", "a path"), ("x\0.csv", "a path"), ("x\n.csv", "a path"),
        ("x\u202egpj.csv", "a path"), ("\udce9.csv", "a path"), ("x" * 197 + ".csv", "longer than 200"),
        (".x.csv", "whole file"), ("x.csv.part", "whole file"), ("x.csv.manifest.json", "whole file"),
        ("x.csv.done", "whole file"), ("x.exe", "named *.csv"), ("x_2026-10.csv", ""), ("École.csv", ""),
    ],
)  # fmt: skip
def test_names_from_elsewhere_are_let_in_or_not(name, says):
    assert says in refused_name(name, FEED)
    assert bool(says) == bool(refused_name(name, FEED))


def test_another_file_of_the_same_name_comes_after_it_and_speaks_for_the_same_month():
    names = ["x_2026-10.csv", *(numbered("x_2026-10.csv", number, FEED) for number in (2, 3, 10))]
    assert names == sorted(names) == ["x_2026-10.csv", *(f"x_2026-10~{number}.csv" for number in ("002", "003", "010"))]
