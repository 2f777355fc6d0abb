"""History, states, quarantine and pseudonyms: the schema of the second release.

Up, every fact becomes what holds since its delivery's period began and is known since it was loaded. What the first
release did not keep cannot be made up: the rows that a correction replaced, and which deliveries brought a row again.
`quorate rebuild` has them from the archive. Down, what the first schema has no place for goes: history, decisions,
deliveries that are not loaded, publications.
"""

from __future__ import annotations

from alembic import op

from warehouse.migrations.facts_0002 import lower_facts, raise_facts
from warehouse.migrations.ledger_0002 import (
    attempts_that_stand,
    lower_deliveries,
    lower_quarantine,
    raise_deliveries,
    raise_quarantine,
)
from warehouse.migrations.outside import Outside
from warehouse.migrations.setting_aside import drop_views, replacing
from warehouse.migrations.written import tables_of

revision = "0002"
down_revision = "0001"


def upgrade(outside: Outside) -> None:
    """0001 → 0002, with all rows."""
    connection, old, new = op.get_bind(), tables_of("0001"), tables_of("0002")
    drop_views(connection, old.tables["ledger.views"])
    with replacing(connection, old, new) as aside:
        raise_deliveries(connection, aside["ledger.deliveries"], new, outside)
        deliveries = new.tables["ledger.deliveries"]
        raise_quarantine(connection, aside["ledger.refused_rows"], deliveries, new.tables["ledger.quarantine"])
        for full, table in aside.items():
            schema, _, name = full.partition(".")
            if schema == "facts":
                raise_facts(connection, name, table, deliveries, new.tables[full], outside=outside)


def downgrade(outside: Outside) -> None:
    """0002 → 0001, with all rows that it has a place for."""
    connection, old, new = op.get_bind(), tables_of("0001"), tables_of("0002")
    drop_views(connection, new.tables["ledger.views"])
    with replacing(connection, new, old) as aside:
        told_of = (old.tables["ledger.delivery_members"], old.tables["ledger.findings"])
        lower_deliveries(connection, old, aside["ledger.deliveries"], told_of)
        deliveries, refused = old.tables["ledger.deliveries"], old.tables["ledger.refused_rows"]
        lower_quarantine(connection, aside["ledger.quarantine"], deliveries, refused)
        again = attempts_that_stand(aside["ledger.deliveries"])
        for full, table in aside.items():
            schema, _, name = full.partition(".")
            if schema == "facts" and full in old.tables:
                versions = (table, aside[f"history.{name}"])
                lower_facts(connection, name, versions, deliveries, old.tables[full], read_again=again, outside=outside)
