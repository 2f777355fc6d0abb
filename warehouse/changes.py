"""Which rows of ``facts`` have changed since the figures were worked out last, and what they were then.

Whoever writes to ``facts`` says so before, in the same transaction: `note` for rows, `note_everything` where it would
be most of them. `warehouse.refreshing` then works out what rests on these rows, and nothing else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Column, Connection, Date, Table, Text, delete, exists, insert, literal, select

from warehouse.tables import FACTS, METADATA, Md5, indexed

CHANGED_ROWS: Final = indexed(
    Table(
        "changed_rows",
        METADATA,
        Column("table_name", Text, nullable=False),
        Column("row_key", Md5, nullable=False),
        Column("was", Md5, comment="its row_hash when figures were worked out last; empty: it was not there"),
        schema="facts",
        comment="One row is a row of facts that was written since figures were worked out last.",
    ),
    "row_key",
)
WORKED_OUT: Final = Table(
    "worked_out",
    METADATA,
    Column("as_of", Date, nullable=False, comment="the last day that was counted"),
    Column("method", Text, nullable=False, comment="md5 of our own code and of the parameters by which it was done"),
    Column("decisions", Text, nullable=False, comment="md5 of what people had decided about children's numbers"),
    schema="facts",
    comment="One row at most: how evidence and sums were worked out last. None: they have to be, from the beginning.",
)


@dataclass(frozen=True)
class WorkedOut:
    """How evidence and sums were worked out last."""

    as_of: date
    method: str
    decisions: str


def last_worked_out(connection: Connection) -> WorkedOut | None:
    """How it was done last; None: it never was, or everything has changed since."""
    found = connection.execute(select(WORKED_OUT)).first()
    return None if found is None else WorkedOut(*found)


def note(connection: Connection, table_name: str, keys: Any) -> None:
    """Rows of a table are about to be written: ``keys`` selects their row_key.

    What a row was is kept from the first time only, so that it is what the figures were worked out from.
    """
    if last_worked_out(connection) is None:
        return
    facts, changed, key = FACTS[table_name].c, CHANGED_ROWS.c, keys.subquery().c.row_key
    is_noted = exists(select(1).where(changed.table_name == table_name, changed.row_key == key))
    told = select(literal(table_name), key, facts.row_hash).select_from(
        key.table.outerjoin(FACTS[table_name], facts.row_key == key)
    )
    names = [column.name for column in CHANGED_ROWS.c]
    connection.execute(insert(CHANGED_ROWS).from_select(names, told.where(~is_noted).distinct()))


def note_everything(connection: Connection) -> None:
    """So much has changed that nothing of what was worked out can be kept."""
    for table in (WORKED_OUT, CHANGED_ROWS):
        connection.execute(delete(table))


def settle(connection: Connection, now: WorkedOut) -> None:
    """Evidence and sums rest on the facts as they are."""
    note_everything(connection)
    connection.execute(insert(WORKED_OUT), [asdict(now)])
