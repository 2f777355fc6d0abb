"""The same rows have the same fingerprint, in any order and on either engine; one other cell, another."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import insert, text

from warehouse.fingerprint import differences, fingerprint
from warehouse.store import Store, open_store
from warehouse.tables import FACTS, MEASURES

REFERRALS = [
    {"child_ref": "a", "received_at": datetime(2026, 5, 1, 9, 30, 0, 500000), "valid_from": date(2026, 5, 1)},
    {"child_ref": "b", "received_at": datetime(2026, 5, 2), "valid_from": None},
]
TEXTS = ("metric", "question", "recommendations", "unit", "view", "category", "agency_code", "period_kind",
         "period_label", "direction", "status", "assurance", "breakdown", "breakdown_value", "definition",
         "rows_hash")  # fmt: skip
MEASURE = dict.fromkeys(TEXTS, "x") | {
    "is_headline": True, "is_low_base": False, "starts_on": date(2026, 4, 1), "ends_on": date(2026, 4, 30),
    "percentage": 100 / 3, "rows_counted": 3,
}  # fmt: skip


def fill(store: Store, rows: list[dict[str, object]]) -> None:
    with store.writing() as connection:
        for row in rows:
            connection.execute(insert(FACTS["referrals"]).values(row))
        connection.execute(insert(MEASURES).values(MEASURE))


def test_order_and_engine_do_not_matter(duckdb_url: str, postgresql_url: str) -> None:
    with open_store(duckdb_url) as one, open_store(postgresql_url) as other:
        fill(one, REFERRALS)
        fill(other, REFERRALS[::-1])
        with one.reading() as here, other.reading() as there:
            told, same = fingerprint(here), fingerprint(there)
    assert told["facts.referrals"].rows == 2
    assert differences(told, same) == []


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE facts.referrals SET child_ref = 'c' WHERE child_ref = 'a'", "facts.referrals"),
        ("UPDATE facts.referrals SET valid_from = NULL WHERE child_ref = 'a'", "facts.referrals"),
        ("UPDATE facts.referrals SET received_at = '2026-05-02 00:00:00.000001'", "facts.referrals"),
        ("UPDATE reporting.measures SET percentage = 33.3333334", "reporting.measures"),
        ("UPDATE reporting.measures SET is_low_base = true", "reporting.measures"),
        ("INSERT INTO facts.referrals SELECT * FROM facts.referrals WHERE child_ref = 'a'", "facts.referrals"),
        ("DELETE FROM facts.referrals WHERE child_ref = 'a'", "facts.referrals"),
    ],
)  # fmt: skip
def test_any_other_cell_or_row_is_seen(store: Store, change: str, table: str) -> None:
    fill(store, REFERRALS)
    with store.writing() as connection:
        before = fingerprint(connection)
        connection.execute(text(change))
        assert [one.partition(" ")[0] for one in differences(before, fingerprint(connection))] == [table]


def test_empty_tables_have_one_too(store: Store) -> None:
    with store.reading() as connection:
        told = fingerprint(connection)
    assert {(one.rows, one.hash) for one in told.values()} == {(0, "0" * 32)}
