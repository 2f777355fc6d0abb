"""Where what identifies children stands in clear, beside the archive: ``vault.duckdb`` next to a DuckDB warehouse,
the schema ``vault`` on PostgreSQL.

It is only ever added to, apart from a rotation: what nobody refers to any more does no harm, and a delivery that is
undone leaves no hole. It is written **before** the warehouse's transaction, because DuckDB writes one file at a time;
a crash between the two leaves entries too many, never one too few. The warehouse can be read without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import Column, Connection, Date, MetaData, Table, Text, and_, delete, exists, inspect, select
from sqlalchemy.schema import CreateSchema

from warehouse.keys import Key
from warehouse.staging import staged
from warehouse.store import Store, bulk, open_store

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.pseudonyms import Vaulted

TABLES: Final = ("identifiers", "details", "key_parts")
KEY: Final = "key_fingerprint"
"""Every row says with which key its tokens were made: in a rotation two keys' rows stand side by side."""


def _declared(schema: str) -> MetaData:
    metadata = MetaData(schema=schema)

    def texts(*names: str) -> list[Column[str]]:
        return [Column(name, Text) for name in names]

    days = [Column(name, Date) for name in ("born_on", "expected_on", "died_on")]
    Table("identifiers", metadata, *texts("token", "kind", "value", KEY))
    Table("details", metadata, *texts("token", "said_by", "surname", "forename", "postcode"), *days, *texts(KEY))
    Table("key_parts", metadata, *texts("row_key", "table_name", "parts", KEY))
    return metadata


DECLARED: Final = {"duckdb": _declared("main"), "postgresql": _declared("vault")}
"""Engine → its tables. In a DuckDB file a schema of the file's own name could not be told from the file."""


@dataclass(frozen=True)
class LookedUp:
    """A number of a child, in clear."""

    kind: str
    """``ref``, ``nhs`` or ``upn``"""
    value: str


class Vault:
    """An open vault, beside an open warehouse."""

    def __init__(self, store: Store, *, is_own: bool) -> None:
        self.store = store
        self._is_own = is_own
        metadata = DECLARED[store.dialect]
        self.identifiers, self.details, self.key_parts = (metadata.tables[f"{metadata.schema}.{n}"] for n in TABLES)

    @property
    def tables(self) -> tuple[Table, Table, Table]:
        """Identifiers, details, key parts."""
        return self.identifiers, self.details, self.key_parts

    def create(self) -> None:
        """Make what is missing."""
        with self.store.reading() as connection:
            if set(TABLES) <= set(inspect(connection).get_table_names(schema=self.identifiers.schema)):
                return
        with self.store.writing() as connection:
            if self.store.dialect == "postgresql":
                connection.execute(CreateSchema("vault", if_not_exists=True))
            DECLARED[self.store.dialect].create_all(connection)

    def keep(self, vaulted: Vaulted, key: Key) -> int:
        """Add what the vault does not have yet, in one transaction; returns how many rows. Nothing new writes nothing.

        Raises:
            warehouse.store.Locked: another process is writing.
        """
        from warehouse.pseudonyms import Vaulted  # noqa: PLC0415 - not needed to look something up

        once = Vaulted.of([vaulted])
        given = (once.identifiers, once.details, once.key_parts)
        return self.add([(table, made_with(rows, key)) for table, rows in zip(self.tables, given, strict=True)])

    def add(self, given: list[tuple[Table, pa.Table]]) -> int:
        """Add rows that have their key's fingerprint with them; returns how many were new."""
        new = []
        with self.store.reading() as connection:
            for table, rows in given:
                found = self._unknown(connection, table, rows) if rows.num_rows else rows
                if found.num_rows:
                    new.append((table, found))
        if new:
            with self.store.writing() as connection:
                for table, rows in new:
                    bulk(connection, table, rows)
        return sum(rows.num_rows for _, rows in new)

    def _unknown(self, connection: Connection, table: Table, rows: pa.Table) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415 - not needed to look something up

        numbered = rows.append_column("place", pa.array(range(rows.num_rows), pa.int64()))
        with staged(connection, "given_to_vault", numbered) as told:
            same = and_(*(table.c[name].is_not_distinct_from(told.c[name]) for name in rows.column_names[1:]))
            named = table.c[rows.column_names[0]] == told.c[rows.column_names[0]]  # by hash: never null
            unknown = select(told.c.place).where(~exists(select(1).where(named, same)))
            places = pa.array(sorted(connection.scalars(unknown)), pa.int64())
        return rows.take(places)

    def look_up(self, token: str) -> LookedUp | None:
        """What a token stands for; None: the vault does not know it."""
        asked = select(self.identifiers.c.kind, self.identifiers.c.value).where(self.identifiers.c.token == token)
        with self.store.reading() as connection:
            found = connection.execute(asked).first()
        return LookedUp(*found) if found else None

    def forget_other_keys(self, fingerprint: str) -> int:
        """Take out the rows of every key but this one; returns how many. Nothing to take out writes nothing."""
        with self.store.reading() as connection:
            others = [table for table in self.tables if _has_others(connection, table, fingerprint)]
        if not others:
            return 0
        with self.store.writing() as connection:
            return sum(connection.execute(delete(t).where(t.c[KEY] != fingerprint)).rowcount for t in others)

    def close(self) -> None:
        """Let go of the vault's file."""
        if self._is_own:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_vault(store: Store) -> Vault:
    """The vault of an open warehouse, made if it is missing. Only its owner may read the file.

    Raises:
        warehouse.store.Locked, warehouse.store.Unavailable: see there.
    """
    if store.dialect == "postgresql":
        vault = Vault(store, is_own=False)
    else:
        vault = Vault(open_store(f"duckdb:///{vault_file(store)}"), is_own=True)
    vault.create()
    return vault


def vault_file(store: Store) -> Path:
    """Where the vault of a DuckDB warehouse lies."""
    return Path(store.url.database or "").with_name("vault.duckdb")


def made_with(rows: pa.Table, key: Key) -> pa.Table:
    """The rows, each with the fingerprint of the key that its tokens were made with."""
    import pyarrow as pa  # noqa: PLC0415 - not needed to look something up

    return rows.append_column(KEY, pa.repeat(key.fingerprint, rows.num_rows))


def _has_others(connection: Connection, table: Table, fingerprint: str) -> bool:
    return connection.execute(select(1).where(table.c[KEY] != fingerprint).limit(1)).first() is not None
