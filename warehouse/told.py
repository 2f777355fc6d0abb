"""What a judged delivery says of itself, and what its feed said before: all that the gates go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from sqlalchemy import Connection, func, select

from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, PROFILES

LIVE: Final = ("loaded", "published")
"""States of deliveries whose rows count."""
WHOLE_FILE: Final = "*"
"""The member that a control total of the whole file is said of."""


@dataclass(frozen=True)
class TableRows:
    """What one member of a delivery has for one table, in rows; None as table: a member ignored by name."""

    source_member: str
    table_name: str | None
    rows_in: int
    """As in ``ledger.delivery_members``: read, refused for their shape, left out, and blank."""
    accepted: int
    refused: int
    blank: int = 0
    """Of the rows in, those without a single value: no sender counts them."""
    in_file: int | None = None
    """Rows as they stand in the file, blank ones and the header not counted, where a stream's own function makes
    more or fewer of them; None: the rows in that are not blank."""

    @property
    def countable(self) -> int:
        """The rows that a sender counts."""
        return self.rows_in - self.blank if self.in_file is None else self.in_file


@dataclass(frozen=True)
class Filled:
    """How many cells of one column the accepted rows of a delivery fill: a line of ``ledger.profiles``."""

    table_name: str
    column_name: str
    rows: int
    filled: int


@dataclass(frozen=True)
class Told:
    """What a judged delivery says of itself; nothing of it is loaded yet."""

    feed: str
    carries: Literal["its_period", "everything", "changes"]
    chain: str | None
    revision: int
    period: tuple[date, date] | None
    rows: tuple[TableRows, ...]
    filled: tuple[Filled, ...]
    noted: tuple[str, ...] = ()
    """Rules of the notes of the reading, such as ``file.extra_column``."""
    control_totals: Mapping[str, int] = field(default_factory=dict)
    """Member, or `WHOLE_FILE` → rows the sender says there are; header and blank rows are not counted."""


@dataclass(frozen=True)
class Before:
    """The delivery that another is measured by."""

    is_same_chain: bool
    called: str
    """How a sentence names it."""
    rows: Mapping[str, int]
    """Table → rows that it brought, accepted or refused."""
    filled: Mapping[tuple[str, str], Filled]
    """(table, column) → its profile."""


def before(connection: Connection, told: Told) -> Before | None:
    """The newest live delivery of the same chain, else of the feed's last period before this one."""
    live = select(DELIVERIES).where(DELIVERIES.c.feed == told.feed, DELIVERIES.c.state.in_(LIVE))
    newest = (DELIVERIES.c.revision.desc(), DELIVERIES.c.sequence.desc())
    same = live.where(DELIVERIES.c.chain == told.chain, DELIVERIES.c.revision <= told.revision).order_by(*newest)
    found = connection.execute(same.limit(1)).mappings().first()
    is_same_chain = found is not None
    if found is None and told.period is not None:
        earlier = live.where(DELIVERIES.c.period_to < told.period[1]).order_by(DELIVERIES.c.period_to.desc(), *newest)
        found = connection.execute(earlier.limit(1)).mappings().first()
    if found is None:
        return None
    called = "before" if is_same_chain else f"of {found['period_to']:%B %Y}"
    members, profiles = DELIVERY_MEMBERS, PROFILES
    brought = select(members.c.table_name, func.sum(members.c.loaded + members.c.unchanged + members.c.refused)).where(
        members.c.delivery_id == found["delivery_id"], members.c.table_name.is_not(None)
    )
    rows = {name: int(count) for name, count in connection.execute(brought.group_by(members.c.table_name))}
    told_of = select(
        profiles.c.table_name, profiles.c.column_name, func.sum(profiles.c.rows), func.sum(profiles.c.filled)
    ).where(profiles.c.delivery_id == found["delivery_id"])
    filled = {
        (table, column): Filled(table, column, int(count), int(cells))
        for table, column, count, cells in connection.execute(
            told_of.group_by(profiles.c.table_name, profiles.c.column_name)
        )
    }
    return Before(is_same_chain, called, rows, filled)
