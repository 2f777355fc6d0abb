"""What a rebuilt warehouse takes from the one it replaces: what happened between the warehouse and the world.

Publications cannot be made again, and neither events nor people must be told again.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, delete, func, insert, literal, select, update
from sqlalchemy.exc import DBAPIError

from warehouse.fingerprint import Fingerprint, fingerprint
from warehouse.migrations.carrying import arrow_of
from warehouse.store import Store, bulk
from warehouse.tables import (
    BREACHES,
    DELIVERIES,
    ESCALATIONS,
    MEASURES,
    NOTICES,
    OUTBOX,
    PUBLICATIONS,
    PUBLISHED_FIGURES,
    TRANSITIONS,
)

WHOLE: Final[tuple[Table, ...]] = (PUBLICATIONS, PUBLISHED_FIGURES, OUTBOX, ESCALATIONS, BREACHES, NOTICES)


def carry_over(old: Store | None, new: Store) -> dict[str, Fingerprint] | None:
    """Take over publications, events, and the steps of every delivery that has come to the same state.

    Returns the old warehouse's fingerprint; None: there is none, or it cannot be read to its end.
    """
    if old is not None:
        try:
            with old.reading() as before, new.writing() as connection:
                told = fingerprint(before)
                _carry(before, connection)
                return told
        except DBAPIError:  # the reason for the rebuild, it may be
            pass
    with new.writing() as connection:
        connection.execute(
            update(OUTBOX).values(relayed_at=OUTBOX.c.occurred_at)
        )  # of the replay nothing is told again
        known = select(OUTBOX.c.event_id, literal("*"), OUTBOX.c.occurred_at)
        connection.execute(insert(NOTICES).from_select(["event_id", "channel", "told_at"], known))
    return None


def last_day_counted(store: Store | None) -> date | None:
    """The last day that a warehouse's figures count; None: it has none, or there is no warehouse."""
    if store is None:
        return None
    try:
        with store.reading() as connection:
            last: date | None = connection.scalar(
                select(func.max(MEASURES.c.ends_on)).where(MEASURES.c.period_kind == "month")
            )
            return last
    except DBAPIError:
        return None


def _carry(old: Connection, new: Connection) -> None:
    for table in WHOLE:
        new.execute(delete(table))
        bulk(new, table, arrow_of(old, select(table)))
    before, now = (dict(one.execute(_states()).tuples().all()) for one in (old, new))
    same = [delivery_id for delivery_id, state in now.items() if _settled(before.get(delivery_id)) == _settled(state)]
    published = [delivery_id for delivery_id in same if before[delivery_id] == "published"]
    new.execute(update(DELIVERIES).where(DELIVERIES.c.delivery_id.in_(published)).values(state="published"))
    new.execute(delete(TRANSITIONS).where(TRANSITIONS.c.delivery_id.in_(same)))
    bulk(new, TRANSITIONS, arrow_of(old, select(TRANSITIONS).where(TRANSITIONS.c.delivery_id.in_(same))))


def _states() -> Select[tuple[Any, ...]]:
    return select(DELIVERIES.c.delivery_id, DELIVERIES.c.state)


def _settled(state: str | None) -> str | None:
    return "loaded" if state == "published" else state
