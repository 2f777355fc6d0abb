"""PostgreSQL: the role that analysts read with. It sees the schema ``reporting`` and nothing else.

On DuckDB the same is done by a copy of the file (`warehouse.snapshot`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

DEFAULT_ROLE: Final = "quorate_reader"


class NoReaders(Exception):
    """The role that analysts read with is not as it should be, and this user may not make it so."""


def statements(role: str) -> tuple[str, ...]:
    """What a database administrator runs to give a role that exists its rights, now and for what is made later."""
    name = _quoted(role)
    return (
        f"GRANT USAGE ON SCHEMA reporting TO {name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO {name}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA reporting GRANT SELECT ON TABLES TO {name}",
    )


def let_in(connection: Connection, role: str = DEFAULT_ROLE) -> bool:
    """Make the role if it is not there, and let it read ``reporting``; returns whether anything had to be done.

    The role cannot log in by itself: give it to the analysts' own users with ``GRANT``.

    Raises:
        NoReaders: with the SQL that somebody who may has to run.
    """
    exists = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    if exists and _reads(connection, role):
        return False
    make = () if exists else (f"CREATE ROLE {_quoted(role)} NOLOGIN",)
    wanted = (*make, *statements(role))
    try:
        with connection.begin_nested():
            for statement in wanted:
                connection.exec_driver_sql(statement)
            if not _reads(connection, role):  # PostgreSQL only warns of a right that was not this user's to give
                raise NoReaders(_ask(role, wanted))
    except DBAPIError:
        raise NoReaders(_ask(role, wanted)) from None
    return True


def _reads(connection: Connection, role: str) -> bool:
    """The role may use the schema and read everything in it, and what this user makes there later."""
    told = connection.execute(
        text(
            """
            SELECT has_schema_privilege(:role, 'reporting', 'USAGE')
               AND NOT EXISTS (
                   SELECT 1 FROM pg_class WHERE relnamespace = 'reporting'::regnamespace
                   AND relkind IN ('r', 'v', 'm', 'p') AND NOT has_table_privilege(:role, oid, 'SELECT'))
               AND EXISTS (
                   SELECT 1 FROM pg_default_acl, aclexplode(defaclacl) AS given
                   WHERE defaclnamespace = 'reporting'::regnamespace AND defaclobjtype = 'r'
                   AND defaclrole = current_user::regrole AND given.privilege_type = 'SELECT'
                   AND given.grantee = (SELECT oid FROM pg_roles WHERE rolname = :role))
            """
        ),
        {"role": role},
    )
    return bool(told.scalar_one())


def _ask(role: str, wanted: tuple[str, ...]) -> str:
    return (
        f"Analysts cannot read the figures as {role}: this user may not give that right. Somebody who may has to run, "
        f"in this database: {'; '.join(wanted)};"
    )


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'
