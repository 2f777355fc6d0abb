"""Small drawn tables: facts and deliveries written as a person would draw them, put into a warehouse.

    draw(store, "strategy_meetings", '''
        meeting_ref | held_at          | status_code
        M1          | 2026-10-05 10:00 | held
    ''')

An empty cell is null; ``yes`` and ``no`` are flags; several codes stand with a space between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import md5
from itertools import count
from typing import Any
from uuid import uuid4

import pyarrow as pa
from sqlalchemy import Connection, RowMapping, select

from schemas.table import CHILD, Kind, fact_columns, key
from schemas.tables import all_tables
from warehouse.calendar import add_months
from warehouse.figures import refresh
from warehouse.history import Loading, Merged, apply
from warehouse.ledger import Delivery, DeliveryMember, find, move, place, receive, write_outcome
from warehouse.standing import Carries
from warehouse.store import Store
from warehouse.tables import MEASURES

LOADED_AT = datetime(2026, 11, 1, 2, 30)
_NUMBERS = count(1)


def drawn(text: str) -> list[dict[str, str | None]]:
    """Header and rows of a drawn table."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [{name: cell or None for name, cell in zip(lines[0], line, strict=True)} for line in lines[1:]]


def staged(table_name: str, text: str, feed: str = "drawn") -> pa.Table:
    """A drawn table with all canonical columns, keys and places, as the pipeline stages it."""
    table = all_tables()[table_name]
    rows = []
    for number, row in enumerate(drawn(text), start=2):
        said = {column.name: cell(row.pop(column.name, None), column.kind) for column in fact_columns(table)}
        assert not row, f"{table_name} has no column {sorted(row)}"
        child = next((said[name] for name in CHILD if said.get(name)), None)
        named = [child if name == "child" else said[name] for name in key(table)]
        rows.append(
            said
            | {
                "source_member": f"{table_name}.csv",
                "source_row": number,
                "row_key": _md5([feed, *named]),
                "row_hash": _md5(said.items()),
            }
        )
    types = {column.name: column.arrow_type for column in fact_columns(table)} | {
        "source_row": pa.int64(),
    }
    names = [*(column.name for column in fact_columns(table)), "source_member", "source_row", "row_key", "row_hash"]
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def draw(
    store: Store,
    table_name: str,
    text: str,
    delivery_id: str = "d1",
    *,
    period: str | None = None,
    revision: int = 1,
    carries: Carries = "changes",
    feed: str = "drawn",
    known_at: datetime = LOADED_AT,
) -> Merged:
    """Deliver a drawn table; ``period`` is a month such as 2026-10. Without one, files follow as they come."""
    with store.writing() as connection:
        loading = standing(
            connection, delivery_id, feed=feed, period=period, revision=revision, carries=carries, known_at=known_at
        )
        became = apply(connection, loading, {table_name: staged(table_name, text, feed)}).values()
        return Merged(sum(one.loaded for one in became), sum(one.unchanged for one in became))


def standing(
    connection: Connection,
    delivery_id: str,
    *,
    feed: str,
    period: str | None,
    revision: int,
    carries: Carries,
    known_at: datetime,
) -> Loading:
    """A delivery that stands in the ledger as loaded, and nothing of it is there yet."""
    starts = date.fromisoformat(f"{period}-01") if period else None
    chain = f"{feed}:{delivery_id}" if carries == "changes" else f"{feed}:{period or 'always'}"
    if find(connection, delivery_id) is None:
        delivery = _delivery(delivery_id, feed, "csc", starts, starts, received_at=known_at)
        receive(connection, delivery)
        move(connection, delivery_id, ("received",), "loaded", at=known_at)
        place(connection, replace(delivery, chain=chain, revision=revision))
    return Loading(delivery_id, feed, carries, chain, starts, known_at)


def _delivery(
    delivery_id: str,
    feed: str,
    agency: str,
    first: date | None,
    last: date | None,
    *,
    received_at: datetime = LOADED_AT,
) -> Delivery:
    return Delivery(
        delivery_id=delivery_id,
        sequence=next(_NUMBERS),
        feed=feed,
        agency_code=agency,
        file_name=f"{agency}.csv",
        sha256=uuid4().hex,
        bytes=1,
        received_at=received_at,
        finished_at=received_at,
        state="loaded",
        period_from=first,
        period_to=add_months(last, 1) - timedelta(days=1) if last else None,
    )


def returned(
    store: Store, agency: str, tables: str, first: str = "2026-10", last: str | None = None, *, refused: int = 0
) -> None:
    """An agency delivered these tables (named with spaces between) for the months from ``first`` to ``last``."""
    starts, ends = (date.fromisoformat(f"{month}-01") for month in (first, last or first))
    delivery = _delivery(uuid4().hex, f"{agency}_test", agency, starts, ends)
    members = [DeliveryMember(f"{name}.csv", name, refused, 0, 0, refused, 0) for name in tables.split()]
    rows = refused * len(members)
    delivery = replace(delivery, rows_in=rows, rows_refused=rows)
    with store.writing() as connection:
        receive(connection, delivery)
        move(connection, delivery.delivery_id, ("received",), "loaded", at=LOADED_AT)
        write_outcome(connection, delivery, members)


def figures(
    store: Store, *metrics: str, expected: Iterable[tuple[str, str]] = (), as_of: str = "2026-10-31"
) -> list[RowMapping]:
    """Refresh, and give the metrics' rows of ``reporting.measures``."""
    with store.writing() as connection:
        refresh(connection, expected, date.fromisoformat(as_of))
        return list(connection.execute(select(MEASURES).where(MEASURES.c.metric.in_(metrics))).mappings())


def figure(
    rows: list[RowMapping],
    period: str = "2026-10",
    *,
    view: str = "recorded",
    category: str = "",
    agency: str = "",
) -> RowMapping:
    """The one figure of a period, view, category and agency."""
    (found,) = [
        row
        for row in rows
        if (row["period_label"], row["view"], row["category"], row["agency_code"]) == (period, view, category, agency)
        and not row["breakdown"]
    ]
    return found


def of(row: RowMapping) -> tuple[int | None, int | None, str]:
    """Numerator, denominator and assurance: what most tests are about."""
    return row["numerator"], row["denominator"], row["assurance"]


def cell(text: str | None, kind: Kind) -> Any:
    """A drawn cell as the value of its column's kind."""
    if text is None:
        return None
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "instant":
        return datetime.fromisoformat(text)
    if kind == "flag":
        return {"yes": True, "no": False}[text]
    if kind == "codes":
        return f"|{'|'.join(sorted(text.split()))}|"
    return int(text) if kind == "count" else float(text) if kind == "number" else text


def _md5(values: Iterable[Any]) -> str:
    return md5(repr(list(values)).encode(), usedforsecurity=False).hexdigest()
