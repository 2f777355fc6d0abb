"""A warehouse of another release is recognised, and brought here with its rows, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from sqlalchemy import Connection, MetaData, inspect, select, text

from tests.conftest import databases, within
from tests.warehouse.migrations import first
from warehouse.dictionary import NAME
from warehouse.metric import all_metrics
from warehouse.migrations.moving import move
from warehouse.migrations.outside import Outside
from warehouse.migrations.written import tables_of
from warehouse.schema_version import HEAD, Foreign, Outdated, require_current, version_of
from warehouse.store import Store, open_store


def tagged(tag: str) -> Any:
    """Re-keying that can be seen: every key gets a mark, or loses it."""

    def rekey(rows: pa.Table, table: str, feed: str) -> pa.Table:
        keys = [f"{feed} {key}" if tag == "up" else key.removeprefix(f"{feed} ") for key in rows["row_key"].to_pylist()]
        return rows.set_column(rows.column_names.index("row_key"), "row_key", pa.array(keys, pa.string()))

    return rekey


OUTSIDE = Outside(
    chain_of=lambda line: f"{line['feed']} {line['period_from']}",
    revision_of=lambda _line: None,
    protect=tagged("up"),
    reveal=tagged("down"),
)


@pytest.fixture(params=["duckdb", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with nothing in it, on each engine."""
    if request.param == "duckdb":
        with open_store(str(tmp_path / "empty.duckdb")) as store:
            yield store
        return
    server, name = request.getfixturevalue("postgresql_server"), f"quorate_{uuid4().hex[:12]}"
    with databases(server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    with open_store(within(server, name)) as store:
        yield store
    with databases(server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def old(empty: Store) -> Store:
    """A warehouse of the first release."""
    with empty.writing() as connection:
        first.make(connection, OUTSIDE)
    return empty


def rows_of(connection: Connection, metadata: MetaData, name: str, *columns: str) -> list[tuple[Any, ...]]:
    table = metadata.tables[name]
    found = connection.execute(select(*(table.c[column] for column in columns))).tuples().all()
    return sorted((tuple(row) for row in found), key=str)


def everything(connection: Connection, revision: str) -> dict[str, list[tuple[Any, ...]]]:
    tables = tables_of(revision)
    return {name: rows_of(connection, tables, name, *table.c.keys()) for name, table in tables.tables.items()}


def schema_of(connection: Connection) -> dict[str, Any]:
    """Every table, column, type, comment and index of a warehouse, as the database itself says."""
    found = {}
    inspector = inspect(connection)
    for schema in ("facts", "history", "ledger", "reporting"):
        for name in set(inspector.get_table_names(schema=schema)) - {*all_metrics(), NAME}:  # which no migration makes
            columns = [
                (one["name"], str(one["type"]), one["nullable"], one.get("comment"))
                for one in inspector.get_columns(name, schema=schema)
            ]
            indexes = sorted(
                (str(one["name"]), tuple(one["column_names"])) for one in inspector.get_indexes(name, schema=schema)
            )
            found[f"{schema}.{name}"] = (columns, indexes, inspector.get_table_comment(name, schema=schema)["text"])
    return found


def test_a_new_warehouse_and_a_migrated_one_have_the_same_schema(old: Store, request: pytest.FixtureRequest) -> None:
    with old.writing() as connection:
        move(connection, OUTSIDE)
        migrated = schema_of(connection)
    with open_store(request.getfixturevalue(f"{old.dialect}_url")) as new, new.reading() as connection:
        made = schema_of(connection)
    assert len(made) > 50
    assert made == migrated


def test_up_keeps_every_row_and_says_since_when(old: Store) -> None:
    with old.writing() as connection:
        assert move(connection, OUTSIDE) == ["0002", "0003", "0004"]
        new = tables_of("0002")
        times = ("valid_from", "valid_to", "known_from", "known_to")
        assert rows_of(connection, new, "facts.referrals", "child_ref", *times) == [
            ("C1", date(2026, 4, 1), None, first.MAY, None),
            ("C2", date(2026, 4, 1), None, first.MAY, None),
            ("C3", date(2026, 5, 1), None, first.JUNE, None),
        ]  # fmt: skip
        assert rows_of(connection, new, "facts.referrals", "row_key")[0] == ("csc_mosaic key of R1",)
        assert rows_of(connection, new, "history.referrals", "child_ref") == []
        place = ("attempt", "chain", "revision", "state")
        assert rows_of(connection, new, "ledger.deliveries", "delivery_id", *place) == [
            ("mosaic-april", 1, "csc_mosaic 2026-04-01", 1, "loaded"),
            ("mosaic-may", 1, "csc_mosaic 2026-05-01", 1, "loaded"),
            ("niche-broken", 1, None, 1, "refused"),
        ]  # fmt: skip
        sequences = [row[0] for row in rows_of(connection, new, "ledger.deliveries", "sequence", "delivery_id")]
        assert sequences == sorted(set(sequences))
        assert rows_of(connection, new, "ledger.quarantine", "delivery_id", "source_row", "state", "opened_at") == [
            ("mosaic-april", 4, "open", first.MAY)
        ]
        steps = rows_of(connection, new, "ledger.transitions", "delivery_id", "number", "from_state", "to_state")
        assert steps[:4] == [
            ("mosaic-april", 1, None, "received"),
            ("mosaic-april", 2, "received", "read"),
            ("mosaic-april", 3, "read", "judged"),
            ("mosaic-april", 4, "judged", "loaded"),
        ]


def test_up_and_down_is_as_before(old: Store) -> None:
    with old.writing() as connection:
        before = everything(connection, "0001")
        move(connection, OUTSIDE)
        assert move(connection, OUTSIDE, "0001") == ["0004", "0003", "0002"]
        assert everything(connection, "0001") == before
        schemas = inspect(connection).get_schema_names()
        assert not any(name.endswith("history") for name in schemas)
        move(connection, OUTSIDE)  # and up again
        assert version_of(connection) == HEAD


def test_down_keeps_the_last_of_what_has_ended_and_drops_what_was_never_loaded(old: Store) -> None:
    with old.writing() as connection:
        move(connection, OUTSIDE)
        names = "child_ref, row_key, delivery_id, valid_from, valid_to, known_from, known_to"
        ended = f"INSERT INTO history.referrals ({names})"
        for change in (
            f"{ended} VALUES ('C9', 'csc_mosaic k9', 'mosaic-april', '2026-04-01', '2026-05-01', '2026-05-20', NULL)",
            f"{ended} VALUES ('C8', 'csc_mosaic k9', 'mosaic-april', '2026-03-01', '2026-04-01', '2026-05-20', NULL)",
            f"{ended} VALUES ('C7', 'csc_mosaic key of R1', 'mosaic-april', NULL, '2026-04-01', '2026-05-20', NULL)",
            f"{ended} VALUES ('C6', 'csc_mosaic k6', 'mosaic-april', '2026-04-01', NULL, '2026-05-20', '2026-05-21')",
            "UPDATE ledger.deliveries SET state = 'published' WHERE delivery_id = 'mosaic-may'",
            "UPDATE ledger.deliveries SET state = 'held' WHERE delivery_id = 'niche-broken'",
        ):
            connection.execute(text(change))
        move(connection, OUTSIDE, "0001")
        old_tables = tables_of("0001")
        assert [row[0] for row in rows_of(connection, old_tables, "facts.referrals", "child_ref")] == [
            "C1", "C2", "C3", "C9",
        ]  # fmt: skip
        assert rows_of(connection, old_tables, "ledger.deliveries", "delivery_id", "state") == [
            ("mosaic-april", "loaded"),
            ("mosaic-may", "loaded"),
        ]


def test_down_a_row_is_of_the_attempt_that_stands(old: Store) -> None:
    with old.writing() as connection:
        move(connection, OUTSIDE)
        names = (
            "delivery_id, sequence, feed, agency_code, file_name, sha256, bytes, received_at, state, chain, revision"
        )
        counts = "rows_in, rows_loaded, rows_unchanged, rows_refused, rows_ignored, finished_at"
        again = "'again', sequence, feed, agency_code, file_name, sha256, bytes, received_at, 'loaded', chain, revision"
        line = f"SELECT {again}, {counts}, 2 FROM ledger.deliveries WHERE delivery_id = 'mosaic-may'"
        connection.execute(text(f"INSERT INTO ledger.deliveries ({names}, {counts}, attempt) {line}"))
        connection.execute(text("UPDATE ledger.deliveries SET state = 'replaced' WHERE delivery_id = 'mosaic-may'"))
        before = rows_of(connection, tables_of("0002"), "facts.referrals", "child_ref", "delivery_id")
        move(connection, OUTSIDE, "0001")
        old_tables = tables_of("0001")
        after = rows_of(connection, old_tables, "facts.referrals", "child_ref", "delivery_id")
        assert after == [(child, {"mosaic-may": "again"}.get(said_by, said_by)) for child, said_by in before]
        assert "again" in {said_by for _, said_by in after}
        assert [row[0] for row in rows_of(connection, old_tables, "ledger.deliveries", "delivery_id")] == [
            "again", "mosaic-april", "niche-broken",
        ]  # fmt: skip


def test_a_failure_half_way_leaves_the_warehouse_as_it_was(old: Store) -> None:
    def fails(rows: pa.Table, table: str, feed: str) -> pa.Table:
        raise InterruptedError

    with old.reading() as connection:
        before = everything(connection, "0001")
    with pytest.raises(InterruptedError), old.writing() as connection:
        move(connection, Outside(OUTSIDE.chain_of, OUTSIDE.revision_of, fails, fails))
    with old.reading() as connection:
        assert everything(connection, "0001") == before
        assert version_of(connection) == "0001"


def test_rows_of_a_delivery_that_the_ledger_does_not_know_are_not_guessed_at(old: Store) -> None:
    with old.writing() as connection:
        connection.execute(text("DELETE FROM ledger.deliveries WHERE delivery_id = 'mosaic-may'"))
    with pytest.raises(Foreign, match=r"facts\.referrals has rows of a delivery"), old.writing() as connection:
        move(connection, OUTSIDE)


def test_an_older_warehouse_is_refused_with_the_command_to_run(old: Store) -> None:
    for asked in (old.create, lambda: _require(old)):
        with pytest.raises(Outdated, match="quorate migrate"):
            asked()
    with old.writing() as connection:
        move(connection, OUTSIDE)
    old.create()
    _require(old)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE ledger.alembic_version SET version_num = '9999'", "a newer Quorate made it"),
        ("DELETE FROM ledger.alembic_version", "of no release"),
        ("DROP TABLE ledger.alembic_version", "no warehouse of Quorate's"),
    ],
)
def test_what_is_newer_or_not_ours_is_refused(store: Store, change: str, says: str) -> None:
    with store.writing() as connection:
        connection.execute(text(change))
    for asked in (store.create, lambda: _require(store)):
        with pytest.raises(Foreign, match=says):
            asked()


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "theirs.duckdb")) as store:
        with store.writing() as connection:
            connection.execute(text("CREATE TABLE stock (item TEXT)"))
        with pytest.raises(Foreign, match="no warehouse of Quorate's"):
            store.create()
        with store.reading() as connection:
            assert connection.scalar(text("SELECT count(*) FROM information_schema.tables")) == 1


def test_the_revisions_are_those_that_the_code_names() -> None:
    from warehouse.migrations.moving import _script
    from warehouse.schema_version import REVISIONS

    assert [one.revision for one in reversed(list(_script().walk_revisions()))] == list(REVISIONS)


def test_what_is_written_down_of_this_release_is_what_its_code_makes() -> None:
    from warehouse.migrations.written import HERE, write
    from warehouse.tables import METADATA

    assert write(METADATA) == (HERE / f"{HEAD}.toml").read_text(encoding="utf-8"), "make docs"


def _require(store: Store) -> None:
    with store.reading() as connection:
        require_current(connection)
