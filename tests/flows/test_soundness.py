"""Corruption is found: each kind is planted in a warehouse that lived, and a sound one has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.receipts import Receipt, read_all
from flows.settings import Settings, settings_of
from flows.soundness import disagreements
from tests.flows.lived import lived, lived_on_duckdb
from warehouse.soundness import contradictions
from warehouse.store import open_store

TRAINING = "facts.workforce_training"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse that lived; copy it before harming it."""
    folder = tmp_path_factory.mktemp("sound")
    return lived_on_duckdb(folder)


@pytest.fixture
def home(sound: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(sound.home, tmp_path / "home")
    return settings_of(tmp_path / "home", f"duckdb:///{tmp_path / 'home' / 'warehouse.duckdb'}")


def found(settings: Settings, *harms: str) -> list[tuple[str, str]]:
    """What is found after the warehouse was harmed by these statements."""
    with open_store(settings.warehouse_url) as store, store.writing() as connection:
        for harm in harms:
            assert connection.execute(text(harm)).rowcount != 0, "nothing was harmed"
        everything = [*contradictions(connection), *disagreements(connection, settings.archive)]
    return [(one.what, one.says) for one in everything]


def test_a_sound_warehouse_has_nothing(home: Settings) -> None:
    assert found(home) == []


def test_nor_has_one_on_a_server(tmp_path: Path, postgresql_url: str) -> None:
    settings = lived(tmp_path, postgresql_url)
    assert found(settings) == []
    told = found(settings, f"UPDATE {TRAINING} SET headcount_in_scope = headcount_in_scope + 1 WHERE source_row = 2")
    assert [(where, says.partition(" ")[2].partition(":")[0]) for where, says in told] == [
        (TRAINING, "rows are not what they were when they were loaded")
    ]


@pytest.mark.parametrize(
    ("harm", "where", "says"),
    [
        ("UPDATE ledger.deliveries SET rows_loaded = rows_loaded + 1 WHERE feed = 'csc_mosaic'", "ledger", "account"),
        (
            "UPDATE ledger.delivery_members SET refused = refused + 1 WHERE table_name = 'referrals'",
            "ledger",
            "members",
        ),
        (
            f"INSERT INTO {TRAINING} SELECT * FROM {TRAINING} WHERE source_row = 2",
            TRAINING,
            "more than one current row",
        ),
        (f"UPDATE {TRAINING} SET known_to = known_from WHERE source_row = 2", TRAINING, "times"),
        (f"UPDATE {TRAINING} SET valid_from = NULL WHERE source_row = 2", TRAINING, "times"),
        (
            "UPDATE history.workforce_training SET known_to = NULL, valid_to = NULL",
            "history.workforce_training",
            "times",
        ),
        (f"UPDATE {TRAINING} SET delivery_id = 'nobody' WHERE source_row = 2", TRAINING, "the ledger does not have"),
        (f"DELETE FROM {TRAINING} WHERE source_row = 2", TRAINING, "other rows here than the ledger counts"),
        ("DELETE FROM ledger.sightings", TRAINING, "other rows here than the ledger counts"),
        (f"UPDATE {TRAINING} SET csa_trained_in_date = 0 WHERE source_row = 2", TRAINING, "not what they were"),
        (f"UPDATE {TRAINING} SET row_key = row_hash WHERE source_row = 2", TRAINING, "not what they were"),
        ("DELETE FROM ledger.deliveries WHERE feed = 'lscp_audit'", "ledger", "a receipt and no line"),
        (
            "UPDATE ledger.deliveries SET sequence = 1 WHERE feed = 'lscp_audit'",
            "ledger",
            "not what their receipts say",
        ),
        ("UPDATE ledger.deliveries SET state = 'held' WHERE state = 'withdrawn'", "decisions", "withdraw"),
        ("DELETE FROM ledger.deliveries WHERE attempt = 2", "decisions", "reprocess"),
        (
            "UPDATE ledger.deliveries SET state = 'withdrawn' WHERE attempt = 2",
            TRAINING,  # what the first attempt said holds as long as the second stands
            "the ledger does not have",
        ),
        (
            "UPDATE ledger.deliveries SET sequence = sequence + 1 WHERE attempt = 2",
            "ledger",
            "not what their receipts say",
        ),
    ],
)
def test_what_the_warehouse_cannot_be_is_found(home: Settings, harm: str, where: str, says: str) -> None:
    told = found(home, harm)
    assert any(one == where and says in sentence for one, sentence in told), told
    assert all("`quorate " in sentence or "restore it from a backup" in sentence for _, sentence in told)


def test_two_things_that_hold_at_once_are_found(home: Settings) -> None:
    ended = f"INSERT INTO history.workforce_training SELECT * FROM {TRAINING} WHERE source_row = 2"
    told = found(home, ended, "UPDATE history.workforce_training SET known_to = NULL, valid_to = '2049-12-31'")
    assert any("hold at the same time" in says for _, says in told), told


def test_a_column_that_is_changed_is_found_in_every_table(home: Settings) -> None:
    told = found(home, "UPDATE facts.audit_returns SET audit_ref = audit_ref || 'x'")
    assert [where for where, _ in told] == ["facts.audit_returns"]


@pytest.mark.parametrize(
    ("harm", "where", "says"),
    [
        (lambda archive, one: (archive / one.sha256[:2] / one.sha256).unlink(), "archive", "lack their file"),
        (lambda archive, one: _receipt(archive, one).unlink(), "receipts", "no receipt"),
        (lambda archive, one: _spoil(_receipt(archive, one)), "receipts", "is not as it was written"),
    ],
)
def test_what_the_archive_lacks_is_found(
    home: Settings, harm: Callable[[Path, Receipt], None], where: str, says: str
) -> None:
    first = read_all(home.archive)[0]
    assert isinstance(first, Receipt)
    harm(home.archive, first)
    told = found(home)
    assert [one for one, _ in told] == [where]
    assert says in told[0][1]


def _receipt(archive: Path, one: Receipt) -> Path:
    return archive / "receipts" / f"{one.sequence}-{one.delivery_id}.json"


def _spoil(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-9])
