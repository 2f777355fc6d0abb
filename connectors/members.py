"""Which stream reads which member: the files of a zip, the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import pyarrow as pa

from connectors.header import folded
from connectors.reading import IGNORED, SOURCE_ROW, Found, Keep, Layout, Note, Rows, StreamLayout, Unreadable, shown

Numbered = list[tuple[int, StreamLayout]]
"""Streams with their place in the feed."""


def pair(names: Sequence[str], layout: Layout, where: str) -> tuple[list[Numbered | None], list[Note]]:
    """The streams that read each member: None for one left out by name, none (and a note) for an unknown one.

    Raises:
        Unreadable: ``file.missing_member``, when a stream that is not optional has no member at all.
    """
    pairs: list[Numbered | None] = []
    notes: list[Note] = []
    for name in names:
        readers = [(number, stream) for number, stream in enumerate(layout.streams) if _is_like(name, stream.member)]
        is_ignored = not readers and any(_is_like(name, pattern) for pattern in layout.ignores)
        pairs.append(None if is_ignored else readers)
        if not readers and not is_ignored:
            notes.append(Note("file.extra_member", 1, f"{where}: {shown(name)!r} is not declared; it was not read."))
    met = {number for readers in pairs for number, _ in readers or ()}
    missing = [one.member for number, one in enumerate(layout.streams) if number not in met and not one.is_optional]
    if missing:
        listed = ", ".join(repr(member) for member in dict.fromkeys(missing))
        raise Unreadable(
            "file.missing_member", f"{where} lacks {listed}.", "Export it again with every part, named like this."
        )
    return pairs, notes


def _is_like(name: str, pattern: str) -> bool:
    return fnmatchcase(folded(name), folded(pattern))


def left_out(name: str, source_rows: Sequence[int], keep: Keep[Rows]) -> Found[Rows]:
    """A member left out by name: its rows are counted and not kept. Its header, which nobody declared, counts too."""
    batch = pa.record_batch([pa.array(source_rows, pa.int64())], [SOURCE_ROW])
    return Found(name, ((IGNORED, ()),), keep(batch.schema, [batch]), (), 0)
