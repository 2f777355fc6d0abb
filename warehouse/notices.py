"""Which events a channel was told of, and which not yet: a marker for each, written after the message was taken.

A run that is killed between the two tells it again: at least once, and next to never twice.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, exists, insert, or_, select

from warehouse.tables import NOTICES, OUTBOX

EVERYBODY: Final = "*"
"""Channel of what was told before this warehouse was made anew."""


@dataclass(frozen=True)
class Event:
    """One that people are told of."""

    event_id: str
    name: str
    subject: str
    payload: dict[str, Any]


def untold(connection: Connection, channel: str, names: Collection[str], since: datetime) -> list[Event]:
    """The events of these names since an instant that a channel was not told of, oldest first."""
    of, told = OUTBOX.c, NOTICES.c
    mine = or_(told.channel == channel, told.channel == EVERYBODY)
    known = exists(select(1).where(told.event_id == of.event_id, mine))
    asked = select(of.event_id, of.name, of.subject, of.payload).where(
        of.name.in_(names), of.occurred_at >= since, ~known
    )
    lines = connection.execute(asked.order_by(of.occurred_at, of.event_id)).tuples()
    return [Event(event_id, name, subject, json.loads(payload)) for event_id, name, subject, payload in lines]


def mark(connection: Connection, events: Iterable[Event], channel: str, at: datetime) -> None:
    """Write down that a channel was told."""
    lines = [{"event_id": one.event_id, "channel": channel, "told_at": at} for one in events]
    connection.execute(insert(NOTICES), lines)
