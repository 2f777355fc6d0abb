"""Identifiers of whole tables from clear to pseudonyms and back, for migrations: `warehouse.migrations.outside`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import Connection, Table, select

from schemas.table import CHILD, columns
from schemas.tables import all_tables
from warehouse.keys import Key
from warehouse.migrations.facts_0002 import in_clear
from warehouse.migrations.hashes_0001 import hashed
from warehouse.migrations.outside import Rekey
from warehouse.pseudonyms import KINDS, Protected, Vaulted, protect
from warehouse.store import Unavailable
from warehouse.vault import KEY, Vault

AT_ONCE: Final = 5_000
"""Pseudonyms that the vault is asked for in one statement."""
Told = Mapping[tuple[str, str], list[Mapping[str, Any]]]
"""(pseudonym, agency) → what the vault has of a child besides its numbers."""


def fill_vault(connection: Connection, vault: Vault, key: Key) -> None:
    """Give the vault every identifier of a first release's warehouse."""
    for name, feed, rows in in_clear(connection):
        vault.keep(Vaulted.of([_protected(rows, name, feed, key).vaulted]), key)


def protecting(key: Key) -> Rekey:
    """Identifiers in clear → pseudonyms; the vault has been filled before."""
    return lambda rows, name, feed: _protected(rows, name, feed, key).rows


def revealing(vault: Vault, key: Key) -> Rekey:
    """Pseudonyms → identifiers in clear, as the vault knows them.

    Raises (when called):
        Unavailable: the vault does not know a pseudonym.
    """

    def reveal(rows: pa.Table, name: str, _feed: str) -> pa.Table:
        private = [column.name for column in columns(all_tables()[name]) if column.privacy == "identifier"]
        numbers = [column for column in private if column in KINDS]
        days = [column for column in private if column not in KINDS]
        with vault.store.reading() as connection:
            clear = _numbers_in_clear(connection, vault, key, rows, numbers)
            if days:
                clear = _days_in_clear(connection, vault, key, rows, (clear, days))
        lost = sum(clear[column].null_count - rows[column].null_count for column in numbers)
        if lost:
            raise Unavailable(
                f"The vault does not know {lost} pseudonyms of facts.{name}. Nothing was changed. Restore the vault "
                "that belongs to this warehouse, then run this again."
            )
        return hashed(clear, name)

    return reveal


def _protected(rows: pa.Table, name: str, feed: str, key: Key) -> Protected:
    """The rows of today's table: columns that the first release did not have are empty."""
    model = all_tables()[name]
    given = rows.drop_columns([one for one in ("row_key", "row_hash") if one in rows.column_names])
    for column in columns(model):
        if column.name not in given.column_names:
            given = given.append_column(column.name, pa.nulls(given.num_rows, column.arrow_type))
    found = protect(given, model, feed, key)
    kept = [one for one in found.rows.column_names if one in {*rows.column_names, "row_key", "row_hash"}]
    return Protected(found.rows.select(kept), found.vaulted)


def _numbers_in_clear(connection: Connection, vault: Vault, key: Key, rows: pa.Table, numbers: list[str]) -> pa.Table:
    tokens = {token for column in numbers for token in rows[column].to_pylist() if token}
    known = {line["token"]: line["value"] for line in _asked(connection, vault.identifiers, key, tokens)}
    for column in numbers:
        values = [known.get(token) for token in rows[column].to_pylist()]
        rows = _with(rows, column, pa.array(values, pa.string()))
    return rows


def _days_in_clear(
    connection: Connection, vault: Vault, key: Key, rows: pa.Table, wanted: tuple[pa.Table, list[str]]
) -> pa.Table:
    """The day of a month that the vault was told; the month itself where it was told none."""
    clear, days = wanted
    hidden = rows.select([*CHILD, "said_by", *days]).to_pylist()
    tokens = [next((line[name] for name in CHILD if line[name]), "") for line in hidden]
    told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in _asked(connection, vault.details, key, set(tokens)):
        told.setdefault((one["token"], one["said_by"]), []).append(one)
    for column in days:
        found = [_day(told, token, line, column) for token, line in zip(tokens, hidden, strict=True)]
        clear = _with(clear, column, pa.array(found, pa.date32()))
    return clear


def _day(told: Told, token: str, line: Mapping[str, Any], column: str) -> date | None:
    month: date | None = line[column]
    known = (one[column] for one in told.get((token, line["said_by"]), ()))
    same = [day for day in known if month and day and (day.year, day.month) == (month.year, month.month)]
    return max(same, default=month)


def _asked(connection: Connection, table: Table, key: Key, tokens: Iterable[str]) -> list[Mapping[str, Any]]:
    wanted, found = sorted(tokens), list[Mapping[Any, Any]]()
    for start in range(0, len(wanted), AT_ONCE):
        of = table.c.token.in_(wanted[start : start + AT_ONCE])
        found += connection.execute(select(table).where(of, table.c[KEY] == key.fingerprint)).mappings().all()
    return [dict(line) for line in found]


def _with(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(column), column, values)
