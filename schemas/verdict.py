"""The judgement of rows: pandera says what is wrong, one label a row says whether it may be loaded.

pandera owns the shape of one delivery in memory. Its masks are read, not its table of failing values: the
masks cost the same whatever the share of bad rows, and carry no value out of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc

from schemas.checks import CAST
from schemas.table import Severity, Table, rules

Mask = npt.NDArray[np.bool_]

FINDINGS = pa.schema(
    [("source_row", pa.int64()), ("column_name", pa.string()), ("rule", pa.string()), ("severity", pa.string())]
)
"""One line a finding; a finding never carries the value."""


@dataclass(frozen=True)
class Verdict:
    """What a chunk of rows is worth."""

    accepted: Mask
    """True where the row may be loaded: one label a row, worked out once."""
    findings: pa.Table
    """`FINDINGS`: every error, query and correction of every row, all at once."""


class JudgementBrokenError(Exception):
    """A rule could not be applied at all. That is our own mistake, never the agency's."""


def judge(
    rows: pa.Table,
    table: type[Table],
    uncast: Mapping[str, pa.ChunkedArray] | None = None,
    corrected: Mapping[str, pa.ChunkedArray] | None = None,
) -> Verdict:
    """Judge typed rows against their table.

    Args:
        rows: the table's columns, typed, and ``source_row``.
        uncast: column → True where the cell's text could not be read as its type.
        corrected: column → True where the cell was mended on the way in.

    Raises:
        JudgementBrokenError: a rule failed to run or the frame has not the table's columns.
    """
    if not rows.num_rows:
        return Verdict(np.ones(0, dtype=bool), FINDINGS.empty_table())
    found: list[tuple[str | None, str, Severity, Mask]] = []
    unreadable = {name: _mask(mask) for name, mask in (uncast or {}).items()}
    for name, mask in unreadable.items():
        found.append((name, f"{name}.{CAST}", "error", mask))
    for name, mask in (corrected or {}).items():
        found.append((name, f"{name}.corrected", "correction", _mask(mask)))
    severities = {rule.name: rule.severity for rule in rules(table)}
    for column, check, passed in _failed_checks(rows, table):
        wrong = ~passed
        if column in unreadable:  # the cell is there, only unreadable: it is not "missing" as well
            wrong &= ~unreadable[column]
        name = f"{column or 'row'}.{check}"
        found.append((column, name, severities[name], wrong))
    accepted = np.ones(rows.num_rows, dtype=bool)
    for _, _, severity, wrong in found:
        if severity == "error":
            accepted &= ~wrong
    return Verdict(accepted, _findings(rows["source_row"], found))


@cache
def _schema(table: type[Table]) -> pandera.DataFrameSchema:
    return table.to_schema()


def _failed_checks(rows: pa.Table, table: type[Table]) -> list[tuple[str | None, str, Mask]]:
    """(column or None, check, True where right) of every check that some row failed."""
    schema = _schema(table)
    frame = rows.select(list(schema.columns)).to_pandas(types_mapper=pd.ArrowDtype)
    try:
        schema.validate(frame, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as errors:
        return [_failed_check(error, schema) for error in errors.schema_errors]
    return []


def _failed_check(error: Any, schema: pandera.DataFrameSchema) -> tuple[str | None, str, Mask]:
    if error.reason_code is not pandera.errors.SchemaErrorReason.DATAFRAME_CHECK or error.check_output is None:
        raise JudgementBrokenError(f"table {schema.name}: {error.reason_code} in {error.schema.name}")
    column = None if isinstance(error.schema, pandera.DataFrameSchema) else str(error.schema.name)
    return column, str(error.check.name), error.check_output.to_numpy(dtype=bool)


def _mask(mask: pa.ChunkedArray) -> Mask:
    result: Mask = pc.fill_null(mask, False).combine_chunks().to_numpy(zero_copy_only=False)
    return result


def _findings(source_rows: Any, found: list[tuple[str | None, str, Severity, Mask]]) -> pa.Table:
    parts = []
    for column, rule, severity, wrong in found:
        at = pc.take(source_rows, pa.array(np.flatnonzero(wrong)))
        if len(at):
            parts.append(findings_of(at, rule, severity, column))
    return pa.concat_tables(parts) if parts else FINDINGS.empty_table()


def findings_of(source_rows: Any, rule: str, severity: Severity, column: str | None = None) -> pa.Table:
    """The same finding on many rows, as `FINDINGS`."""
    count = len(source_rows)
    return pa.table(
        [
            source_rows,
            pa.repeat(pa.scalar(column, pa.string()), count),
            pa.repeat(pa.scalar(rule), count),
            pa.repeat(pa.scalar(severity), count),
        ],
        schema=FINDINGS,
    )


@dataclass(frozen=True)
class Uniqueness:
    """Which accepted rows of a whole delivery stand alone."""

    kept: Mask
    repeated: Mask
    """A later copy of the same row: ignored, and said."""
    contradicted: Mask
    """Same key, different content: all of them refused, because nobody here can know which is right."""


def compare(row_key: Any, row_hash: Any) -> Uniqueness:
    """Find the repeated and contradictory rows among a delivery's accepted rows of one table.

    Args:
        row_key: md5 of each row's key, 32 hex digits, as a chunked array.
        row_hash: md5 of each whole row, likewise.
    """
    count = len(row_key)
    numbers = np.sort(_numbers(row_key))
    if (numbers[1:] != numbers[:-1]).all():
        nothing = np.zeros(count, dtype=bool)
        return Uniqueness(~nothing, nothing, nothing)
    frame = pd.DataFrame({"key": row_key.to_pandas(), "hash": row_hash.to_pandas()})
    contradicted = (frame.groupby("key")["hash"].transform("nunique") > 1).to_numpy()
    repeated = frame.duplicated().to_numpy() & ~contradicted
    return Uniqueness(~(contradicted | repeated), repeated, contradicted)


def _numbers(md5: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """A 64-bit number of each md5 (32 hex digits): where all numbers differ so do the md5s, and numbers sort fast."""
    odd = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64)
    numbers = [np.zeros(0, dtype=np.uint64)]
    for chunk in md5.chunks:
        fixed = pc.cast(pc.cast(chunk, pa.binary()), pa.binary(32))
        words = np.frombuffer(fixed.buffers()[1], dtype=np.uint64, offset=fixed.offset * 32, count=len(fixed) * 4)
        numbers.append(words.reshape(-1, 4) @ odd)
    return np.concatenate(numbers)


_DIGITS = np.zeros(256, dtype=np.uint8)
_DIGITS[[ord(digit) for digit in "0123456789abcdef"]] = range(16)


def sum_of(hashes: pa.ChunkedArray) -> str:
    """The sum of md5 hashes (32 hex digits each), modulo 2^128: the same in any order."""
    total = 0
    for cells in hashes.chunks:
        if len(cells):
            _, places, text = cells.buffers()
            first = int(np.frombuffer(places, dtype=np.int32)[cells.offset])
            digits = np.frombuffer(text, dtype=np.uint8, count=32 * len(cells), offset=first).reshape(-1, 32)
            by_place = _DIGITS[digits].sum(axis=0, dtype=np.uint32)
            total += sum(int(number) << 4 * (31 - place) for place, number in enumerate(by_place))
    return f"{total % 2**128:032x}"
