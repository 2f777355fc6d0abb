"""The deliveries of a feed that stand, in the order of what they speak of, whatever order they came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import pyarrow as pa
from sqlalchemy import Connection, Select, and_, exists, or_, select

from warehouse.tables import DELIVERIES

Carries = Literal["its_period", "everything", "changes"]
"""What a file of a feed is, and so what the absence of a row means: `connectors.agency.Feed.carries`."""

STANDS: Final = ("loaded", "published", "duplicate")
"""States of a delivery whose word counts. A duplicate says what stands already, and goes on saying it when the delivery
that said it first is withdrawn, or when a version between the two comes late."""

SINCE_EVER: Final = date(1900, 1, 1)
"""Begins the validity of what is said of no period."""

REPLACED: Final = "replaced"
"""State of an attempt at a file whose place a newer one took: what both say keeps the provenance of the first."""

_TYPES: Final = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("chain_place", pa.int64()),
        ("in_chain", pa.int64()),
        ("counts", pa.bool_()),
        ("valid_from", pa.date32()),
        ("next_from", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Standing:
    """Every standing delivery of a feed with its place."""

    carries: Carries
    rows: tuple[Mapping[str, Any], ...]
    """delivery_id · chain_place: of its chain among the chains · in_chain: within its chain · counts: it is the newest
    of its chain · valid_from: first day of its period · next_from: that of the next chain."""

    @classmethod
    def read(cls, connection: Connection, feed: str, carries: Carries) -> Standing:
        """Place chains by period, then revision, then arrival; deliveries of a chain by revision, then arrival.

        An attempt that a newer one replaced says nothing any more, but may have been the first to say what that says.
        """
        of = DELIVERIES.c
        names = (of.delivery_id, of.chain, of.period_from, of.period_to, of.revision, of.sequence, of.attempt)
        asked = select(*names, of.sha256, of.state).where(of.feed == feed, of.state.in_((*STANDS, REPLACED)))
        found = connection.execute(asked).all()
        live = {(one.chain, one.sha256, one.revision) for one in found if one.state in STANDS}
        chains: dict[str, list[Any]] = defaultdict(list)
        for one in sorted(found, key=lambda one: (one.revision, one.sequence, one.attempt)):
            if (one.chain, one.sha256, one.revision) in live:
                chains[one.chain].append(one)

        def order(chain: list[Any]) -> tuple[Any, ...]:
            newest = chain[-1]
            periods = (newest.period_to or date.min, newest.period_from or date.min)
            return (*periods, newest.revision, newest.sequence)

        ordered = sorted(chains.values(), key=order)
        begins = [chain[-1].period_from or SINCE_EVER for chain in ordered]
        rows = [
            {
                "delivery_id": one.delivery_id,
                "chain_place": place,
                "in_chain": number,
                "counts": one is chain[-1],
                "valid_from": begins[place],
                "next_from": begins[place + 1] if place + 1 < len(begins) else None,
            }
            for place, chain in enumerate(ordered)
            for number, one in enumerate(chain)
        ]
        return cls(carries, tuple(rows))

    def counts(self, delivery_id: str) -> bool:
        """The delivery is the newest of its chain."""
        return any(row["counts"] for row in self.rows if row["delivery_id"] == delivery_id)

    def is_newest(self, delivery_id: str) -> bool:
        """Nothing that stands speaks of a later time, nor more newly of the same."""
        return bool(self.rows) and self.rows[-1]["delivery_id"] == delivery_id

    def follows(self, delivery_id: str) -> bool:
        """Nothing that stands speaks of the same time or a later one: it simply comes next."""
        return self.is_newest(delivery_id) and self.rows[-1]["in_chain"] == 0

    def as_rows(self) -> pa.Table:
        """The same as a table."""
        return pa.Table.from_pylist([dict(row) for row in self.rows], schema=_TYPES)


def whose_rows_hold() -> Select[tuple[str]]:
    """Ids of the deliveries that a row which holds now may be of, as `Standing.read` has it: those that stand, and
    attempts whose place a newer one took that stands itself."""
    of, newer = DELIVERIES.c, DELIVERIES.alias("newer")
    same = [newer.c[name] == of[name] for name in ("feed", "sha256", "chain", "revision")]
    goes_on = exists(select(1).where(*same, newer.c.attempt > of.attempt, newer.c.state.in_(STANDS)))
    return select(of.delivery_id).where(or_(of.state.in_(STANDS), and_(of.state == REPLACED, goes_on)))
