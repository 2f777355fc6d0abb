"""The commands that look after the warehouse, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.quorate.command import partnership, quorate
from tests.warehouse.migrations.first import make
from tests.warehouse.migrations.test_moving import OUTSIDE
from warehouse.store import open_store


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = partnership(tmp_path_factory.mktemp("lived"), "csc_learning", "lscp_audit")
    quorate("nightly", "--home", home)
    return home


def test_a_backup_comes_back_and_doctor_finds_it_well(lived: Path, tmp_path: Path) -> None:
    done = quorate("backup", tmp_path / "backup", "--home", lived, "--json", QUORATE_KEY="")
    assert done.returncode == 0  # it needs no key, and says to a program as well what is not in it
    assert json.loads(done.stdout)["files"] > 0
    assert "The key of the pseudonyms is not in it" in done.stderr
    back = quorate("restore", tmp_path / "backup", "--home", tmp_path / "home", "--json")
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["kept"] == []
    again = quorate("restore", tmp_path / "backup", "--home", tmp_path / "home")
    assert again.returncode == 2
    assert "Give --replace" in again.stderr
    for feed in ("csc_learning", "lscp_audit"):
        (tmp_path / "home" / "landing" / feed).mkdir(parents=True)
    looked = quorate("doctor", "--home", tmp_path / "home")
    assert looked.returncode == 0, looked.stdout
    assert "sums, keys, times and hashes agree" in looked.stdout


def test_what_was_spoilt_is_found_by_doctor_and_mended_by_rebuild(lived: Path, tmp_path: Path) -> None:
    quorate("backup", tmp_path / "backup", "--home", lived)
    home = partnership(tmp_path / "home", "csc_learning", "lscp_audit")
    assert quorate("restore", tmp_path / "backup", "--home", home, "--replace").returncode == 0
    with open_store(str(home / "warehouse.duckdb")) as store, store.writing() as connection:
        connection.execute(text("UPDATE facts.audit_returns SET rating_code = 'other'"))
    ill = quorate("doctor", "--home", home)
    assert ill.returncode == 5
    assert "not what they were when they were loaded" in ill.stdout
    mended = quorate("rebuild", "--home", home, "--json")
    assert mended.returncode == 0, mended.stderr
    assert json.loads(mended.stdout)["differences"][0].startswith("facts.audit_returns")
    assert quorate("doctor", "--home", home).returncode == 0


def test_rebuild_without_an_archive_says_so(tmp_path: Path) -> None:
    home = partnership(tmp_path, "csc_learning")
    done = quorate("rebuild", "--home", home)
    assert done.returncode == 2
    assert "holds no receipts" in done.stderr


def test_every_command_refuses_an_older_warehouse_with_the_command_to_run(tmp_path: Path) -> None:
    home = partnership(tmp_path, "csc_learning")
    with open_store(str(home / "warehouse.duckdb")) as store, store.writing() as connection:
        make(connection, OUTSIDE)
    for words in (("nightly",), ("status",), ("metrics",), ("backup", tmp_path / "backup")):
        done = quorate(*words, "--home", home)
        assert done.returncode == 5, words
        assert "Run `quorate migrate` once" in done.stderr
    looked = quorate("doctor", "--home", home)
    assert looked.returncode == 5
    assert "Run `quorate migrate` once" in looked.stdout


def test_migrate_needs_a_warehouse(tmp_path: Path) -> None:
    done = quorate("migrate", "--home", tmp_path)
    assert done.returncode == 2
    assert "nothing to migrate" in done.stderr
