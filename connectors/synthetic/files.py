"""Files as the products write them, the same bytes every time: clocks in archives and workbooks stand still."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

STILL: Final = (2026, 1, 1, 0, 0, 0)
"""The moment every zip member and workbook says it was made."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: lines of title, a header, rows of cells."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    titles: Sequence[str] = ()


def day_first(value: date | datetime | None) -> str:
    """31/03/2026, with the time where there is one; empty for None."""
    if value is None:
        return ""
    return f"{value:%d/%m/%Y %H:%M}" if isinstance(value, datetime) else f"{value:%d/%m/%Y}"


def iso(value: date | datetime | None) -> str | None:
    """2026-03-31 or 2026-03-31T10:05:00."""
    return value.isoformat() if value else None


def known(value: Any, on: date) -> Any:
    """The date or instant, if it lies no later than the day of the export; else None."""
    if value is None:
        return None
    return value if (value.date() if isinstance(value, datetime) else value) <= on else None


def yes_no(value: bool) -> str:
    return "Yes" if value else "No"


def reversed_words(means: Mapping[str, str]) -> dict[str, str]:
    """Our code → the product's word, the first where it has several."""
    return {ours: theirs for theirs, ours in reversed(list(means.items()))}


def delimited(rows: Sequence[Row], header: Sequence[str], *, delimiter: str = ",", titles: Sequence[str] = ()) -> str:
    """Delimited text with the line ends of Windows, as such exports have."""
    out = io.StringIO()
    out.writelines(f"{title}\r\n" for title in titles)
    writer = csv.DictWriter(out, header, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> None:
    """Write a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)


def write_zip(path: Path, members: Mapping[str, str], encoding: str = "utf-8") -> None:
    """Write a zip of text files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, STILL), text.encode(encoding), zipfile.ZIP_DEFLATED)
    write(path, packed.getvalue())


def write_json(path: Path, content: Any) -> None:
    """Write JSON, indented."""
    write(path, json.dumps(content, indent=1) + "\n")


def write_workbook(path: Path, sheets: Sequence[Sheet], *, counts_from_1904: bool = False) -> None:
    """Write a workbook; dates become date cells, everything else the cell Python has for it."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "date_1904": counts_from_1904}) as book:
        book.set_properties({"created": datetime(*STILL)})
        formats = {
            date: book.add_format({"num_format": "dd/mm/yyyy"}),
            datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            lines: list[Sequence[Any]] = [*([title] for title in sheet.titles), sheet.header, *sheet.rows]
            for number, cells in enumerate(lines):
                for place, cell in enumerate(cells):
                    if cell is None or cell == "":
                        continue
                    if isinstance(cell, date):
                        page.write_datetime(number, place, cell, formats[type(cell)])
                    elif isinstance(cell, int | float):
                        page.write_number(number, place, cell)
                    else:
                        page.write_string(number, place, cell)
    write(path, packed.getvalue())
