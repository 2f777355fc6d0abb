"""One line of an agency's file as it stands there, for somebody who asks by name and with a reason.

The warehouse has no such line: facts are pseudonyms, and a refused row is nowhere. It is read from the archive, by the
process that reads every file, and who looked is in the archive before anything is shown.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from connectors.agency import Feed, all_feeds
from connectors.archive import DamagedArchiveError, hash_file, locate
from connectors.receipts import Decision, record_decision
from flows.sweep import reader_of

if TYPE_CHECKING:
    from connectors.read import Member
    from flows.settings import Settings
    from warehouse.ledger import Line

Cells = Mapping[str, str]
"""Column of the file → the cell's text, nothing trimmed; an empty cell is an empty string."""


class NoSuchLine(Exception):
    """The file has no such line, or more than one. Command line: exit code 2."""


@dataclass(frozen=True)
class Asked:
    """Which line, and who wants to see it."""

    source_row: int
    """As people see it: `connectors.reading.Member`."""
    member: str
    """The file of a zip, the sheet or the element; empty: the only one with such a row."""
    by: str
    why: str


@dataclass(frozen=True)
class SourceLine:
    """A line as it stands in the agency's file. It may name a child: it is for standard output alone."""

    member: str
    cells: Cells


def look_up(settings: Settings, delivery: Line, asked: Asked, at: datetime) -> SourceLine:
    """Read a line of a delivery's archived file, and keep who looked, each time anew.

    Raises:
        NoSuchLine: there is none, or several members have one; nothing is kept, for nothing is shown.
        connectors.read.Unreadable: the file as a whole cannot be read.
        DamagedArchiveError: the archive's file is missing or not what it was.
        OSError: the archive cannot be read or written by who asks: it is not for them.
    """
    found = _one(_lines(settings, delivery, asked), asked)
    number = time.time_ns()
    details = {"delivery_id": delivery["delivery_id"], "member": found.member, "source_row": str(asked.source_row)}
    subject = f"source:{delivery['delivery_id']}:{asked.source_row}"
    # The number makes each look a decision of its own: two looks for one reason are two looks.
    decision = Decision(number, "source", subject, asked.by, asked.why, at, details | {"made": str(number)})
    record_decision(settings.archive, decision)
    return found


def _lines(settings: Settings, delivery: Line, asked: Asked) -> dict[str, dict[str, str]]:
    """Member → its line of that number; what several streams read of one line is put together."""
    feed, path = _feed(delivery), locate(settings.archive, delivery["sha256"])
    if not path.is_file() or hash_file(path) != delivery["sha256"]:
        raise DamagedArchiveError(
            f"The archive's file of {delivery['delivery_id']} is missing or not what it was: restore it from a backup."
        )
    found: dict[str, dict[str, str]] = {}
    with reader_of(settings) as reader:
        for member in reader.read(path, feed).members:
            if member.stream >= 0 and asked.member in ("", member.name):
                cells = _cells(member, asked.source_row)
                if cells is not None:
                    found[member.name] = found.get(member.name, {}) | cells
    return found


def _feed(delivery: Line) -> Feed:
    feed = all_feeds().get(delivery["feed"])
    if feed is None:
        raise NoSuchLine(f"No connector is named {delivery['feed']} any more, and without one the file cannot be read.")
    return feed


def _cells(member: Member, source_row: int) -> dict[str, str] | None:
    if source_row in member.misshapen:
        raise NoSuchLine(
            f"Row {source_row} of {member.name!r} has more or fewer cells than the header, so that none of them has a "
            "name: look at it in the file itself."
        )
    rows = member.rows.filter(pc.equal(member.rows["source_row"], source_row))
    if not rows.num_rows:
        return None
    return {name: rows[name][0].as_py() or "" for name in rows.column_names if name != "source_row"}


def _one(found: Mapping[str, Cells], asked: Asked) -> SourceLine:
    within = f" of {asked.member!r}" if asked.member else ""
    if not found:
        raise NoSuchLine(
            f"The file has no row {asked.source_row}{within}: it is the header, blank, left out by name, or beyond the "
            "end. `quorate explain` and `quorate quarantine show` name rows as they are meant here."
        )
    if len(found) > 1:
        listed = ", ".join(map(repr, found))
        raise NoSuchLine(f"Row {asked.source_row} is in {len(found)} parts of the file; say --member, one of: {listed}")
    return next(SourceLine(member, cells) for member, cells in found.items())
