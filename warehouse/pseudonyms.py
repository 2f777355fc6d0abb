"""What identifies a child leaves a row before the row reaches the warehouse; a keyed pseudonym takes its place.

    protected = protect(chunk.rows, stream.table, feed.name, key)
    protected.rows      # the facts' columns, then source_row, row_key and row_hash: what is loaded
    protected.vaulted   # what was taken out: for `warehouse.vault` only

Numbers become tokens, birth dates the first day of their month, names and postcodes go. ``row_key`` and ``row_hash``
are md5s over what is left, so that no hash stands in the warehouse that could be tried out against NHS numbers.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas.table import CHILD, Column, Table, columns, fact_columns, key, table_name
from warehouse.keys import Key

KINDS: Final[Mapping[str, str]] = {"child_ref": "ref", "nhs_number": "nhs", "upn": "upn", "former_upn": "upn"}
"""Column of a number → its kind. A former pupil number is a pupil number: both have the same pseudonym."""
IDENTIFIERS: Final = pa.schema([(name, pa.string()) for name in ("token", "kind", "value")])
"""One row is a number of a child and its pseudonym."""
DETAILS: Final = pa.schema(
    [(name, pa.string()) for name in ("token", "said_by", "surname", "forename", "postcode")]
    + [(name, pa.date32()) for name in ("born_on", "expected_on", "died_on")]
)
"""One row is what an agency says of a child; the token is that of the child's first known number."""
KEY_PARTS: Final = pa.schema([(name, pa.string()) for name in ("row_key", "table_name", "parts")])
"""One row is the key of a refused row in words (with tokens), from which another key's ``row_key`` can be made."""
NO_HASHES: Final = pa.schema([(name, pa.string()) for name in ("row_key", "row_hash", "parts")]).empty_table()
CHUNK_ROWS: Final = 125_000
THREADS: Final = 2
MARK: Final = "chr(31)"
"""Between the parts of a hash: a character that no text holds. ``chr(30)`` stands for null."""


@dataclass(frozen=True)
class Vaulted:
    """What was taken out of rows."""

    identifiers: pa.Table
    """`IDENTIFIERS`"""
    details: pa.Table
    """`DETAILS`"""
    key_parts: pa.Table
    """`KEY_PARTS`, of refused rows only."""

    @classmethod
    def of(cls, many: Iterable[Vaulted]) -> Vaulted:
        """What was taken out of several chunks, each thing once."""
        found = [*many, cls(IDENTIFIERS.empty_table(), DETAILS.empty_table(), KEY_PARTS.empty_table())]
        return cls(
            *(
                _distinct(pa.concat_tables(getattr(one, name) for one in found))
                for name in ("identifiers", "details", "key_parts")
            )
        )


@dataclass(frozen=True)
class Protected:
    """Rows that may be loaded, and what only the vault may keep."""

    rows: pa.Table
    """The facts' columns, every other column that came with them, then ``row_key`` and ``row_hash``."""
    vaulted: Vaulted


def protect(rows: pa.Table, table: type[Table], feed_name: str, key: Key, *, refused: bool = False) -> Protected:
    """Take out of typed rows what identifies a child, and name the rows.

    Args:
        rows: the table's columns, typed; any other column passes through.
        feed_name: part of ``row_key``: the same child of two feeds is two rows.
        refused: the rows are refused: the vault is given their keys in words, because the facts will not have them.
    """
    tokens = {name: _pseudonyms(rows[name], kind, key) for name, kind in KINDS.items() if name in rows.column_names}
    identifiers = pa.concat_tables([IDENTIFIERS.empty_table(), *(found for _, found in tokens.values())])
    kept, names = [], []
    private = {column.name: column for column in columns(table) if column.privacy in ("identifier", "vault")}
    for name in rows.column_names:
        if name not in private:
            kept.append(rows[name])
        elif private[name].privacy == "identifier":
            kept.append(tokens[name][0] if name in tokens else _months(rows[name], private[name]))
        else:
            continue
        names.append(name)
    hidden = pa.table(kept, names=names)
    hashes = _hashes(hidden, statement(table, f"'{feed_name}'"))
    parts = in_words(hidden, table, feed_name).key_parts if refused else KEY_PARTS.empty_table()
    for name in ("row_key", "row_hash"):
        hidden = hidden.append_column(name, hashes[name])
    return Protected(hidden, Vaulted(identifiers, _details(rows, hidden, table), parts))


def in_words(rows: pa.Table, table: type[Table], feed_name: str) -> Vaulted:
    """For the vault: the keys of protected rows that are refused after all, in words; none if they name no child."""
    parts = KEY_PARTS.empty_table()
    if rows.num_rows and any(name == "child" or name in KINDS for name in key(table)):
        found = _hashes(rows, statement(table, f"'{feed_name}'", with_parts=True))
        parts = pa.table(
            [found["row_key"], pa.repeat(table_name(table), rows.num_rows), found["parts"]], schema=KEY_PARTS
        )
    return Vaulted(IDENTIFIERS.empty_table(), DETAILS.empty_table(), parts)


def numbers_in(table: type[Table]) -> tuple[str, ...]:
    """The columns of a table that hold pseudonyms."""
    return tuple(column.name for column in columns(table) if column.name in KINDS)


def statement(table: type[Table], feed: str, *, with_parts: bool = False) -> str:
    """SQL of DuckDB: row_key, row_hash and parts (the key in words, if asked for) of each row of ``source``, in order.

    ``feed`` is an SQL expression. Every hash in the warehouse is made by these words and by DuckDB, on PostgreSQL too:
    engines differ in how they write a number.

    In ``row_hash`` a column that its table gained later stands by name, and only where it has a value: a row loaded
    before keeps its hash, and is unchanged when the same file comes again (docs/decisions/0016).
    """
    first_known = f"coalesce({', '.join(_quoted(name) for name in CHILD)})"
    named = _words([feed, *(first_known if name == "child" else _quoted(name) for name in key(table))])
    first = [column.name for column in fact_columns(table) if column.since is None]
    whole = _words([_quoted(name) for name in first], [one.name for one in fact_columns(table) if one.since])
    parts = f", {named} AS parts" if with_parts else ""
    return f"SELECT md5({named}) AS row_key, md5({whole}) AS row_hash{parts} FROM source"


def _words(expressions: list[str], gained: list[str] | None = None) -> str:
    values = [f"coalesce(CAST({expression} AS VARCHAR), chr(30))" for expression in expressions]
    values += [
        f"'{name}=' || CAST({_quoted(name)} AS VARCHAR)" for name in gained or ()
    ]  # null: concat_ws leaves it out
    return f"concat_ws({MARK}, {', '.join(values)})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _hashes(rows: pa.Table, sql: str) -> pa.Table:
    """The statement's answer. DuckDB reads an Arrow table with one thread, so both processors get chunks."""
    if not rows.num_rows:  # most files refuse nothing, and DuckDB takes as long to plan for no row as for a thousand
        return NO_HASHES
    chunks = [rows.slice(start, CHUNK_ROWS) for start in range(0, rows.num_rows, CHUNK_ROWS)]
    if len(chunks) == 1:
        return _calculated(rows, sql)
    with ThreadPoolExecutor(THREADS) as pool:
        return pa.concat_tables(pool.map(lambda chunk: _calculated(chunk, sql), chunks))


def _calculated(rows: pa.Table, sql: str) -> pa.Table:
    with calculator().cursor() as connection:
        connection.register("source", rows)
        return connection.sql(sql).to_arrow_table()


@cache
def calculator() -> duckdb.DuckDBPyConnection:
    """One empty in-memory DuckDB for the whole process; rows come back in the order they went in."""
    connection = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": True})
    atexit.register(connection.close)  # or the library complains of leaks when Python ends
    return connection


def _pseudonyms(column: pa.ChunkedArray, kind: str, key: Key) -> tuple[pa.Array, pa.Table]:
    """The column's pseudonyms, and each of them with what it stands for; every value is hashed once."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):  # more text than one array can hold
        encoded = encoded.unify_dictionaries().combine_chunks()
    values = encoded.dictionary
    tokens = pa.array(key.tokens(kind, values.to_pylist()), pa.string())
    return tokens.take(encoded.indices), pa.table([tokens, pa.repeat(kind, len(tokens)), values], schema=IDENTIFIERS)


def _months(column: pa.ChunkedArray, declared: Column) -> pa.ChunkedArray:
    """Dates as the first day of their month.

    Raises:
        TypeError: a column that identifies is neither a number of `KINDS` nor a date: it has no rule yet.
    """
    if declared.kind != "date":
        raise TypeError(f"no rule says how {declared.name} is hidden: add it to warehouse.pseudonyms.KINDS")
    return pc.cast(pc.floor_temporal(column, unit="month"), pa.date32())


def _details(rows: pa.Table, hidden: pa.Table, table: type[Table]) -> pa.Table:
    """What was said of each child beside its numbers, where anything was and the child has a number."""
    about = [name for name in DETAILS.names if name not in ("token", "said_by")]
    if not any(column.privacy == "vault" for column in columns(table)):
        return DETAILS.empty_table()
    token = pc.coalesce(*(hidden[name] for name in CHILD))
    told = pa.table([token, *(rows[name] for name in ("said_by", *about))], schema=DETAILS)
    says_something = pc.or_kleene(pc.is_valid(told["surname"]), pc.is_valid(told["born_on"]))
    for name in about:
        says_something = pc.or_(says_something, pc.is_valid(told[name]))
    return _distinct(told.filter(pc.and_(pc.is_valid(token), says_something)))


def _distinct(rows: pa.Table) -> pa.Table:
    return rows.group_by(rows.column_names, use_threads=False).aggregate([])
