"""How far a reader can narrow hidden counts who knows that no count is less than nought: linear programming.

    for one in narrowed([edition]): …      # what is known to lie between two numbers that are too close

An edition gives no hidden count away by its equations (`warehouse.disclosure`); this measures what remains. Publishing
does not wait for it: a programme for each hidden count is minutes for a whole partnership. A count that is not named
here is wide; one that is named may be so only within `WITHIN`, or because ``most`` was reached.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from warehouse.disclosure import Edition, limit_of, small
from warehouse.equations import Equations, Key

WITHIN: Final = 1000.0
"""No count is thought to be larger than it is by more than this; keeps every programme bounded."""
ROUNDS: Final = 6
"""Programmes over all counts of a group at once, before one for each that is left."""


@dataclass(frozen=True)
class Interval:
    """What a reader knows of a hidden count: it lies between these."""

    cell: int
    value: int
    low: float
    high: float


def narrowed(
    editions: Sequence[Edition], *, limit_of: Callable[[Key], int] = limit_of, most: int = 10_000
) -> tuple[list[Interval], int]:
    """Hidden small counts whose interval is narrower than their threshold, and how many were looked at.

    Args:
        editions: all that was published, oldest first.
        limit_of: as for `warehouse.disclosure.control`.
        most: programmes of one count alone; what is left after them is taken for narrow.
    """
    equations = Equations()
    cells = [equations.add(edition.counts, limit_of) for edition in editions]
    shown = {
        cell
        for edition, there in zip(editions, cells, strict=True)
        for which, cell in there.items()
        if which not in edition.hidden
    }
    wanted = sorted(small(equations) - shown - equations.changes)
    found: list[Interval] = []
    for group in _groups(equations, shown, wanted):
        programme = _Programme(equations, group)
        found += programme.narrow(most)
        most = max(0, most - programme.asked)
    return found, len(wanted)


def _groups(equations: Equations, shown: set[int], wanted: Sequence[int]) -> list[list[int]]:
    """The unknown cells that hang together and hold a wanted one."""
    root: dict[int, int] = {}

    def top(cell: int) -> int:
        while root.setdefault(cell, cell) != cell:
            root[cell] = root[root[cell]]
            cell = root[cell]
        return cell

    for relation in (one for certain, _ in equations.editions for one in certain):
        unknown = [cell for cell in relation if cell not in shown]
        for cell in unknown[1:]:
            root[top(cell)] = top(unknown[0])
    groups: dict[int, list[int]] = defaultdict(list)
    for cell in list(root):
        groups[top(cell)].append(cell)
    meant = {top(cell) for cell in wanted}
    return [sorted(group) for start, group in sorted(groups.items()) if start in meant]


class _Programme:
    """One group of unknown cells with its equations."""

    def __init__(self, equations: Equations, group: Sequence[int]) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415 - only who measures needs it

        self.cells = list(group)
        self.values = np.array([equations.values[cell] for cell in group], dtype=float)
        self.limits = np.array([equations.limits[cell] for cell in group], dtype=float)
        secret = small(equations) - equations.changes
        self.is_wanted = np.array([cell in secret for cell in group])
        self.low, self.high = self.values.copy(), self.values.copy()
        self.asked = 0
        at = {cell: place for place, cell in enumerate(group)}
        entries: list[tuple[int, int, int]] = []
        rows = 0
        for relation in (one for certain, _ in equations.editions for one in certain):
            unknown = [(at[cell], factor) for cell, factor in relation.items() if cell in at]
            if unknown:
                entries += [(rows, place, factor) for place, factor in unknown]
                rows += 1
        row, column, factor = (np.array(part) for part in zip(*entries, strict=True))
        self.matrix: Any = csr_array((factor.astype(float), (row, column)), shape=(rows, len(group)))
        self.sums = self.matrix @ self.values
        free = np.array([cell in equations.changes for cell in group])
        self.bounds = np.column_stack([np.where(free, -WITHIN, 0.0), self.values + WITHIN])

    def narrow(self, most: int) -> list[Interval]:
        """The wanted cells of which no two far enough values were found."""
        chance = random.Random(1)  # noqa: S311 - no secret, and the same each time
        for _ in range(ROUNDS):
            left = self._left()
            if not len(left):
                return []
            aim = np.zeros(len(self.cells))
            aim[left] = [chance.choice((-1.0, 1.0)) for _ in left]
            self._solve(aim)
        for place in self._left():
            for sign in (1.0, -1.0):
                if self.asked < most and self.high[place] - self.low[place] < self.limits[place]:
                    aim = np.zeros(len(self.cells))
                    aim[place] = sign
                    self._solve(aim)
                    self.asked += 1
        return [
            Interval(self.cells[place], int(self.values[place]), float(self.low[place]), float(self.high[place]))
            for place in self._left()
        ]

    def _left(self) -> Any:
        return np.flatnonzero(self.is_wanted & (self.high - self.low < self.limits - 1e-6))

    def _solve(self, aim: Any) -> None:
        """One table that could be true as well: what it holds, every cell may be."""
        from scipy.optimize import linprog  # noqa: PLC0415 - as above

        found = linprog(aim, A_eq=self.matrix, b_eq=self.sums, bounds=self.bounds, method="highs")
        if found.success:
            self.low = np.minimum(self.low, found.x)
            self.high = np.maximum(self.high, found.x)
