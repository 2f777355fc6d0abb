"""What the whole catalogue needs: more columns in four tables, the actions a meeting agreed, and figures that
say by what they are broken down, how they were counted and of which rows.

What is worked out anew at every refresh (`DERIVED`) is not carried up: it is empty until the next night, since what was
worked out before does not say what the new columns do. The figures themselves stay; the dimensions beside them are
filled when the warehouse is opened.

Up, every row keeps its words, its ``row_key`` and its ``row_hash``: a column that a table gains counts in the hash only
where it has a value (docs/decisions/0016), and no row has one yet. So neither sightings nor the content hashes of
deliveries change, and the same file delivered again says what it said before. What the archived files have in the new
columns is not read here: `quorate rebuild` does. Figures keep what they said; how they were
counted nobody wrote down, so the next run works them out anew.

Down, the new columns and tables go. A row that had a value in one of them is given the hash that the second release
would have given it, and so are the sightings of it; its deliveries no longer say what they said, so they lose their
content hash: a file with the same rows is then loaded again, as unchanged. Versions that differed in a new column only
stay two. Rows of a table that goes count as ignored. Figures of a part that only this release shows go.
"""

from __future__ import annotations

from typing import Final

from alembic import op

from warehouse.migrations.facts_0003 import forget, lower_facts, raise_facts
from warehouse.migrations.figures_0003 import FIGURES, lower_figures, raise_figures
from warehouse.migrations.outside import Outside
from warehouse.migrations.setting_aside import drop_views, replacing
from warehouse.migrations.written import tables_of

revision = "0003"
down_revision = "0002"

DERIVED: Final = frozenset(
    {
        "facts.child_agencies",
        "facts.child_traits",
        "facts.csa_assessments",
        "facts.csa_children",
        "facts.csa_enquiries",
        "facts.meeting_numbers",
        "reporting.claims",
        "reporting.csa_meetings",
        "reporting.pairs",
    }
)
"""Evidence between the facts and the figures, whose tables this revision brings or widens."""


def upgrade(outside: Outside) -> None:
    """0002 → 0003, with all rows."""
    connection, old, new = op.get_bind(), tables_of("0002"), tables_of("0003")
    drop_views(connection, old.tables["ledger.views"])
    with replacing(connection, old, new) as aside:
        for full, table in aside.items():
            if full in DERIVED:
                continue
            carried = raise_figures if full in FIGURES else raise_facts
            outside.progress(f"{full}: {carried(connection, table, new.tables[full]):,} rows")


def downgrade(outside: Outside) -> None:
    """0003 → 0002, with all rows that it has a place for."""
    connection, old, new = op.get_bind(), tables_of("0002"), tables_of("0003")
    drop_views(connection, new.tables["ledger.views"])
    with replacing(connection, new, old) as aside:
        for full, table in aside.items():
            schema, _, name = full.partition(".")
            if full in DERIVED:
                continue
            if full in FIGURES:
                outside.progress(f"{full}: {lower_figures(connection, table, old.tables[full]):,} rows")
            elif full in old.tables:
                outside.progress(f"{full}: {lower_facts(connection, table, old.tables[full], old):,} rows")
            elif schema == "facts":
                forget(connection, name, old)
