"""A column that a table gains leaves the rows that are there as they were: the same words, the same hash."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import md5
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Connection, insert, select, text, update

from schemas.table import fact_columns
from schemas.tables import all_tables
from tests.keys import KEY
from tests.warehouse.children_rows import clear_rows
from tests.warehouse.drawn import standing
from warehouse.history import apply
from warehouse.migrations.moving import move
from warehouse.migrations.outside import Outside
from warehouse.migrations.written import tables_of
from warehouse.pseudonyms import protect
from warehouse.schema_version import REVISIONS
from warehouse.soundness import contradictions
from warehouse.store import Store
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS, QUARANTINE, SIGHTINGS

NOTHING: Any = None
OUTSIDE = Outside(NOTHING, NOTHING, NOTHING, NOTHING)
SECOND, THIRD = "0002", "0003"
FEED = "health_gp_emis"
BEFORE = """
agency_code | child_ref | team  | opened_on
health_gp   | LA1       | North | 2026-04-03
health_gp   | LA2       |       | 2026-04-03
"""
TODAY = """
agency_code | child_ref | team  | opened_on  | csa_concern_recorded
health_gp   | LA1       | North | 2026-04-03 | yes
health_gp   | LA2       |       | 2026-04-03 |
"""


def rows_of(drawn: str) -> pa.Table:
    rows = protect(clear_rows("involvements", drawn), all_tables()["involvements"], FEED, KEY).rows
    return rows.append_column("source_member", pa.repeat("involvements.csv", rows.num_rows))


def deliver(connection: Connection, delivery_id: str, drawn: str, *, month: int) -> tuple[int, int]:
    """Loaded and unchanged rows of a file for a month."""
    known_at = datetime(2026, month + 1, 20, 2, 30)
    at: dict[str, Any] = {"period": f"2026-{month:02}", "revision": 1, "carries": "its_period", "known_at": known_at}
    loading = standing(connection, delivery_id, feed=FEED, **at)
    became = apply(connection, loading, {"involvements": rows_of(drawn)})["involvements", "involvements.csv"]
    counts = {"loaded": became.loaded, "unchanged": became.unchanged}
    line = {"rows_in": 2, "rows_loaded": became.loaded, "rows_unchanged": became.unchanged, "content_hash": "as read"}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.delivery_id == delivery_id).values(line))
    named = {"delivery_id": delivery_id, "source_member": "involvements.csv", "table_name": "involvements"}
    connection.execute(insert(DELIVERY_MEMBERS).values(named | counts | {"rows_in": 2, "refused": 0, "ignored": 0}))
    return became.loaded, became.unchanged


def hashes_in_plain_words(connection: Connection) -> list[str]:
    """The hashes that the second release gives to what its facts have: its columns, in its order."""
    table = tables_of(SECOND).tables["facts.involvements"]
    said = [column for column in table.c if column.name in {one.name for one in fact_columns(all_tables()[table.name])}]
    rows = connection.execute(select(*said).order_by(table.c.source_row)).tuples().all()
    parts = ["\x1f".join("\x1e" if cell is None else str(cell) for cell in row) for row in rows]
    return [md5(part.encode(), usedforsecurity=False).hexdigest() for part in parts]


def hashes(connection: Connection) -> list[str]:
    table = FACTS["involvements"]
    return list(connection.scalars(select(table.c.row_hash).order_by(table.c.source_row)))


def recorded(connection: Connection) -> list[Any]:
    table = FACTS["involvements"]
    return list(connection.scalars(select(table.c.csa_concern_recorded).order_by(table.c.source_row)))


@pytest.mark.parametrize("name", sorted(name for name in all_tables() if f"facts.{name}" in tables_of(SECOND).tables))
def test_a_column_that_a_table_gained_says_since_when_and_the_others_keep_their_order(name: str) -> None:
    declared = fact_columns(all_tables()[name])
    written = [column.name for column in tables_of(SECOND).tables[f"facts.{name}"].c]
    first = [column.name for column in declared if column.since is None]
    assert first == written[: len(first)]  # the hash is made over these, in this order
    for gained in (column for column in declared if column.since):
        before = REVISIONS[REVISIONS.index(str(gained.since)) - 1]
        assert gained.name not in tables_of(before).tables[f"facts.{name}"].c
        assert gained.name in tables_of(str(gained.since)).tables[f"facts.{name}"].c


def test_a_row_from_before_is_unchanged_when_the_same_file_comes_again(store: Store) -> None:
    with store.writing() as connection:
        deliver(connection, "april", BEFORE, month=4)
        move(connection, OUTSIDE, SECOND)
        assert hashes(connection) == hashes_in_plain_words(connection)  # as the second release made them
        was = hashes(connection)
        move(connection, OUTSIDE, THIRD)
        assert hashes(connection) == was
        assert deliver(connection, "again", BEFORE, month=5) == (0, 2)
        assert list(contradictions(connection)) == []


def test_a_value_in_a_new_column_is_another_word_on_the_row(store: Store) -> None:
    with store.writing() as connection:
        deliver(connection, "april", BEFORE, month=4)
        assert deliver(connection, "may", TODAY, month=5) == (1, 1)
        assert recorded(connection) == [True, None]
        assert list(contradictions(connection)) == []


def test_up_keeps_content_hashes_because_the_content_is_the_same(store: Store) -> None:
    with store.writing() as connection:
        deliver(connection, "april", BEFORE, month=4)
        move(connection, OUTSIDE, SECOND)
        move(connection, OUTSIDE, THIRD)
        assert connection.scalars(select(DELIVERIES.c.content_hash)).all() == ["as read"]


def test_down_a_row_that_loses_a_value_is_hashed_as_the_second_release_did(store: Store) -> None:
    with store.writing() as connection:
        deliver(connection, "april", TODAY, month=4)
        deliver(connection, "may", TODAY, month=5)  # both rows are seen again
        deliver(connection, "june", BEFORE, month=6)  # the first row is other than before, and in the history
        kept = hashes(connection)
        move(connection, OUTSIDE, SECOND)
        assert hashes(connection) == hashes_in_plain_words(connection) == kept
        history = tables_of(SECOND).tables["history.involvements"]
        assert set(connection.scalars(select(history.c.row_hash))) == {kept[0]}
        assert set(connection.scalars(select(SIGHTINGS.c.row_hash))) == set(kept)
        assert connection.scalars(select(DELIVERIES.c.content_hash).distinct()).all() == [None]  # other words now
        move(connection, OUTSIDE, THIRD)
        assert recorded(connection) == [None, None]
        assert list(contradictions(connection)) == []


def test_down_a_table_that_goes_counts_as_ignored(store: Store) -> None:
    with store.writing() as connection:
        deliver(connection, "april", BEFORE, month=4)
        counts = {"rows_in": 3, "loaded": 1, "unchanged": 0, "refused": 1, "ignored": 1}
        named = {"delivery_id": "april", "source_member": "actions.csv", "table_name": "meeting_actions"}
        connection.execute(insert(DELIVERY_MEMBERS).values(named | counts))
        place = {"delivery_id": "april", "source_row": 3, "table_name": "meeting_actions"}
        connection.execute(insert(QUARANTINE).values(place | {"state": "open", "opened_at": datetime(2026, 5, 1)}))
        said = {"meeting_ref": "M1", "action_ref": "1", "due_on": date(2026, 5, 9)}
        row = {"delivery_id": "april", "row_key": "k", "row_hash": "h"}
        connection.execute(insert(FACTS["meeting_actions"]).values(said | row))
        line = {"rows_in": 5, "rows_loaded": 3, "rows_refused": 1, "rows_ignored": 1}
        connection.execute(update(DELIVERIES).values(line))
        move(connection, OUTSIDE, SECOND)
        of = DELIVERIES.c
        told = select(of.rows_in, of.rows_loaded, of.rows_unchanged, of.rows_refused, of.rows_ignored, of.content_hash)
        assert connection.execute(told).one() == (5, 2, 0, 0, 3, None)
        member = DELIVERY_MEMBERS.c
        told = select(member.table_name, member.rows_in, member.loaded, member.refused, member.ignored)
        assert connection.execute(told.where(member.source_member == "actions.csv")).one() == (None, 3, 0, 0, 3)
        assert connection.scalar(select(QUARANTINE.c.state)) is None


def test_the_second_release_takes_up_what_was_brought_back_to_it(store: Store) -> None:
    """Its version is written, its tables are there, and what the third added is not."""
    with store.writing() as connection:
        move(connection, OUTSIDE, SECOND)
        assert connection.scalar(text("SELECT version_num FROM ledger.alembic_version")) == SECOND
        asked = "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'meeting_actions%'"
        assert connection.scalar(text(asked)) == 0
