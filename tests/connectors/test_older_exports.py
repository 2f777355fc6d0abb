"""What last month's release of a product did not write yet is missing, and the rest of its file is read as before."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from connectors.agency import Feed, Said, Stream, all_feeds
from connectors.read import Unreadable, read
from connectors.synthetic.files import Sheet, delimited, write_json, write_workbook, write_zip
from connectors.translate import prepare, translate
from schemas.table import columns

FIXTURES = Path(__file__).parents[1] / "fixtures"


def older(feed: Feed, target: Path) -> Path:
    """The feed's fixture without its optional columns and members."""
    (path,) = sorted((FIXTURES / feed.name).glob(feed.files))
    written = target / path.name
    if path.suffix == ".zip":
        encoding = getattr(feed.reads, "encoding", "utf-8")
        with zipfile.ZipFile(path) as packed:
            texts = {name: packed.read(name).decode(encoding) for name in packed.namelist()}
        kept = {name: _without(text, _streams(feed, name)) for name, text in texts.items() if not _goes(feed, name)}
        write_zip(written, kept, encoding)
    elif path.suffix == ".json":
        told = {name: part for name, part in json.loads(path.read_text()).items() if not _goes(feed, name)}
        for record in told["involvements"]:
            record.pop("csaConcernRecorded", None)
        write_json(written, told)
    else:
        write_workbook(written, _sheets(path, feed), counts_from_1904=feed.agency == "sarc")
    return written


def _streams(feed: Feed, name: str) -> list[Stream]:
    return [stream for stream in feed.streams if fnmatch(name, stream.member)]


def _goes(feed: Feed, name: str) -> bool:
    return any(stream.is_optional for stream in _streams(feed, name))


def _without(text: str, streams: list[Stream]) -> str:
    gone = {name for stream in streams for name in stream.optional}
    rows = list(csv.DictReader(io.StringIO(text)))
    header = [name for name in rows[0] if name not in gone]
    return delimited([{name: row[name] for name in header} for row in rows], header)


def _sheets(path: Path, feed: Feed) -> list[Sheet]:
    book, sheets = CalamineWorkbook.from_path(str(path)), []
    for name in book.sheet_names:
        if _goes(feed, name):
            continue
        gone = {column for stream in _streams(feed, name) for column in stream.optional}
        lines = book.get_sheet_by_name(name).to_python()
        place = next((number for number, line in enumerate(lines) if gone & set(map(str, line))), 0)
        keep = [number for number, cell in enumerate(lines[place]) if cell not in gone]
        cut = [[line[number] for number in keep] for line in lines]
        sheets.append(Sheet(name, [str(cell) for cell in cut[0]], cut[1:]))
    return sheets


def gained(stream: Stream) -> set[str]:
    """The canonical columns that an older export leaves empty."""
    theirs = {name: one.column if isinstance(one, Said) else one for name, one in stream.columns.items()}
    return {
        column.name for column in columns(stream.table) if column.since and theirs.get(column.name) in stream.optional
    }


@pytest.mark.parametrize("name", ["csc_mosaic", "police_niche", "health_gp_emis", "health_camhs_json", "sarc_havens"])
def test_an_older_export_is_read_as_before_and_what_it_lacks_is_empty(name: str, tmp_path: Path) -> None:
    feed = all_feeds()[name]
    (path,) = sorted((FIXTURES / name).glob(feed.files))
    now = {member.stream: member for member in read(path, feed).members}
    then = read(older(feed, tmp_path), feed)
    assert [note for note in then.notes if note.rule == "file.missing_column"] == []
    there = {member.stream for member in then.members}
    assert {stream.is_optional for place, stream in enumerate(feed.streams) if place not in there} <= {True}
    for member in then.members:
        if member.stream < 0:
            continue
        stream = feed.streams[member.stream]
        before, after = (
            next(iter(translate(prepare(rows, stream).rows, stream, feed, then.date_system))).rows
            for rows in (now[member.stream].rows, member.rows)
        )
        new = gained(stream)
        assert after.drop_columns(list(new)).equals(before.drop_columns(list(new)))
        assert all(after[column].null_count == after.num_rows for column in new)


def test_a_member_that_is_not_optional_must_be_there(tmp_path: Path) -> None:
    feed = all_feeds()["csc_mosaic"]
    strict = replace(feed, streams=tuple(replace(stream, is_optional=False) for stream in feed.streams))
    with pytest.raises(Unreadable, match=r"support_offers\*\.csv"):
        read(older(feed, tmp_path), strict)
