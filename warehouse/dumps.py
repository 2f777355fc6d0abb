"""A PostgreSQL warehouse as one file, by PostgreSQL's own programs: nobody knows better what must be in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import inspect

from warehouse.store import Store, Unavailable

SCHEMAS: Final = ("facts", "history", "ledger", "reporting", "vault")


def dump(store: Store, target: Path) -> None:
    """Write everything of ours into ``target``, as it is at one instant.

    Raises:
        Unavailable: ``pg_dump`` is not there, or failed.
    """
    chosen = [word for schema in SCHEMAS for word in ("--schema", schema)]
    _run(store, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *chosen, f"--file={target}")
    target.chmod(0o600)


def load(store: Store, source: Path) -> None:
    """Bring everything of ``source`` into a database that has nothing of ours, in one transaction.

    Raises:
        Unavailable: ``pg_restore`` is not there, or failed; the database is as it was.
    """
    words = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run(store, "pg_restore", *words, f"--dbname={_address(store)}", str(source))


def set_aside(store: Store, now: datetime) -> list[str]:
    """Rename our schemas, so that others can come; returns the new names.

    Raises:
        warehouse.store.Locked: another process is writing.
    """
    renamed = []
    with store.writing() as connection:
        for schema in sorted(set(SCHEMAS) & set(inspect(connection).get_schema_names())):
            name = f"{schema}_replaced_{now:%Y%m%dT%H%M%S}".lower()
            connection.exec_driver_sql(f'ALTER SCHEMA "{schema}" RENAME TO "{name}"')
            renamed.append(name)
    return renamed


def _run(store: Store, program: str, *words: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Unavailable(
            f"{program} is not there: install PostgreSQL's client programs of the server's version (Debian: "
            "postgresql-client), or have the server's administrator see to the backup of the database."
        )
    words = words if program == "pg_restore" else (*words, _address(store))
    password = {"PGPASSWORD": str(store.url.password)} if store.url.password else {}  # not for others to see in ps
    ended = subprocess.run((found, *words), check=False, capture_output=True, env=os.environ | password)  # noqa: S603
    if ended.returncode:
        raise Unavailable(
            f"{program} failed (exit code {ended.returncode}). Its version must be the server's or newer: "
            f"`{program} --version`; the server's log says more."
        )


def _address(store: Store) -> str:
    return store.url.set(drivername="postgresql", password=None).render_as_string()
