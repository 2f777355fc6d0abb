"""Runs the revisions, in the connection and the transaction of whoever asks.

alembic is told everything here: there is no configuration file. Of alembic the revisions use the bookkeeping and the
connection; what they do is SQLAlchemy Core, which both engines run alike.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import duckdb_sqlalchemy.alembic_impl  # noqa: F401 - tells alembic of DuckDB
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.schema import CreateSchema

from warehouse.migrations.outside import Outside
from warehouse.schema_version import FIRST, HEAD, REVISIONS, VERSIONS, version_of

HERE: Final = Path(__file__).parent


def move(connection: Connection, outside: Outside, to: str = HEAD) -> list[str]:
    """Bring a warehouse to a revision, up or down, with its data; returns the revisions that were gone through.

    All of it is in the connection's transaction. An empty database becomes a warehouse without rows, calendar or
    views, and one that is brought to this release has no views either: `warehouse.schema.create_all` makes them.

    Raises:
        KeyError: there is no such revision.
        warehouse.schema_version.Foreign: the database is no warehouse of ours.
    """
    if to not in REVISIONS:
        raise KeyError(to)
    version = version_of(connection)
    connection.execute(CreateSchema("ledger", if_not_exists=True))
    context = _context(connection, to)
    if version == FIRST and context.get_current_revision() is None:
        context.stamp(_script(), FIRST)  # the first release did not say its version
    with Operations.context(context):
        context.run_migrations(outside=outside)
    begin, end = (REVISIONS.index(one) if one else -1 for one in (version, to))
    return list(REVISIONS[begin + 1 : end + 1]) if begin <= end else list(REVISIONS[end + 1 : begin + 1][::-1])


def _context(connection: Connection, to: str) -> MigrationContext:
    script = _script()

    def steps(revision: Any, _context: MigrationContext) -> Any:
        here = revision[0] if revision else None
        if here is not None and REVISIONS.index(here) > REVISIONS.index(to):
            return script._downgrade_revs(to, revision)
        return script._upgrade_revs(to, revision)

    return MigrationContext.configure(
        connection,
        opts={
            "fn": steps,
            "script": script,
            "version_table": VERSIONS.name,
            "version_table_schema": VERSIONS.schema,
            "version_table_pk": False,  # DuckDB takes an updated key for a doubled one within a transaction
        },
    )


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(HERE), version_locations=[str(HERE / "revisions")])
