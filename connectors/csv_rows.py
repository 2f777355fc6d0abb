"""The rows of one delimited file, in batches, with the number a person sees beside each."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Iterator
from typing import IO, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from connectors.agency import Csv
from connectors.byte_stream import CheckedBytes
from connectors.reading import SOURCE_ROW, Unreadable

BLOCK: Final = 1024 * 1024
"""Bytes parsed at a time. A row must fit in one, which a row without an open quotation mark does."""

Opener = Callable[[], IO[bytes]]


class CsvRows:
    """Iterate to get the batches; then ``misshapen`` and ``blank`` are known."""

    def __init__(self, opener: Opener, reads: Csv, width: int, offset: int, first_row: int) -> None:
        """``width`` in columns; ``offset`` is the byte where the first record begins, ``first_row`` its number."""
        self.misshapen: list[int] = []
        self.blank = 0
        self._opener = opener
        self._reads = reads
        self._width = width
        self._offset = offset
        self._first_row = first_row
        self._skipped: list[int] = []  # rows the parser handed to `_skip`, from 1 at the first record
        self._seen = 0  # rows that came out in batches
        # More cells than the header, so that the parser hands it to `_skip`; random, so that no file can forge it.
        self._mark = secrets.token_hex(16) + reads.delimiter * width
        self._is_marked = False
        self._is_suspect = False

    @property
    def schema(self) -> pa.Schema:
        names = [f"c{position}" for position in range(self._width)]
        return pa.schema([*((name, pa.string()) for name in names), (SOURCE_ROW, pa.int64())])

    @property
    def _last_row(self) -> int:
        return self._first_row + self._seen + len(self._skipped) - 1

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """The rows.

        Raises:
            Unreadable: ``file.encoding``, ``file.nul`` or ``file.open_quote``.
        """
        with self._opener() as file:
            lines = file.read(self._offset).count(b"\n")
            source = CheckedBytes(file, self._reads.encoding, lines, self._mark.encode())
            try:
                for batch in self._parser(source):
                    numbered = self._numbered(batch)
                    self._is_suspect = self._is_suspect or (source.has_quotes and _hides_a_row(batch))
                    yield self._without_blanks(numbered)
            except pa.ArrowInvalid:
                # Cells of text cannot fail to convert: only a row that never ends is left.
                raise _open_quote(self._last_row + 1) from None
        if not self._is_marked:
            raise _open_quote(self._last_row)
        if self._is_suspect:
            self._check_quotes()

    def _parser(self, source: CheckedBytes) -> pacsv.CSVStreamingReader:
        names = self.schema.names[:-1]
        return pacsv.open_csv(
            source,
            # Threads would lose the row numbers of misshapen rows, and decoding is not what takes the time.
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
            parse_options=pacsv.ParseOptions(
                delimiter=self._reads.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,  # a blank line is a row of the spreadsheet: numbers would shift
                invalid_row_handler=self._skip,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    def _skip(self, row: pacsv.InvalidRow) -> str:
        if row.text.startswith(self._mark[:32]):
            self._is_marked = True
            return "skip"
        self._skipped.append(row.number)
        if row.text.strip():
            self.misshapen.append(self._first_row + row.number - 1)
            self._is_suspect = self._is_suspect or ('"' in row.text and _has_break(row.text))
        else:
            self.blank += 1
        return "skip"

    def _numbered(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the row numbers: consecutive, but for the rows that were skipped."""
        places = np.arange(self._seen, self._seen + len(batch), dtype=np.int64)
        skipped = np.asarray(self._skipped, dtype=np.int64) - 1
        places += np.searchsorted(skipped - np.arange(len(skipped)), places, side="right")
        self._seen += len(batch)
        return pa.record_batch([*batch.columns, pa.array(places + self._first_row)], schema=self.schema)

    def _without_blanks(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        blank = np.arange(len(batch))
        for column in batch.columns[:-1]:
            cells = pc.utf8_trim_whitespace(column.take(pa.array(blank)) if len(blank) < len(batch) else column)
            blank = blank[np.flatnonzero(pc.equal(cells, "").to_numpy(zero_copy_only=False))]
            if not len(blank):
                return batch
        self.blank += len(blank)
        return batch.take(pa.array(np.setdiff1d(np.arange(len(batch)), blank)))

    def _check_quotes(self) -> None:
        """Read the file again, strictly: a row that is hidden inside a cell of another must not be lost."""
        csv.field_size_limit(2**31 - 1)
        with self._opener() as file:
            file.seek(self._offset)
            text = io.TextIOWrapper(file, self._reads.encoding, newline="")
            row = self._first_row
            try:
                for _ in csv.reader(text, delimiter=self._reads.delimiter, strict=True):
                    row += 1
            except csv.Error:
                raise _open_quote(row) from None


def _has_break(text: str) -> bool:
    return "\n" in text or "\r" in text


def _hides_a_row(batch: pa.RecordBatch) -> bool:
    """True if a cell holds a line break and a quotation mark: it may have swallowed the next row's opening mark."""
    for column in batch.columns:
        buffer = column.buffers()[2]
        raw = b"" if buffer is None else buffer.to_pybytes()
        if b'"' in raw and (b"\n" in raw or b"\r" in raw):
            quoted = column.filter(pc.match_substring(column, '"'))
            if any(_has_break(cell) for cell in quoted.to_pylist()):
                return True
    return False


def _open_quote(row: int) -> Unreadable:
    return Unreadable(
        "file.open_quote",
        f"Row {row}: a quotation mark is opened and not closed, so that following rows run into the same cell.",
        "Close it, or write a quotation mark inside a cell as two.",
    )
