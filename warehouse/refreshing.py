"""Bringing evidence and sums up to date: from the beginning, or for what a change reaches alone. Both give the same.

What changed units added before is counted from what is left of then, and taken away; what they add now is worked out
from the rows that the change reaches, set apart in temporary tables under the names they always have, and added.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import md5
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, except_, func, insert, select, union, union_all

from warehouse import changes, parameters, reach
from warehouse.apart import apart, twin, within
from warehouse.changes import WorkedOut
from warehouse.children import CHILD_DECISIONS, CHILD_NUMBERS, decided
from warehouse.children import work_out as link_numbers
from warehouse.definitions import tables_of
from warehouse.evidence import RETURNS
from warehouse.gathering import fill, fillings, gather, prepare
from warehouse.metric import Metric, all_metrics
from warehouse.sums import Sums, changed, count, keep, kept
from warehouse.tables import CALENDAR, FACTS, FINDINGS

How = Literal["as it pays", "whole", "changes"]
"""Whichever is cheaper, from the beginning, or for what has changed wherever that can be done at all."""
LEAST_ROWS: Final = 200_000
"""Rows of facts below which everything is done again: there the number of statements decides, not that of rows."""
MOST_PERCENT: Final = 25
"""Percent of the rows that a change may reach; beyond, setting them apart costs more than it saves."""


def work_out(connection: Connection, as_of: date, how: How = "as it pays") -> dict[str, Sums]:
    """Metric → what is counted of it in each month, or period, up to a day; evidence and sums are kept.

    Everything is done again where a parameter, our own code or a decision on a child's numbers has changed, where it
    was never done before, and where the day is another one: so once a month it is, whatever came.
    """
    metrics = all_metrics()
    flows = {name: metric for name, metric in metrics.items() if metric.accumulates == "flow"}
    now, sums = WorkedOut(as_of, _method(), _decisions(connection)), None
    may_follow = how == "changes" or (how == "as it pays" and _are_many(connection))
    if may_follow and changes.last_worked_out(connection) == now:
        prepare(connection)
        sums = _follow(connection, flows, as_of, always=how == "changes")
    if sums is None:
        gather(connection)
        sums = {name: count(connection, metric, as_of) for name, metric in flows.items()}
    keep(connection, sums)
    changes.settle(connection, now)
    return {name: sums[name] if name in flows else count(connection, metric, as_of) for name, metric in metrics.items()}


def _method() -> str:
    """One hash of our own code and of the parameters: if either changes, so may any figure."""
    told = parameters.used_in(parameters.all_parameters())
    return md5(f"{_code()}{told}".encode(), usedforsecurity=False).hexdigest()


@cache
def _code() -> str:
    digest, here = md5(usedforsecurity=False), Path(__file__).parents[1]
    files = [file for package in ("warehouse", "schemas") for file in (here / package).rglob("*")]
    for file in sorted(file for file in files if file.suffix in (".py", ".toml")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _decisions(connection: Connection) -> str:
    return md5(repr(sorted(decided(connection).items())).encode(), usedforsecurity=False).hexdigest()


def _are_many(connection: Connection) -> bool:
    """There are so many facts that it is worth asking what a change reaches."""
    return sum(_rows(connection, table) for table in reach.linked_tables().values()) >= LEAST_ROWS


def _rows(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _follow(
    connection: Connection, flows: Mapping[str, Metric], as_of: date, *, always: bool
) -> dict[str, Sums] | None:
    """The sums after what has changed since; None: to do everything again is cheaper."""
    with apart(connection, {RETURNS: select(RETURNS)}):
        fill(connection, RETURNS)
        months = _months_returned_otherwise(connection)
        reach.find(connection, months)
        followed = None
        if always or _pays(connection):
            linked = {name: metric for name, metric in flows.items() if _is_linked(metric)}
            before = _added_before(connection, linked, as_of)
            after = _added_now(connection, linked, as_of)
            was = kept(connection, linked)
            sums = {name: changed(was[name], before[name], after[name]) for name in linked}
            followed = _with_counted_again(connection, sums, flows, months, as_of)
        reach.forget(connection)
    return followed


def _months_returned_otherwise(connection: Connection) -> set[date]:
    """Months for which a return has come, or is there no more, since figures were worked out last."""
    was, now = select(twin(RETURNS)), select(RETURNS)
    otherwise = union(except_(was, now), except_(now, was)).subquery()
    return set(connection.scalars(select(otherwise.c.month_starts_on).distinct()))


def _pays(connection: Connection) -> bool:
    """Little enough is reached."""
    linked = reach.linked_tables().values()
    rows = sum(_rows(connection, table) for table in linked)
    return sum(_rows(connection, table, reach.is_reached(table)) for table in linked) * 100 < rows * MOST_PERCENT


def _is_linked(metric: Metric) -> bool:
    """All its rows are about children, meetings or enquiries."""
    return not tables_of(metric) & {FACTS[name] for name in FACTS.keys() - reach.linked_tables().keys()}


def _added_before(connection: Connection, metrics: Mapping[str, Metric], as_of: date) -> dict[str, Sums]:
    """What the units that the change reaches added when figures were worked out last."""
    read = frozenset[Table]().union(*map(tables_of, metrics.values()))
    rows: dict[Table, Select[Any] | None] = {
        table: select(table).where(reach.rests_on_reached(table)) for table in _evidence() if table in read
    }
    for name, table in reach.linked_tables().items():
        if table in read:
            still = select(table).where(reach.is_reached(table), ~reach.is_changed(name))
            every = union_all(still, reach.was(name)).subquery()
            rows[table] = select(*(every.c[column.name] for column in table.c))
    with apart(connection, rows, whole=(CALENDAR,)), within(connection):
        return {name: count(connection, metric, as_of) for name, metric in metrics.items()}


def _added_now(connection: Connection, metrics: Mapping[str, Metric], as_of: date) -> dict[str, Sums]:
    """What they add now; the evidence that rests on them is put in the place of what was."""
    rows: dict[Table, Select[Any] | None] = {
        table: select(table).where(reach.is_reached(table)) for table in reach.linked_tables().values()
    }
    rows[CHILD_DECISIONS] = select(CHILD_DECISIONS).where(reach.is_decided_of_reached())
    connection.execute(delete(twin(RETURNS)))
    connection.execute(insert(twin(RETURNS)).from_select(RETURNS.c.keys(), select(RETURNS)))
    with apart(connection, rows | dict.fromkeys(_evidence()), whole=(CALENDAR, FINDINGS)):
        with within(connection):
            link_numbers(connection)
            for table in _evidence()[1:]:
                fill(connection, table)
            added = {name: count(connection, metric, as_of) for name, metric in metrics.items()}
        for table in _evidence():
            connection.execute(delete(table).where(reach.rests_on_reached(table)))
            connection.execute(insert(table).from_select(table.c.keys(), select(twin(table))))
    return added


def _evidence() -> list[Table]:
    """All that is worked out of children, meetings and enquiries, in the order in which it rests on one another."""
    return [CHILD_NUMBERS, *(table for table in fillings() if table is not RETURNS)]


def _with_counted_again(
    connection: Connection, sums: Mapping[str, Sums], flows: Mapping[str, Metric], months: set[date], as_of: date
) -> dict[str, Sums]:
    """The sums, with some months counted again from all evidence, and with what counts other tables: they are small."""
    done = {}
    for name, metric in flows.items():
        if name not in sums:
            done[name] = count(connection, metric, as_of)
        elif months:
            others = {where: summed for where, summed in sums[name].items() if where[1] not in months}
            done[name] = others | count(connection, metric, as_of, months)
        else:
            done[name] = sums[name]
    return done
