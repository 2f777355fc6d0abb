"""Opening a warehouse, and one writer at a time."""

import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from schemas.table import columns, fact_columns
from schemas.tables import all_tables
from warehouse.store import Store, Unavailable, open_store
from warehouse.tables import PROVENANCE

OPEN_AND_WRITE = """
import sys
from warehouse.store import Locked, open_store
try:
    with open_store(sys.argv[1]) as store, store.writing():
        print("written")
except Locked as error:
    print("locked:", error)
"""


def another_process_writes(url: str) -> str:
    """What another process hears that wants to write."""
    ended = subprocess.run(
        [sys.executable, "-c", OPEN_AND_WRITE, url],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return ended.stdout


def test_every_canonical_table_has_its_columns_descriptions_and_provenance(store: Store):
    inspected = inspect(store.engine)
    for name, table in all_tables().items():
        found = {column["name"]: column for column in inspected.get_columns(name, schema="facts")}
        assert list(found) == [*(column.name for column in fact_columns(table)), *PROVENANCE]
        assert found[columns(table)[0].name]["comment"] == columns(table)[0].description


def test_creating_twice_changes_nothing(store: Store):
    def counts() -> list[int]:
        with store.reading() as connection:
            return [
                connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
                for name in ("facts.calendar", "reporting.periods")
            ]

    before = counts()
    store.create()
    assert counts() == before == [14610, 480 + 160 + 477 + 469]


def test_another_process_is_refused_while_one_writes(store: Store, url: str):
    with store.writing():
        said = another_process_writes(url)
    assert said.startswith("locked:")
    assert "Wait until it ends" in said


def test_another_process_may_write_afterwards(store: Store, url: str):
    with store.writing():
        pass
    store.close()
    assert another_process_writes(url) == "written\n"


def test_threads_of_one_process_take_turns(store: Store):
    written: list[str] = []

    def write(name: str) -> None:
        with store.writing() as connection:
            connection.execute(text("SELECT 1")).all()
            written.append(name)

    threads = [Thread(target=write, args=(name,)) for name in ("first", "second", "third")]
    with store.writing():
        for thread in threads:
            thread.start()
        assert written == []
    for thread in threads:
        thread.join()
    assert sorted(written) == ["first", "second", "third"]


def test_a_plain_path_is_a_duckdb_file_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "new folder" / "warehouse.duckdb"
    with open_store(str(path)) as store:
        assert store.dialect == "duckdb"
        with store.writing() as connection:
            connection.execute(text("CREATE TABLE notes (note TEXT)"))
        log = path.with_name(path.name + ".wal")
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_memory_limit_is_kept(tmp_path: Path):
    with open_store(str(tmp_path / "w.duckdb"), memory="500MB") as store, store.reading() as connection:
        limit = connection.execute(text("SELECT current_setting('memory_limit')")).scalar_one()
    assert limit == "476.8 MiB"


def test_a_file_that_is_no_warehouse_is_left_alone(tmp_path: Path):
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database, but longer than nothing" * 500)
    with pytest.raises(Unavailable, match="is not a DuckDB file"):
        open_store(str(path))


def test_a_server_that_does_not_answer_is_named_without_its_password():
    with pytest.raises(Unavailable, match="does not answer") as raised:
        open_store("postgresql://quorate:secret@localhost:1/quorate")
    assert "secret" not in str(raised.value)
    assert "localhost:1/quorate" in str(raised.value)


@pytest.mark.parametrize("url", ["mysql://host/db", "duckdb://", "http://["])
def test_an_address_of_another_kind_is_refused_with_the_right_ones(url: str):
    with pytest.raises(Unavailable, match=r"duckdb:///path/file\.duckdb"):
        open_store(url)


def test_an_error_of_the_database_carries_no_value(store: Store):
    with store.reading() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text("SELECT * FROM facts.nothing WHERE child_ref = :child"), {"child": "LA12345"})
    assert "LA12345" not in str(raised.value)
