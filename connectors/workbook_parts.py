"""What the parts of an XLSX say that its cells do not: formulas, error values, day zero, and how far it reaches."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zipfile import ZipFile

from lxml import etree

from connectors.reading import Unreadable

MOST_CELLS: Final = 50_000_000
"""Cells of the rectangle from A1 to the last cell, which the parser holds whole: a stray cell makes it huge."""
BLOCK: Final = 1024 * 1024
OVERLAP: Final = 512
"""Bytes of a block looked at again with the next: longer than any tag that is counted."""

_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,400}?\br\s*=\s*["'](\d{1,20})["']""")
_WIDE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,20})(\d{1,20})["']""")
"""Cells beyond column Z; there are few, and nearer ones make no sheet large."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,200}?\bt\s*=\s*["']e["']""")
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class SheetFacts:
    """What the XML of one sheet holds."""

    formulas: int
    errors: int
    """Cells with an error value such as #N/A, which come out empty."""


def parse(content: bytes) -> etree._Element:
    """A small XML part, with entities, DTDs and the network off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(
            "file.damaged", "A part of the workbook is not well-formed XML.", "Save it again in Excel and send that."
        ) from error


def sheets(archive: ZipFile) -> tuple[Mapping[str, str], int]:
    """Sheet name → part of the zip, and the year from which the workbook counts days."""
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable(
            "file.format", "This is a zip and not an XLSX workbook.", "Save it as XLSX, without password or macros."
        )
    workbook = parse(archive.read("xl/workbook.xml"))
    targets: dict[str, str] = {}
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        for relation in parse(archive.read("xl/_rels/workbook.xml.rels")):
            target = relation.get("Target", "")
            targets[relation.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    parts = {
        sheet.get("name", ""): targets.get(sheet.get(_RELATION, ""), "") for sheet in workbook.iterfind(".//{*}sheet")
    }
    properties = workbook.find("{*}workbookPr")
    is_1904 = properties is not None and properties.get("date1904", "0") in ("1", "true")
    return parts, 1904 if is_1904 else 1900


def survey(archive: ZipFile, part: str, sheet: str) -> SheetFacts:
    """Look through a sheet's XML without building it.

    Raises:
        Unreadable: ``file.too_big``, for a cell so far out that the parser would run out of memory.
    """
    if part not in archive.namelist():
        return SheetFacts(0, 0)
    formulas = errors = 0
    rows, width = 0, 26
    with archive.open(part) as file:
        kept = b""
        while block := file.read(BLOCK):
            text = kept + block
            formulas += _new(_FORMULA, text, len(kept))
            errors += _new(_ERROR, text, len(kept))
            rows = max(rows, *(int(found) for found in _ROW.findall(text)), 0)
            for column, row in _WIDE.findall(text):
                rows, width = max(rows, int(row)), max(width, _column_number(column))
            kept = text[-OVERLAP:]
    if rows * width > MOST_CELLS:
        raise Unreadable(
            "file.too_big",
            f"Sheet {sheet!r} has a cell in row {rows:,} or column {width:,}, far beyond any table.",
            "Delete the empty rows and columns after the table, save, and send it again.",
        )
    return SheetFacts(formulas, errors)


def _new(pattern: re.Pattern[bytes], text: bytes, kept: int) -> int:
    """Matches that end beyond what the block before has shown already."""
    return sum(1 for found in pattern.finditer(text) if found.end() > kept)


def _column_number(letters: bytes) -> int:
    """``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
