"""What can be worked out, exactly, from numbers that are known: linear algebra modulo a large prime.

    known = Deduction(4)
    known.learn({0: 1, 1: -1, 2: -1})      # cell 0 is the sum of cells 1 and 2
    known.learn({0: 1})                    # and somebody tells it
    known.would_reveal({1: 1}, hidden={2})  # True: who knows cell 1 as well knows cell 2

A reader of tables knows relations (a quarter is the sum of its months) and numbers. What follows from them is their
linear span. Here every cell is kept as what is left of it once all that is known is taken away: nothing is left of
a cell that follows. Arithmetic is modulo 2^61 − 1: exact, and quicker than fractions. A cell that follows over the
fractions follows here; that one follows here alone has a chance of the order of one in 10^15, and would hide too much.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

PRIME: Final = 2**61 - 1
Form = dict[int, int]
"""Cell → its factor: a sum of multiples of cells. Zeros are left out."""


class Deduction:
    """Who knows this, knows that. Numbers of cells begin at 0."""

    def __init__(self, cells: int) -> None:
        self._left: list[Form] = [{cell: 1} for cell in range(cells)]
        """Of each cell: what is left of it, in terms of cells that are free."""
        self._holders: list[set[int]] = [{cell} for cell in range(cells)]
        """Of each free cell: the cells of which some of it is left."""

    def follows(self, cell: int) -> bool:
        """The cell can be worked out from what is known."""
        return not self._left[cell]

    def learn(self, known: Mapping[int, int]) -> None:
        """Somebody knows this sum of multiples of cells: a relation, or a cell that is shown."""
        form = self._reduced(known)
        if not form:
            return
        # The free cell that fewest others are written with goes: the least is to be written anew.
        gone = min(form, key=lambda cell: (len(self._holders[cell]), cell))
        factor = pow(form[gone], -1, PRIME)
        rule = {cell: number * factor % PRIME for cell, number in form.items()}
        for holder in list(self._holders[gone]):
            self._take_away(holder, rule, self._left[holder][gone])

    def would_reveal(self, known: Mapping[int, int], hidden: Collection[int]) -> bool:
        """If this were known too, one of the hidden cells that does not follow yet would follow.

        What is left of such a cell is a multiple of what is left of this.
        """
        form = self._reduced(known)
        if not form:
            return False
        rarest = min(form, key=lambda free: (len(self._holders[free]), free))
        return any(other in hidden and _is_multiple(self._left[other], form, rarest) for other in self._holders[rarest])

    def _reduced(self, known: Mapping[int, int]) -> Form:
        form: Form = {}
        for cell, factor in known.items():
            for free, number in self._left[cell].items():
                total = (form.get(free, 0) + factor * number) % PRIME
                if total:
                    form[free] = total
                else:
                    form.pop(free, None)
        return form

    def _take_away(self, cell: int, rule: Form, factor: int) -> None:
        left = self._left[cell]
        for free, number in rule.items():
            before = left.get(free, 0)
            after = (before - factor * number) % PRIME
            if after:
                left[free] = after
                if not before:
                    self._holders[free].add(cell)
            elif before:
                del left[free]
                self._holders[free].discard(cell)


def _is_multiple(one: Form, other: Form, shared: int) -> bool:
    """Both have the shared cell; the one is the other times a number."""
    if len(one) != len(other):
        return False
    ours, theirs = one[shared], other[shared]
    return all((one.get(cell, 0) * theirs - number * ours) % PRIME == 0 for cell, number in other.items())
