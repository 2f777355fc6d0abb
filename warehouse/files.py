"""A DuckDB warehouse as a file: copied while it is held, and another put in its place without a moment between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from warehouse import copying_child
from warehouse.store import open_store

MADE_ANEW: Final = ("facts.calendar", "reporting.periods", "ledger.views", "ledger.alembic_version")
"""Tables that every new warehouse is given."""


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


def rewrite(source: Path, target: Path) -> None:
    """Write what a warehouse of this release holds into a new file: nothing of what it held before comes with it."""
    from warehouse.tables import METADATA  # noqa: PLC0415 - not needed to copy a file

    with open_store(str(target)) as store:
        store.create()
        path = str(source).replace("'", "''")
        with store.writing() as connection:
            connection.exec_driver_sql(f"ATTACH '{path}' AS before (READ_ONLY)")
            for table in METADATA.sorted_tables:
                if table.fullname in MADE_ANEW:
                    continue
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                connection.exec_driver_sql(
                    f"INSERT INTO {table.fullname} ({columns}) SELECT {columns} FROM before.{table.fullname}"
                )


def sync(folder: Path) -> None:
    """A name in a folder is on the disk when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
