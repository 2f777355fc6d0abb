"""The ledger: deliveries, the steps they go through, what became of every row, and what was said."""

import json
from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pytest
from sqlalchemy import select

from warehouse.ledger import (
    Delivery,
    DeliveryMember,
    Overtaken,
    Unbalanced,
    count_findings,
    counting,
    delivery_id_of,
    find,
    highest_revision,
    list_deliveries,
    list_steps,
    moment,
    move,
    place,
    receive,
    write_outcome,
)
from warehouse.store import Store
from warehouse.tables import DELIVERIES, OUTBOX

AT = datetime(2026, 11, 1, 2, 30)
DELIVERY = Delivery(
    delivery_id="d1",
    sequence=1,
    feed="police_niche",
    agency_code="police",
    file_name="police_2026-10.csv",
    sha256="a" * 64,
    bytes=1234,
    received_at=AT,
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


def load(store: Store, delivery: Delivery, members: list[DeliveryMember], said: pa.Table | None = None) -> None:
    with store.writing() as connection:
        receive(connection, delivery)
        move(connection, delivery.delivery_id, ("received",), "read", "judged", "loaded", at=AT)
        write_outcome(connection, delivery, members, said)


def test_a_delivery_goes_step_by_step_and_every_step_is_written_down(store: Store):
    load(store, DELIVERY, MEMBERS)
    with store.writing() as connection:
        move(connection, "d1", ("loaded",), "withdrawn", at=datetime(2026, 11, 2), by="A. Officer", why="wrong month")
    with store.reading() as connection:
        steps = list_steps(connection, "d1")
        found = find(connection, "d1")
        assert find(connection, "d2") is None
    assert [(one["from_state"], one["to_state"]) for one in steps] == [
        (None, "received"),
        ("received", "read"),
        ("read", "judged"),
        ("judged", "loaded"),
        ("loaded", "withdrawn"),
    ]
    assert (steps[-1]["by"], steps[-1]["why"]) == ("A. Officer", "wrong month")
    assert found is not None
    assert (found["state"], found["rows_loaded"]) == ("withdrawn", 5)


def test_a_step_from_a_state_the_delivery_is_not_in_is_refused_and_changes_nothing(store: Store):
    load(store, DELIVERY, MEMBERS)
    with pytest.raises(Overtaken, match="is loaded, and this can be done only when it is held"), store.writing() as c:
        move(c, "d1", ("held",), "loaded", at=AT)
    with pytest.raises(Overtaken, match="is not known"), store.writing() as c:
        move(c, "d9", ("received",), "loaded", at=AT)
    with store.reading() as connection:
        assert len(list_steps(connection, "d1")) == 4


def test_of_two_who_see_a_file_at_once_the_second_finds_it_written_down(store: Store):
    for _ in range(2):
        with store.writing() as connection:
            receive(connection, DELIVERY)
    with store.reading() as connection:
        assert [line["delivery_id"] for line in list_deliveries(connection)] == ["d1"]
        assert len(list_steps(connection, "d1")) == 1


def test_a_revision_follows_what_had_arrived_before_not_what_was_loaded_before(store: Store):
    with store.writing() as connection:
        for sequence, revision in ((1, 1), (5, 4), (9, 7)):
            one = replace(DELIVERY, delivery_id=f"d{sequence}", sequence=sequence)
            receive(connection, one)
            place(connection, replace(one, chain="c", revision=revision))
        assert [highest_revision(connection, "c", before) for before in (1, 3, 9, 10)] == [0, 1, 4, 7]
        assert highest_revision(connection, "another", 10) == 0


def test_of_every_chain_only_the_newest_delivery_that_stands_counts(store: Store):
    """The audit judges volumes by these: an extract and its correction are not twice as many rows."""
    deliveries = (
        ("september", 1, "published"),
        ("september", 2, "withdrawn"),
        ("october", 1, "published"),
        ("october", 2, "loaded"),
    )
    with store.writing() as connection:
        for sequence, (month, revision, state) in enumerate(deliveries, start=1):
            one = replace(DELIVERY, delivery_id=f"{month}_v{revision}", sequence=sequence)
            receive(connection, one)
            move(connection, one.delivery_id, ("received",), state, at=AT)
            place(connection, replace(one, chain=month, revision=revision))
        assert sorted(line["delivery_id"] for line in counting(connection)) == ["october_v2", "september_v1"]


def test_nothing_is_known_before_the_last_step_of_the_ledger(store: Store):
    earlier, later = datetime(2026, 10, 31), datetime(2026, 11, 2)
    with store.writing() as connection:
        assert moment(connection, earlier) == earlier
        receive(connection, DELIVERY)
        assert (moment(connection, earlier), moment(connection, later)) == (AT, later)


def test_what_is_said_of_a_delivery_is_counted_and_a_second_try_takes_its_place(store: Store):
    said = findings(
        (3, "agency_code", "agency_code.in_code_list"),
        (7, "agency_code", "agency_code.in_code_list"),
        (7, None, "row.no_meeting"),
    )
    load(store, DELIVERY, MEMBERS, said)
    with store.reading() as connection:
        assert [(row["rule"], row["rows"]) for row in count_findings(connection, "d1")] == [
            ("agency_code.in_code_list", 2),
            ("row.no_meeting", 1),
        ]
    with store.writing() as connection:
        write_outcome(connection, DELIVERY, MEMBERS, findings((3, None, "row.no_meeting")))
        assert [(row["rule"], row["rows"]) for row in count_findings(connection, "d1")] == [("row.no_meeting", 1)]


def test_each_change_tells_of_itself_once_with_counts_and_no_file_name(store: Store):
    load(store, DELIVERY, MEMBERS)
    with store.writing() as connection:
        write_outcome(connection, DELIVERY, MEMBERS)
    with store.reading() as connection:
        told = connection.execute(select(OUTBOX.c.name, OUTBOX.c.payload).order_by(OUTBOX.c.occurred_at)).all()
    assert [name for name, _ in told] == ["quorate.delivery.received", "quorate.delivery.loaded"]
    payload = json.loads(told[1][1])
    assert (payload["rows_loaded"], payload["feed"]) == (5, "police_niche")
    assert "police_2026-10.csv" not in told[0][1] + told[1][1]


def test_the_same_file_is_the_same_delivery_and_read_again_it_is_another():
    first = delivery_id_of("police_niche", "a" * 64)
    assert first == delivery_id_of("police_niche", "a" * 64, 1)
    assert len({first, delivery_id_of("police_niche", "a" * 64, 2), delivery_id_of("police_niche", "b" * 64)}) == 3


def test_deliveries_are_listed_newest_first_or_one_a_feed(store: Store):
    later = replace(DELIVERY, delivery_id="d2", sha256="b" * 64, received_at=datetime(2026, 12, 1, 2, 30))
    other = replace(DELIVERY, delivery_id="d3", feed="csc_mosaic", received_at=datetime(2026, 11, 15))
    for delivery in (DELIVERY, later, other):
        load(store, delivery, MEMBERS)
    with store.reading() as connection:
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
    with pytest.raises(Unbalanced, match="accounted for"):
        load(store, delivery, members)
    with store.reading() as connection:
        assert connection.execute(select(DELIVERIES)).all() == []
