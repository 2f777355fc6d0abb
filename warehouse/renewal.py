"""What every pseudonym of one key is with another: worked out from the vault, which learns the new ones on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from sqlalchemy import select

from schemas.table import key as key_of
from schemas.tables import all_tables
from warehouse.keys import Key
from warehouse.pseudonyms import KINDS, MARK, calculator, numbers_in, statement
from warehouse.vault import KEY, Vault, made_with

if TYPE_CHECKING:
    from sqlalchemy import Table

TOKENS: Final = pa.schema([(name, pa.string()) for name in ("kind", "old", "new")])


@dataclass(frozen=True)
class Renewal:
    """Old and new, side by side."""

    tokens: pa.Table
    """`TOKENS`: each old pseudonym once."""
    row_keys: pa.Table
    """table_name, was_key, row_key of refused rows."""

    def concerns(self, table_name: str) -> bool:
        """Whether rows of the table change."""
        return bool(numbers_in(all_tables()[table_name]))

    def tables(self, *, by_key: bool) -> list[str]:
        """The tables whose rows change, or only those whose rows' keys do."""
        return [name for name, table in all_tables().items() if numbers_in(table) and (not by_key or _places(table))]

    def statement(self, table_name: str, columns: str, source: str) -> str:
        """SQL of DuckDB over ``source`` (a table's rows and ``of_feed``) and ``renewed``: the rows with the new key.

        After the columns come was_key, was_hash and is_unknown: a pseudonym that the vault does not know.
        """
        table = all_tables()[table_name]
        numbers = numbers_in(table)
        joins = " ".join(f'LEFT JOIN renewed "r {name}" ON "r {name}".old = s."{name}"' for name in numbers)
        replaced = ", ".join(f'"r {name}".new AS "{name}"' for name in numbers)
        unknown = " OR ".join(f'(s."{name}" IS NOT NULL AND "r {name}".new IS NULL)' for name in numbers)
        told = (
            f"SELECT s.* REPLACE ({replaced}), s.row_key AS was_key, s.row_hash AS was_hash, ({unknown}) AS is_unknown "
            f"FROM {source} s {joins}"
        )
        hashes = statement(table, "of_feed").removesuffix(" FROM source").removeprefix("SELECT ")
        named = "SELECT * REPLACE ({})".format(
            hashes.replace("AS row_key", 'AS "row_key"').replace("AS row_hash", 'AS "row_hash"')
        )
        return f"SELECT {columns}, was_key, was_hash, is_unknown FROM ({named} FROM ({told}))"

    def renewed(self, table_name: str, columns: str, rows: pa.Table) -> pa.Table:
        """The same for rows that were read out of another engine."""
        with calculator().cursor() as connection:
            connection.register("renewed", self.tokens)
            connection.register("source", rows)
            return connection.sql(self.statement(table_name, columns, "source")).to_arrow_table()


def renew(vault: Vault, old: Key, new: Key) -> Renewal:
    """Work out the new pseudonyms of all that the vault holds with the old key, and keep them beside the old ones."""
    identifiers, details, parts = (_made_with(vault, table, old) for table in vault.tables)
    tokens = _tokens(identifiers, new)
    named = pa.table({"token": tokens["new"], "kind": tokens["kind"], "value": tokens["value"]})
    tokens = tokens.select(TOKENS.names)
    told = _answered(
        f"SELECT r.new AS token, d.* EXCLUDE (token, {KEY}) FROM details d JOIN renewed r ON r.old = d.token",
        renewed=tokens,
        details=details,
    )
    refused = _refused(parts, tokens)
    words = pa.table({name: refused[name] for name in ("row_key", "table_name", "parts")})
    given = (named, told, words)
    vault.add([(table, made_with(rows, new)) for table, rows in zip(vault.tables, given, strict=True)])
    return Renewal(tokens, refused.select(["table_name", "was_key", "row_key"]))


def _made_with(vault: Vault, table: Table, key: Key) -> pa.Table:
    types = {"born_on": pa.date32(), "expected_on": pa.date32(), "died_on": pa.date32()}
    schema = pa.schema([(column.name, types.get(column.name, pa.string())) for column in table.columns])
    with vault.store.reading() as connection:
        rows = connection.execute(select(table).where(table.c[KEY] == key.fingerprint).distinct()).mappings()
        return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def _tokens(identifiers: pa.Table, new: Key) -> pa.Table:
    """kind, old, new and value of each identifier."""
    found = [pa.table([pa.array([], pa.string())] * 4, names=["kind", "old", "new", "value"])]
    for kind in sorted(set(KINDS.values())):
        mine = _answered(f"SELECT token, value FROM identifiers WHERE kind = '{kind}'", identifiers=identifiers)
        fresh = pa.array(new.tokens(kind, mine["value"].to_pylist()), pa.string())
        names = ["kind", "old", "new", "value"]
        found.append(pa.table([pa.repeat(kind, len(fresh)), mine["token"], fresh, mine["value"]], names=names))
    return pa.concat_tables(found)


def _refused(parts: pa.Table, tokens: pa.Table) -> pa.Table:
    """table_name, was_key, row_key and parts of refused rows, with the new pseudonyms."""
    found = [pa.table([pa.array([], pa.string())] * 4, names=["table_name", "was_key", "row_key", "parts"])]
    for name, table in all_tables().items():
        places = _places(table)
        if not places:
            continue
        words = [
            f"coalesce(r{place}.new, words[{place}])" if place in places else f"words[{place}]"
            for place in range(1, len(key_of(table)) + 2)
        ]
        joins = " ".join(f"LEFT JOIN renewed r{place} ON r{place}.old = words[{place}]" for place in places)
        split = f"SELECT *, string_split(parts, {MARK}) AS words FROM parts WHERE table_name = '{name}'"
        renewed = f"concat_ws({MARK}, {', '.join(words)}) AS parts"
        told = f"SELECT table_name, row_key AS was_key, {renewed} FROM ({split}) {joins}"
        sql = f"SELECT table_name, was_key, md5(parts) AS row_key, parts FROM ({told})"
        found.append(_answered(sql, parts=parts, renewed=tokens))
    return pa.concat_tables(found)


def _places(table: type) -> list[int]:
    """Where pseudonyms stand in a key's words, from 1; the feed is the first word."""
    return [place for place, name in enumerate(key_of(table), start=2) if name == "child" or name in KINDS]


def _answered(sql: str, **tables: pa.Table) -> pa.Table:
    with calculator().cursor() as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        return connection.sql(sql).to_arrow_table()
