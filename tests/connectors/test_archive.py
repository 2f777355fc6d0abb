"""The archive: the bytes as they came, once, and never changed."""

import hashlib
import os
import stat

import pytest

from connectors.archive import DamagedArchiveError, hash_file, locate, remove_abandoned, store
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
