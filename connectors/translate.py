"""From an agency's text to our typed columns: words mapped, cells cast, every failure kept by cell.

One SQL statement a stream, run by an in-memory DuckDB over Arrow: text in, typed Arrow out, with a boolean
beside every cell that could not be read. Nothing is inferred: dates are read in the declared formats only.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from connectors.agency import Always, Feed, Said, Source, Stream, Workbook
from schemas.table import Column, Kind, columns

if TYPE_CHECKING:
    from schemas.table import Table

CHUNK_ROWS = 125_000
"""Rows translated and judged at a time: bounds memory, costs nothing in speed (docs/decisions/0005)."""

THREADS = 2

YES = ("yes", "y", "true", "1", "t")
NO = ("no", "n", "false", "0", "f")
SERIAL = r"\d{4,5}(\.\d+)?"
"""An Excel date as its serial number: 1954 to 2173."""
SQL_TYPES: Mapping[Kind, str] = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "codes": "VARCHAR",
    "date": "DATE",
    "instant": "TIMESTAMP",
    "flag": "BOOLEAN",
    "count": "BIGINT",
    "number": "DOUBLE",
}
CASTS: Mapping[Kind, str] = {
    "flag": f"CASE WHEN lower({{text}}) IN {YES} THEN true WHEN lower({{text}}) IN {NO} THEN false END",
    "count": r"CASE WHEN regexp_full_match({text}, '-?\d{{1,18}}') THEN CAST({text} AS BIGINT) END",
    "number": r"CASE WHEN regexp_full_match({text}, '-?\d{{1,15}}(\.\d+)?') THEN CAST({text} AS DOUBLE) END",
}
"""Kind → the SQL that reads a cell's text as it, or gives null. The patterns keep out 1e3, nan and 1,000."""
POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$"
"""The postcode at the end of an address (BS 7666); of an address without one nothing is kept."""
CASTABLE = ("date", "instant", "flag", "count", "number")
"""Kinds of column whose text may turn out not to be one."""


@dataclass(frozen=True)
class Translated:
    """A chunk of one stream in canonical columns."""

    rows: pa.Table
    """Canonical columns, typed, then ``source_row``."""
    uncast: Mapping[str, pa.ChunkedArray]
    """Column → True where there was text and it could not be read as the column's type."""
    corrected: Mapping[str, pa.ChunkedArray]
    """Column → True where the text was mended (an Excel serial made a date, blanks taken out of a number)."""


@dataclass(frozen=True)
class Prepared:
    """A member's rows ready to translate, with the source rows that `Stream.prepare` left out."""

    rows: pa.Table
    left_out: int


def prepare(rows: pa.Table, stream: Stream) -> Prepared:
    """Apply the stream's own function, if it has one, and count the source rows that did not come out."""
    if stream.prepare is None:
        return Prepared(rows, 0)
    prepared = stream.prepare(rows)
    kept = pc.is_in(rows["source_row"], value_set=pc.unique(prepared["source_row"]))
    return Prepared(prepared, rows.num_rows - int(pc.sum(kept).as_py() or 0))


def translate(rows: pa.Table, stream: Stream, feed: Feed, date_system: int = 1900) -> Iterator[Translated]:
    """Translate a member's prepared rows, chunk by chunk.

    Args:
        rows: text columns named as in the file, and ``source_row``.
        date_system: 1900 or 1904, the workbook's own day zero.
    """
    # Positional names: a file's own headers may differ in case only, which SQL would take for the same.
    said = {source.column if isinstance(source, Said) else source for source in stream.columns.values()}
    headers = {name: f"c{position}" for position, name in enumerate(rows.column_names) if name in said}
    wanted = rows.select([*headers, "source_row"]).rename_columns([*headers.values(), "source_row"])
    statement = _statement(stream, feed, headers, date_system)
    chunks = [wanted.slice(start, CHUNK_ROWS) for start in range(0, max(rows.num_rows, 1), CHUNK_ROWS)]
    if len(chunks) == 1:
        yield _calculate(chunks[0], statement, stream.table)
        return
    # DuckDB reads an Arrow table with one thread, so chunks are what both processors work on.
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(lambda chunk: _calculate(chunk, statement, stream.table), chunks)


def _calculate(chunk: pa.Table, statement: str, table: type[Table]) -> Translated:
    with _calculator().cursor() as calculator:
        calculator.register("source", _trimmed(chunk))
        return _split(calculator.sql(statement).to_arrow_table(), table)


@cache
def _calculator() -> duckdb.DuckDBPyConnection:
    """One empty in-memory DuckDB for the whole process: starting one takes longer than translating a small file."""
    calculator = duckdb.connect(config={"threads": THREADS})
    atexit.register(calculator.close)  # or the library complains of leaks when Python ends
    return calculator


def _trimmed(rows: pa.Table) -> pa.Table:
    """White space off both ends of every cell, the non-breaking space of spreadsheets included."""
    cells = [
        column if name == "source_row" else pc.utf8_trim_whitespace(column)
        for name, column in zip(rows.column_names, rows.columns, strict=True)
    ]
    return pa.table(cells, names=rows.column_names)


def _split(result: pa.Table, table: type[Table]) -> Translated:
    names = [column.name for column in columns(table)]
    return Translated(
        rows=result.select([*names, "source_row"]),
        uncast={name: result[f"uncast {name}"] for name in names if f"uncast {name}" in result.column_names},
        corrected={name: result[f"corrected {name}"] for name in names if f"corrected {name}" in result.column_names},
    )


def _statement(stream: Stream, feed: Feed, headers: Mapping[str, str], date_system: int) -> str:
    """The SQL of one stream: text, then our words, then typed. Only declared names stand in it, quoted."""
    raws, said, typed, flags = [], [], [], []
    for column in columns(stream.table):
        source = stream.columns.get(column.name)
        if source is None:
            typed.append(f'CAST(NULL AS {SQL_TYPES[column.kind]}) AS "{column.name}"')
            continue
        text, raw = f'"text {column.name}"', f'"raw {column.name}"'
        raws.append(f"{_raw(source, headers)} AS {raw}")
        said.append(f"{_said(source, column, raw)} AS {text}")
        expression, corrected = _typed(column, text, feed, date_system)
        typed.append(f'{expression} AS "{column.name}"')
        if column.kind in CASTABLE:
            flags.append(f'("{column.name}" IS NULL AND {text} IS NOT NULL) AS "uncast {column.name}"')
        if corrected:
            flags.append(f'coalesce({corrected}, false) AS "corrected {column.name}"')
    names = [f'"{column.name}"' for column in columns(stream.table)]
    return f"""
        WITH raw AS (SELECT {", ".join(raws)}, source_row FROM source),
             said AS (SELECT {", ".join(said)}, source_row FROM raw),
             typed AS (SELECT {", ".join(typed)}, * FROM said)
        SELECT {", ".join([*names, *flags])}, source_row FROM typed
    """


def _raw(source: Source, headers: Mapping[str, str]) -> str:
    """The cell as it came; a blank cell is null."""
    if isinstance(source, Always):
        return _quoted(source.value)
    name = source.column if isinstance(source, Said) else source
    # An optional column that this release of the product does not write is empty, as an undeclared one is.
    return f"nullif({headers[name]}, '')" if name in headers else "CAST(NULL AS VARCHAR)"


def _said(source: Source, column: Column, raw: str) -> str:
    """The cell in our words."""
    if not isinstance(source, Said):
        return _bars(f"[{raw}]", raw) if column.kind == "codes" else raw
    stripped = f"regexp_replace({raw}, {_quoted(source.strip)}, '')" if source.strip else raw
    if column.kind != "codes":
        return f"nullif({_meaning(source, stripped)}, '')"
    parts = f"string_split({stripped}, {_quoted(source.split)})" if source.split else f"[{stripped}]"
    return _bars(f"list_transform({parts}, lambda word: {_meaning(source, 'trim(word)')})", raw)


def _bars(words: str, raw: str) -> str:
    """A list of words as ``|a|b|``, sorted, each once; an empty list is null."""
    kept = f"list_sort(list_distinct(list_filter({words}, lambda word: word <> '')))"
    return f"CASE WHEN {raw} IS NULL OR len({kept}) = 0 THEN NULL ELSE '|' || array_to_string({kept}, '|') || '|' END"


def _meaning(source: Said, word: str) -> str:
    if not source.means:
        return word
    cases = " ".join(f"WHEN {_quoted(theirs.casefold())} THEN {_quoted(ours)}" for theirs, ours in source.means.items())
    return f"CASE lower({word}) {cases} ELSE {word} END"


def _typed(column: Column, text: str, feed: Feed, date_system: int) -> tuple[str, str]:
    """The SQL that casts a cell, and the SQL that says whether it was mended ("" if it cannot be)."""
    if column.kind in ("date", "instant"):
        return _dated(column, text, feed, date_system)
    if column.name == "nhs_number":
        compact = rf"regexp_replace({text}, '[\s-]', '', 'g')"
        return compact, f"{compact} <> {text}"
    if column.name.endswith("upn"):
        return f"upper({text})", f"upper({text}) <> {text}"
    if column.name == "postcode":
        return f"nullif(regexp_extract(upper({text}), {_quoted(POSTCODE)}), '')", ""
    return CASTS.get(column.kind, "{text}").format(text=text), ""


def _dated(column: Column, text: str, feed: Feed, date_system: int) -> tuple[str, str]:
    formats = (*feed.instants, *feed.dates) if column.kind == "instant" else (*feed.dates, *feed.instants)
    kind = "TIMESTAMP" if column.kind == "instant" else "DATE"
    read = f"try_strptime({text}, [{', '.join(map(_quoted, formats))}])"
    if not isinstance(feed.reads, Workbook):
        return f"CAST({read} AS {kind})", ""
    # Only a workbook may carry a date as its serial number, and only it says which day is day zero. Day zero of
    # 1900 is 30 December 1899 because Excel believes in 29 February 1900.
    zero = "1904-01-01" if date_system == 1904 else "1899-12-30"
    is_serial = f"regexp_full_match({text}, '{SERIAL}')"
    seconds = f"CAST(round(CAST({text} AS DOUBLE) * 86400) AS BIGINT)"
    serial = f"TIMESTAMP '{zero}' + to_seconds({seconds})"
    return f"CAST(CASE WHEN {is_serial} THEN {serial} ELSE {read} END AS {kind})", is_serial


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
