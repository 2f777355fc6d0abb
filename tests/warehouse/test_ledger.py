"""The ledger: deliveries, what became of every row, and what was said."""

from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pytest
from sqlalchemy import select

from warehouse.ledger import (
    Delivery,
    DeliveryMember,
    Unbalanced,
    count_findings,
    find,
    forget,
    list_deliveries,
    record_delivery,
)
from warehouse.store import Store
from warehouse.tables import DELIVERIES, REFUSED_ROWS

DELIVERY = Delivery(
    delivery_id="d1",
    feed="police_niche",
    agency_code="police",
    file_name="police_2026-10.csv",
    sha256="a" * 64,
    bytes=1234,
    received_at=datetime(2026, 11, 1, 2, 30),
    finished_at=datetime(2026, 11, 1, 2, 31),
    state="loaded",
    rows_in=10,
    rows_loaded=5,
    rows_unchanged=2,
    rows_refused=2,
    rows_ignored=1,
    period_from=date(2026, 10, 1),
    period_to=date(2026, 10, 31),
)
MEMBERS = [
    DeliveryMember("participation.csv", "meeting_participation", 9, 5, 2, 2, 0),
    DeliveryMember("notes.csv", None, 1, 0, 0, 0, 1),
]


def findings(*rows: tuple[int | None, str | None, str]) -> pa.Table:
    """Findings of one member: row, column, rule."""
    return pa.Table.from_pylist(
        [
            {
                "source_member": "participation.csv",
                "table_name": "meeting_participation",
                "source_row": row,
                "column_name": column,
                "rule": rule,
                "severity": "error",
            }
            for row, column, rule in rows
        ]
    )


def test_a_delivery_its_findings_and_its_refused_rows_are_recorded(store: Store):
    refused = pa.table(
        {
            "source_member": ["participation.csv"] * 2,
            "table_name": ["meeting_participation"] * 2,
            "source_row": [3, 7],
        }
    )
    said = findings(
        (3, "agency_code", "agency_code.in_code_list"),
        (7, "agency_code", "agency_code.in_code_list"),
        (7, None, "row.no_meeting"),
    )
    with store.writing() as connection:
        record_delivery(connection, DELIVERY, MEMBERS, said, refused)
    with store.reading() as connection:
        assert [(row["rule"], row["rows"]) for row in count_findings(connection, "d1")] == [
            ("agency_code.in_code_list", 2),
            ("row.no_meeting", 1),
        ]
        rows = connection.execute(select(REFUSED_ROWS.c.delivery_id, REFUSED_ROWS.c.source_row)).all()
        assert sorted(map(tuple, rows)) == [("d1", 3), ("d1", 7)]


def test_a_delivery_is_found_by_its_id_and_forgotten_whole(store: Store):
    with store.writing() as connection:
        record_delivery(connection, DELIVERY, MEMBERS)
        found = find(connection, "d1")
        assert found is not None
        assert (found["feed"], found["state"]) == ("police_niche", "loaded")
        assert find(connection, "d2") is None
        forget(connection, "d1")
        assert find(connection, "d1") is None
        assert list_deliveries(connection) == []


def test_deliveries_are_listed_newest_first_or_one_a_feed(store: Store):
    later = replace(DELIVERY, delivery_id="d2", sha256="b" * 64, received_at=datetime(2026, 12, 1, 2, 30))
    other = replace(DELIVERY, delivery_id="d3", feed="csc_mosaic", received_at=datetime(2026, 11, 15))
    with store.writing() as connection:
        for delivery in (DELIVERY, later, other):
            record_delivery(connection, delivery, MEMBERS)
        assert [row["delivery_id"] for row in list_deliveries(connection)] == ["d2", "d3", "d1"]
        assert [row["delivery_id"] for row in list_deliveries(connection, latest_only=True)] == ["d2", "d3"]
        assert [row["delivery_id"] for row in list_deliveries(connection, feed="police_niche")] == ["d2", "d1"]


@pytest.mark.parametrize(
    ("delivery", "members"),
    [
        (replace(DELIVERY, rows_loaded=6), MEMBERS),
        (DELIVERY, [replace(MEMBERS[0], refused=1), MEMBERS[1]]),
    ],
)
def test_a_delivery_that_lost_a_row_is_not_recorded(store: Store, delivery: Delivery, members: list[DeliveryMember]):
    with pytest.raises(Unbalanced, match="accounted for"), store.writing() as connection:
        record_delivery(connection, delivery, members)
    with store.reading() as connection:
        assert connection.execute(select(DELIVERIES)).all() == []
