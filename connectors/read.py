"""Reads an agency's file as text: no trimming, no types, no guesses; or says why it cannot be read.

Everything arrives as text first, because a reader that infers turns ``007`` into 7, ``NA`` into nothing and
one bad date into a column of text, and because Null and None are surnames.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connectors.agency import Csv, Feed, Json, Workbook
from connectors.reading import (
    IGNORED,
    SOURCE_ROW,
    Contents,
    Keep,
    Layout,
    Member,
    Note,
    Reading,
    Rows,
    Unreadable,
    gather,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

__all__ = ["IGNORED", "SOURCE_ROW", "Member", "Note", "Reading", "Unreadable", "find", "in_memory", "read"]


def read(path: Path, feed: Feed) -> Reading:
    """Read a file in this process. Agencies' files go through `connectors.isolation.ReaderProcess`.

    Raises:
        Unreadable: the file refuses itself.
    """
    return gather(find(path, Layout.of(feed), in_memory))


def in_memory(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Keep rows as a table."""
    import pyarrow as pa  # noqa: PLC0415 - half a second that help and status need not pay

    return pa.Table.from_batches(batches, schema)


def find(path: Path, layout: Layout, keep: Keep[Rows]) -> Contents[Rows]:
    """Read a file by its layout, handing rows to ``keep`` as they come.

    Raises:
        Unreadable: the file refuses itself.
    """
    if not path.stat().st_size:
        raise Unreadable("file.empty", "The file is empty: 0 bytes.", "Export it again and send it whole.")
    # Each parser is imported when its format is met: the reading process starts in the time of the one it needs.
    if isinstance(layout.reads, Csv):
        from connectors.read_csv import read_csv  # noqa: PLC0415

        return read_csv(path, layout.reads, layout, keep)
    if isinstance(layout.reads, Workbook):
        from connectors.read_workbook import read_workbook  # noqa: PLC0415

        return read_workbook(path, layout.reads, layout, keep)
    if isinstance(layout.reads, Json):
        from connectors.read_json import read_json  # noqa: PLC0415

        return read_json(path, layout, keep)
    from connectors.read_xml import read_xml  # noqa: PLC0415

    return read_xml(path, layout, keep)
