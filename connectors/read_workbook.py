"""XLSX workbooks: every cell as the text a person would type, through calamine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from connectors import header, text_rows
from connectors.agency import Workbook
from connectors.members import Numbered, left_out, pair
from connectors.reading import Contents, Found, Keep, Layout, Note, Rows, StreamLayout, Unreadable, shown
from connectors.workbook_parts import sheets, survey
from connectors.zipped import opened

Cell = int | float | str | bool | time | date | datetime | timedelta

OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
EXACT: Final = 2**53
"""Whole numbers up to here are exact in a spreadsheet."""


def read_workbook(path: Path, reads: Workbook, layout: Layout, keep: Keep[Rows]) -> Contents[Rows]:
    """Read the sheets that streams name.

    Raises:
        Unreadable: the file refuses itself.
    """
    _refuse_other_formats(path)
    with opened(path) as archive:
        parts, date_system = sheets(archive)
        pairs, notes = pair(list(parts), layout, "The workbook")
        for (name, part), readers in zip(parts.items(), pairs, strict=True):
            facts = survey(archive, part, shown(name))
            if readers:
                notes += _oddities(shown(name), facts.formulas, facts.errors)
    if date_system == 1904:
        notes.append(Note("file.dates_1904", 1, "The workbook counts days from 1904; its dates were read so."))
    everything: list[Found[Rows]] = []
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name, readers in zip(parts, pairs, strict=True):
                if readers is None:
                    everything.append(left_out(name, _rows_with_values(workbook.get_sheet_by_name(name)), keep))
                elif readers:
                    found, more = _read_sheet(workbook.get_sheet_by_name(name), reads, readers, keep)
                    everything.append(found)
                    notes += more
    except PasswordError:
        raise _protected() from None
    except CalamineError as error:
        raise Unreadable(
            "file.damaged", "The workbook is damaged: its sheets do not fit together.", "Save it again and send that."
        ) from error
    return Contents(tuple(everything), tuple(notes), date_system)


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    if head.startswith(OLD_OFFICE):
        if ENCRYPTED in head or ENCRYPTED in path.read_bytes():
            raise _protected()
        raise Unreadable("file.format", "This is an old Excel workbook (.xls).", "Save it as XLSX and send that.")
    if not head.startswith(b"PK"):
        raise Unreadable("file.format", "This is not an XLSX workbook, as declared.", "Save it as XLSX and send that.")


def _protected() -> Unreadable:
    return Unreadable("file.encrypted", "The workbook is protected by a password.", "Send it without a password.")


def _oddities(sheet: str, formulas: int, errors: int) -> Iterator[Note]:
    if formulas:
        says = f"Sheet {sheet!r}: {formulas} cells hold a formula; the values stored when it was saved were read."
        yield Note("file.formula", formulas, says)
    if errors:
        says = f"Sheet {sheet!r}: {errors} cells hold an error value such as #N/A; they were read as empty."
        yield Note("file.error_value", errors, says)


def text_of(cell: Cell) -> str:
    """A cell as text: 9212044.0 is ``9212044``, a date is ISO, a yes/no cell is ``true`` or ``false``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return (cell + timedelta(microseconds=500_000)).isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _rows_with_values(sheet: CalamineSheet) -> list[int]:
    return [number for number, row in enumerate(sheet.iter_rows(), start=1) if any(text_of(c).strip() for c in row)]


def _read_sheet(
    sheet: CalamineSheet, reads: Workbook, readers: Numbered, keep: Keep[Rows]
) -> tuple[Found[Rows], list[Note]]:
    streams = [stream for _, stream in readers]
    where = f"Sheet {shown(sheet.name)!r}"
    place, cells = _header(sheet.iter_rows(), reads, streams)
    width = max((position for position, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    named = cells[:width]
    notes = header.judge(named, streams, where)
    table = SheetTable(islice(enumerate(sheet.iter_rows(), start=1), place, None), width)
    kept = keep(text_rows.schema(width), text_rows.batches(table, width))
    if table.beside:
        says = f"{where}: {table.beside} rows have values to the right of the last named column; these were not read."
        notes.append(Note("file.beside_table", table.beside, says))
    spelt = tuple((number, header.spelt(named, stream)) for number, stream in readers)
    return Found(sheet.name, spelt, kept, (), table.blank), notes


class SheetTable:
    """The rows under a header: iterate to get them; then ``blank`` and ``beside`` are known."""

    def __init__(self, rows: Iterable[tuple[int, list[Cell]]], width: int) -> None:
        self.blank = 0
        self.beside = 0
        """Rows with values outside of the table."""
        self._rows = rows
        self._width = width

    def __iter__(self) -> Iterator[text_rows.NumberedRow]:
        for number, row in self._rows:
            texts = [text_of(cell) for cell in row]
            self.beside += any(text.strip() for text in texts[self._width :])
            if any(text.strip() for text in texts[: self._width]):
                yield number, texts[: self._width]
            else:
                self.blank += 1


def _header(rows: Iterable[list[Cell]], reads: Workbook, streams: list[StreamLayout]) -> tuple[int, list[str]]:
    """The row, from 1, that is most like the header; title rows above it are nobody's."""
    names = header.wanted(streams)
    top = [[text_of(cell) for cell in row] for row in islice(rows, reads.title_rows + header.TITLE_ROWS + 1)]
    best, most = reads.title_rows, -1
    for place, cells in enumerate(top[reads.title_rows :], start=reads.title_rows):
        likeness = header.likeness(cells, names)
        if likeness > most and any(cell.strip() for cell in cells):
            best, most = place, likeness
    return best + 1, top[best] if best < len(top) else []
