"""A plain table that fits its terminal: which columns are shown, how wide each is, and what gives way to what.

A heading may begin with marks: ``>`` a column of numbers; ``=`` never broken; ``…`` cut with an ellipsis where there is
no room; ``~`` left out where the terminal is narrow; ``-`` left out where words would have to be broken otherwise.
The first column and numbers are never broken: they are there to be copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table
from rich.text import Text

WIDE: Final = 110
"""Columns of a terminal from which tables are shown with all their columns."""
GAP: Final = 2
"""Between two columns."""
CUT_TO: Final = 8
"""What is left at least of what may be cut."""
BROKEN_TO: Final = 4
"""… and of what may be broken."""


@dataclass
class _Column:
    heading: str
    marks: str
    cells: list[Text]
    is_first: bool
    width: int = 0

    @property
    def is_whole(self) -> bool:
        """Its cells stay on one line, as they are."""
        return self.is_first or bool({">", "="} & set(self.marks))

    @property
    def natural(self) -> int:
        return max(len(self.heading), *(cell.cell_len for cell in self.cells), 0)

    def least(self, *, breaks: bool = False) -> int:
        """To what it may give way; ``breaks``: though words are broken with it."""
        if self.is_whole:
            return self.natural
        if breaks:
            return BROKEN_TO
        if "…" in self.marks:
            return min(CUT_TO, self.natural)
        words = [word for text in (self.heading, *(cell.plain for cell in self.cells)) for word in text.split()]
        return max(map(len, words), default=0)


def drawn(headings: Sequence[str], rows: Iterable[Sequence[str]], terminal: int) -> Table:
    """The table, for a terminal of so many columns; cells may have rich's markup."""
    kept = _kept(_columns(headings, rows), terminal)
    _narrow(kept, terminal)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0), collapse_padding=True)
    for one in kept:
        is_cut = "…" in one.marks
        table.add_column(
            one.heading,
            width=one.width,
            justify="right" if ">" in one.marks else "left",
            no_wrap=one.is_whole or is_cut,
            overflow="ellipsis" if is_cut else "fold",
        )
    for cells in zip(*(one.cells for one in kept), strict=True):
        table.add_row(*cells)
    return table


def _columns(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[_Column]:
    lines = [[Text.from_markup(cell) for cell in row] for row in rows]
    found = []
    for place, said in enumerate(headings):
        heading = said.lstrip("~->=…")
        found.append(_Column(heading, said.removesuffix(heading), [line[place] for line in lines], place == 0))
    return found


def _kept(columns: list[_Column], terminal: int) -> list[_Column]:
    if terminal >= WIDE:
        return columns
    kept = [one for one in columns if "~" not in one.marks]
    least = sum(one.least() for one in kept) + GAP * (len(kept) - 1)
    return kept if least <= terminal else [one for one in kept if "-" not in one.marks]


def _narrow(columns: list[_Column], terminal: int) -> None:
    """Give every column its width: the widest gives way first, and a word is broken only where nothing else helps."""
    for one in columns:
        one.width = one.natural
    excess = sum(one.width for one in columns) + GAP * (len(columns) - 1) - terminal
    for breaks in (False, True):
        while excess > 0 and (wider := [one for one in columns if one.width > one.least(breaks=breaks)]):
            max(wider, key=lambda one: one.width).width -= 1
            excess -= 1
