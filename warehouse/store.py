"""Where the warehouse lives: a DuckDB file by default, PostgreSQL by its address, and one writer at a time.

with open_store("duckdb:///partnership.duckdb") as store:
    store.create()
    with store.writing() as connection:
        bulk(connection, STAGED, rows)
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Double,
    Engine,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.types import TypeEngine

from warehouse import parameters

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Connection",
    "Locked",
    "Store",
    "Unavailable",
    "bulk",
    "copy",
    "lent",
    "open_store",
    "place_of",
    "registered",
]

DEFAULT_MEMORY: Final = "1GB"
"""What DuckDB may use before it spills to its temporary folder; Python and Arrow come on top."""
DUCKDB_THREADS: Final = 2
WRITER_LOCK: Final = 0x51_75_6F_72_61_74_65
"""PostgreSQL advisory lock held while writing ("Quorate" in ASCII); it belongs to one database."""

SPOILT: Final = (
    "If it was the warehouse and is spoilt: `quorate rebuild` makes it anew from the archive, `quorate restore` brings "
    "a backup back."
)
"""What to do about a file that no database can be read from any more."""


class Locked(Exception):
    """Another process is writing to the warehouse, or has its file open. Command line: exit code 6."""


class Unavailable(Exception):
    """The warehouse cannot be reached or opened. Command line: exit code 5."""


class Store:
    """An open warehouse. A DuckDB file stays locked to this process until `close`."""

    def __init__(self, url: URL, engine: Engine, agreed: Mapping[str, parameters.Value]) -> None:
        self.url = url
        self.engine = engine
        self.agreed = agreed
        """The partnership's own parameters; they hold while a connection is open."""
        self._turn = Lock()

    @property
    def dialect(self) -> str:
        """``duckdb`` or ``postgresql``."""
        return self.engine.dialect.name

    @property
    def shown(self) -> str:
        """The address as it may be shown: without a password."""
        return self.url.set(drivername=self.url.get_backend_name()).render_as_string(hide_password=True)

    def create(self) -> None:
        """Make whatever is missing: schemas, tables, the calendar, the reporting periods and the views.

        Raises:
            Locked: another process is writing.
        """
        from warehouse.schema import create_all  # noqa: PLC0415 - loads every metric, which reading a ledger need not

        with self.writing() as connection:
            create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; nothing that is done with it is kept."""
        with self._connected() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, undone when it raises.

        Threads of this process take turns. Another process is refused, not waited for: what a run
        wrote must be seen by the next before that decides anything.

        Raises:
            Locked: another process is writing.
        """
        with self._turn, _files_for_owner_only(), self._connected() as connection, connection.begin():
            if self.dialect == "postgresql" and not connection.scalar(
                select(func.pg_try_advisory_xact_lock(WRITER_LOCK))
            ):
                raise Locked(
                    f"Another run is writing to {self.shown}. Wait until it ends, then run this again; "
                    "`quorate status` shows what it did."
                )
            yield connection

    @contextmanager
    def at_rest(self) -> Iterator[Path]:
        """DuckDB only: the path of its file, complete in itself and not written to within the block.

        Read it from another process only: a process that opens and closes a file by itself gives up its lock on it,
        and another writer would get in. (That is how POSIX locks work; `warehouse.copying_child` copies.)
        """
        with self._turn, self._connected() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT").all()
            yield Path(self.url.database or "")

    def close(self) -> None:
        """Let go of the warehouse; a DuckDB file is free for other processes from now on."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except DBAPIError as error:
            raise _explain(error, self) from None
        with connection, parameters.using(self.agreed):
            yield connection


def open_store(
    url: str,
    *,
    agreed: Mapping[str, parameters.Value] | None = None,
    memory: str = DEFAULT_MEMORY,
    read_only: bool = False,
) -> Store:
    """Open the warehouse at ``duckdb:///path/file.duckdb``, at a plain path, or at ``postgresql://…``.

    A DuckDB file that does not exist is made, readable by its owner only. ``memory`` is DuckDB's limit. Opened
    ``read_only`` a DuckDB file is shared with other readers, and shuts out only who writes. ``agreed`` are the
    partnership's own parameters (`warehouse.parameters.agreed`), by which its figures are worked out.

    Raises:
        Locked: another process has the DuckDB file open.
        Unavailable: the database cannot be reached, or the address is not understood.
    """
    # What goes wrong is raised; the pool would print it as well, with what the database says of the data.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)
    address = _address(url)
    if address.drivername == "duckdb":
        engine = _duckdb(address, memory, read_only=read_only)
    else:
        engine = create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    store = Store(address, engine, agreed or {})
    _try_out(store, makes=not read_only)
    return store


def bulk(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Append ``rows`` to ``table`` in the connection's transaction, as fast as the engine can take them.

    Columns are matched by name; columns of the table that ``rows`` lacks stay null.
    """
    if not rows.num_rows:
        return
    if connection.dialect.name == "duckdb":
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        with registered(connection, "bulk_rows", rows):
            connection.exec_driver_sql(
                f"INSERT INTO {place_of(connection, table)} ({columns}) SELECT {columns} FROM bulk_rows"
            )
    else:
        copy(connection, place_of(connection, table), rows)


@contextmanager
def registered(connection: Connection, name: str, rows: pa.Table) -> Iterator[None]:
    """DuckDB only: ``rows`` can be read as a table called ``name`` within the block; nothing is copied."""
    connection.exec_driver_sql("SELECT 1").all()  # DuckDB refuses while an answer is half read, as .first() leaves it
    connection.exec_driver_sql("register", (name, rows))
    try:
        yield
    finally:
        connection.exec_driver_sql(f'DROP VIEW IF EXISTS "{name}"')


@contextmanager
def lent(connection: Connection, name: str, rows: pa.Table) -> Iterator[Table]:
    """``rows`` as a temporary table within the block, on either engine; undone with the transaction if it fails."""
    there = _temporary(name, tuple((field.name, _type_of(field.type)) for field in rows.schema))
    if connection.dialect.name == "duckdb":
        with registered(connection, name, rows):
            yield there
        return
    there.create(connection)
    copy(connection, name, rows)
    connection.exec_driver_sql(f"ANALYZE {name}")  # or the planner takes a new table for a tiny one
    yield there
    there.drop(connection)


@contextmanager
def set_aside(connection: Connection, name: str, rows: Table, where: ColumnElement[bool]) -> Iterator[Table]:
    """Some of the ``rows`` as a temporary table of their own within the block, on either engine."""
    chosen = _temporary(name, tuple((column.name, type(column.type)) for column in rows.c))
    chosen.create(connection)
    connection.execute(insert(chosen).from_select([column.name for column in rows.c], select(rows).where(where)))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {name}")
    yield chosen
    chosen.drop(connection)


@cache
def _temporary(name: str, columns: tuple[tuple[str, type[TypeEngine[Any]]], ...]) -> Table:
    """One object for each kind of temporary table: SQLAlchemy compiles a statement once for each object in it."""
    said = (Column(column, kind) for column, kind in columns)
    return Table(name, MetaData(), *said, prefixes=["TEMPORARY"])


def _type_of(arrow: pa.DataType) -> type[TypeEngine[Any]]:
    import pyarrow.types as kinds  # noqa: PLC0415 - not needed to ask for the status of a warehouse

    known: dict[Any, type[TypeEngine[Any]]] = {
        kinds.is_boolean: Boolean, kinds.is_integer: BigInteger, kinds.is_floating: Double,
        kinds.is_date: Date, kinds.is_timestamp: DateTime,
    }  # fmt: skip
    return next((ours for is_kind, ours in known.items() if is_kind(arrow)), Text)


def copy(connection: Connection, name: str, rows: pa.Table) -> None:
    """PostgreSQL only: COPY ``rows`` into the table called ``name``, a piece at a time.

    Arrow writes CSV with text quoted and nulls bare, which is how COPY tells "" from null.
    """
    import pyarrow as pa  # noqa: PLC0415 - not needed to ask for the status of a warehouse
    import pyarrow.csv  # noqa: PLC0415

    columns = ", ".join(f'"{column}"' for column in rows.column_names)
    unheaded = pyarrow.csv.WriteOptions(include_header=False)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)") as out:
        for batch in rows.to_batches(max_chunksize=50_000):
            sink = pa.BufferOutputStream()
            pyarrow.csv.write_csv(batch, sink, unheaded)
            out.write(memoryview(sink.getvalue()))


def place_of(connection: Connection, table: Table) -> str:
    """The name of ``table`` as the connection sees it, for statements that are written by hand."""
    elsewhere = connection.get_execution_options().get("schema_translate_map") or {}
    return f'{elsewhere.get(table.schema, table.schema)}."{table.name}"'


def _address(url: str) -> URL:
    if "://" not in url:
        return URL.create("duckdb", database=url)
    try:
        address = make_url(url)
    except ArgumentError:
        raise Unavailable(
            "The warehouse's address is not understood. Give a path, duckdb:///path/file.duckdb, "
            "or postgresql://user@host/database."
        ) from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "duckdb" and address.database:
        return address
    raise Unavailable(
        f"The warehouse cannot be a {address.get_backend_name()} database. Give a path, "
        "duckdb:///path/file.duckdb, or postgresql://user@host/database."
    )


def _duckdb(address: URL, memory: str, *, read_only: bool) -> Engine:
    return create_engine(
        address,
        hide_parameters=True,  # an error must not carry a value from the data
        connect_args={
            "read_only": read_only,
            "config": {
                "memory_limit": memory,
                "threads": DUCKDB_THREADS,
                "temp_directory": f"{address.database}.tmp",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "preserve_insertion_order": False,  # or a bulk load would hold its rows back to keep their order
            },
        },
    )


def begin_file(file: Path) -> None:
    """Make an empty DuckDB file where there is none, whole or not at all.

    DuckDB writes the headers of a new file one after another: a run killed between them, or a disk that fills up
    there, would leave a file that nothing can open any more.
    """
    import duckdb  # noqa: PLC0415 - PostgreSQL does without

    if file.exists():
        return
    with TemporaryDirectory(prefix=f".{file.name}.new-", dir=file.parent) as folder:
        begun = Path(folder) / file.name
        duckdb.connect(begun).close()
        with suppress(FileExistsError):  # another run was quicker: its file stands
            file.hardlink_to(begun)


def _try_out(store: Store, *, makes: bool) -> None:
    """Open the first connection now: better to hear here that it cannot be had."""
    if store.dialect == "duckdb" and makes:
        file = Path(store.url.database or "")
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _files_for_owner_only():
            begin_file(file)
    with _files_for_owner_only(), store.reading():
        pass


_one_mask = Lock()


@contextmanager
def _files_for_owner_only() -> Iterator[None]:
    """What is made within the block, DuckDB's log beside its file too, only its owner may read.

    One thread at a time: the mask is the process's, and of two the second would take the first's for what was before.
    """
    with _one_mask:
        before = os.umask(0o077)
        try:
            yield
        finally:
            os.umask(before)


def _explain(error: DBAPIError, store: Store) -> Locked | Unavailable:
    said = str(error.orig)
    if "Could not set lock on file" in said:
        return Locked(
            f"Another program has {store.shown} open: a run, or somebody's session. Wait until it ends, or close it, "
            "then run this again."
        )
    if "not a valid DuckDB database file" in said:
        return Unavailable(f"{store.shown} is not a DuckDB file. Give the warehouse another path. {SPOILT}")
    if store.dialect == "duckdb":
        first_line = said.partition("\n")[0]  # of opening a file: nothing has been read of it that could be told
        return Unavailable(
            f"{store.shown} cannot be opened ({first_line}). Check that the folder exists and may be written to. "
            f"{SPOILT}"
        )
    return Unavailable(
        f"{store.shown} does not answer. Check that the server is running, that the address, user and password are "
        "right, and that this computer may reach it."
    )
