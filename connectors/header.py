"""Finds the header of a sheet or a delimited file by its own words, and says what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from connectors.reading import SOURCE_ROW, Note, StreamLayout, Unreadable, shown

TITLE_ROWS: Final = 20
"""How far down a header is looked for."""


def folded(name: str) -> str:
    """Header names are the same whatever their case, spaces and line breaks."""
    return " ".join(name.split()).casefold()


def wanted(streams: Iterable[StreamLayout]) -> Mapping[str, str]:
    """Folded name → declared name of every column that these streams cannot do without."""
    return {folded(name): name for stream in streams for name in stream.required}


def likeness(cells: Sequence[str], names: Iterable[str]) -> int:
    """How many of the folded names stand in the row."""
    return len({folded(cell) for cell in cells} & set(names))


def judge(cells: Sequence[str], streams: Sequence[StreamLayout], where: str) -> list[Note]:
    """Compare a header with what the streams expect.

    Returns:
        a note for every column that nobody declared.

    Raises:
        Unreadable: ``file.missing_column`` or ``file.repeated_column``.
    """
    present = Counter(folded(cell) for cell in cells)
    missing = [name for fold, name in wanted(streams).items() if fold not in present]
    if missing:
        listed = ", ".join(repr(name) for name in missing)
        raise Unreadable(
            "file.missing_column",
            f"{where}: the header lacks {listed}.",
            "Export the file with these columns, spelt like this; or tell the partnership that the export changed.",
        )
    known = {folded(name) for stream in streams for name in stream.known}
    ignored = {folded(name) for stream in streams for name in stream.ignores}
    repeated = [name for name, times in present.items() if times > 1 and name and name not in ignored]
    if repeated:
        raise Unreadable(
            "file.repeated_column",
            f"{where}: the header names {', '.join(repr(shown(name)) for name in repeated)} more than once.",
            "Give every column a name of its own.",
        )
    if all(stream.is_prepared for stream in streams):
        return []  # only its own function knows what it reads
    return [
        Note("file.extra_column", 1, f"{where}: column {_called(cell, position)} is not declared; it was not read.")
        for position, cell in enumerate(cells, start=1)
        if folded(cell) not in known
    ]


def _called(cell: str, position: int) -> str:
    return repr(shown(cell)) if cell.strip() else f"number {position}, which has no name,"


def spelt(cells: Sequence[str], stream: StreamLayout) -> tuple[str, ...]:
    """The header as the stream spells it; names no stream declared keep the file's spelling and are made unique."""
    declared = {folded(name): name for name in stream.known}
    names: list[str] = []
    taken = {SOURCE_ROW}
    for position, cell in enumerate(cells, start=1):
        name = declared.get(folded(cell), " ".join(cell.split())) or f"column {position}"
        while name in taken:
            name += " again"
        taken.add(name)
        names.append(name)
    return tuple(names)
