"""The archive: the bytes as they came, once, and never changed."""

import hashlib
import os
import stat

import pytest

from connectors.archive import DamagedArchiveError, hash_file, locate, remove_abandoned, store
from connectors.reading import Unreadable
from tests.connectors.declared import file


def test_a_file_is_kept_under_the_hash_of_its_bytes(tmp_path):
    content = b"child,came\n1,yes\n" * 200_000
    root = tmp_path / "archive"
    archived = store(file(tmp_path, "Sutton March.csv", content), root)
    assert archived.sha256 == hashlib.sha256(content).hexdigest()
    assert archived.bytes == len(content)
    assert archived.path == root / archived.sha256[:2] / archived.sha256 == locate(root, archived.sha256)
    assert archived.path.read_bytes() == content
    assert hash_file(archived.path) == archived.sha256


def test_only_its_owner_can_read_it_and_nobody_can_change_it(tmp_path):
    root = tmp_path / "archive"
    archived = store(file(tmp_path, "a.csv", "x"), root)
    assert stat.S_IMODE(archived.path.stat().st_mode) == 0o400
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (root, archived.path.parent)} == {0o700}


def test_the_same_bytes_are_kept_once_whatever_their_name(tmp_path):
    root = tmp_path / "archive"
    first = store(file(tmp_path, "a.csv", "x"), root)
    before = first.path.stat()
    assert store(file(tmp_path, "b.csv", "x"), root) == first
    assert first.path.stat().st_mtime_ns == before.st_mtime_ns
    assert [path for path in root.rglob("*") if path.is_file()] == [first.path]


def test_an_empty_file_is_kept_too(tmp_path):
    assert store(file(tmp_path, "a.csv", ""), tmp_path / "archive").bytes == 0


def test_a_file_that_changed_in_the_archive_is_noticed(tmp_path):
    root = tmp_path / "archive"
    archived = store(file(tmp_path, "a.csv", "x"), root)
    archived.path.chmod(0o600)
    archived.path.write_text("y")
    with pytest.raises(DamagedArchiveError, match=archived.sha256):
        store(file(tmp_path, "a.csv", "x"), root)


def test_a_file_that_cannot_be_read_leaves_nothing_behind(tmp_path):
    root = tmp_path / "archive"
    with pytest.raises(FileNotFoundError):
        store(tmp_path / "gone.csv", root)
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_what_a_killed_run_had_begun_is_removed_after_a_day_and_what_another_run_writes_is_not(tmp_path):
    root, hour = tmp_path / "archive", 3600
    archived = store(file(tmp_path, "a.csv", "x"), root)
    (root / "receipts").mkdir()
    for name in (".arriving-old", "receipts/.arriving-old", ".arriving-new"):
        (root / name).write_text("half of")
        os.utime(root / name, (0, 48 * hour if "new" in name else 0))
    remove_abandoned(root, now=50 * hour)
    left = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    assert left == [".arriving-new", str(archived.path.relative_to(root))]


def test_odd_things_that_bear_such_a_name_stay_and_stop_nothing(tmp_path):
    (tmp_path / "file").write_text("theirs")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    (tmp_path / "a" / ".arriving-folder").mkdir()
    (tmp_path / "a" / ".arriving-link").symlink_to(tmp_path / "file")
    (tmp_path / "b" / ".arriving-old").write_text("half of")
    for path in tmp_path.glob("*/.arriving-*"):
        os.utime(path, (0, 0), follow_symlinks=False)
    remove_abandoned(tmp_path, now=50 * 3600)
    assert sorted(path.name for path in tmp_path.glob("*/.arriving-*")) == [".arriving-folder", ".arriving-link"]


def test_a_link_is_followed_where_a_person_names_it_and_not_in_the_landing_zone(tmp_path):
    (tmp_path / "landing" / "feed").mkdir(parents=True)
    real = file(tmp_path, "real.csv", "x")
    for link in (tmp_path / "link.csv", tmp_path / "landing" / "feed" / "link.csv"):
        link.symlink_to(real)
    assert store(tmp_path / "link.csv", tmp_path / "archive").bytes == 1
    with pytest.raises(Unreadable, match="Put the file itself there") as refusal:
        store(tmp_path / "landing" / "feed" / "link.csv", tmp_path / "archive")
    assert refusal.value.rule == "file.closed"


def test_a_folder_of_the_landing_zone_may_itself_be_a_link_to_a_share(tmp_path):
    (tmp_path / "landing").mkdir()
    (tmp_path / "share").mkdir()
    (tmp_path / "landing" / "feed").symlink_to(tmp_path / "share")
    assert store(file(tmp_path / "landing" / "feed", "a.csv", "x"), tmp_path / "archive").bytes == 1


def test_a_person_may_load_a_file_that_is_open_elsewhere(tmp_path):
    path = file(tmp_path, "a.csv", "x")
    with path.open("a"):
        assert store(path, tmp_path / "archive").bytes == 1


def test_a_pipe_that_nobody_writes_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(Unreadable):
        store(tmp_path / "pipe.csv", tmp_path / "archive")
    assert hash_file(tmp_path / "pipe.csv") == hashlib.sha256(b"").hexdigest()
