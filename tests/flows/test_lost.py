"""An archive that has receipts has a warehouse: where that is not found, none is begun in its place."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest

from connectors.archive import store as archive
from connectors.receipts import Receipt, record_receipt
from flows import sweep
from flows.lost import Lost
from flows.rebuilding import rebuild
from flows.settings import Settings, settings_of
from quorate.exits import Exit
from tests.flows.lived import empty_database
from tests.quorate.command import partnership, quorate
from warehouse.ledger import delivery_id_of
from warehouse.store import begin_file

NIGHT = datetime(2026, 5, 25, 2, 30)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A partnership that has had no night."""
    return partnership(tmp_path / "home", "csc_learning")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = partnership(tmp_path_factory.mktemp("lived"), "csc_learning")
    sweep.nightly(settings_of(folder), NIGHT)
    return folder


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Path:
    """A partnership that has had a night."""
    return shutil.copytree(lived, tmp_path / "home")


@pytest.fixture(params=["duckdb", "postgresql"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address where no warehouse is."""
    if request.param == "duckdb":
        return str(tmp_path / "nowhere.duckdb")
    return empty_database(request.getfixturevalue("postgresql_server"))


def arrive(settings: Settings) -> None:
    """The file of the feed is archived and has its receipt, and the run ends there."""
    (file,) = (settings.landing / "csc_learning").iterdir()
    kept = archive(file, settings.archive)
    record_receipt(
        settings.archive,
        Receipt(
            sequence=time.time_ns(), delivery_id=delivery_id_of("csc_learning", kept.sha256), feed="csc_learning",
            agency_code="csc", file_name=file.name, sha256=kept.sha256, bytes=kept.bytes, attempt=1, received_at=NIGHT,
        ),
    )  # fmt: skip


def test_with_a_wrong_address_no_night_begins_and_nothing_is_made(home: Path, nowhere: str) -> None:
    for _ in range(2):  # a second time as well: the first one made nothing
        with pytest.raises(Lost, match=r"say where it is .* `quorate rebuild"):
            sweep.nightly(settings_of(home, nowhere), NIGHT)
    assert not Path(nowhere).exists()
    assert [outcome.state for outcome in sweep.nightly(settings_of(home), NIGHT).outcomes] == ["duplicate"]


def test_a_warehouse_that_was_moved_away_is_missed_by_every_command(home: Path) -> None:
    file = home / "warehouse.duckdb"
    file.rename(home / "moved.duckdb")
    before = sorted(home.iterdir())
    for words in (("nightly",), ("ingest", home / "landing" / "csc_learning"), ("publish",), ("status",)):
        done = quorate(*words, "--home", home)
        assert done.returncode == Exit.INFRASTRUCTURE, words
        for said in ("QUORATE_WAREHOUSE", "`quorate rebuild`", "`quorate restore`"):
            assert said in done.stderr, words
    looked = quorate("doctor", "--home", home)
    assert looked.returncode == Exit.INFRASTRUCTURE
    assert "QUORATE_WAREHOUSE" in next(line for line in looked.stdout.splitlines() if "ill   warehouse:" in line)
    assert sorted(home.iterdir()) == before


def test_a_file_with_nothing_in_it_is_no_warehouse_that_was_lived_in(home: Path) -> None:
    file = home / "warehouse.duckdb"
    file.unlink()
    begin_file(file)
    with pytest.raises(Lost):
        sweep.open_warehouse(settings_of(home))
    assert "there is nothing in it" in quorate("doctor", "--home", home).stdout


def test_what_is_lost_is_made_anew_by_a_rebuild_and_the_nights_go_on(home: Path) -> None:
    settings = settings_of(home)
    (home / "warehouse.duckdb").unlink()
    rebuild(settings, NIGHT)
    assert [outcome.state for outcome in sweep.nightly(settings, NIGHT).outcomes] == ["duplicate"]


def test_a_very_first_run_that_was_killed_is_gone_on_with(new: Path, nowhere: str) -> None:
    settings = settings_of(new, nowhere)
    if "://" not in nowhere:  # killed before anything was made in the file
        begin_file(Path(nowhere))
    sweep.open_warehouse(settings).close()  # killed when the tables were made
    arrive(settings)  # killed between the first receipt and the ledger
    assert [outcome.state for outcome in sweep.nightly(settings, NIGHT).outcomes] == ["loaded"]


@pytest.mark.parametrize("spoilt", ["not a database", "cut short"])
def test_a_spoilt_file_is_said_with_the_ways_back(home: Path, spoilt: str) -> None:
    file = home / "warehouse.duckdb"
    file.write_bytes(b"not a database at all" * 1000 if spoilt == "not a database" else file.read_bytes()[:20_000])
    looked = quorate("doctor", "--home", home)
    assert looked.returncode == Exit.INFRASTRUCTURE
    assert "`quorate rebuild`" in looked.stdout
    assert "`quorate restore`" in looked.stdout
    rebuild(settings_of(home), NIGHT)
    assert [outcome.state for outcome in sweep.nightly(settings_of(home), NIGHT).outcomes] == ["duplicate"]
