"""What a warehouse holds as one line a table: two warehouses with the same lines hold the same rows.

The order of rows does not matter, nor does the engine: both write every value in the same words before it is hashed.
Left out, by name, is what only a clock knows (`LEFT_OUT`), what only a publication knows, and what is derived
again every night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Double, Table

from warehouse.children import CHILD_DECISIONS
from warehouse.row_hash import DIGITS, hex_number
from warehouse.tables import (
    DELIVERIES,
    DELIVERY_MEMBERS,
    FACTS,
    FINDINGS,
    HISTORY,
    MEASURES,
    OWED_DECISIONS,
    PROFILES,
    QUARANTINE,
    SIGHTINGS,
)

TABLES: Final[tuple[Table, ...]] = (
    *FACTS.values(), *HISTORY.values(),
    DELIVERIES, DELIVERY_MEMBERS, FINDINGS, PROFILES, QUARANTINE, SIGHTINGS, CHILD_DECISIONS, OWED_DECISIONS, MEASURES,
)  # fmt: skip
LEFT_OUT: Final[Mapping[str, tuple[str, ...]]] = {
    "ledger.deliveries": ("finished_at",)  # by the clock of the computer that did it
}
"""Table → columns that a rebuilt warehouse cannot have the same. ``published`` counts as ``loaded``: whether a delivery
has been in a publication is not a matter of what the warehouse holds."""
DECIMALS: Final = 1_000_000_000
"""A number with decimals is compared to nine of them: engines write the sixteenth differently."""


@dataclass(frozen=True)
class Fingerprint:
    """Of one table."""

    rows: int
    hash: str
    """32 hex digits; the sum over all rows of each row's md5."""


def fingerprint(connection: Connection) -> dict[str, Fingerprint]:
    """Table → its fingerprint, for everything that a rebuild must bring back."""
    return {table.fullname: of_table(connection, table) for table in TABLES}


def differences(one: Mapping[str, Fingerprint], other: Mapping[str, Fingerprint]) -> list[str]:
    """The tables that are not the same, with their numbers of rows."""
    return [
        f"{name} ({one[name].rows:,} rows, {other[name].rows:,} rows)" for name in one if one[name] != other.get(name)
    ]


def of_table(connection: Connection, table: Table) -> Fingerprint:
    """The fingerprint of one table."""
    left_out = LEFT_OUT.get(table.fullname, ())
    words = ", ".join(_in_words(column) for column in table.columns if column.name not in left_out)
    engine = connection.dialect.name
    high, low = (hex_number(engine, f"substr(row_hash, {place}, {DIGITS})", DIGITS) for place in (1, 17))
    counted = connection.exec_driver_sql(
        f"SELECT count(*), coalesce(sum({high}), 0), coalesce(sum({low}), 0)"
        f" FROM (SELECT md5(concat_ws(chr(31), {words})) AS row_hash FROM {table.fullname}) AS hashed"
    ).one()
    return Fingerprint(counted[0], "".join(f"{int(half) % 2**64:016x}" for half in counted[1:]))


def _in_words(column: Column[Any]) -> str:
    """SQL of a value as both engines write it; null is a character that no text holds."""
    name = f'"{column.name}"'
    if isinstance(column.type, Double):
        name = f"CAST(round({name} * {DECIMALS}) AS BIGINT)"
    elif column.table is DELIVERIES and column.name == "state":
        name = f"CASE WHEN {name} = 'published' THEN 'loaded' ELSE {name} END"
    return f"coalesce(CAST({name} AS VARCHAR), chr(30))"
