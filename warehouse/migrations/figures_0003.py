"""Revision 0003, the figures: up as figures of the whole that were counted nobody knows how; down without the parts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Connection, Table, func, insert, literal, select

FIGURES: Final = ("reporting.measures", "ledger.published_figures")


def raise_figures(connection: Connection, old: Table, target: Table) -> int:
    """Take every figure over; returns how many. What must be there and was not is empty, or none."""
    gained = [column for column in target.c if column.name not in old.c and not column.nullable]
    nothing = [literal(0 if isinstance(column.type, BigInteger) else "") for column in gained]
    names = [*(column.name for column in old.c), *(column.name for column in gained)]
    connection.execute(insert(target).from_select(names, select(*old.c, *nothing)))
    return _rows(connection, target)


def lower_figures(connection: Connection, table: Table, target: Table) -> int:
    """Take over the figures of the whole and of agencies; returns how many."""
    shared = [table.c[column.name] for column in target.c]
    chosen = select(*shared).where(table.c.breakdown == "")
    connection.execute(insert(target).from_select([column.name for column in shared], chosen))
    return _rows(connection, target)


def _rows(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)
