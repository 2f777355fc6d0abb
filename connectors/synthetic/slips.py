"""Slips on purpose, about one row in two hundred, so that refusals and questions show."""

from collections.abc import Callable
from zlib import crc32

from connectors.synthetic.dice import Dice
from connectors.synthetic.files import Row

SHARE = 0.005
REPEATED = "the row again"
"""Instead of a column: the export writes one row twice."""
WRONG_NHS_NUMBER = "9990000019"
"""9990000018 is right, so this is not."""

Slip = tuple[str, str]
"""Column, and what stands in it by mistake."""


class Slips:
    """The slips of one feed, from a seed of its own so that they disturb nothing else."""

    def __init__(self, seed: int, feed: str) -> None:
        self._dice = Dice(seed, crc32(feed.encode()))
        self._turns = 0

    def among(self, rows: list[Row], *kinds: Slip, spoil: Callable[[Row, Slip], Row] | None = None) -> list[Row]:
        """The rows with a slip here and there, the kinds in turn so that each comes up."""
        spoil = spoil or _spoil
        whole, part = divmod(len(rows) * SHARE, 1)
        slipped = list(rows)
        for _ in range(int(whole) + self._dice.chance(part) if rows else 0):
            place, kind = self._dice.between(0, len(slipped) - 1), kinds[self._turns % len(kinds)]
            self._turns += 1
            if kind[0] == REPEATED:
                slipped.insert(place, slipped[place])
            else:
                slipped[place] = spoil(slipped[place], kind)
        return slipped


def _spoil(row: Row, slip: Slip) -> Row:
    return row | {slip[0]: slip[1]}
