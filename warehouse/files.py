"""A DuckDB warehouse as a file: copied while it is held, and another put in its place without a moment between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from sqlalchemy.schema import CreateSchema

from warehouse import copying_child
from warehouse.store import open_store

VIEWS_MADE: Final = "ledger.views"
"""The table that says which views there are: a new file has none until they are made."""


def copy(source: Path, target: Path, mode: int = 0o600) -> None:
    """Copy a file that this process may hold open; in a process of its own, or the lock on it would be lost.

    Raises:
        OSError: the copy could not be written; ``target`` must not exist.
    """
    command = (sys.executable, "-I", "-S", copying_child.__file__, source, target)
    ended = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own program, our own paths
    if ended.returncode:
        raise OSError(ended.returncode, os.strerror(ended.returncode), str(target))
    target.chmod(mode)


def log_of(file: Path) -> Path:
    """Where DuckDB keeps what it has not written into the file yet; not there if the file is whole."""
    return file.with_name(f"{file.name}.wal")


def put_in_place(new: Path, file: Path, kept: Path) -> None:
    """Let ``new`` take the place of ``file``, which stays as ``kept``: whoever looks sees the one or the other.

    Raises:
        OSError: it could not be done; ``file`` is still what it was.
    """
    if file.exists():
        try:
            kept.hardlink_to(file)
        except OSError:  # a file system without second names
            copy(file, kept)
        if log_of(file).exists():  # of a file that could not be opened: it must not be taken for the new one's
            log_of(file).replace(log_of(kept))
    new.replace(file)
    sync(file.parent)


def rewrite(source: Path, target: Path, revision: str) -> None:
    """Write what a warehouse holds into a new file: nothing of what it held before comes with it.

    ``revision`` is the one that the warehouse has; only one of this release is given its views.
    """
    from warehouse.migrations.written import tables_of  # noqa: PLC0415 - not needed to copy a file
    from warehouse.schema_version import HEAD, VERSIONS  # noqa: PLC0415

    metadata = tables_of(revision)
    with open_store(str(target)) as store:
        with store.writing() as connection:
            for schema in sorted({table.schema or "" for table in metadata.tables.values()}):
                connection.execute(CreateSchema(schema, if_not_exists=True))
            metadata.create_all(connection)
            VERSIONS.create(connection)
            path = str(source).replace("'", "''")
            connection.exec_driver_sql(f"ATTACH '{path}' AS before (READ_ONLY)")
            for table in (*metadata.sorted_tables, VERSIONS):
                if table.fullname == VIEWS_MADE:
                    continue
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                connection.exec_driver_sql(
                    f"INSERT INTO {table.fullname} ({columns}) SELECT {columns} FROM before.{table.fullname}"
                )
        if revision == HEAD:
            store.create()


def sync(folder: Path) -> None:
    """A name in a folder is on the disk when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
