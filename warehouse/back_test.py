"""Which figures a change of definition or parameter moves: every figure worked out twice on what is known now.

before = worked_out(store, instant, expected, as_of)
after = worked_out(store, instant, expected, as_of, agreed={"meeting_on_time.standard": 2})
moved(before, after)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from warehouse import parameters
from warehouse.back_test_child import NAMED, figures
from warehouse.known import known_at
from warehouse.store import Store

Key = tuple[str, ...]
"""Metric, view, category, agency, breakdown, its value, kind of period, period."""
POINTS: Final = 1e-9
"""Percentage points within which two percentages are one: what is left of adding in another order."""


@dataclass(frozen=True)
class Figure:
    """What a figure says."""

    numerator: int | None
    """None: not assured."""
    denominator: int | None
    percentage: float | None
    status: str
    """Its colour."""

    def is_as(self, other: Figure) -> bool:
        """They say the same."""
        counted = (self.numerator, self.denominator, self.status, self.percentage is None)
        same = counted == (other.numerator, other.denominator, other.status, other.percentage is None)
        return same and abs((self.percentage or 0) - (other.percentage or 0)) <= POINTS


Figures = Mapping[Key, Figure]


@dataclass(frozen=True)
class Move:
    """A figure that would say something else; a side that is None has no such figure."""

    key: Key
    before: Figure | None
    after: Figure | None

    @property
    def points(self) -> float | None:
        """Percentage points up or down; None: one of the two has no percentage."""
        sides = [one.percentage if one else None for one in (self.before, self.after)]
        return None if sides[0] is None or sides[1] is None else sides[1] - sides[0]


@dataclass(frozen=True)
class BackTest:
    """What a change would do to the figures there are."""

    compared: int
    """Figures that there are before or after."""
    moves: tuple[Move, ...]
    """Of metrics that are there before and after, in the order of their keys."""
    appear: tuple[str, ...]
    """Metrics that are there only after."""
    go: tuple[str, ...]

    @property
    def moves_any(self) -> bool:
        """Something would not be as it is."""
        return bool(self.moves or self.appear or self.go)


def worked_out(
    store: Store,
    instant: datetime,
    expected: Iterable[tuple[str, str]],
    as_of: date,
    agreed: Mapping[str, parameters.Value] | None = None,
) -> Figures:
    """Every figure by this program, on what was known at ``instant``; nothing of the warehouse is changed.

    Args:
        store: the warehouse.
        instant: local time.
        expected: the (agency code, canonical table) pairs that are owed.
        as_of: the last day that is counted.
        agreed: the partnership's parameters (`warehouse.parameters.agreed`); None: those of the store.
    """
    with ExitStack() as within:
        connection = within.enter_context(known_at(store, instant))
        if agreed is not None:
            within.enter_context(parameters.using(agreed))
        return by_key(figures(connection, list(expected), as_of))


def by_key(rows: Iterable[Sequence[Any]]) -> Figures:
    """What `warehouse.back_test_child.figures` gives, by key."""
    return {tuple(row[: len(NAMED)]): Figure(*row[len(NAMED) :]) for row in rows}


def moved(before: Figures, after: Figures) -> BackTest:
    """What changes from one to the other. A figure without cases on either side has not moved by coming or going."""
    metrics_before, metrics_after = ({key[0] for key in side} for side in (before, after))
    both = metrics_before & metrics_after
    keys = sorted(before.keys() | after.keys())
    moves = [Move(key, before.get(key), after.get(key)) for key in keys if key[0] in both]
    return BackTest(
        len(keys),
        tuple(move for move in moves if not _is_still(move)),
        tuple(sorted(metrics_after - metrics_before)),
        tuple(sorted(metrics_before - metrics_after)),
    )


def _is_still(move: Move) -> bool:
    if move.before is None or move.after is None:
        one = move.before or move.after
        return one is None or not one.denominator
    return move.before.is_as(move.after)
