"""The fixture of every feed with canaries in it: unique values in every personal column and all that is left out.

A canary is a word (``Zqx00017canary``) or a valid number (NHS numbers of the range set aside for testing, pupil
numbers) that occurs nowhere else, so that finding it says where it came from.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from lxml import etree
from python_calamine import CalamineWorkbook

from connectors.agency import Csv, Feed, Json, Said, Stream, Workbook
from connectors.synthetic.files import Sheet, delimited, write, write_json, write_workbook, write_zip
from schemas.table import columns

BORN = date(2013, 3, 17)
"""Every birth date there is: a day that stands nowhere else."""
KINDS = {"nhs_number": "nhs", "upn": "upn", "former_upn": "upn", "child_ref": "ref"}
DATES = {"born_on", "expected_on", "died_on"}
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
Cell = Any


@dataclass
class Canaries:
    """Makes canaries and remembers what each was planted in."""

    planted: dict[str, str] = field(default_factory=dict)
    """Canary → ``feed column``."""
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def word(self, where: str) -> str:
        """For a name, a note, an address, or any cell nobody asked for."""
        return self._plant(f"Zqx{len(self.planted):05d}canary", where)

    def number(self, kind: str, before: str, where: str) -> str:
        """For a number of a child; the same number stays the same child, and a wrong one stays wrong."""
        known = self._known.get((kind, before))
        if known is None:
            made = {"nhs": _nhs_number, "upn": _upn, "ref": "ZQXREF{:05d}".format}[kind](len(self.planted))
            if kind == "nhs" and before.endswith("9"):  # the fixtures' wrong check digit
                made = made[:-1] + str((int(made[-1]) + 5) % 10)
            known = self._known[kind, before] = self._plant(made, where)
        return known

    def _plant(self, canary: str, where: str) -> str:
        self.planted[canary] = where
        return canary


def _nhs_number(number: int) -> str:
    """A valid number of the range for testing: weights 10 to 2, 11 less the remainder; a check digit of 10 is none."""
    body = 999_300_000 + number * 7
    while True:
        check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(str(body))) % 11
        if check != 10:
            return f"{body}{check % 11}"
        body += 1


def _upn(number: int) -> str:
    digits = f"319{77_000_0000 + number:09d}"
    return LETTERS[sum(int(digit) * (place + 2) for place, digit in enumerate(digits)) % 23] + digits


Plant = Callable[[Mapping[str, Cell], bool], dict[str, Cell]]
"""(a row, whether it is to be refused) → the row with canaries in it."""


def plant(fixtures: Path, landing: Path, feeds: Iterable[Feed], canaries: Canaries) -> None:
    """Write a planted copy of the fixture of every feed, and one that is to be refused as a whole."""
    for feed in feeds:
        (path,) = sorted((fixtures / feed.name).glob(feed.files))
        target = landing / feed.name / path.name
        if isinstance(feed.reads, Csv):
            _plant_csv(path, target, feed, canaries)
        elif isinstance(feed.reads, Workbook):
            _plant_workbook(path, target, feed, canaries)
        elif isinstance(feed.reads, Json):
            _plant_json(path, target, feed, canaries)
        else:
            _plant_xml(path, target, feed, canaries)
        _spoil(target, feed, canaries)


def _rows(feed: Feed, streams: Iterable[Stream], canaries: Canaries) -> Plant:
    roles: dict[str, str] = {}
    for stream in streams:
        kinds = {column.name: column.kind for column in columns(stream.table)}
        for name, source in stream.columns.items():
            theirs = source.column if isinstance(source, Said) else source
            if isinstance(theirs, str):
                said = "coded" if isinstance(source, Said) else "date" if kinds[name] in ("date", "instant") else "kept"
                role = KINDS.get(name) or ("born" if name in DATES else "text" if name in TEXTS else said)
                if roles.get(theirs, "kept") in ("kept", "date"):
                    roles[theirs] = role

    def planted(row: Mapping[str, Cell], is_bad: bool) -> dict[str, Cell]:
        return {
            name: _cell(roles.get(name, "text"), value, f"{feed.name} {name}", canaries, is_bad=is_bad)
            for name, value in row.items()
        }

    return planted


TEXTS = {"surname", "forename", "postcode"}


def _cell(role: str, value: Cell, where: str, canaries: Canaries, *, is_bad: bool) -> Cell:
    if role == "text":
        return canaries.word(where)
    if role in KINDS.values():
        shown = "".join(filter(str.isalnum, str(value or "")))
        return canaries.number(role, shown, where) if shown else value
    if role == "born":
        return value if value in ("", None) else BORN if isinstance(value, date) else _like(str(value), BORN)
    return canaries.word(where) if is_bad and role in ("coded", "date") else value


def _like(value: str, day: date) -> str:
    return f"{day:%Y-%m-%d}" if value[4:5] == "-" else f"{day:%d/%m/%Y}"


def _with_bad(rows: list[Any], planted: Callable[[Any, bool], Any]) -> list[Any]:
    """The rows planted, and the first once more with words that no list has and days that are none."""
    return [planted(row, False) for row in rows] + [planted(row, True) for row in rows[:1]]


def _plant_csv(path: Path, target: Path, feed: Feed, canaries: Canaries) -> None:
    reads = feed.reads
    assert isinstance(reads, Csv)

    def planted(text: str, streams: list[Stream]) -> str:
        lines = text.splitlines(keepends=True)
        titles = [f"{canaries.word(f'{feed.name} title')}" for _ in range(reads.title_rows)]
        rows = list(csv.DictReader(io.StringIO("".join(lines[reads.title_rows :])), delimiter=reads.delimiter))
        header = list(rows[0])
        made = _with_bad(rows, _rows(feed, streams, canaries))
        return delimited(made, header, delimiter=reads.delimiter, titles=titles)

    encoding = "utf-8-sig" if reads.encoding == "utf-8" else reads.encoding
    if not reads.zipped:
        write(target, planted(path.read_bytes().decode(encoding), list(feed.streams)), reads.encoding)
        return
    with zipfile.ZipFile(path) as packed:
        texts = {name: packed.read(name).decode(encoding) for name in packed.namelist()}
    members = {
        name: planted(text, [one for one in feed.streams if fnmatch(name, one.member)]) for name, text in texts.items()
    }
    write_zip(target, members, reads.encoding)


def _plant_workbook(path: Path, target: Path, feed: Feed, canaries: Canaries) -> None:
    book = CalamineWorkbook.from_path(str(path))
    sheets = []
    for name in book.sheet_names:
        lines = book.get_sheet_by_name(name).to_python()
        streams = [stream for stream in feed.streams if stream.member == name]
        if not streams:
            rows = [[canaries.word(f"{feed.name} sheet {name}") for _ in line] for line in lines[1:]]
            sheets.append(Sheet(name, lines[0], rows or [[canaries.word(f"{feed.name} sheet {name}")]]))
            continue
        place = max(
            range(len(lines)), key=lambda number: sum(isinstance(cell, str) and cell != "" for cell in lines[number])
        )
        place = next(number for number, line in enumerate(lines) if len([cell for cell in line if cell != ""]) > 3)
        header = [str(cell) for cell in lines[place]]
        rows = [dict(zip(header, line, strict=False)) for line in lines[place + 1 :]]
        made = _with_bad(rows, _rows(feed, streams, canaries))
        titles = [canaries.word(f"{feed.name} title") for _ in range(place)]
        sheets.append(Sheet(name, header, [[_plain(row[column]) for column in header] for row in made], titles))
    write_workbook(target, sheets, counts_from_1904=feed.system.startswith("Havens"))


def _plain(cell: Cell) -> Cell:
    """Midnight is a day: calamine gives some date cells as instants."""
    return cell.date() if isinstance(cell, datetime) and not (cell.hour or cell.minute) else cell


def _plant_json(path: Path, target: Path, feed: Feed, canaries: Canaries) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    for name in told:
        streams = [stream for stream in feed.streams if stream.member == name]
        if not streams:
            told[name] = {"made": "2026-05-15", "by": canaries.word(f"{feed.name} {name}")}
            continue
        left_out = {part: "" for stream in streams for part in stream.ignores}
        flat = [left_out | _flat(record) for record in told[name]]
        told[name] = [_nested(row) for row in _with_bad(flat, _rows(feed, streams, canaries))]
    write_json(target, told)


def _flat(record: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in record.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return flat


def _nested(row: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in row.items():
        *above, last = name.split(".")
        place = record
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return record


XML_KINDS = {"LAchildID": "ref", "UPN": "upn", "FormerUPN": "upn"}


def _plant_xml(path: Path, target: Path, feed: Feed, canaries: Canaries) -> None:
    tree = etree.fromstring(path.read_bytes())
    for leaf in list(tree.iter()):
        tag = etree.QName(leaf).localname
        where = f"{feed.name} {tag}"
        if tag in XML_KINDS:
            leaf.text = canaries.number(XML_KINDS[tag], leaf.text or "", where)
        elif tag.endswith("BirthDate"):
            leaf.text = BORN.isoformat()
        elif tag in feed.ignores and not len(leaf):
            leaf.text = canaries.word(where)
        elif tag == "CINdetails":
            etree.SubElement(leaf, etree.QName(tree, "ReasonForClosure")).text = canaries.word(where)
        elif tag == "CollectionDetails":
            etree.SubElement(leaf, etree.QName(tree, "Person")).text = canaries.word(where)
    write(target, etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))


def _spoil(target: Path, feed: Feed, canaries: Canaries) -> None:
    """Beside a planted file, one that cannot be read: cut short, and one whose header is gone."""
    content = target.read_bytes()
    spoilt = target.with_name(f"{target.stem[:-2]}12_cut{target.suffix}")
    spoilt.write_bytes(content[: len(content) * 2 // 3])
    if isinstance(feed.reads, Csv) and not feed.reads.zipped:
        lines = content.splitlines(keepends=True)
        target.with_name(f"{target.stem[:-2]}11_headless{target.suffix}").write_bytes(
            b"".join(lines[feed.reads.title_rows + 1 :])
        )
    if not isinstance(feed.reads, Csv | Workbook):
        broken = content.replace(b"canary", b'canary<"', 3)
        target.with_name(f"{target.stem[:-2]}10_broken{target.suffix}").write_bytes(broken)
