"""What a person decides about a delivery: withdraw it, release it, have it read again.

A decision is written into the archive before the warehouse changes, so that it survives the warehouse. Each can be
repeated after a crash: what was done already is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.agency import Feed, all_feeds
from connectors.receipts import Decision, DecisionKind, find_receipt, record_decision
from flows.delivery import Decided, Outcome, Place, read_again, take_in
from warehouse import history, ledger, quarantine
from warehouse.ledger import Line
from warehouse.standing import STANDS
from warehouse.store import Store


class Undecidable(Exception):
    """The decision cannot be carried out: there is no such delivery, or it is in another state. Exit code 2."""


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did."""

    delivery_id: str
    feed: str
    rows: int
    """Rows that were worked out anew: taken out, or put back to what the deliveries before it said."""


def withdraw(place: Place, delivery_id: str, *, by: str, why: str, at: datetime) -> Withdrawn:
    """Take a delivery back: everything is as if it had never come, and its file stays in the archive.

    Raises:
        Undecidable: there is no such delivery, or nothing of it is in the warehouse.
    """
    line = _line(place.store, delivery_id, ("held", "duplicate", "loaded", "published"))
    feed = _feed(line)
    _decide(place, "withdraw", line, by=by, why=why, at=at)
    with place.store.writing() as connection:
        at = ledger.moment(connection, at)
        ledger.move(connection, delivery_id, (line["state"],), "withdrawn", at=at, by=by, why=why)
        counted = line["state"] in STANDS
        rows = (
            history.withdraw(connection, feed=feed.name, chain=line["chain"], carries=feed.carries, known_at=at)
            if counted
            else {}
        )
        quarantine.withdraw(connection, delivery_id, at)
        ledger.tell(connection, "quorate.delivery.withdrawn", delivery_id, at, {"feed": feed.name, **rows})
    return Withdrawn(delivery_id, feed.name, sum(rows.values()))


def release(place: Place, delivery_id: str, *, by: str, why: str, at: datetime) -> Outcome:
    """Let a held delivery through as it is.

    Raises:
        Undecidable: there is no such delivery, or it is not held.
    """
    line = _line(place.store, delivery_id, ("held",))
    receipt = find_receipt(place.archive, delivery_id)
    if receipt is None:
        raise Undecidable(f"The archive has no receipt of {delivery_id}: restore it from a backup.")
    _decide(place, "release", line, by=by, why=why, at=at)
    with place.store.writing() as connection:
        ledger.tell(connection, "quorate.delivery.released", delivery_id, at, {"feed": line["feed"]})
    return take_in(receipt, _feed(line), place, now=at, decided=Decided(by, why))


def reprocess(place: Place, delivery_id: str, *, by: str, why: str, at: datetime) -> Outcome:
    """Read a delivery again from the archive, with the connectors and rules of today; it replaces what it said before.

    Raises:
        Undecidable: there is no such delivery, or its newest attempt is another.
    """
    states = ("held", "duplicate", "loaded", "published", "withdrawn", "refused", "replaced")
    line = _line(place.store, delivery_id, states)
    with place.store.reading() as connection:
        newest = ledger.attempts_at(connection, line["feed"], line["sha256"])[-1]
    if newest["delivery_id"] != delivery_id and newest["state"] not in ledger.UNFINISHED:
        raise Undecidable(
            f"{delivery_id} was read again already, as {newest['delivery_id']}: have that one read again."
        )
    _decide(place, "reprocess", line, by=by, why=why, at=at, details={"attempt": str(line["attempt"] + 1)})
    return read_again(line, _feed(line), place, now=at, decided=Decided(by, why))


def _line(store: Store, delivery_id: str, states: tuple[str, ...]) -> Line:
    with store.reading() as connection:
        line = ledger.find(connection, delivery_id)
    if line is None:
        raise Undecidable(f"No delivery is named {delivery_id}: `quorate delivery list` has them all.")
    if line["state"] not in states and line["state"] == "replaced":
        with store.reading() as connection:
            newest = ledger.attempts_at(connection, line["feed"], line["sha256"])[-1]
        raise Undecidable(
            f"{delivery_id} is replaced: its file was read again, as {newest['delivery_id']}, which is "
            f"{newest['state']}. Decide about that one."
        )
    if line["state"] not in states:
        raise Undecidable(
            f"{delivery_id} is {line['state']}; this can be done when a delivery is {' or '.join(states)}. "
            f"`quorate delivery show {delivery_id}` says what happened to it."
        )
    return line


def _feed(line: Line) -> Feed:
    feed = all_feeds().get(line["feed"])
    if feed is None:
        raise Undecidable(f"No connector is named {line['feed']} any more: bring it back, then decide again.")
    return feed


def _decide(
    place: Place,
    kind: DecisionKind,
    line: Line,
    *,
    by: str,
    why: str,
    at: datetime,
    details: Mapping[str, str] | None = None,
) -> None:
    """Write the decision into the archive.

    Repeated after a crash it stays as it was first made, but what it changes is known from now on: in between, the
    warehouse said something else, and somebody may have read it.
    """
    record_decision(place.archive, Decision(time.time_ns(), kind, line["delivery_id"], by, why, at, details or {}))
