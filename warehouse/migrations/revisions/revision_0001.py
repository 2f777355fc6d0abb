"""What the first release made: facts, a ledger of loaded and refused files, and the figures."""

from __future__ import annotations

from alembic import op
from sqlalchemy.schema import CreateSchema

from warehouse.migrations.outside import Outside
from warehouse.migrations.written import tables_of

revision = "0001"
down_revision = None


def upgrade(outside: Outside) -> None:  # noqa: ARG001 - every revision is given it
    """Make its tables, without rows."""
    connection = op.get_bind()
    for name in ("facts", "ledger", "reporting"):
        connection.execute(CreateSchema(name, if_not_exists=True))
    tables_of(revision).create_all(connection)


def downgrade(outside: Outside) -> None:
    """There is nothing before it."""
    raise NotImplementedError("there is no schema before 0001: move the warehouse away instead")
