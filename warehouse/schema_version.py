"""Which release made a warehouse: every command asks before it trusts a table, so the answer costs milliseconds.

A warehouse says its version itself, in ``ledger.alembic_version``. The first release did not; it is known by its
tables. Nothing else is guessed at.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Connection, String, Table, inspect, select, text

from warehouse.store import Unavailable
from warehouse.tables import METADATA

FIRST: Final = "0001"
"""The first release; its warehouses do not say their version."""
REVISIONS: Final = (FIRST, "0002", "0003", "0004")
"""Every revision this release knows, oldest first; `warehouse/migrations/revisions` has a module for each."""
HEAD: Final = REVISIONS[-1]

VERSIONS: Final = Table("alembic_version", METADATA, Column("version_num", String(32), nullable=False), schema="ledger")
"""As alembic makes it, so that a new warehouse is stamped without importing alembic."""


class Outdated(Unavailable):
    """An older release made the warehouse. Command line: exit code 5."""


class Foreign(Unavailable):
    """A newer release made the warehouse, or something else did. Command line: exit code 5."""


def version_of(connection: Connection) -> str | None:
    """The revision of a warehouse; None: there is nothing in it yet.

    Raises:
        Foreign: a newer release made it, or it is no warehouse of ours.
    """
    inspector = inspect(connection)
    if inspector.has_table("alembic_version", schema="ledger"):
        found = [str(one) for one in connection.scalars(select(VERSIONS.c.version_num))]
        if len(found) == 1 and found[0] in REVISIONS:
            return found[0]
        raise Foreign(
            f"The warehouse has the schema {' and '.join(sorted(found)) or 'of no release'}, which this release "
            f"({HEAD}) does not know: a newer Quorate made it. Install that one, or restore a backup from before it."
        )
    if inspector.has_table("refused_rows", schema="ledger") and _has_loaded_at(connection):
        return FIRST
    if _has_tables(connection):
        raise Foreign(
            "The database has tables in it, but they are no warehouse of Quorate's. Nothing was changed. Give the "
            "warehouse another place with --warehouse, or move this one away."
        )
    return None


def require_current(connection: Connection) -> None:
    """Make sure that the warehouse has the schema of this release.

    Raises:
        Outdated: it must be migrated first.
        Foreign: see `version_of`; or nothing is in it at all.
    """
    version = version_of(connection)
    if version is None:
        raise Foreign("There is no warehouse in the database yet: run `quorate nightly` first.")
    _refuse_old(version)


def require_empty(connection: Connection) -> None:
    """Make sure that nothing is there.

    Raises:
        Foreign: something is.
    """
    if version_of(connection) is not None:
        raise Foreign("The database holds a warehouse already: this goes into an empty database only.")


def stamp(connection: Connection) -> None:
    """Write the version of this release into a warehouse that was just made by it."""
    connection.execute(VERSIONS.insert().values(version_num=HEAD))


def refuse_what_is_not_ours(connection: Connection) -> str | None:
    """Let pass nothing at all (returns None), or a warehouse of this release (returns its version).

    Raises:
        Outdated, Foreign: see `require_current`.
    """
    version = version_of(connection)
    if version is not None:
        _refuse_old(version)
    return version


def _refuse_old(version: str) -> None:
    if version != HEAD:
        raise Outdated(
            f"An older Quorate made this warehouse (schema {version}; this release has {HEAD}). Nothing was changed. "
            "Run `quorate migrate` once; `quorate migrate --dry-run` tries it and changes nothing."
        )


def _has_loaded_at(connection: Connection) -> bool:
    """True if facts say when they were loaded in the first release's way."""
    asked = text(
        "SELECT count(*) FROM information_schema.columns "
        "WHERE table_schema = 'facts' AND table_name = 'referrals' AND column_name = 'loaded_at'"
    )
    return bool(connection.scalar(asked))


def _has_tables(connection: Connection) -> bool:
    """True if anything stands where we would build: in a DuckDB file anywhere, on a server in our schemas."""
    where = (
        "table_schema NOT IN ('information_schema', 'pg_catalog')"
        if connection.dialect.name == "duckdb"
        else "table_schema IN ('facts', 'history', 'ledger', 'reporting')"
    )
    return bool(connection.scalar(text(f"SELECT count(*) FROM information_schema.tables WHERE {where}")))
