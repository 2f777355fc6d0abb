"""What people ask of a delivery: which one is meant, what waits for a person, what it changed. Ids and counts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS, FINDINGS, HISTORY, PROFILES, QUARANTINE, TRANSITIONS


@dataclass(frozen=True)
class Held:
    """A delivery that waits for a person."""

    delivery_id: str
    feed: str
    file_name: str
    received_at: datetime
    held_because: str


@dataclass(frozen=True)
class Waiting:
    """The rows of a held delivery, as far as it was judged."""

    sound: int
    """Would be let in, if it were released."""
    refused: int
    """Break a rule, and would stay outside."""


@dataclass(frozen=True)
class Changed:
    """What a step changed among the facts, in versions of rows."""

    closed: int
    """What held before and is known no more, or has ended."""
    back: int
    """What holds from then on: new, or as it was before."""


def held(connection: Connection) -> tuple[Held, ...]:
    """Every delivery that waits for a person, the longest waiting first."""
    of = DELIVERIES.c
    told = select(of.delivery_id, of.feed, of.file_name, of.received_at, of.held_because).where(of.state == "held")
    return tuple(Held(*row) for row in connection.execute(told.order_by(of.sequence)))


def named_like(connection: Connection, beginning: str) -> list[str]:
    """The ids that begin like this, the newest first."""
    of = DELIVERIES.c
    meant = of.delivery_id.startswith(beginning.casefold(), autoescape=True)
    return list(connection.scalars(select(of.delivery_id).where(meant).order_by(of.sequence.desc())))


def members_of(connection: Connection, delivery_id: str) -> list[Mapping[str, Any]]:
    """What each member gave to each table: the lines of ``ledger.delivery_members``."""
    of = DELIVERY_MEMBERS.c
    told = select(DELIVERY_MEMBERS).where(of.delivery_id == delivery_id).order_by(of.source_member, of.table_name)
    return [dict(line) for line in connection.execute(told).mappings()]


def waiting_in(connection: Connection, delivery_id: str) -> Waiting:
    """The rows of a held delivery, which no account has yet: by its profiles and its findings."""
    of, finding = PROFILES.c, FINDINGS.c
    of_tables = select(func.max(of.rows).label("rows")).where(of.delivery_id == delivery_id).group_by(of.table_name)
    broken = select(finding.table_name, finding.source_member, finding.source_row).distinct()
    broken = broken.where(
        finding.delivery_id == delivery_id, finding.severity == "error", finding.source_row.is_not(None)
    )
    return Waiting(
        int(connection.scalar(select(func.coalesce(func.sum(of_tables.subquery().c.rows), 0))) or 0),
        connection.scalar(select(func.count()).select_from(broken.subquery())) or 0,
    )


def quarantined(connection: Connection, delivery_id: str) -> dict[str, int]:
    """State → refused rows of a delivery."""
    of = QUARANTINE.c
    told = select(of.state, func.count()).where(of.delivery_id == delivery_id).group_by(of.state).order_by(of.state)
    return dict(connection.execute(told).tuples().all())


def changed_by_last_step(connection: Connection, delivery_id: str) -> Changed:
    """What the last step of a delivery, its loading or its withdrawal, changed among the facts."""
    last = select(func.max(TRANSITIONS.c.at)).where(TRANSITIONS.c.delivery_id == delivery_id).scalar_subquery()
    closed = back = 0
    for name in FACTS:
        for of in (FACTS[name].c, HISTORY[name].c):
            begun = select(func.count()).where(of.known_from == last, of.known_to.is_distinct_from(of.known_from))
            ended = select(func.count()).where(of.known_to == last, of.known_to != of.known_from)
            back += connection.scalar(begun) or 0
            closed += connection.scalar(ended) or 0
    return Changed(closed, back)
