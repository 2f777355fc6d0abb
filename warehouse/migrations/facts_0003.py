"""Revision 0003, the facts: up with columns that are empty yet; down without them, hashed as the second release did."""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING, Final

import duckdb
from sqlalchemy import Connection, MetaData, Table, delete, exists, func, insert, or_, select, update

from warehouse.migrations.carrying import arrow_of
from warehouse.staging import staged
from warehouse.store import bulk

if TYPE_CHECKING:
    import pyarrow as pa

PROVENANCE: Final = (
    "delivery_id", "source_member", "source_row", "row_key", "row_hash", "valid_from", "valid_to", "known_from",
    "known_to",
)  # fmt: skip
TOLD_OF: Final = ("sightings", "findings", "quarantine", "profiles")
"""Tables of the ledger that speak of single rows or columns of a canonical table."""


def raise_facts(connection: Connection, old: Table, target: Table) -> int:
    """Take every row over as it is; returns how many. What the table gains is empty."""
    names = [column.name for column in old.c]
    connection.execute(insert(target).from_select(names, select(*old.c)))
    return int(connection.scalar(select(func.count()).select_from(target)) or 0)


def lower_facts(connection: Connection, table: Table, target: Table, old: MetaData) -> int:
    """Take every row over without what the table had gained; returns how many."""
    shared = [table.c[column.name] for column in target.c]
    has_more = or_(*(column.is_not(None) for column in table.c if column.name not in target.c))
    connection.execute(insert(target).from_select([one.name for one in shared], select(*shared).where(~has_more)))
    ids = connection.scalars(select(table.c.delivery_id).where(has_more).distinct()).all()
    for one in ids:
        rows = arrow_of(connection, select(*shared).where(has_more, table.c.delivery_id == one))
        said = [column.name for column in target.c if column.name not in PROVENANCE]
        hashed = _hashed(rows, said)
        bulk(connection, target, hashed.drop_columns("was_hash"))
        _follow(connection, target.name, hashed, old)
    return int(connection.scalar(select(func.count()).select_from(target)) or 0)


def forget(connection: Connection, name: str, old: MetaData) -> None:
    """A table that goes: what the ledger says of its rows goes, and they count as ignored."""
    for told in TOLD_OF:
        table = old.tables[f"ledger.{told}"]
        connection.execute(delete(table).where(table.c.table_name == name))
    member, of = old.tables["ledger.delivery_members"], old.tables["ledger.deliveries"]
    mine = (member.c.delivery_id == of.c.delivery_id, member.c.table_name == name)

    def sum_of(column: str) -> object:
        return select(func.coalesce(func.sum(member.c[column]), 0)).where(*mine).scalar_subquery()

    counts = {f"rows_{kind}": of.c[f"rows_{kind}"] - sum_of(kind) for kind in ("loaded", "unchanged", "refused")}
    counts["rows_ignored"] = of.c.rows_ignored - sum_of("ignored") + sum_of("rows_in")
    connection.execute(update(of).where(exists(select(1).where(*mine))).values(counts | {"content_hash": None}))
    nothing = {"loaded": 0, "unchanged": 0, "refused": 0, "ignored": member.c.rows_in, "table_name": None}
    connection.execute(update(member).where(member.c.table_name == name).values(nothing))


def _follow(connection: Connection, name: str, hashed: pa.Table, old: MetaData) -> None:
    """Sightings of the rows have the new hash; whoever said the rows no longer says what the content hash says."""
    sightings, of = old.tables["ledger.sightings"], old.tables["ledger.deliveries"]
    renewed = hashed.select(["row_key", "was_hash", "row_hash"]).group_by(["row_key", "was_hash", "row_hash"])
    with staged(connection, "rows_hashed_anew", renewed.aggregate([])) as rows:
        seen = (sightings.c.table_name == name, sightings.c.row_key == rows.c.row_key)
        same = (*seen, sightings.c.row_hash == rows.c.was_hash)
        told = select(sightings.c.delivery_id).where(*same)
        said = [*hashed["delivery_id"].unique().to_pylist(), *connection.scalars(told.distinct()).all()]
        contents = connection.scalars(select(of.c.content_hash).where(of.c.delivery_id.in_(said))).all()
        connection.execute(
            update(of).where(of.c.content_hash.in_([one for one in contents if one])).values(content_hash=None)
        )
        connection.execute(update(sightings).where(*same).values(row_hash=rows.c.row_hash))


def _hashed(rows: pa.Table, said: list[str]) -> pa.Table:
    """The rows with the second release's ``row_hash`` in place of their own, which becomes ``was_hash``."""
    words = ", ".join(f'coalesce(CAST("{name}" AS VARCHAR), chr(30))' for name in said)
    with _calculator().cursor() as calculator:
        calculator.register("held", rows)
        return calculator.sql(
            f"SELECT * REPLACE (md5(concat_ws(chr(31), {words})) AS row_hash), row_hash AS was_hash FROM held"
        ).to_arrow_table()


@cache
def _calculator() -> duckdb.DuckDBPyConnection:
    """An empty in-memory DuckDB, which every hash is made with on either engine."""
    connection = duckdb.connect()
    atexit.register(connection.close)
    return connection
