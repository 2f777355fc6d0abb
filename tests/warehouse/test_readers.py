"""PostgreSQL: the analysts' role reads ``reporting`` and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from tests.conftest import databases
from warehouse.readers import NoReaders, let_in
from warehouse.store import Store, open_store


@pytest.fixture
def role(postgresql_server: str) -> Iterator[str]:
    """The name of a role that does not exist, quotation marks and all."""
    name = f'readers"{uuid4().hex[:8]}'
    yield name
    with databases(postgresql_server) as connection:
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {quoted(name)}")


@pytest.fixture
def warehouse(postgresql_url: str, role: str) -> Iterator[Store]:
    with open_store(postgresql_url) as store:
        yield store
        with store.writing() as connection:
            if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
                connection.exec_driver_sql(f"DROP OWNED BY {quoted(role)}")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def reads(store: Store, role: str, what: str) -> bool:
    """Somebody who is that role gets an answer."""
    with store.reading() as connection:
        connection.exec_driver_sql(f"SET ROLE {quoted(role)}")
        try:
            connection.exec_driver_sql(f"SELECT * FROM {what} LIMIT 1").all()
        except ProgrammingError as refused:
            if "permission denied" not in str(refused.orig):
                raise
            return False
        finally:
            connection.rollback()
            connection.exec_driver_sql("RESET ROLE")
        return True


def test_analysts_read_every_table_and_view_of_reporting_and_nothing_else(warehouse: Store, role: str):
    with warehouse.writing() as connection:
        assert let_in(connection, role)
    with warehouse.reading() as connection:
        told = "SELECT table_schema || '.\"' || table_name || '\"' FROM information_schema.tables WHERE table_schema "
        open_to_them = connection.exec_driver_sql(told + "= 'reporting'").scalars().all()
        closed = connection.exec_driver_sql(told + "IN ('facts', 'history', 'ledger', 'vault')").scalars().all()
    assert len(open_to_them) > 10
    assert len(closed) > 30
    assert [what for what in open_to_them if not reads(warehouse, role, what)] == []
    assert [what for what in closed if reads(warehouse, role, what)] == []


def test_analysts_change_nothing(warehouse: Store, role: str):
    with warehouse.writing() as connection:
        let_in(connection, role)
    with warehouse.reading() as connection:
        connection.exec_driver_sql(f"SET ROLE {quoted(role)}")
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.exec_driver_sql("DELETE FROM reporting.measures")
        connection.rollback()
        connection.exec_driver_sql("RESET ROLE")


def test_what_is_made_later_they_read_too(warehouse: Store, role: str):
    with warehouse.writing() as connection:
        let_in(connection, role)
    with warehouse.writing() as connection:
        connection.exec_driver_sql("CREATE VIEW reporting.made_later AS SELECT count(*) FROM facts.referrals")
    assert reads(warehouse, role, "reporting.made_later")


def test_once_they_are_in_nothing_is_done_again(warehouse: Store, role: str):
    with warehouse.writing() as connection:
        assert let_in(connection, role)
    with warehouse.writing() as connection:
        assert not let_in(connection, role)


def test_an_operator_who_may_not_make_roles_is_told_what_to_run(warehouse: Store, postgresql_url: str, role: str):
    operator = f"operator_{uuid4().hex[:8]}"
    with warehouse.writing() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {operator} LOGIN PASSWORD 'x'")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA reporting TO {operator}")
    engine = create_engine(
        make_url(postgresql_url).set(drivername="postgresql+psycopg", username=operator, password="x")  # noqa: S106 - of a test
    )
    try:
        with engine.connect() as connection:
            with pytest.raises(NoReaders) as told:
                let_in(connection, role)
            connection.exec_driver_sql("SELECT 1")  # the transaction it was asked in goes on
    finally:
        engine.dispose()
    asked = str(told.value).partition("database: ")[2].rstrip(";").split("; ")
    with warehouse.writing() as connection:
        for statement in asked:
            connection.exec_driver_sql(statement)
    assert reads(warehouse, role, "reporting.measures")
    with warehouse.writing() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {operator}")
        connection.exec_driver_sql(f"DROP ROLE {operator}")
