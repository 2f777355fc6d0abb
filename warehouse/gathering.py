"""Working the evidence out anew: the selects that fill the tables of `warehouse.evidence`."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, literal, or_, select, text, union

from warehouse.children import CHILD_NUMBERS, linked_numbers, work_out
from warehouse.cohort import csa_assessments, csa_enquiries, csa_meetings
from warehouse.evidence import (
    CHILD_AGENCIES,
    CHILD_TRAITS,
    CLAIMS,
    CSA_ASSESSMENTS,
    CSA_CHILDREN,
    CSA_ENQUIRIES,
    CSA_MEETINGS,
    MEETING_NUMBERS,
    PAIRS,
    RETURNS,
)
from warehouse.matching import numbers_of_meetings
from warehouse.parts import child_agencies, circulated, claims, csa_children, pairs
from warehouse.standing import STANDS
from warehouse.store import place_of
from warehouse.tables import CALENDAR, DELIVERIES, DELIVERY_MEMBERS, FACTS
from warehouse.traits import child_traits
from warehouse.triangulation import TRIANGULATION, both_words

POSTGRESQL_SETTINGS: Final = ("work_mem = '128MB'", "jit = off")
"""For the refresh alone: a server's defaults sort on disk, and compile statements that run once."""
SAID_BY_ROWS: Final = {
    "audit_returns": "audited_on",
    "improvement_actions": "due_on",
    "workforce_training": "as_at_on",
}
"""Tables collected for several agencies at once: an agency has returned them when rows of its own are there."""


def gather(connection: Connection) -> None:
    """Work the evidence out from the beginning, in the connection's transaction."""
    prepare(connection)
    work_out(connection)
    for table in fillings():
        fill(connection, table)


def prepare(connection: Connection) -> None:
    """Have PostgreSQL work with what was just loaded; DuckDB needs nothing."""
    if connection.dialect.name == "postgresql":
        for setting in POSTGRESQL_SETTINGS:
            connection.execute(text(f"SET LOCAL {setting}"))
        for fact in FACTS.values():
            # what was just loaded is not in its statistics yet
            connection.execute(text(f"ANALYZE {place_of(connection, fact)}"))


def fill(connection: Connection, table: Table) -> None:
    """Work one table of the evidence out from what it rests on."""
    connection.execute(delete(table))
    connection.execute(insert(table).from_select([column.name for column in table.columns], fillings()[table]))
    if connection.dialect.name == "postgresql":
        # the next select joins what was just written
        connection.execute(text(f"ANALYZE {place_of(connection, table)}"))


@cache
def filled_by(table: Any) -> tuple[Any, ...]:
    """The statements that a table of the evidence is made of; none: it is no evidence."""
    if table is CHILD_NUMBERS:
        return (linked_numbers(),)
    return tuple(rows for filled, rows in fillings().items() if filled is table)


@cache
def fillings() -> dict[Table, Any]:
    """Table → the select that fills it, in the order in which they rest on one another."""
    return {
        RETURNS: _returns(),
        CHILD_TRAITS: child_traits(),
        MEETING_NUMBERS: numbers_of_meetings(),
        CSA_MEETINGS: csa_meetings(),
        CLAIMS: claims(),
        CHILD_AGENCIES: child_agencies(),
        PAIRS: pairs(),
        CSA_CHILDREN: csa_children(),
        CSA_ASSESSMENTS: csa_assessments(),
        CSA_ENQUIRIES: csa_enquiries(),
        TRIANGULATION: both_words(circulated()),
    }


def _returns() -> Any:
    months = select(CALENDAR.c.month_starts_on).distinct().subquery()
    of = DELIVERY_MEMBERS.c
    usable = or_(of.loaded + of.unchanged > 0, of.rows_in == of.ignored)  # a file of refused rows is no return
    delivered = (
        select(DELIVERIES.c.agency_code, of.table_name, months.c.month_starts_on)
        .join(DELIVERY_MEMBERS, of.delivery_id == DELIVERIES.c.delivery_id)
        .join(months, months.c.month_starts_on.between(DELIVERIES.c.period_from, DELIVERIES.c.period_to))
        .where(DELIVERIES.c.state.in_(STANDS), of.table_name.is_not(None), usable)
    )
    by_rows = [
        select(FACTS[name].c.agency_code, literal(name), CALENDAR.c.month_starts_on).join(
            CALENDAR, CALENDAR.c.day == FACTS[name].c[day]
        )
        for name, day in SAID_BY_ROWS.items()
    ]
    return union(delivered, *by_rows)
