"""The ledger: what was delivered, what became of each row, and what was said about it. It holds no values.

A delivery goes from state to state, each step compare-and-set and written down with its time:

    received → read → judged → held | loaded → published
    received → refused (tried again every night) · judged → duplicate · loaded or published or held → withdrawn
    loaded or published or duplicate or held → replaced (a newer attempt at the same file took its place)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, RowMapping, delete, exists, func, insert, literal, or_, select, update

from warehouse.standing import STANDS
from warehouse.store import bulk
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FINDINGS, OUTBOX, PROFILES, TRANSITIONS

if TYPE_CHECKING:
    import pyarrow as pa

State = Literal[
    "received",
    "set_aside",
    "read",
    "judged",
    "refused",
    "held",
    "duplicate",
    "loaded",
    "published",
    "withdrawn",
    "replaced",
]
Line = dict[str, Any]
"""A row of ``ledger.deliveries``."""
UNFINISHED: Final[tuple[State, ...]] = ("received", "refused")
"""States in which a delivery is taken up again."""


@dataclass(frozen=True)
class Delivery:
    """One file of one feed and what became of it; the counts are rows."""

    delivery_id: str
    sequence: int
    feed: str
    agency_code: str
    file_name: str
    sha256: str
    bytes: int
    received_at: datetime
    finished_at: datetime
    attempt: int = 1
    state: State = "received"
    content_hash: str | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    rows_ignored: int = 0
    period_from: date | None = None
    period_to: date | None = None
    chain: str | None = None
    revision: int = 1
    replaces: str | None = None
    refused_because: str | None = None
    held_because: str | None = None


@dataclass(frozen=True)
class DeliveryMember:
    """What one member of a delivery gave to one table (None: ignored by name), in rows."""

    source_member: str
    table_name: str | None
    rows_in: int
    loaded: int
    unchanged: int
    refused: int
    ignored: int


class Unbalanced(Exception):
    """Rows in are not loaded + unchanged + refused + ignored: a fault of this program. Command line: exit code 70."""


class Overtaken(Exception):
    """A delivery is not in the state it was found in: somebody else has dealt with it. Command line: exit code 6."""


def delivery_id_of(feed: str, sha256: str, attempt: int = 1) -> str:
    """The same file of the same feed is the same delivery; read again, it is another attempt at it."""
    again = f":{attempt}" if attempt > 1 else ""
    return str(uuid5(NAMESPACE_URL, f"quorate:{feed}:{sha256}{again}"))


def receive(connection: Connection, delivery: Delivery, at: datetime | None = None) -> None:
    """Write down that a file is here, before anybody reads it; of two who see it at once one finds it written.

    ``at``: when this attempt at it began, where that is later than the file's arrival.
    """
    at = at or delivery.received_at
    if find(connection, delivery.delivery_id) is not None:
        return
    connection.execute(insert(DELIVERIES), [{**asdict(delivery), "state": "received"}])
    _steps(connection, delivery.delivery_id, (None, "received"), at=at)
    tell(connection, "quorate.delivery.received", delivery.delivery_id, at, _of(delivery))


def move(
    connection: Connection,
    delivery_id: str,
    expected: Iterable[State],
    *states: State,
    at: datetime,
    by: str | None = None,
    why: str | None = None,
) -> None:
    """Take a delivery through ``states``, if it is in one of the ``expected``: compare and set.

    Raises:
        Overtaken: it is in another state.
    """
    expected = tuple(expected)
    last = select(func.coalesce(func.max(TRANSITIONS.c.number), 0)).where(TRANSITIONS.c.delivery_id == delivery_id)
    asked = select(DELIVERIES.c.state, last.scalar_subquery()).where(DELIVERIES.c.delivery_id == delivery_id)
    stood, number = next(iter(connection.execute(asked).tuples().all()), (None, 0))
    moved = connection.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.delivery_id == delivery_id, DELIVERIES.c.state.in_(expected))
        .values(state=states[-1])
        .returning(DELIVERIES.c.delivery_id)
    ).all()
    if not moved:
        raise Overtaken(
            f"Delivery {delivery_id} is {stood or 'not known'}, and this can be done only when it is "
            f"{' or '.join(expected)}. `quorate delivery show {delivery_id}` says what happened to it."
        )
    _steps(connection, delivery_id, (stood, *states), at=at, number=number, by=by, why=why)


def set_aside(connection: Connection, delivery_ids: Iterable[str], at: datetime) -> None:
    """Write down of received deliveries that they take long, and that whoever says so goes on with them by itself."""
    of = DELIVERIES.c
    asked = select(of.delivery_id).where(of.delivery_id.in_(list(delivery_ids)), of.state == "received")
    for delivery_id in connection.scalars(asked).all():
        move(connection, delivery_id, ("received",), "set_aside", "received", at=at)


def set_aside_since(connection: Connection, since: datetime) -> set[str]:
    """The deliveries that were set aside at that time or later, and have not been dealt with."""
    step, of = TRANSITIONS.c, DELIVERIES.c
    aside = select(step.delivery_id).where(step.to_state == "set_aside", step.at >= since)
    return set(connection.scalars(select(of.delivery_id).where(of.state == "received", of.delivery_id.in_(aside))))


def write_outcome(
    connection: Connection,
    delivery: Delivery,
    members: Iterable[DeliveryMember] = (),
    findings: pa.Table | None = None,
    profiles: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Write what became of a delivery over whatever was written of an earlier try, and tell of it.

    ``findings`` has the columns of ``ledger.findings`` without ``delivery_id``; ``profiles`` those of
    ``ledger.profiles`` without it. The state is moved by `move`, before.

    Raises:
        Unbalanced: a row of the delivery is not accounted for.
    """
    members = tuple(members)
    _prove_nothing_vanished(delivery, members)
    of = [(table, table.c.delivery_id == delivery.delivery_id) for table in (FINDINGS, DELIVERY_MEMBERS, PROFILES)]
    if connection.scalar(select(or_(*(exists(select(1).where(mine)) for _, mine in of)))):
        for table, mine in of:
            connection.execute(delete(table).where(mine))
    said = {name: value for name, value in asdict(delivery).items() if name not in ("delivery_id", "state", "sequence")}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.delivery_id == delivery.delivery_id).values(**said))
    for table, rows in ((DELIVERY_MEMBERS, [asdict(member) for member in members]), (PROFILES, profiles)):
        lines = [{"delivery_id": delivery.delivery_id, **row} for row in rows]
        if lines:
            connection.execute(insert(table), lines)
    if findings is not None:
        bulk(connection, FINDINGS, _of_delivery(findings, delivery.delivery_id))
    tell(
        connection,
        f"quorate.delivery.{_EVENTS.get(delivery.state, delivery.state)}",
        delivery.delivery_id,
        delivery.finished_at,
        _of(delivery),
    )


_EVENTS: Final = {"refused": "rejected"}


def tell(connection: Connection, name: str, subject: str, at: datetime, payload: Mapping[str, Any]) -> None:
    """Put an event into the outbox, in the transaction of the change: ids, hashes and counts, never a value."""
    event_id = str(uuid5(NAMESPACE_URL, f"{name}:{subject}:{json.dumps(payload, sort_keys=True)}"))
    said = json.dumps({"version": 1, **payload}, sort_keys=True)
    event = {"event_id": event_id, "name": name, "subject": subject, "occurred_at": at, "payload": said}
    once = select(*(literal(value) for value in event.values())).where(
        ~exists(select(1).where(OUTBOX.c.event_id == event_id))
    )
    connection.execute(insert(OUTBOX).from_select(list(event), once))


def find(connection: Connection, delivery_id: str) -> Line | None:
    """The ledger's line of one delivery, or None: never seen."""
    found = connection.execute(select(DELIVERIES).where(DELIVERIES.c.delivery_id == delivery_id)).mappings().all()
    return dict(found[0]) if found else None


def attempts_at(connection: Connection, feed: str, sha256: str) -> list[Line]:
    """Every attempt at one file, the first first."""
    of = DELIVERIES.c
    told = select(DELIVERIES).where(of.feed == feed, of.sha256 == sha256).order_by(of.attempt)
    return [dict(line) for line in connection.execute(told).mappings()]


def files_dealt_with(connection: Connection) -> set[tuple[str, str, str]]:
    """Feed, SHA-256 and name of every file that is not taken up again when it is seen again."""
    of = DELIVERIES.c
    told = select(of.feed, of.sha256, of.file_name).where(of.state.not_in(UNFINISHED))
    return set(connection.execute(told).tuples())


def files_seen(connection: Connection) -> list[RowMapping]:
    """Of every file that ever came: delivery_id, feed, sha256, file_name, bytes, state and received_at."""
    of = DELIVERIES.c
    told = select(of.delivery_id, of.feed, of.sha256, of.file_name, of.bytes, of.state, of.received_at)
    return list(connection.execute(told.order_by(of.sequence, of.attempt)).mappings())


def chain_of(connection: Connection, chain: str) -> list[Line]:
    """The deliveries of a chain that stand, the newest last."""
    of = DELIVERIES.c
    told = select(DELIVERIES).where(of.chain == chain, of.state.in_(STANDS))
    told = told.order_by(of.revision, of.sequence, of.attempt)
    return [dict(line) for line in connection.execute(told).mappings()]


def counting(connection: Connection) -> list[RowMapping]:
    """The deliveries whose rows count: of every chain the newest that stands."""
    of = DELIVERIES.c
    newest = func.row_number().over(partition_by=of.chain, order_by=(of.revision.desc(), of.sequence.desc()))
    numbered = select(DELIVERIES, newest.label("newest")).where(of.state.in_(STANDS)).subquery()
    told = select(*(numbered.c[column.name] for column in of)).where(numbered.c.newest == 1)
    return list(connection.execute(told).mappings())


def highest_revision(connection: Connection, chain: str, before: int) -> int:
    """The highest revision of the deliveries of a chain, whatever became of them, that arrived before this sequence.

    0: none did. What was loaded first is not what arrived first: a file refused in October may be mended in December.
    """
    told = select(func.coalesce(func.max(DELIVERIES.c.revision), 0))
    return connection.scalar(told.where(DELIVERIES.c.chain == chain, DELIVERIES.c.sequence < before)) or 0


def moment(connection: Connection, now: datetime) -> datetime:
    """``now``, or the ledger's last step if that was later: what is known is never known before what was known before.

    A run tells one time for all that it does, and a person may decide something while it lasts.
    """
    return max(now, connection.scalar(select(func.max(TRANSITIONS.c.at))) or now)


def place(connection: Connection, delivery: Delivery) -> None:
    """Write down where a delivery stands among the others, before its rows are worked out."""
    names = ("period_from", "period_to", "chain", "revision", "content_hash")
    said = {name: getattr(delivery, name) for name in names}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.delivery_id == delivery.delivery_id).values(**said))


def periods_reached(connection: Connection) -> dict[str, date | None]:
    """Feed → last day of the latest month that its loaded deliveries speak for (None: they name none)."""
    reached = select(DELIVERIES.c.feed, func.max(DELIVERIES.c.period_to)).where(DELIVERIES.c.state.in_(ARRIVED))
    return dict(connection.execute(reached.group_by(DELIVERIES.c.feed)).tuples().all())


ARRIVED: Final = STANDS
"""States of a delivery that is here and has been taken in: what it says is known."""


def list_deliveries(connection: Connection, *, feed: str | None = None, latest_only: bool = False) -> list[RowMapping]:
    """The deliveries, newest first, as rows of ``ledger.deliveries``; ``latest_only`` gives one for each feed."""
    order = tuple(DELIVERIES.c[name].desc() for name in ("received_at", "sequence", "attempt", "delivery_id"))
    newest = func.row_number().over(partition_by=DELIVERIES.c.feed, order_by=order).label("newest")
    told = select(DELIVERIES, newest)
    if feed is not None:
        told = told.where(DELIVERIES.c.feed == feed)
    numbered = told.subquery()
    rows = select(*(numbered.c[column.name] for column in DELIVERIES.c))
    if latest_only:
        rows = rows.where(numbered.c.newest == 1)
    rows = rows.order_by(*(numbered.c[name].desc() for name in ("received_at", "sequence", "attempt", "delivery_id")))
    return list(connection.execute(rows).mappings())


def list_steps(connection: Connection, delivery_id: str) -> list[RowMapping]:
    """The steps of a delivery, the first first."""
    told = select(TRANSITIONS).where(TRANSITIONS.c.delivery_id == delivery_id).order_by(TRANSITIONS.c.number)
    return list(connection.execute(told).mappings())


def count_findings(connection: Connection, delivery_id: str) -> list[RowMapping]:
    """How often each rule was broken in a delivery: table_name, column_name, rule, severity, rows; most first."""
    named = (FINDINGS.c.table_name, FINDINGS.c.column_name, FINDINGS.c.rule, FINDINGS.c.severity)
    counted = func.count().label("rows")
    told = select(*named, counted).where(FINDINGS.c.delivery_id == delivery_id).group_by(*named)
    return list(connection.execute(told.order_by(counted.desc(), *named)).mappings())


def _steps(
    connection: Connection,
    delivery_id: str,
    states: tuple[str | None, ...],
    *,
    at: datetime,
    number: int = 0,
    by: str | None = None,
    why: str | None = None,
) -> None:
    """Write down the steps from each state to the next, after the delivery's first ``number``."""
    steps = [
        {"delivery_id": delivery_id, "number": place, "from_state": one, "to_state": other,
         "at": at, "by": by, "why": why}
        for place, (one, other) in enumerate(pairwise(states), start=number + 1)
    ]  # fmt: skip
    connection.execute(insert(TRANSITIONS), steps)


def _of(delivery: Delivery) -> dict[str, Any]:
    counts = ("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")
    names = ("feed", "agency_code", "sha256", "attempt", "revision", *counts)
    return {name: getattr(delivery, name) for name in names}


def _prove_nothing_vanished(delivery: Delivery, members: tuple[DeliveryMember, ...]) -> None:
    total = delivery.rows_loaded + delivery.rows_unchanged + delivery.rows_refused + delivery.rows_ignored
    if delivery.rows_in != total:
        raise Unbalanced(
            f"Delivery {delivery.delivery_id} has {delivery.rows_in} rows, but {total} are accounted for. "
            "Nothing of it was kept; please report this."
        )
    for member in members:
        total = member.loaded + member.unchanged + member.refused + member.ignored
        if member.rows_in != total:
            raise Unbalanced(
                f"Member {member.source_member} of delivery {delivery.delivery_id} has {member.rows_in} rows, "
                f"but {total} are accounted for. Nothing of it was kept; please report this."
            )


def _of_delivery(rows: pa.Table, delivery_id: str) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - reading the ledger does not need it

    if "delivery_id" in rows.column_names:
        return rows
    return rows.append_column("delivery_id", pa.repeat(delivery_id, rows.num_rows))


def in_order(connection: Connection) -> list[Line]:
    """Every delivery, the first that arrived first."""
    return [dict(line) for line in connection.execute(select(DELIVERIES).order_by(DELIVERIES.c.sequence)).mappings()]


def follow(connection: Connection, delivery_id: str, sequence: int, attempt: int) -> None:
    """Give a delivery the place and the attempt that its receipt has."""
    of = DELIVERIES.c.delivery_id == delivery_id
    connection.execute(update(DELIVERIES).where(of).values(sequence=sequence, attempt=attempt))
