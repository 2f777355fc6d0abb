"""The archive brings the warehouse back, row for row, with its history and all that people decided."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from connectors.archive import DamagedArchiveError
from connectors.receipts import Decision, read_all, record_decision
from flows import sweep
from flows.key_rotation import rotate_key
from flows.rebuilding import Unrebuildable, rebuild
from flows.settings import Settings, settings_of
from tests.flows.lived import NIGHT, empty_database, held_in, lived, lived_on_duckdb
from warehouse.fingerprint import differences
from warehouse.schema_version import Foreign
from warehouse.store import Store, open_store
from warehouse.tables import DELIVERIES

LATER = NIGHT + timedelta(days=6, hours=12)


@pytest.fixture
def home(tmp_path: Path, url: str) -> Settings:
    return lived(tmp_path, url) if url.startswith("postgresql") else lived_on_duckdb(tmp_path)


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    """The same on DuckDB, in the partnership's own folder."""
    return lived_on_duckdb(tmp_path)


def target_of(settings: Settings, request: pytest.FixtureRequest) -> str:
    """Where the rebuilt warehouse goes: on a server into another database, a file takes the place of the old one."""
    is_server = settings.warehouse.startswith("postgresql")
    return empty_database(request.getfixturevalue("postgresql_server")) if is_server else ""


def test_a_rebuilt_warehouse_is_the_same_to_the_last_row(home: Settings, request: pytest.FixtureRequest) -> None:
    before, files = held_in(home.warehouse_url), sorted(home.archive.rglob("*"))
    assert before["history.workforce_training"].rows > 0
    assert before["ledger.sightings"].rows > 0
    told: list[tuple[int, int]] = []
    into = target_of(home, request)
    done = rebuild(home, LATER, into, lambda number, of: told.append((number, of)))
    assert done.differences == ()
    assert done.passed_over == ()
    assert (done.receipts, done.decisions) == (10, 3)
    assert told[-1] == (13, 13)
    assert differences(before, held_in(into or home.warehouse_url)) == []
    assert sorted(home.archive.rglob("*")) == files
    assert (done.kept is None) == bool(into)


def test_after_a_rotation_of_the_key_the_archive_still_brings_back_the_same(
    home: Settings, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every delivery says what it said: an export that comes again under the new key is known again."""
    with open_store(home.warehouse_url) as store:
        before = contents(store)
        monkeypatch.setenv("QUORATE_NEW_KEY", "a7" * 32)
        rotate_key(home, store, LATER)
        after = contents(store)
    assert {feed for feed, said in before.items() if said != after[feed]} == {"csc_mosaic"}  # it names children
    assert None not in after["csc_mosaic"]
    monkeypatch.setenv("QUORATE_KEY", "a7" * 32)
    mosaic = next((home.landing / "csc_mosaic").iterdir())
    mosaic.write_bytes(mosaic.read_bytes() + b"\0")  # other bytes, the same rows
    assert [one.state for one in sweep.nightly(home, LATER).outcomes if one.is_new] == ["duplicate"]
    with open_store(home.warehouse_url) as store:
        sweep.refresh(store, sweep.owed(home), sweep.as_of(store, LATER.date()))
    done = rebuild(home, LATER + timedelta(hours=1), target_of(home, request))
    assert (done.differences, done.passed_over) == ((), ())


def contents(store: Store) -> dict[str, list[str | None]]:
    """Feed → the content hashes of its deliveries of which rows came into the warehouse."""
    asked = select(DELIVERIES.c.feed, DELIVERIES.c.content_hash).where(DELIVERIES.c.rows_in > 0)
    with store.reading() as connection:
        found = connection.execute(asked.order_by(DELIVERIES.c.sequence, DELIVERIES.c.attempt)).tuples().all()
    return {feed: [said for of, said in found if of == feed] for feed, _ in found}


def test_what_was_spoilt_is_found_and_made_good(embedded: Settings) -> None:
    before = held_in(embedded.warehouse_url)
    with open_store(embedded.warehouse_url) as store, store.writing() as connection:
        connection.execute(text("UPDATE facts.workforce_training SET csa_trained_in_date = 40 WHERE source_row = 2"))
        connection.execute(text("DELETE FROM history.workforce_training"))
    done = rebuild(embedded, LATER)
    assert done.differences is not None
    assert [one.partition(" ")[0] for one in done.differences] == [
        "facts.workforce_training",
        "history.workforce_training",
    ]
    assert differences(before, held_in(embedded.warehouse_url)) == []
    assert done.kept is not None
    assert differences(before, held_in(str(done.kept))) != []


@pytest.mark.parametrize("lost", ["all of it", "its first page"])
def test_a_warehouse_that_is_lost_comes_back(embedded: Settings, lost: str) -> None:
    before, file = held_in(embedded.warehouse_url), embedded.home / "warehouse.duckdb"
    if lost == "all of it":
        file.unlink()
    else:
        with file.open("r+b") as broken:
            broken.write(b"\x00" * 4096)
    done = rebuild(embedded, LATER)
    assert done.differences is None
    assert (done.kept is None) == (lost == "all of it")
    assert differences(before, held_in(embedded.warehouse_url)) == []


def test_what_an_earlier_rebuild_left_half_done_is_in_nobodys_way(embedded: Settings) -> None:
    (embedded.home / "warehouse.duckdb.rebuilding").write_bytes(b"half of a file")
    (embedded.home / "warehouse.duckdb.rebuilding.wal").write_bytes(b"half of a log")
    assert rebuild(embedded, LATER).differences == ()
    assert [path.name for path in embedded.home.glob("*.rebuilding*")] == []


def test_nothing_is_touched_if_the_archive_is_not_whole(embedded: Settings) -> None:
    before, archived = held_in(embedded.warehouse_url), next(embedded.archive.glob("??/*"))
    for harm in (lambda: _append(archived), archived.unlink):
        harm()
        with pytest.raises(DamagedArchiveError, match="restore it from a backup, then rebuild"):
            rebuild(embedded, LATER)
    assert held_in(embedded.warehouse_url) == before
    assert list(embedded.home.glob("*before-rebuild*")) == []


def test_a_decision_that_had_no_effect_has_none_again_and_is_named(embedded: Settings) -> None:
    receipt = read_all(embedded.archive)[0]
    decision = Decision(10**19 // 2, "release", receipt.delivery_id, "B", "by mistake", LATER)  # type: ignore[union-attr]
    record_decision(embedded.archive, decision)
    done = rebuild(embedded, LATER)
    assert done.differences == ()
    assert len(done.passed_over) == 1
    assert "this can be done when a delivery is held" in done.passed_over[0]


def test_a_rebuild_goes_into_an_empty_database_only(embedded: Settings, tmp_path: Path) -> None:
    full = f"duckdb:///{shutil.copy(embedded.home / 'warehouse.duckdb', tmp_path / 'full.duckdb')}"
    with pytest.raises(Foreign, match="into an empty database only"):
        rebuild(embedded, LATER, full)
    with pytest.raises(Unrebuildable, match="no receipts"):
        rebuild(settings_of(tmp_path / "nowhere"), LATER)


def _append(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
