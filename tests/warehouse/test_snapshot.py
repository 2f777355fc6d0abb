"""The analysts' copy: complete, readable only, and put in place as a whole under constant reads."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import insert

from warehouse import publications, snapshot
from warehouse.children import CHILD_DECISIONS
from warehouse.store import Store, Unavailable, open_store
from warehouse.tables import KEYS, PUBLICATIONS, TRANSITIONS

NIGHT = datetime(2026, 11, 2, 2, 30)
READER = """
import sys, time, duckdb
path, until, reads, seen = sys.argv[1], sys.argv[2], 0, set()
from pathlib import Path
while not Path(until).exists():
    with duckdb.connect(path, read_only=True) as opened:
        nights, = opened.execute("SELECT count(*) FROM ledger.publications").fetchone()
        rows, = opened.execute("SELECT count(*) FROM facts.night").fetchone()
        assert rows == 1000 * nights, "half a night"
        seen.add(nights)
    reads += 1
print(reads, len(seen))
"""


@pytest.fixture
def duckdb_store(duckdb_url: str):
    with open_store(duckdb_url) as store:
        yield store


def night(store: Store, number: int) -> None:
    """A night: a thousand rows, and one publication in the same transaction."""
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS facts.night (row BIGINT)")
        connection.exec_driver_sql("INSERT INTO facts.night SELECT range FROM range(1000)")
        line = {
            "publication_id": f"p{number}", "published_at": NIGHT + timedelta(days=number), "as_of": date(2026, 10, 31),
            "state": "published", "figures": 0, "figures_hash": str(number),
        }  # fmt: skip
        connection.execute(insert(PUBLICATIONS), [line])


def others_can_write(path: Path) -> bool:
    """Another process gets hold of the warehouse."""
    tries = f"import duckdb; duckdb.connect({str(path)!r})"
    return subprocess.run([sys.executable, "-c", tries], check=False, capture_output=True).returncode == 0


def test_a_copy_is_the_whole_warehouse_and_can_only_be_read(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    copy = snapshot.put_in_place(duckdb_store, tmp_path / "analysts" / "warehouse.duckdb")
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o440, 0o750)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]  # no log beside it, nothing half-written
    with open_store(str(copy), read_only=True) as opened, opened.reading() as connection:
        last = publications.latest(connection)
        assert last is not None
        assert last["publication_id"] == "p1"
        with pytest.raises(Exception, match="read-only"):
            connection.exec_driver_sql("DELETE FROM facts.night")


def test_copying_keeps_other_writers_out_of_the_warehouse(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    warehouse = Path(duckdb_store.url.database or "")
    assert not others_can_write(warehouse)
    snapshot.put_in_place(duckdb_store, tmp_path / "copy.duckdb")
    assert not others_can_write(warehouse)


def test_who_reads_the_copy_before_is_not_disturbed(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    copy = snapshot.put_in_place(duckdb_store, tmp_path / "copy.duckdb")
    with duckdb.connect(copy, read_only=True) as session:
        night(duckdb_store, 2)
        snapshot.put_in_place(duckdb_store, copy)
        assert session.execute("SELECT count(*) FROM facts.night").fetchall() == [(1000,)]
    assert snapshot.latest_publication(copy) == "p2"


def test_what_a_reader_has_open_is_never_written_to(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    copy = snapshot.put_in_place(duckdb_store, tmp_path / "copy.duckdb")
    before = copy.read_bytes()
    with copy.open("rb") as opened:
        night(duckdb_store, 2)
        snapshot.put_in_place(duckdb_store, copy)
        assert opened.read() == before
    assert copy.read_bytes() != before


@pytest.mark.parametrize("nights", [40, pytest.param(200, marks=pytest.mark.long)])
def test_replaced_under_constant_reads_no_reader_fails_or_sees_half_a_night(
    duckdb_store: Store, tmp_path: Path, nights: int
):
    night(duckdb_store, 0)
    copy, until = snapshot.put_in_place(duckdb_store, tmp_path / "copy.duckdb"), tmp_path / "until"
    command = [sys.executable, "-c", READER, str(copy), str(until)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for number in range(1, nights):
            night(duckdb_store, number)
            snapshot.put_in_place(duckdb_store, copy)
    finally:
        until.touch()
        told = [reader.communicate(timeout=120) for reader in readers]
    assert [(reader.returncode, error) for reader, (_, error) in zip(readers, told, strict=True)] == [(0, "")] * 2
    reads = [int(said.split()[0]) for said, _ in told]
    assert min(reads) >= 5
    assert max(int(said.split()[1]) for said, _ in told) > 1  # they met copies of several nights


def test_a_copy_that_cannot_be_written_leaves_the_one_before(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    copy = snapshot.put_in_place(duckdb_store, tmp_path / "copy.duckdb")
    night(duckdb_store, 2)
    (tmp_path / ".copy.duckdb.arriving").mkdir()  # stands where the copy would be written
    with pytest.raises(OSError, match=r"."):
        snapshot.put_in_place(duckdb_store, copy)
    assert snapshot.latest_publication(copy) == "p1"
    assert not snapshot.is_current(duckdb_store, copy)


def test_what_a_killed_run_left_is_cleared_away(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    (tmp_path / ".copy.duckdb.arriving").write_bytes(b"half of it")
    copy = snapshot.put_in_place(duckdb_store, tmp_path / "copy.duckdb")
    assert snapshot.is_current(duckdb_store, copy)
    assert not list(tmp_path.glob(".copy*"))


def test_a_copy_that_is_missing_old_or_spoilt_is_not_current(duckdb_store: Store, tmp_path: Path):
    night(duckdb_store, 1)
    copy = tmp_path / "copy.duckdb"
    assert not snapshot.is_current(duckdb_store, copy)
    with pytest.raises(Unavailable, match="no snapshot"):
        snapshot.latest_publication(copy)
    snapshot.put_in_place(duckdb_store, copy)
    assert snapshot.is_current(duckdb_store, copy)
    night(duckdb_store, 2)
    assert not snapshot.is_current(duckdb_store, copy)
    snapshot.put_in_place(duckdb_store, copy)
    copy.chmod(0o600)
    copy.write_bytes(b"not a database")
    assert not snapshot.is_current(duckdb_store, copy)


def test_a_copy_is_old_when_rows_links_or_pseudonyms_are_others_under_the_same_publication(
    duckdb_store: Store, tmp_path: Path
):
    night(duckdb_store, 1)
    copy, at = tmp_path / "copy.duckdb", NIGHT + timedelta(days=2)
    step = {"delivery_id": "d1", "number": 5, "from_state": "published", "to_state": "withdrawn", "at": at}
    word = {"decision_id": "1", "one_number": "nhs:1", "other_number": "ref:2", "decision": "confirmed"}
    said = {"decided_at": at, "decided_by": "A. Person", "because": "both records seen"}
    for table, line in (
        (TRANSITIONS, step),
        (CHILD_DECISIONS, word | said),
        (KEYS, {"version": 1, "fingerprint": "f" * 64, "since": at}),
    ):
        snapshot.put_in_place(duckdb_store, copy)
        assert snapshot.is_current(duckdb_store, copy)
        with duckdb_store.writing() as connection:
            connection.execute(insert(table), [line])
        assert not snapshot.is_current(duckdb_store, copy), table.name
