"""What an agency is told of its deliveries: which have something to say, what it is row by row, and what was issued.

The outbox is the truth of what was issued: one event for each delivery and state. Ids, rows and rules; never a value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from warehouse import ledger
from warehouse.tables import DELIVERIES, FINDINGS, OUTBOX, QUARANTINE
from warehouse.told import LIVE
from warehouse.waivers import COUNT_AS_OPEN, is_of_row

ISSUED: Final = "quorate.feedback.issued"
AT_MOST: Final = 10_000
"""Rows of one member that are listed of one rule: where a whole column is wrong, nobody reads on."""

State = Literal["loaded", "held", "refused"]
"""What became of a delivery, as its agency is told; one that was published was loaded."""


@dataclass(frozen=True)
class Due:
    """A delivery of which something is to be said."""

    delivery_id: str
    feed: str
    agency_code: str
    file_name: str
    received_at: datetime
    state: State
    held_because: str | None
    refused_because: str | None
    """The rule, where the whole file was refused."""


@dataclass(frozen=True)
class Finding:
    """One thing that is said of one row."""

    member: str
    table: str
    row: int
    """As the agency counts."""
    column: str | None
    rule: str
    severity: str
    more: int
    """Rows that are said the same of and are not listed, at the last that is; else 0."""


@dataclass(frozen=True)
class Issued:
    """Feedback that was issued."""

    delivery_id: str
    state: State
    feed: str
    agency_code: str
    file_name: str
    received_at: datetime
    rows_refused: int
    findings: int
    issued_at: datetime


def due(connection: Connection) -> list[Due]:
    """The deliveries that were refused or are held, or have rows that are open, queried or mended, in their order.

    One that a newer one of its chain has replaced is not among them: its rows are closed by that.
    """
    of, newer = DELIVERIES.c, DELIVERIES.alias()
    is_open = exists(select(1).where(QUARANTINE.c.delivery_id == of.delivery_id, QUARANTINE.c.state.in_(COUNT_AS_OPEN)))
    said = and_(FINDINGS.c.delivery_id == of.delivery_id, FINDINGS.c.severity != "error")
    is_said = exists(select(1).where(said, FINDINGS.c.source_row.is_not(None)))
    is_replaced = exists(select(1).where(newer.c.replaces == of.delivery_id, newer.c.state.in_(LIVE)))
    wanted = or_(of.state.in_(("refused", "held")), and_(of.state.in_(LIVE), or_(is_open, and_(is_said, ~is_replaced))))
    about = (of.delivery_id, of.feed, of.agency_code, of.file_name, of.received_at)
    became = (of.state, of.held_because, of.refused_because)
    lines = connection.execute(select(*about, *became).where(wanted).order_by(of.sequence, of.attempt)).mappings()
    return [Due(**{**line, "state": "loaded" if line["state"] in LIVE else line["state"]}) for line in lines]


def findings(connection: Connection, one: Due) -> list[Finding]:
    """What is said of a delivery's rows and still stands, in the order of the file; at most `AT_MOST` of one rule."""
    said = _standing(one).subquery().c
    alike = [said.source_member, said.table_name, said.column_name, said.rule]
    place = func.row_number().over(partition_by=alike, order_by=said.source_row).label("place")
    times = func.count().over(partition_by=alike).label("times")
    names = (said.source_member, said.table_name, said.source_row, said.column_name, said.rule, said.severity)
    listed = select(*names, place, times).subquery().c
    order = (listed.source_member, listed.source_row, listed.table_name, listed.rule)
    lines = connection.execute(select(*listed).where(listed.place <= AT_MOST).order_by(*order)).tuples()
    return [
        Finding(member, table, row, column, rule, severity, count - number if number == AT_MOST else 0)
        for member, table, row, column, rule, severity, number, count in lines
    ]


def issued(connection: Connection) -> list[Issued]:
    """What was issued, the oldest first."""
    of, event = DELIVERIES.c, OUTBOX.c
    names = (of.delivery_id, of.feed, of.agency_code, of.file_name, of.received_at)
    told = select(*names, event.occurred_at.label("issued_at"), event.payload).join_from(
        DELIVERIES, OUTBOX, event.subject == of.delivery_id
    )
    lines = connection.execute(told.where(event.name == ISSUED).order_by(event.occurred_at, of.sequence)).mappings()
    found = []
    for line in lines:
        said, payload = dict(line), json.loads(line["payload"])
        del said["payload"]
        found.append(Issued(**said, **{name: payload[name] for name in ("state", "rows_refused", "findings")}))
    return found


def tell(connection: Connection, one: Due, at: datetime) -> None:
    """Put into the outbox that feedback on a delivery was issued, in counts."""
    said = _standing(one).subquery().c
    rows = select(said.source_member, said.table_name, said.source_row).where(said.severity == "error")
    payload = {
        "feed": one.feed,
        "agency_code": one.agency_code,
        "state": one.state,
        "rows_refused": connection.scalar(select(func.count()).select_from(rows.distinct().subquery())),
        "findings": connection.scalar(select(func.count(said.rule))),
    }
    ledger.tell(connection, ISSUED, one.delivery_id, at, payload)


def _standing(one: Due) -> Select[tuple[object, ...]]:
    """Findings on rows that nothing has closed: queries, corrections, errors of rows that are open; of a held one all.

    What a reading notes of a whole file, such as a column that nobody declared, is for who keeps the connector.
    """
    said = FINDINGS.c
    told = select(FINDINGS).where(said.delivery_id == one.delivery_id, said.source_row.is_not(None))
    if one.state == "held":
        return told
    is_open = exists(select(1).select_from(QUARANTINE).where(is_of_row(said), QUARANTINE.c.state.in_(COUNT_AS_OPEN)))
    return told.where(or_(said.severity != "error", is_open.correlate(FINDINGS)))
