"""Feeds declared in a line, for tests of reading: what is mapped matters, the table does not."""

from pathlib import Path
from typing import Any

from connectors.agency import Feed, Format, Stream
from connectors.read import Reading
from schemas.tables.involvements import Involvements


def stream(*columns: str, **options: Any) -> Stream:
    """A stream that maps these columns of the file."""
    return Stream(Involvements, {f"column_{place}": name for place, name in enumerate(columns)}, **options)


def feed(reads: Format, *streams: Stream, ignores: tuple[str, ...] = ()) -> Feed:
    """A feed of these streams."""
    return Feed("test_feed", "csc", "Test", reads, streams, ignores=ignores, carries="its_period")


def file(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with exactly these bytes; text is UTF-8."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(reading: Reading, member: int = 0) -> list[tuple[Any, ...]]:
    """The rows of a member as tuples, the source row last."""
    return [tuple(row.values()) for row in reading.members[member].rows.to_pylist()]


def rules(reading: Reading) -> list[tuple[str, int]]:
    """The notes of a reading, by rule and count."""
    return [(note.rule, note.count) for note in reading.notes]
