"""The outbox: events written in the transaction of the change they tell of, until they have been passed on.

Whoever passes them on (`flows.relay`) reads them after the commit, the oldest first, and marks those that were taken.
A crash between the two passes an event on twice, with the same id; it is never lost here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from warehouse.tables import DELIVERIES, OUTBOX


@dataclass(frozen=True)
class Told:
    """An event that waits to be passed on."""

    event_id: str
    """A uuid5 of name, subject and payload: a repeat is the same event."""
    name: str
    """Such as ``quorate.delivery.loaded``."""
    subject: str
    occurred_at: datetime
    payload: dict[str, Any]
    """Ids, hashes, counts and versions; never a value."""
    feed: str
    """Of the delivery it is about; empty where it is about none."""
    agency_code: str


def waiting(connection: Connection, at_most: int) -> list[Told]:
    """The events that nobody has passed on yet, the oldest first."""
    of, about = OUTBOX.c, DELIVERIES.c
    told = (
        select(OUTBOX, about.feed, about.agency_code)
        .outerjoin(DELIVERIES, about.delivery_id == of.subject)
        .where(of.relayed_at.is_(None))
        .order_by(of.occurred_at, of.event_id)
        .limit(at_most)
    )
    return [
        Told(
            line["event_id"], line["name"], line["subject"], line["occurred_at"], json.loads(line["payload"]),
            line["feed"] or "", line["agency_code"] or "",
        )
        for line in connection.execute(told).mappings()
    ]  # fmt: skip


def count_waiting(connection: Connection) -> int:
    """How many events nobody has passed on yet."""
    return connection.scalar(select(func.count()).where(OUTBOX.c.relayed_at.is_(None))) or 0


def mark_relayed(connection: Connection, event_ids: Iterable[str], at: datetime) -> None:
    """Write down that these were taken."""
    connection.execute(update(OUTBOX).where(OUTBOX.c.event_id.in_(list(event_ids))).values(relayed_at=at))


def count_named(connection: Connection, name: str) -> int:
    """How many events of this name there have been."""
    return connection.scalar(select(func.count()).where(OUTBOX.c.name == name)) or 0
