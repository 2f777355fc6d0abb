"""The gates before loading: a delivery that is not what it was is held for a person, with the reason in counts.

Each gate compares what a judged delivery says of itself (`Told`) with what its feed sent before, or with its own
manifest. Gates decide nothing about rows: a held delivery is whole, and a person may release it as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

from sqlalchemy import Connection

from warehouse.told import WHOLE_FILE, Before, Filled, TableRows, Told, before

__all__ = ["WHOLE_FILE", "Filled", "Limits", "Stopped", "TableRows", "Told", "gates"]

GateName = Literal["shrink", "control_totals", "error_rate", "drift"]


CHANCE_OF_SILENCE: Final = 0.001
"""A column is silent, not only sparse, if by its earlier share all cells were empty less often than this."""


@dataclass(frozen=True)
class Limits:
    """What a delivery may differ by; `flows.settings` has the reasons and the words for ``quorate.toml``."""

    shrink_percent: float = 20.0
    shrink_chance: float = 4.0
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
    return measured(told, before(connection, told), limits)


def measured(told: Told, earlier: Before | None, limits: Limits) -> tuple[Stopped, ...]:
    """The gates over values; ``earlier`` None: the feed has sent nothing before."""
    found = [control_totals(told), error_rate(told, limits)]
    if earlier is not None:
        found += [shrink(told, earlier, limits), drift(told, earlier, limits)]
    return tuple(stopped for stopped in found if stopped is not None)


def control_totals(told: Told) -> Stopped | None:
    """The sender counted other rows than there are: something was lost on the way, whatever the limits."""
    members: dict[str, int] = {}
    ignored = {_folded(one.source_member) for one in told.rows if one.table_name is None}
    for one in told.rows:
        if one.table_name is not None:
            members[_folded(one.source_member)] = one.countable
    says = []
    for name, stated in sorted(told.control_totals.items()):
        there = members.get(_folded(name), 0)
        if name == WHOLE_FILE:
            there = sum(members.values())
            passed_over = sum(one.countable for one in told.rows if one.table_name is None)
            if stated != there and stated != there + passed_over:
                says.append(f"the file has {_rows(there)} where its manifest says {stated:,}")
        elif stated != there and _folded(name) not in ignored:
            says.append(f"{_masked(name)} has {_rows(there)} where the manifest says {stated:,}")
    return _stopped("control_totals", says, "Ask the agency to send the file again, whole, with its manifest.")


def error_rate(told: Told, limits: Limits) -> Stopped | None:
    """So many rows of a table are refused that what is left would say something else."""
    rows_in, refused = Counter[str](), Counter[str]()
    for one in told.rows:
        if one.table_name is not None:
            rows_in[one.table_name] += one.accepted + one.refused
            refused[one.table_name] += one.refused
    says = [
        f"{refused[name]:,} of {_rows(rows_in[name])} of {name} are refused "
        f"({100 * refused[name] / rows_in[name]:.1f}%, limit {limits.error_percent:g}%)"
        for name in sorted(rows_in)
        if rows_in[name] >= limits.least_rows and 100 * refused[name] > limits.error_percent * rows_in[name]
    ]
    return _stopped("error_rate", says, "`quorate delivery show` says which rules; ask the agency for a mended file.")


def shrink(told: Told, earlier: Before, limits: Limits) -> Stopped | None:
    """A table has far fewer rows than before: an export cut short looks like good news.

    Against the same period sent again every row counts. Against another period it must also be more than chance
    does to counts of events: ``shrink_chance`` standard errors of the difference of two counts.
    """
    if told.carries == "changes":
        return None  # as many rows as there were changes
    now = Counter[str]()
    for one in told.rows:
        if one.table_name is not None:
            now[one.table_name] += one.accepted + one.refused
    says = []
    for name, then in sorted(earlier.rows.items()):
        lost = then - now[name]
        is_chance = not earlier.is_same_chain and lost <= limits.shrink_chance * sqrt(then + now[name])
        if then >= limits.least_rows and 100 * lost > limits.shrink_percent * then and not is_chance:
            says.append(
                f"{name} has {_rows(now[name])}, {100 * lost / then:.0f}% fewer than the {then:,} {earlier.called}"
            )
    return _stopped("shrink", says, "Ask the agency whether the export is whole; if it is, release it.")


def drift(told: Told, earlier: Before, limits: Limits) -> Stopped | None:
    """A column that was filled has fallen silent: the export changed, and every figure that needs it is about to."""
    now = Counter[tuple[str, str]]()
    rows = Counter[tuple[str, str]]()
    for one in told.filled:
        now[one.table_name, one.column_name] += one.filled
        rows[one.table_name, one.column_name] += one.rows
    silent = [
        f"{table}.{column} is empty in all {_rows(rows[table, column])}, and was filled in {then.filled:,} of "
        f"{then.rows:,} {earlier.called}"
        for (table, column), then in sorted(earlier.filled.items())
        if then.rows >= limits.least_rows and 2 * then.filled >= then.rows
        if rows[table, column] and not now[table, column]
        if (1 - then.filled / then.rows) ** rows[table, column] < CHANCE_OF_SILENCE
    ]
    new = told.noted.count("file.extra_column")
    renamed = f"{new} {'column' if new == 1 else 'columns'} nobody declared came with it: renamed? " if new else ""
    return _stopped("drift", silent, f"{renamed}Ask the agency what changed in the export; mend it there, or here.")


def _stopped(gate: GateName, says: list[str], next_step: str) -> Stopped | None:
    return Stopped(gate, f"{'; '.join(says)}. {next_step}") if says else None


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _masked(name: str) -> str:
    """A member's name as a message may print it: short, and no long number, which may be a child's."""
    return repr(re.sub(r"\d{4,}", "#", " ".join(name.split()))[:60])
