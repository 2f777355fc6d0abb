"""What reading a file gives: raw rows as text, the facts worth telling, or why it could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from connectors.agency import Feed, Format, Said, Stream

if TYPE_CHECKING:
    import pyarrow as pa

Rows = TypeVar("Rows")
Keep = Callable[["pa.Schema", Iterable["pa.RecordBatch"]], Rows]
"""Puts rows somewhere as they are read, so that a file is never held twice: in memory, or in a file."""

IGNORED = -1
"""The stream number of a member that is left out by name."""
SOURCE_ROW = "source_row"


@dataclass(frozen=True)
class Member:
    """The raw rows of one member of a delivery, for one stream."""

    stream: int
    """Index into the feed's streams; `IGNORED` for a member left out by name."""
    name: str
    """The file (of the zip), the sheet, the array or the element the rows come from."""
    rows: pa.Table
    """Text as it stands in the file, nothing trimmed, nothing inferred; an empty cell is an empty string.

    Columns carry the spelling of the feed's declaration; a column the feed does not map keeps the file's.
    ``source_row`` (int64) is what a person sees: the row of the sheet (header and title rows counted), the
    line of an XML element, the position in a JSON array from 1. An ignored member has that column alone.
    """
    misshapen: tuple[int, ...]
    """Source rows with more or fewer cells than the header: refused under rule ``row.shape``."""
    blank: int
    """Rows without a single value; they are no rows, and are only counted here."""


@dataclass(frozen=True)
class Note:
    """A fact about a file that did not stop it from being read."""

    rule: str
    count: int
    """How many cells, columns or elements it is true of."""
    says: str


@dataclass(frozen=True)
class Reading:
    """A whole file, read."""

    members: tuple[Member, ...]
    notes: tuple[Note, ...]
    date_system: int = 1900
    """The year Excel counts days from in this workbook: 1900, or 1904 for some that began on a Macintosh."""
    control_totals: Mapping[str, int] | None = None
    """What a manifest inside the file says: `connectors.manifest`; None: there is none."""


class Unreadable(Exception):
    """A file refuses itself, whole; the other files of the night are not touched.

    ``rule`` is the name it is counted under, ``says`` what is wrong and where, ``hint`` what to do. None of
    them carries a value from the data.
    """

    def __init__(self, rule: str, says: str, hint: str = "") -> None:
        super().__init__(rule, says, hint)
        self.rule = rule
        self.says = says
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.says} {self.hint}".strip()


@dataclass(frozen=True)
class StreamLayout:
    """What of a `Stream` matters for reading: names, and no table."""

    member: str
    mapped: tuple[str, ...]
    """Columns of the file that the stream reads; for a prepared stream, of what ``prepare`` makes of it."""
    optional: tuple[str, ...]
    ignores: tuple[str, ...]
    is_prepared: bool
    is_optional: bool = False

    @classmethod
    def of(cls, stream: Stream) -> StreamLayout:
        named = (
            source if isinstance(source, str) else source.column
            for source in stream.columns.values()
            if isinstance(source, str | Said)
        )
        mapped, is_prepared = tuple(dict.fromkeys(named)), stream.prepare is not None
        return cls(stream.member, mapped, stream.optional, stream.ignores, is_prepared, stream.is_optional)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which the file refuses itself. ``prepare`` makes columns of its own: none is known here."""
        return () if self.is_prepared else tuple(name for name in self.mapped if name not in self.optional)

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.mapped, *self.optional, *self.ignores)


@dataclass(frozen=True)
class Layout:
    """What of a `Feed` matters for reading; small and plain, so that it crosses to another process."""

    reads: Format
    streams: tuple[StreamLayout, ...]
    ignores: tuple[str, ...]

    @classmethod
    def of(cls, feed: Feed) -> Layout:
        return cls(feed.reads, tuple(StreamLayout.of(stream) for stream in feed.streams), feed.ignores)


@dataclass(frozen=True)
class Found(Generic[Rows]):
    """The rows of one member, kept once however many streams read it."""

    name: str
    streams: tuple[tuple[int, tuple[str, ...]], ...]
    """Stream number, and what the stream calls the columns."""
    rows: Rows
    misshapen: tuple[int, ...]
    blank: int


@dataclass(frozen=True)
class Contents(Generic[Rows]):
    """Everything found in a file."""

    found: tuple[Found[Rows], ...]
    notes: tuple[Note, ...]
    date_system: int = 1900
    control_totals: Mapping[str, int] | None = None


def gather(contents: Contents[pa.Table]) -> Reading:
    """One member for each stream of each thing found."""
    members = tuple(
        Member(stream, found.name, found.rows.rename_columns([*names, SOURCE_ROW]), found.misshapen, found.blank)
        for found in contents.found
        for stream, names in found.streams
    )
    return Reading(members, contents.notes, contents.date_system, contents.control_totals)


def shown(name: str) -> str:
    """A name out of a file as a message may print it: short, one line, without long numbers (they may be a child's)."""
    return re.sub(r"\d{4,}", "#", " ".join(name.split()))[:60]
