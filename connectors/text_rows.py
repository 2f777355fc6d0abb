"""Rows made one at a time (sheets, JSON, XML), gathered into batches of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import pyarrow as pa

from connectors.reading import SOURCE_ROW, Unreadable

BATCH: Final = 20_000
"""Rows in a batch: what is held as Python objects at a time."""
HALVES: Final = re.compile(r"[\ud800-\udfff]")
"""Halves of a pair of surrogates, which JSON can write and no text holds."""

NumberedRow = tuple[int, Sequence[str]]


def schema(width: int) -> pa.Schema:
    """Text columns by position, and the source row."""
    return pa.schema([*((f"c{position}", pa.string()) for position in range(width)), (SOURCE_ROW, pa.int64())])


def batches(rows: Iterable[NumberedRow], width: int) -> Iterator[pa.RecordBatch]:
    """Batches of ``width`` columns.

    Raises:
        Unreadable: ``file.nul`` or ``file.encoding``, for a character that text cannot hold.
    """
    waiting = iter(rows)
    while some := list(islice(waiting, BATCH)):
        numbers = pa.array([number for number, _ in some], pa.int64())
        columns = [_column([cells[position] for _, cells in some], some) for position in range(width)]
        yield pa.record_batch([*columns, numbers], schema=schema(width))


def _column(cells: list[str], rows: Sequence[NumberedRow]) -> pa.Array:
    try:
        column = pa.array(cells, pa.string())
    except UnicodeEncodeError:
        raise _not_text("file.encoding", "half a character", HALVES, cells, rows) from None
    values = column.buffers()[2]
    if values is not None and b"\0" in values.to_pybytes():
        raise _not_text("file.nul", "a NUL character", re.compile("\0"), cells, rows)
    return column


def _not_text(
    rule: str, what: str, wrong: re.Pattern[str], cells: list[str], rows: Sequence[NumberedRow]
) -> Unreadable:
    row = next(number for cell, (number, _) in zip(cells, rows, strict=True) if wrong.search(cell))
    return Unreadable(rule, f"Row {row} holds {what}, which is not text.", "Take it out, or export the file again.")
