"""The gates before loading: a delivery that is not what it was is held for a person, with the reason in counts.

Each gate compares what a judged delivery says of itself (`Told`) with what its feed sent before, or with its own
manifest. Gates decide nothing about rows: a held delivery is whole, and a person may release it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from sqlalchemy import Connection

GateName = Literal["shrink", "control_totals", "error_rate", "drift"]


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
    """Of the rows in, those without a single value: no manifest counts them."""


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
class Limits:
    """What a delivery may differ by; `flows.settings` has the reasons and the words for ``quorate.toml``."""

    shrink_percent: float = 20.0
    error_percent: float = 10.0
    least_rows: int = 20


@dataclass(frozen=True)
class Stopped:
    """One gate that holds a delivery."""

    gate: GateName
    says: str
    """One sentence with counts, and what to do next; never a value of the data."""


def gates(connection: Connection, told: Told, limits: Limits) -> tuple[Stopped, ...]:
    """Every gate that stops this delivery, in a settled order; none: it may be loaded.

    Reads ``ledger.deliveries``, ``delivery_members`` and ``profiles``; writes nothing.
    """
    raise NotImplementedError
