"""The schema of a release, written down: what a revision means does not change when the code goes on.

python -m warehouse.migrations.written     (``--check``: exit code 1 if the newest is not what the code says)

Writes today's tables to the file of the newest revision. Once that revision has been released its file is never
written again: the next change of a table begins a new revision.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, MetaData, Table, Text

import warehouse.schema  # noqa: F401 - declares every table
from schemas.dictionary import write_or_check
from warehouse.schema_version import HEAD, VERSIONS
from warehouse.tables import METADATA, Md5, indexed

HERE: Final = Path(__file__).parent / "revisions"
TYPES: Final[dict[str, Any]] = {
    "text": Text,
    "md5": Md5,
    "date": Date,
    "instant": DateTime,
    "flag": Boolean,
    "count": BigInteger,
    "number": Double,
}


@cache
def tables_of(revision: str) -> MetaData:
    """Every table of a revision as it was written down; nobody changes it."""
    metadata = MetaData()
    for fullname, told in tomllib.loads(_file(revision).read_text(encoding="utf-8")).items():
        schema, _, name = fullname.partition(".")
        columns = [_column(*one) for one in told["columns"]]
        table = Table(name, metadata, *columns, schema=schema, comment=told["comment"])
        for names in told["indexes"]:
            indexed(table, *names)
    return metadata


def write(metadata: MetaData) -> str:
    """The schema as it is written down, a line a column."""
    return "\n".join(line for table in metadata.sorted_tables if table is not VERSIONS for line in _lines(table))


def definition(table: Table) -> str:
    """A table as it is written down; comments, which change nothing, left out."""
    columns = [(column.name, _type_name(column), column.nullable) for column in table.columns]
    return repr((table.fullname, columns, _indexes(table)))


def _lines(table: Table) -> Iterator[str]:
    yield f'["{table.fullname}"]'
    yield f"comment = {_quoted(table.comment or '')}"
    yield "columns = ["
    for column in table.columns:
        told = (column.name, _type_name(column), "" if column.nullable else "never empty", column.comment or "")
        yield f"  [{', '.join(map(_quoted, told))}],"
    yield "]"
    yield f"indexes = {json.dumps(_indexes(table))}\n"


def _indexes(table: Table) -> list[list[str]]:
    return sorted([column.name for column in index.columns] for index in table.indexes)


def _type_name(column: Column[Any]) -> str:
    return next(name for name, kind in TYPES.items() if type(column.type) is kind)


def _column(name: str, kind: str, empty: str, comment: str) -> Column[Any]:
    return Column(name, TYPES[kind], nullable=not empty, comment=comment or None)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _file(revision: str) -> Path:
    return HERE / f"{revision}.toml"


if __name__ == "__main__":
    sys.exit(write_or_check(write(METADATA), [*sys.argv[1:], str(_file(HEAD))]))
