"""`quorate migrate` on a partnership of the first release: nothing lost, numbers hidden, receipts for what arrived."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from connectors.receipts import Receipt, read_all
from flows import sweep
from flows.settings import Settings, settings_of
from flows.soundness import disagreements
from flows.upgrading import NothingToMigrate, migrate
from tests.flows.lived import empty_database, lived_on_duckdb
from tests.warehouse.migrations import first
from warehouse.migrations.carrying import arrow_of
from warehouse.migrations.hashes_0001 import hashed
from warehouse.migrations.outside import Outside
from warehouse.migrations.written import tables_of
from warehouse.schema_version import FIRST, HEAD, Outdated, version_of
from warehouse.soundness import contradictions
from warehouse.store import Unavailable, bulk, open_store
from warehouse.vault import open_vault

NOW = datetime(2026, 7, 1, 9, 0)
SECOND = "0002"
NHS, UPN = "9990000018", "W319200124001"
CHILDREN = [
    {"child_ref": "C-7781", "nhs_number": NHS, "upn": UPN, "born_on": date(2015, 3, 17), "sex_code": "F"},
    {"child_ref": "C-7782", "born_on": None, "expected_on": date(2026, 9, 9)},
    {"nhs_number": "9990000026", "former_upn": UPN, "born_on": date(2012, 12, 31)},
]


@pytest.fixture(params=["duckdb", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A partnership whose warehouse the first release made."""
    if request.param == "duckdb":
        settings = settings_of(tmp_path, f"duckdb:///{tmp_path / 'warehouse.duckdb'}")
    else:
        settings = settings_of(tmp_path, empty_database(request.getfixturevalue("postgresql_server")))
    nothing: Any = None
    with open_store(settings.warehouse_url) as store, store.writing() as connection:
        first.make(connection, Outside(nothing, nothing, nothing, nothing))
        _fill(connection)
    return settings


def _fill(connection: Connection) -> None:
    """Rows with the hashes that the first release gave them."""
    tables = tables_of(FIRST).tables
    table = tables["facts.children"]
    empty = {column.name: None for column in table.columns}
    place = {"said_by": "csc", "delivery_id": "mosaic-april", "source_member": "children.csv", "loaded_at": first.MAY}
    for number, child in enumerate(CHILDREN):
        connection.execute(table.insert().values({**empty, **place, **child, "source_row": number + 2}))
    for name in ("facts.children", "facts.referrals"):
        rows = hashed(arrow_of(connection, select(tables[name])), name.removeprefix("facts."))
        connection.execute(tables[name].delete())
        bulk(connection, tables[name], rows)


def held(settings: Settings, revision: str) -> dict[str, list[str]]:
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        assert version_of(connection) == revision
        tables = tables_of(revision).tables.items()
        return {name: sorted(map(str, connection.execute(select(table)).all())) for name, table in tables}


def rows(settings: Settings, name: str, *columns: str) -> list[tuple[Any, ...]]:
    table = tables_of(HEAD).tables[name]
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        found = connection.execute(select(*(table.c[column] for column in columns))).tuples().all()
    return sorted((tuple(row) for row in found), key=str)


def test_up_and_down_again_everything_is_as_it_was(home: Settings) -> None:
    before = held(home, FIRST)
    assert (done := migrate(home, NOW)).receipts == 3
    assert (done.begun_at, done.ended_at) == (FIRST, HEAD)
    migrate(home, NOW.replace(hour=10), FIRST)
    after = held(home, FIRST)
    made_anew = ("facts.calendar", "reporting.periods")  # which the warehouse drawn here did not have
    assert [name for name in before if name not in made_anew and after[name] != before[name]] == []


def test_what_was_migrated_is_sound_and_the_next_night_goes_on(home: Settings) -> None:
    with pytest.raises(Outdated):
        sweep.open_warehouse(home)
    migrate(home, NOW)
    with sweep.open_warehouse(home) as store, store.reading() as connection:
        assert list(contradictions(connection)) == []
    assert rows(home, "reporting.measures", "metric") == []


def test_a_partnership_to_which_everything_happened_goes_down_and_up(tmp_path: Path) -> None:
    """A delivery that was read again among it: what both attempts say is of the one that stands."""
    settings = lived_on_duckdb(tmp_path)
    before = rows(settings, "facts.workforce_training", "role_group", "as_at_on", "headcount_in_scope")
    migrate(settings, NOW, FIRST)
    migrate(settings, NOW.replace(hour=10))
    assert rows(settings, "facts.workforce_training", "role_group", "as_at_on", "headcount_in_scope") == before
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        assert list(contradictions(connection)) == []
        says = [one.says for one in disagreements(connection, settings.archive)]
    # of deliveries that are not loaded the first release keeps nothing: the next night takes them in again
    assert [one.partition(") ")[2].partition(":")[0] for one in says] == ["have a receipt and no line in the ledger"]


def test_a_partnership_goes_back_to_the_second_release_and_up_again(tmp_path: Path) -> None:
    """What the second release had is as it was; what the third added is gone, and the ledger says so."""
    settings = lived_on_duckdb(tmp_path)
    names = ("facts.workforce_training", "facts.audit_returns", "facts.support_offers")
    said = ("metric", "view", "category", "agency_code", "period_label", "numerator", "denominator")
    before = {name: held(settings, HEAD)[name] for name in names}
    seen = ("child_ref", "started_on", "child_seen_alone_on")
    enquiries = rows(settings, "facts.section_47_enquiries", *seen)
    assert any(day for *_, day in enquiries)
    figures = [one for *one, part in rows(settings, "reporting.measures", *said, "breakdown") if not part]
    assert (done := migrate(settings, NOW, SECOND)).ended_at == SECOND
    assert done.kept is not None
    assert [
        list(one) for one in rows(settings, "reporting.measures", *said)
    ] == figures  # the second release has no parts
    migrate(settings, NOW.replace(hour=10))
    assert {name: held(settings, HEAD)[name] for name in names} == before
    assert rows(settings, "facts.section_47_enquiries", *seen) == sorted(
        ((*one, None) for *one, _ in enquiries), key=str
    )
    assert rows(settings, "facts.meeting_actions", "action_ref") == []
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        assert list(contradictions(connection)) == []


def test_identifiers_are_hidden_and_the_vault_has_them(home: Settings) -> None:
    migrate(home, NOW)
    told = rows(home, "facts.children", "child_ref", "nhs_number", "upn", "former_upn", "born_on", "expected_on")
    numbers = [one for row in told for one in row[:4] if one is not None]
    assert all(len(one) == 32 for one in numbers)
    assert len(set(numbers)) == 5  # a former pupil number is the same number as a present one
    assert {row[4] for row in told} == {date(2015, 3, 1), None, date(2012, 12, 1)}
    with open_store(home.warehouse_url) as store, open_vault(store) as vault:
        known = [vault.look_up(token) for token in numbers]
        assert {one.value for one in known if one} == {"C-7781", "C-7782", NHS, "9990000026", UPN}


def test_no_byte_of_an_identifier_stays_in_the_new_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, f"duckdb:///{tmp_path / 'warehouse.duckdb'}")
    nothing: Any = None
    with open_store(settings.warehouse_url) as store, store.writing() as connection:
        first.make(connection, Outside(nothing, nothing, nothing, nothing))
        _fill(connection)
    done = migrate(settings, NOW)
    assert done.kept is not None
    assert NHS.encode() in done.kept.read_bytes()
    assert NHS.encode() not in (tmp_path / "warehouse.duckdb").read_bytes()
    assert not list(tmp_path.glob("*.migrating*")) + list(tmp_path.glob("*.rewritten*"))


def test_what_arrived_before_there_were_receipts_has_one(home: Settings) -> None:
    migrate(home, NOW)
    entries = read_all(home.archive)
    assert all(isinstance(one, Receipt) for one in entries)
    assert [(one.sequence, one.delivery_id) for one in entries if isinstance(one, Receipt)] == rows(
        home, "ledger.deliveries", "sequence", "delivery_id"
    )


def test_a_trial_changes_nothing(home: Settings) -> None:
    before = held(home, FIRST)
    told: list[str] = []
    done = migrate(home, NOW, dry_run=True, progress=told.append)
    assert (done.receipts, done.kept) == (3, None)
    assert "children: 3 rows" in told
    assert held(home, FIRST) == before
    assert not home.archive.exists()
    assert not list(home.home.glob("*.migrating*"))


def test_without_the_vault_the_way_down_is_refused(home: Settings) -> None:
    migrate(home, NOW)
    before = held(home, HEAD)
    with open_store(home.warehouse_url) as store, open_vault(store) as vault, vault.store.writing() as connection:
        connection.execute(vault.identifiers.delete().where(vault.identifiers.c.value == NHS))
    with pytest.raises(Unavailable, match=r"does not know 1 pseudonyms of facts\.children"):
        migrate(home, NOW.replace(hour=10), FIRST)
    assert held(home, HEAD) == before


def test_what_cannot_be_migrated_is_said(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(NothingToMigrate, match="There is no revision 0007"):
        migrate(home, NOW, "0007")
    migrate(home, NOW)
    assert migrate(home, NOW).kept is None  # it is there already
    with pytest.raises(NothingToMigrate, match="There is no warehouse"):
        migrate(settings_of(tmp_path / "elsewhere", f"duckdb:///{tmp_path / 'none.duckdb'}"), NOW)
