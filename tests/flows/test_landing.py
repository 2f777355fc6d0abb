"""Which files of the landing zone are whole: real files, and writers that take their time."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from io import FileIO
from pathlib import Path
from threading import Barrier
from typing import Any, BinaryIO, cast

import pytest

from connectors.agency import all_feeds
from connectors.archive import BLOCK, open_file, store
from connectors.reading import Unreadable
from connectors.writers import is_being_written
from flows import landing, sweep
from flows.file_names import numbered, part_of, refused_name
from flows.placing import Whole, arriving, place
from flows.settings import Settings, settings_of

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


@contextmanager
def listening(folder: Path, name: str) -> Iterator[None]:
    """A socket, which stays there."""
    with socket.socket(socket.AF_UNIX) as there:
        here = Path.cwd()
        os.chdir(folder)  # the name of a socket must be short
        there.bind(name)
        os.chdir(here)
        yield


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
    with listening(folder, "socket.csv"):
        pass
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


@dataclass
class Rewriter:
    """Somebody who writes every byte of a file anew, in place, each time that two blocks of it have been read."""

    times: int

    def opens(self, path: Path, *, follows_links: bool) -> BinaryIO:
        open_file(path, follows_links=follows_links).close()
        return cast(BinaryIO, Rewriting(path, self))


class Rewriting(FileIO):
    """The file, as it is read by whoever has just opened it."""

    def __init__(self, path: Path, rewriter: Rewriter) -> None:
        super().__init__(path)
        self._path, self._rewriter = path, rewriter

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() == 2 * BLOCK and self._rewriter.times:
            self._rewriter.times -= 1
            with FileIO(self._path, "r+") as file:
                file.write(b"b" * os.fstat(self.fileno()).st_size)
        return super().read(size)


@pytest.fixture
def rewriter(monkeypatch: pytest.MonkeyPatch) -> Rewriter:
    made = Rewriter(times=1)
    monkeypatch.setattr("connectors.archive.open_file", made.opens)
    return made


def test_a_file_rewritten_while_it_is_copied_is_copied_again(folder, rewriter):
    path, archive = folder / "x.csv", folder.parents[1] / "archive"
    path.write_bytes(b"a" * 5 * BLOCK)
    stored = store(path, archive)
    assert (stored.bytes, rewriter.times) == (5 * BLOCK, 0)
    assert stored.path.read_bytes() == b"b" * 5 * BLOCK


def test_a_file_that_is_rewritten_again_and_again_is_left_for_the_next_time(folder, rewriter):
    path, archive = folder / "x.csv", folder.parents[1] / "archive"
    path.write_bytes(b"a" * 5 * BLOCK)
    rewriter.times = 100
    with pytest.raises(Unreadable, match="read again next time") as refusal:
        store(path, archive)
    assert (refusal.value.rule, rewriter.times) == ("file.changing", 97)
    assert [*archive.glob("??/*"), *archive.glob(".arriving-*")] == []


def test_a_file_that_somebody_begins_to_write_after_the_look_is_not_read(folder, settings):
    path, archive = folder / "x.csv", folder.parents[1] / "archive"
    path.write_text("whole")
    (found,) = landing.settled(settings).ready
    with path.open("a") as file:
        file.write("half of")
        file.flush()
        with pytest.raises(Unreadable) as refusal:
            store(found.path, archive)
    assert refusal.value.rule == "file.changing"
    assert store(found.path, archive).bytes == len("wholehalf of")


def test_a_file_that_became_something_else_after_the_look_refuses_itself_and_the_night_goes_on(folder, settings):
    theirs = folder.parent / "police_niche" / "theirs.zip"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    for name in ("link.csv", "pipe.csv", "folder.csv", "socket.csv"):
        (folder / name).write_text("a")
    shutil.copyfile(FIXTURE, folder / "whole.csv")
    found = landing.settled(settings).ready
    for file in found[:4]:
        file.path.unlink()
    (folder / "link.csv").symlink_to(theirs)
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.csv").mkdir()
    with listening(folder, "socket.csv"), sweep.open_warehouse(settings) as warehouse:
        outcomes = sweep.deliver_all(found[:5], warehouse, settings, datetime(2026, 5, 25, 2, 30), lambda _: None)
    assert [(one.file_name, one.state, one.refused_because) for one in outcomes] == [
        ("folder.csv", "refused", "file.closed"),
        ("link.csv", "refused", "file.closed"),
        ("pipe.csv", "refused", "file.closed"),
        ("socket.csv", "refused", "file.closed"),
        ("whole.csv", "loaded", ""),
    ]
    assert not any(path.read_text("cp1252") == "theirs" for path in settings.archive.glob("??/*"))


def test_one_folder_that_cannot_be_looked_into_hides_no_other(folder, settings, monkeypatch):
    """As when an agency closes its own folder, or a mount goes: the tests run as root, whom nothing is closed to."""
    (folder / "a.csv").write_text("a")
    closed = folder.parent / "police_niche"
    closed.mkdir()
    really = os.scandir

    def scandir(path: Path) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    seen = landing.settled(settings)
    assert ready(seen) == ["a.csv"]
    assert seen.passed_over == (
        "police_niche cannot be looked into: check who may read it, and that it was not taken away.",
    )


def test_odd_things_that_an_agency_left_for_long_stop_no_night(folder, settings):
    (folder / ".arriving-folder").mkdir()
    (folder / ".arriving-link").symlink_to(folder / "nowhere")
    for name in (".arriving-folder", ".arriving-link"):
        os.utime(folder / name, (YESTERDAY, YESTERDAY), follow_symlinks=False)
    shutil.copyfile(FIXTURE, folder / FIXTURE.name)
    run = sweep.nightly(settings, datetime(2026, 5, 25, 2, 30))
    assert [outcome.state for outcome in run.outcomes] == ["loaded"]


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


def test_another_file_of_a_part_is_of_the_same_part_wherever_the_name_says_it():
    parts = {r"-([a-z]+)\.csv$": "2026-10-oak.csv", r"^([a-z]+)-": "oak-2026-10.csv"}
    for part, name in parts.items():
        feed = replace(FEED, part=part)
        beside = numbered(name, 2, feed)
        assert (part_of(beside, feed), beside > name) == ("oak", True)


def placed(folder: Path, name: str, content: bytes, **said: Any) -> Path:
    """A file that came from elsewhere and gets its name."""
    with arriving(folder) as file:
        file.write(content)
    return place(Whole(Path(file.name), sha256(content).hexdigest(), len(content)), FEED, name, **said)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_of_two_files_that_come_at_once_each_keeps_its_own_manifest(folder):
    for number in range(50):
        both = Barrier(2)

        def come(mine: bytes, name: str = f"{number}.csv", both: Barrier = both) -> Path:
            both.wait()
            return placed(folder, name, mine, manifest_text=mine)

        with ThreadPoolExecutor(2) as pool:
            paths = list(pool.map(come, (b"one", b"two")))
        assert [path.read_bytes() for path in paths] == [b"one", b"two"]
        assert [path.with_name(f"{path.name}.manifest.json").read_bytes() for path in paths] == [b"one", b"two"]


def test_a_manifest_that_was_left_behind_is_not_taken_for_a_new_files(folder):
    (folder / "a.csv.manifest.json").write_text('{"rows": 5}')
    assert placed(folder, "a.csv", b"new").name == "a~002.csv"
    assert placed(folder, "a.csv", b"newer", manifest_text=b'{"rows": 1}').name == "a.csv"
    assert (folder / "a.csv.manifest.json").read_text() == '{"rows": 1}'


def test_the_same_bytes_again_make_good_what_a_crash_left_out_and_take_no_second_name(folder):
    placed(folder, "a.csv", b"x")
    placed(folder, "a.csv", b"x", manifest_text=b"{}", is_done=True)
    assert names_in(folder) == ["a.csv", "a.csv.done", "a.csv.manifest.json"]


def test_links_that_wait_under_a_name_are_neither_followed_nor_taken_for_the_file(folder):
    outside = folder.parent.parent / "outside"
    content = os.fsencode(outside)  # as long as a link to it
    outside.write_bytes(content)
    (folder / "a.csv").symlink_to(outside)
    (folder / "b.csv").symlink_to(folder / "nowhere")
    for name in ("a~002.csv.done", "a~002.csv.manifest.json"):
        (folder / name).symlink_to(outside)
    assert placed(folder, "a.csv", content, manifest_text=b"{}", is_done=True).name == "a~002.csv"
    assert placed(folder, "b.csv", b"x").name == "b~002.csv"
    assert outside.read_bytes() == content
    assert not (folder / "a~002.csv.done").is_symlink()
