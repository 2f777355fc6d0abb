"""Delimited text, alone or as members of a zip."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from connectors import header
from connectors.agency import Csv
from connectors.byte_stream import decoded_head
from connectors.csv_rows import CsvRows, Opener
from connectors.members import Numbered, left_out, pair
from connectors.reading import Contents, Found, Keep, Layout, Note, Rows, StreamLayout, Unreadable, shown
from connectors.zipped import control_totals, files, opened

HEAD: Final = 128 * 1024
"""Bytes in which the header must stand; also the longest cell that the csv module reads unasked."""
DELIMITERS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
ITSELF: Final = "file"
"""The member's name where the file is not a zip; its own name is the delivery's, not the member's."""


@dataclass(frozen=True)
class Source:
    """Delimited text, wherever it lies."""

    name: str
    where: str
    """What messages call it."""
    opener: Opener


@dataclass(frozen=True)
class Line:
    """A record near the top of a file."""

    row: int
    """Its number, from 1."""
    cells: tuple[str, ...]
    end: int
    """Characters of the text up to the beginning of the next record."""


def read_csv(path: Path, reads: Csv, layout: Layout, keep: Keep[Rows]) -> Contents[Rows]:
    """Read a delimited file, or a zip of them.

    Raises:
        Unreadable: the file refuses itself.
    """
    if not reads.zipped:
        source = Source(ITSELF, "The file", lambda: path.open("rb"))
        found, notes = _read_one(source, reads, [*enumerate(layout.streams)], keep)
        return Contents((found,), tuple(notes))
    with opened(path) as archive:
        members = files(archive)
        pairs, notes = pair([name for name, _ in members], layout, "The zip")
        everything: list[Found[Rows]] = []
        for (name, info), readers in zip(members, pairs, strict=True):
            source = Source(name, repr(shown(name)), partial(archive.open, info))
            if readers is None:
                everything.append(left_out(name, _lines(source.opener), keep))
            elif readers:
                found, more = _read_one(source, reads, readers, keep)
                everything.append(found)
                notes += more
        totals = control_totals(archive)
    return Contents(tuple(everything), tuple(notes), control_totals=totals)


def _lines(opener: Opener) -> list[int]:
    with opener() as file:
        return [number for number, line in enumerate(file, start=1) if line.strip()]


def _read_one(source: Source, reads: Csv, readers: Numbered, keep: Keep[Rows]) -> tuple[Found[Rows], list[Note]]:
    streams = [stream for _, stream in readers]
    with source.opener() as file:
        head = file.read(HEAD)
    text, bom = decoded_head(head, reads.encoding)
    line = _header(text, reads, streams, source.where)
    notes = header.judge(line.cells, streams, source.where)
    offset = bom + len(text[: line.end].encode(reads.encoding))
    rows = CsvRows(source.opener, reads, len(line.cells), offset, line.row + 1)
    kept = keep(rows.schema, rows)
    spelt = tuple((number, header.spelt(line.cells, stream)) for number, stream in readers)
    return Found(source.name, spelt, kept, tuple(rows.misshapen), rows.blank), notes


def _top(text: str, delimiter: str) -> Iterator[Line]:
    """The records at the top; a header cell may hold a line break, so records are not lines."""
    end = 0

    def lines() -> Iterator[str]:
        nonlocal end
        for line in io.StringIO(text, newline=""):
            end += len(line)
            yield line

    try:
        for row, cells in enumerate(csv.reader(lines(), delimiter=delimiter), start=1):
            yield Line(row, tuple(cells), end)
    except csv.Error:
        return


def _header(text: str, reads: Csv, streams: list[StreamLayout], where: str) -> Line:
    """The header line, where it is declared to be.

    Raises:
        Unreadable: ``file.empty``, ``file.delimiter`` or ``file.title_row``; nothing is read from elsewhere.
    """
    if not text.strip():
        raise Unreadable("file.empty", f"{where} is empty.", "Export it again and send it whole.")
    expected = reads.title_rows + 1
    names = header.wanted(streams)
    top = list(islice(_top(text, reads.delimiter), max(expected, header.TITLE_ROWS + 1)))
    declared = next((line for line in top if line.row == expected), Line(expected, (), 0))
    if header.likeness(declared.cells, names) == len(names) and declared.cells:
        return declared
    candidates = [
        (header.likeness(line.cells, names), delimiter == reads.delimiter, line.row == expected, delimiter, line)
        for delimiter in dict.fromkeys((reads.delimiter, *DELIMITERS))
        for line in islice(_top(text, delimiter), header.TITLE_ROWS + 1)
    ]
    best = max(candidates, key=lambda candidate: candidate[:3])
    likeness, is_delimiter, is_place, delimiter, line = best
    if likeness > header.likeness(declared.cells, names):
        if not is_delimiter:
            raise _other_delimiter(where, reads.delimiter, delimiter)
        if not is_place:
            raise _other_row(where, expected, line.row)
    return declared


def _other_delimiter(where: str, declared: str, found: str) -> Unreadable:
    return Unreadable(
        "file.delimiter",
        f"{where}: the columns are parted by {DELIMITERS[found]}, and "
        f"{DELIMITERS.get(declared, repr(declared))} is declared.",
        "Export it as declared, or tell the partnership that the export changed.",
    )


def _other_row(where: str, expected: int, found: int) -> Unreadable:
    return Unreadable(
        "file.title_row",
        f"{where}: the header stands in row {found}, and row {expected} is declared.",
        "Leave out the lines above the header, or tell the partnership that the export changed.",
    )
