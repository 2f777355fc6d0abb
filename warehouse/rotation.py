"""Changing the key: every pseudonym, and every hash that is made over one, in one transaction of the warehouse.

The vault learns the new pseudonyms first (both keys' stand there), then the warehouse changes, then the vault forgets
the old ones. A crash at any point leaves a warehouse that opens with the old key or with the new one, and `recognise`
says which; running it again with the same two keys finishes what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Table, func, insert, select, table, text, update
from sqlalchemy import column as named

from schemas.tables import all_tables
from warehouse import children, content, keys
from warehouse.changes import note_everything
from warehouse.gathering import gather
from warehouse.keys import Key, KeyTrouble
from warehouse.renewal import Renewal, renew
from warehouse.staging import arrow_schema, chunks_of, staged
from warehouse.store import Store, copy, registered
from warehouse.tables import FACTS, HISTORY, METADATA
from warehouse.vault import Vault
from warehouse.views import show_rows

if TYPE_CHECKING:
    import pyarrow as pa

ROWS: Final = table(
    "renewed_rows", *(named(name) for name in ("table_name", "was_key", "was_hash", "row_key", "row_hash"))
)
"""Temporary: what the key and the hash of each row of the facts and the history were, and are."""


class RotationStopped(KeyTrouble):
    """Something stands in the warehouse that cannot be given another pseudonym. Nothing was changed."""


@dataclass(frozen=True)
class Rotated:
    """What a rotation did."""

    version: int
    """The number of the key that is in use now."""
    rows: int
    """Rows of facts and history that were written anew; 0 where only the rest of an earlier rotation was left."""
    is_copied: bool = False
    """What analysts open has the new pseudonyms too."""


def rotate(store: Store, vault: Vault, old: Key, new: Key, now: datetime) -> Rotated:
    """Change the key of a warehouse from ``old`` to ``new``.

    Raises:
        WrongKey: the warehouse has neither of the two.
        RotationStopped: the vault does not know a pseudonym, or a hash belongs to no row.
        Locked: another process is writing.
    """
    with store.reading() as connection:
        known = keys.keys_of(connection)
    if known and known[0]["fingerprint"] == new.fingerprint:
        vault.forget_other_keys(new.fingerprint)
        return Rotated(int(known[0]["version"]), 0)
    with store.reading() as connection:
        keys.recognise(connection, old)
    renewal = renew(vault, old, new)
    with store.writing() as connection:
        keys.recognise(connection, old)  # nobody came between
        rows = _rewrite(connection, store, renewal)
        content.work_out_anew(connection)
        children.renumber(connection, renewal.tokens)
        note_everything(connection)
        gather(connection)  # it holds pseudonyms of its own making
        show_rows(connection)
        version = keys.add_key(connection, new, now)
    vault.forget_other_keys(new.fingerprint)
    return Rotated(version, rows)


def _rewrite(connection: Connection, store: Store, renewal: Renewal) -> int:
    names = ", ".join(f"{column.name} TEXT" for column in ROWS.columns)
    connection.execute(text(f"CREATE TEMPORARY TABLE {ROWS.name} ({names})"))
    rows = 0
    for name in all_tables():
        if renewal.concerns(name):
            rows += sum(_rewrite_table(connection, store, target, renewal) for target in (FACTS[name], HISTORY[name]))
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {ROWS.name}"))
    for target in METADATA.sorted_tables:
        if target.schema == "ledger" and {"table_name", "row_key"} <= set(target.columns.keys()):
            _follow(connection, target, renewal)
    connection.execute(text(f"DROP TABLE {ROWS.name}"))
    return rows


def _rewrite_table(connection: Connection, store: Store, target: Table, renewal: Renewal) -> int:
    """Write a table anew; returns its rows."""
    columns = ", ".join(f'"{column.name}"' for column in target.columns)
    delivered = "LEFT JOIN ledger.deliveries d ON d.delivery_id = t.delivery_id"
    asked = f"SELECT t.*, d.feed AS of_feed FROM {target.fullname} t {delivered}"
    connection.execute(
        text(
            f"CREATE TEMPORARY TABLE rekeyed AS SELECT {columns}, row_key AS was_key, row_hash AS was_hash, "
            f"false AS is_unknown FROM {target.fullname} WHERE false"
        )
    )
    if connection.dialect.name == "duckdb":
        with registered(connection, "renewed", renewal.tokens):
            sql = renewal.statement(target.name, columns, f"({asked})")
            connection.exec_driver_sql(f"INSERT INTO rekeyed {sql}")
    else:
        for chunk in _read(store, target, asked):
            copy(connection, "rekeyed", renewal.renewed(target.name, columns, chunk))
    unknown, rows = connection.execute(
        text("SELECT count(CASE WHEN is_unknown THEN 1 END), count(*) FROM rekeyed")
    ).one()
    if unknown:
        raise RotationStopped(
            f"The vault does not know the pseudonyms of {unknown} rows of {target.fullname}. Restore the vault from "
            "the backup and run it again, or build the warehouse anew with the new key: `quorate rebuild`. "
            "Nothing was changed."
        )
    connection.execute(text(f"DELETE FROM {target.fullname}"))
    connection.execute(text(f"INSERT INTO {target.fullname} ({columns}) SELECT {columns} FROM rekeyed"))
    connection.execute(
        text(
            f"INSERT INTO {ROWS.name} "
            f"SELECT DISTINCT '{target.name}', was_key, was_hash, row_key, row_hash FROM rekeyed"
        )
    )
    connection.execute(text("DROP TABLE rekeyed"))
    return int(rows)


def _read(store: Store, target: Table, asked: str) -> Iterator[pa.Table]:
    """PostgreSQL: the rows as they stand, over a connection of their own: one that copies out can do nothing else."""
    with store.reading() as reader:
        yield from chunks_of(reader, asked, arrow_schema(target, "of_feed"))


def _follow(connection: Connection, target: Table, renewal: Renewal) -> None:
    """A table of the ledger that points at rows by key, and perhaps by hash, points at the same rows again."""
    same = [target.c.table_name == ROWS.c.table_name, target.c.row_key == ROWS.c.was_key]
    if "row_hash" in target.columns:
        same.append(target.c.row_hash == ROWS.c.was_hash)
        become = {name: ROWS.c[name] for name in ("row_key", "row_hash")}
    else:
        with staged(connection, "renewed_keys", renewal.row_keys) as of_refused:
            mine = select(*of_refused.c)
            connection.execute(insert(ROWS).from_select(["table_name", "was_key", "row_key"], mine))
        become = {"row_key": ROWS.c.row_key}
    theirs = target.c.table_name.in_(renewal.tables(by_key="row_hash" not in target.columns))
    wanted = connection.scalar(select(func.count()).where(theirs, target.c.row_key.is_not(None)))
    found = connection.scalar(select(func.count()).select_from(target).where(theirs, select(1).where(*same).exists()))
    if found != wanted:
        raise RotationStopped(
            f"{(wanted or 0) - (found or 0)} rows of {target.fullname} point at rows that neither the facts, their "
            "history nor the vault has: `quorate doctor` looks closer. Nothing was changed."
        )
    connection.execute(update(target).where(*same).values(become))
