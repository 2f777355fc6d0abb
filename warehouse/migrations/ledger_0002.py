"""Revision 0002, the ledger: deliveries with an order, a chain and states; refused rows with a life; and back."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Subquery, Table, and_, case, delete, insert, literal, select

from warehouse.migrations.outside import Outside

STEPS: Final = {"loaded": ("received", "read", "judged", "loaded"), "refused": ("received", "refused")}
"""The way a delivery has gone that the first release called by this name."""
ONCE_LOADED: Final = ("loaded", "published", "duplicate")
"""States that the first release called loaded; it had a duplicate loaded with all its rows unchanged."""


def raise_deliveries(connection: Connection, old: Table, new: MetaData, outside: Outside) -> None:
    """Give every delivery its place: in order of arrival, the first of its attempts, in its chain."""
    order = (old.c.received_at, old.c.finished_at, old.c.delivery_id)
    lines: list[dict[str, Any]] = []
    newest: dict[str, tuple[int, str]] = {}
    sequence = 0
    for line in connection.execute(select(old).order_by(*order)).mappings():
        sequence = max(sequence + 1, _nanoseconds(line["received_at"]))
        lines.append(dict(line) | {"sequence": sequence, "attempt": 1} | _place(dict(line), newest, outside))
    if not lines:
        return
    connection.execute(insert(new.tables["ledger.deliveries"]), lines)
    connection.execute(insert(new.tables["ledger.transitions"]), [step for line in lines for step in _steps(line)])
    outside.progress(f"{len(lines):,} deliveries have their place")


def raise_quarantine(connection: Connection, old: Table, deliveries: Table, quarantine: Table) -> None:
    """Open a case for every refused row; a corrected file closes it when it is judged again."""
    names = ["delivery_id", "source_member", "table_name", "source_row"]
    rows = (
        select(*(old.c[name] for name in names), literal("open"), deliveries.c.received_at)
        .join(deliveries, deliveries.c.delivery_id == old.c.delivery_id)
        .where(old.c.source_row.is_not(None))
    )
    connection.execute(insert(quarantine).from_select([*names, "state", "opened_at"], rows))


def lower_deliveries(connection: Connection, old: MetaData, new: Table, told_of: tuple[Table, ...]) -> None:
    """Write the loaded and the refused down as the first release did; of the others nothing is kept.

    ``told_of``: tables that speak of deliveries and stay. A delivery that is held or was withdrawn becomes one that
    never came: the first release loads it again if it still lies in the landing zone.
    """
    target = old.tables["ledger.deliveries"]
    kept = new.c.state.in_((*ONCE_LOADED, "refused"))
    said = {column.name: new.c[column.name] for column in target.c if column.name != "state"}
    state = case((new.c.state == "refused", "refused"), else_="loaded")
    connection.execute(insert(target).from_select([*said, "state"], select(*said.values(), state).where(kept)))
    for table in told_of:
        known = select(target.c.delivery_id)
        connection.execute(delete(table).where(table.c.delivery_id.not_in(known)))


def attempts_that_stand(deliveries: Table) -> Subquery:
    """was, delivery_id: of an attempt that a newer one replaced, the attempt at the same file that stands.

    The first release knew one reading of a file: a row that both attempts say is the second's, or nobody would be
    there to have said it.
    """
    was, stands = deliveries.alias("was").c, deliveries.alias("stands").c
    same = and_(*(was[name] == stands[name] for name in ("feed", "sha256", "chain", "revision")))
    told = select(was.delivery_id.label("was"), stands.delivery_id).where(same)
    return told.where(was.state == "replaced", stands.state.in_(ONCE_LOADED)).subquery()


def lower_quarantine(connection: Connection, quarantine: Table, deliveries: Table, target: Table) -> None:
    """Every refused row, whatever became of it: the first release knew no life after refusal."""
    names = [column.name for column in target.c]
    rows = select(*(quarantine.c[name] for name in names)).where(
        quarantine.c.delivery_id.in_(select(deliveries.c.delivery_id))
    )
    connection.execute(insert(target).from_select(names, rows))


def _place(line: dict[str, Any], newest: dict[str, tuple[int, str]], outside: Outside) -> dict[str, Any]:
    """Chain, revision and what it replaces; a refused file was never read far enough to have a chain."""
    if line["state"] != "loaded":
        return {"chain": None, "revision": 1, "replaces": None}
    chain = outside.chain_of(line)
    before = newest.get(chain)
    revision = outside.revision_of(line) or (before[0] + 1 if before else 1)
    if before is None or revision >= before[0]:
        newest[chain] = (revision, line["delivery_id"])
    return {"chain": chain, "revision": revision, "replaces": before[1] if before else None}


def _steps(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "delivery_id": line["delivery_id"],
            "number": number,
            "from_state": before,
            "to_state": after,
            "at": line["received_at"] if number == 1 else line["finished_at"],
        }
        for number, (before, after) in enumerate(pairwise((None, *STEPS[line["state"]])), start=1)
    ]


def _nanoseconds(instant: datetime) -> int:
    """As `time.time_ns` would have said at a local instant."""
    return int(instant.timestamp()) * 10**9 + instant.microsecond * 1000
