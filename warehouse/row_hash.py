"""What a set of rows says as one number, in any order: the sum of each row's md5, the same on both engines.

Sums add up: those of three months are the sum of the quarter, so a figure of any period can be proved by its rows.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Date, Text, cast, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

EPOCH: Final = literal_column("DATE '2000-01-01'", Date)
DIGITS: Final = 15
WIDTH: Final = 2**64
"""A sum is kept to 16 hex digits."""


def hex_number(engine: str, digits: str, count: int) -> str:
    """SQL of hex digits (an expression) as a number, to be summed; fifteen at most, or the sign would have no room."""
    if engine == "duckdb":
        return f"CAST('0x' || {digits} AS BIGINT)"
    return f"CAST(CAST('x' || {digits} AS BIT({4 * count})) AS BIGINT)"


class md5_number(FunctionElement[int]):  # noqa: N801 - it is called like a function of SQL
    """The first fifteen hex digits of a text's md5, as a number."""

    type = BigInteger()
    inherit_cache = True


@compiles(md5_number, "duckdb")
def _of_duckdb(element: md5_number, compiler: Any, **options: Any) -> str:
    return _first_digits("duckdb", compiler.process(element.clauses, **options))


@compiles(md5_number, "postgresql")
def _of_postgresql(element: md5_number, compiler: Any, **options: Any) -> str:
    return _first_digits("postgresql", compiler.process(element.clauses, **options))


def _first_digits(engine: str, words: str) -> str:
    return hex_number(engine, f"substr(md5({words}), 1, {DIGITS})", DIGITS)


def hash_of_row(*cells: ColumnElement[Any]) -> ColumnElement[int]:
    """The row's number; cells are texts, whole numbers, dates or flags, and null is not empty."""
    return md5_number(func.concat_ws("|", *(func.coalesce(_in_words(cell), "~") for cell in cells)))


def written(total: int | None) -> str:
    """A sum of row numbers as it is kept."""
    return f"{int(total or 0) % WIDTH:016x}"


def _in_words(cell: ColumnElement[Any]) -> ColumnElement[Any]:
    """As both engines write it: they agree on everything but how a setting may have dates shown."""
    if isinstance(cell.type, Date):
        return cast(cell.op("-", return_type=BigInteger())(EPOCH), Text)
    return cast(cell, Text)
