"""The life of a refused row, in whatever order the deliveries come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import Connection, insert, select, update

from warehouse import quarantine, waivers
from warehouse.quarantine import Settled
from warehouse.store import Store
from warehouse.tables import DELIVERIES, FINDINGS, OUTBOX, QUARANTINE, SIGHTINGS
from warehouse.waivers import Chosen, Waiver

AT = datetime(2026, 11, 1, 2, 30)
TABLE = "meeting_participation"
OCTOBER, SEPTEMBER = date(2026, 10, 31), date(2026, 9, 30)


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as opened:
        yield opened


class Feed:
    """Deliveries of one feed, loaded one after another; keys are drawn as words."""

    def __init__(self, connection: Connection, feed: str = "police_niche") -> None:
        self._connection, self._feed, self._received = connection, feed, 0

    def load(
        self,
        delivery_id: str,
        *,
        refused: str = "",
        accepted: str = "",
        month: date = OCTOBER,
        revision: int = 1,
        again: str = "",
    ) -> Settled:
        """Load a delivery: its line, its sightings, its quarantine; rows are numbered from 2."""
        self._received += 0 if again else 1  # read again, it keeps its place
        line = self._line(delivery_id, month, revision) | ({"attempt": 2} if again else {})
        self._connection.execute(insert(DELIVERIES), [line])
        of_it = DELIVERIES.c.delivery_id == again
        self._connection.execute(update(DELIVERIES).where(of_it).values(state="replaced"))
        keys = accepted.split()
        if keys:
            self._connection.execute(
                insert(SIGHTINGS),
                [{"table_name": TABLE, "delivery_id": delivery_id, "row_key": key, "row_hash": key} for key in keys],
            )
        rows = [(TABLE, number, None if key == "?" else key) for number, key in enumerate(refused.split(), start=2)]
        quarantine.open_rows(self._connection, delivery_id, _refused(rows), AT)
        closed = quarantine.close_by_key(
            self._connection, delivery_id, TABLE, pa.table({"row_key": pa.array(keys, pa.string())}), AT
        )
        settled = quarantine.settle(self._connection, delivery_id, AT)
        return Settled(settled.resolved + closed, settled.superseded)

    def withdraw(self, delivery_id: str) -> Settled:
        of_it = DELIVERIES.c.delivery_id == delivery_id
        self._connection.execute(update(DELIVERIES).where(of_it).values(state="withdrawn"))
        return quarantine.withdraw(self._connection, delivery_id, AT)

    def _line(self, delivery_id: str, month: date, revision: int) -> dict[str, object]:
        counts = dict.fromkeys(("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored", "bytes"), 0)
        return counts | {
            "delivery_id": delivery_id,
            "sequence": self._received,
            "feed": self._feed,
            "agency_code": "police",
            "file_name": f"{delivery_id}.zip",
            "sha256": delivery_id,
            "attempt": 1,
            "received_at": AT + timedelta(hours=self._received),
            "finished_at": AT + timedelta(hours=self._received),
            "period_from": month.replace(day=1),
            "period_to": month,
            "chain": f"{self._feed}:{month:%Y-%m}",
            "revision": revision,
            "state": "loaded",
        }


def _refused(rows: list[tuple[str, int, str | None]]) -> pa.Table:
    return pa.table(
        {
            "source_member": pa.repeat("participation.csv", len(rows)),
            "table_name": pa.array([row[0] for row in rows], pa.string()),
            "source_row": pa.array([row[1] for row in rows], pa.int64()),
            "row_key": pa.array([row[2] for row in rows], pa.string()),
        }
    )


def lives(connection: Connection) -> list[str]:
    """Each refused row as "delivery row state closed_by", in a settled order."""
    columns = QUARANTINE.c
    found = connection.execute(
        select(columns.delivery_id, columns.source_row, columns.state, columns.closed_by).order_by(
            columns.delivery_id, columns.source_row
        )
    )
    return [" ".join(str(value) for value in row if value is not None) for row in found]


def test_a_refused_row_is_open_until_something_closes_it(connection):
    assert Feed(connection).load("first", refused="k1 k2", accepted="k3") == Settled()
    assert lives(connection) == ["first 2 open", "first 3 open"]


def test_a_corrected_row_resolves_the_refused_one_by_its_key_and_what_is_gone_is_superseded(connection):
    feed = Feed(connection)
    feed.load("first", refused="k1 k2 k3 ?")
    # k1 is right now, k2 is wrong again, k3 and the row whose key could not be read are no longer there
    assert feed.load("second", accepted="k1 k9", refused="k2", revision=2) == Settled(resolved=1, superseded=3)
    assert lives(connection) == [
        "first 2 resolved second",
        "first 3 superseded second",
        "first 4 superseded second",
        "first 5 superseded second",
        "second 2 open",
    ]
    events = connection.execute(select(OUTBOX.c.name, OUTBOX.c.subject, OUTBOX.c.payload).order_by(OUTBOX.c.event_id))
    assert sorted(
        (name.rpartition(".")[2], subject, json.loads(payload)["rows"]) for name, subject, payload in events
    ) == [
        ("opened", "first", 4),
        ("opened", "second", 1),
        ("resolved", "second", 1),
    ]


def test_a_later_period_resolves_by_key_and_supersedes_nothing(connection):
    feed = Feed(connection)
    feed.load("september", refused="k1 k2", month=SEPTEMBER)
    assert feed.load("october", accepted="k1", month=OCTOBER) == Settled(resolved=1)
    assert lives(connection) == ["september 2 resolved october", "september 3 open"]


def test_an_earlier_period_that_comes_late_does_not_resolve_what_a_later_one_refused(connection):
    feed = Feed(connection)
    feed.load("october", refused="k1", month=OCTOBER)
    assert feed.load("september", accepted="k1", month=SEPTEMBER) == Settled()
    assert lives(connection) == ["october 2 open"]


@pytest.mark.parametrize(
    ("deliveries", "ends"),
    [
        (
            {"v1": {"refused": "k1 k2"}, "v2": {"accepted": "k1", "revision": 2}},
            ["v1 2 resolved v2", "v1 3 superseded v2"],
        ),
        (
            {
                "september": {"refused": "k1 k2", "month": SEPTEMBER},
                "october": {"accepted": "k1", "refused": "k3", "month": OCTOBER},
            },
            ["october 2 open", "september 2 resolved october", "september 3 open"],
        ),
    ],
)
@pytest.mark.parametrize("is_late", [False, True])
def test_a_late_delivery_ends_as_if_it_had_come_in_time(connection, deliveries, ends, is_late):
    feed = Feed(connection)
    for name in sorted(deliveries, key=list(deliveries).index, reverse=is_late):
        feed.load(name, **deliveries[name])
    assert lives(connection) == ends


def test_a_file_read_again_after_a_rule_was_mended_resolves_its_own_rows(connection):
    feed = Feed(connection)
    feed.load("first", refused="k1 k2")
    assert feed.load("again", accepted="k1", refused="k2", again="first") == Settled(resolved=1, superseded=1)
    assert lives(connection) == ["again 2 open", "first 2 resolved again", "first 3 superseded again"]


def test_the_same_key_in_another_table_or_feed_closes_nothing(connection):
    Feed(connection).load("niche", refused="k1")
    Feed(connection, "sarc_havens").load("havens", accepted="k1")
    columns = pa.table({"row_key": ["k1"]})
    assert quarantine.close_by_key(connection, "niche", "involvements", columns, AT) == 0
    assert lives(connection) == ["niche 2 open"]


def test_withdrawing_a_correction_opens_again_what_only_it_had_closed(connection):
    feed = Feed(connection)
    feed.load("september", refused="k1 k2 k3", month=SEPTEMBER)
    feed.load("october", accepted="k1 k2", refused="k4", month=OCTOBER)
    feed.load("november", accepted="k2", month=date(2026, 11, 30))
    assert feed.withdraw("october") == Settled(superseded=1, reopened=1)
    assert lives(connection) == [
        "october 2 superseded october",
        "september 2 open",
        "september 3 resolved november",  # November has accepted it too
        "september 4 open",
    ]


def test_withdrawing_a_revision_that_did_not_count_opens_nothing(connection):
    feed = Feed(connection)
    for number in (1, 2, 3):
        feed.load(f"v{number}", refused="k1", revision=number)
    assert feed.withdraw("v2") == Settled()
    assert lives(connection) == ["v1 2 superseded v3", "v2 2 superseded v3", "v3 2 open"]
    assert feed.withdraw("v3") == Settled(superseded=1, reopened=1)
    assert lives(connection) == ["v1 2 open", "v2 2 superseded v2", "v3 2 superseded v3"]


def said(connection: Connection, delivery_id: str, row: int, rule: str) -> None:
    """A finding about a refused row."""
    line = {"delivery_id": delivery_id, "source_member": "participation.csv", "table_name": TABLE, "source_row": row}
    connection.execute(insert(FINDINGS), [line | {"rule": rule, "severity": "error"}])


WAIVER = Waiver("a.manager", "Niche gives it from March", date(2026, 12, 31))


def test_rows_are_waived_by_rule_and_feed_for_a_time_and_count_as_open_again_after_it(connection):
    feed = Feed(connection)
    feed.load("first", refused="k1 k2 k3")
    said(connection, "first", 2, "agency_code.in_code_list")
    said(connection, "first", 3, "agency_code.in_code_list")
    said(connection, "first", 4, "held_on.castable")
    chosen = Chosen(feed="police_niche", rule="agency_code.in_code_list")
    assert waivers.waive(connection, Chosen(feed="sarc_havens", rule=chosen.rule), WAIVER, AT) == 0
    assert waivers.waive(connection, chosen, WAIVER, AT) == 2
    assert quarantine.expire(connection, date(2026, 12, 31)) == 0  # the last day of the waiver
    assert lives(connection) == ["first 2 waived", "first 3 waived", "first 4 open"]
    assert quarantine.expire(connection, date(2027, 1, 1)) == 2
    assert lives(connection) == ["first 2 expired", "first 3 expired", "first 4 open"]
    assert feed.load("second", accepted="k1", revision=2) == Settled(resolved=1, superseded=2)


def test_one_row_is_waived_by_its_delivery_and_number_and_a_closed_one_is_not(connection):
    feed = Feed(connection)
    feed.load("first", refused="k1 k2")
    assert waivers.waive(connection, Chosen(delivery_id="first", source_row=3), WAIVER, AT) == 1
    assert lives(connection) == ["first 2 open", "first 3 waived"]
    feed.load("second", accepted="k1", revision=2)
    assert waivers.waive(connection, Chosen(delivery_id="first"), WAIVER, AT) == 0


def test_the_quarantine_is_counted_by_feed_rule_and_state(connection):
    feed = Feed(connection)
    feed.load("september", refused="k1 k2", month=SEPTEMBER)
    feed.load("october", refused="k3")
    for delivery_id, row in (("september", 2), ("september", 3), ("october", 2)):
        said(connection, delivery_id, row, "agency_code.in_code_list")
    said(connection, "october", 2, "held_on.castable")
    waivers.waive(connection, Chosen(delivery_id="september", source_row=3), WAIVER, AT)
    told = waivers.count_rows(connection, Chosen())
    assert [(one["rule"], one["state"], one["rows"], one["deliveries"]) for one in told] == [
        ("agency_code.in_code_list", "open", 2, 2),
        ("agency_code.in_code_list", "waived", 1, 1),
        ("held_on.castable", "open", 1, 1),
    ]
    assert [one["rule"] for one in waivers.count_rows(connection, Chosen(rule=f"{TABLE}.held_on.castable"))] == [
        "held_on.castable"
    ]
    assert waivers.deliveries_with(connection, Chosen(rule="held_on.castable", states=("open",))) == ["october"]
    assert [(one["source_row"], one["rule"]) for one in waivers.rows_of(connection, Chosen(delivery_id="october"))] == [
        (2, "agency_code.in_code_list"),
        (2, "held_on.castable"),
    ]
