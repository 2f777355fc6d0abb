"""Which delivery of a feed speaks later than another, whatever the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import Connection, select

from warehouse.tables import DELIVERIES
from warehouse.told import LIVE


@dataclass(frozen=True)
class Place:
    """Where a delivery stands among those of its feed."""

    delivery_id: str
    chain: str | None
    revision: int
    sequence: int
    attempt: int
    period_to: date | None
    state: str

    def is_before(self, other: Place) -> bool:
        """True if the other speaks later: by revision within a chain, else by period, else by arrival."""
        if self.chain == other.chain:
            return (self.revision, self.sequence, self.attempt) < (other.revision, other.sequence, other.attempt)
        if self.period_to and other.period_to and self.period_to != other.period_to:
            return self.period_to < other.period_to
        return self.sequence < other.sequence


def of_feed(connection: Connection, delivery_id: str) -> tuple[Place, list[Place]]:
    """A delivery, and the others of its feed, the earliest first."""
    feed = select(DELIVERIES.c.feed).where(DELIVERIES.c.delivery_id == delivery_id).scalar_subquery()
    named = [DELIVERIES.c[one.name] for one in fields(Place)]
    order = (DELIVERIES.c.period_to, DELIVERIES.c.revision, DELIVERIES.c.sequence, DELIVERIES.c.attempt)
    places = [
        Place(*row) for row in connection.execute(select(*named).where(DELIVERIES.c.feed == feed).order_by(*order))
    ]
    mine = next(one for one in places if one.delivery_id == delivery_id)
    return mine, [one for one in places if one is not mine]


def newest_of_chain(mine: Place, others: list[Place]) -> str:
    """The delivery that counts: the newest live one of the chain, this one among them."""
    chain = [mine, *(one for one in others if one.chain == mine.chain and one.state in LIVE)]
    return max(chain, key=lambda one: (one.revision, one.sequence, one.attempt)).delivery_id
