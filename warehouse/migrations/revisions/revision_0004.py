"""What it takes to tell people: who was chased and who is let be, which figures fell short, and who was told.

Nothing that is there changes. Down, these tables go with their rows: an older release chases nobody by level, and
tells nobody. What a person decided stays in the archive, and `quorate rebuild` brings it back.
"""

from __future__ import annotations

from alembic import op

from warehouse.migrations.outside import Outside
from warehouse.migrations.setting_aside import replacing
from warehouse.migrations.written import tables_of

revision = "0004"
down_revision = "0003"


def upgrade(outside: Outside) -> None:  # noqa: ARG001 - every revision is given it
    """0003 → 0004: four tables more."""
    with replacing(op.get_bind(), tables_of("0003"), tables_of("0004")):
        pass


def downgrade(outside: Outside) -> None:  # noqa: ARG001 - every revision is given it
    """0004 → 0003: without them."""
    with replacing(op.get_bind(), tables_of("0004"), tables_of("0003")):
        pass
