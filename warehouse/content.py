"""What a delivery says, as one hash: two deliveries with the same say the same to us, in whatever order of rows.

It is made over rows as they are pseudonymised, when the file is judged; so it is made anew when the key changes, from
what the warehouse has of each delivery.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

from sqlalchemy import Connection, FromClause, func, select, text, union, update

from warehouse.row_hash import hex_number
from warehouse.staging import staged
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS, FINDINGS, HISTORY, QUARANTINE, SIGHTINGS

Sums = dict[str, dict[str, tuple[int, str]]]
"""Delivery → table → how many rows, and the sum of their hashes."""


def content_hash(rows: Mapping[str, tuple[int, str]], broken: Iterable[tuple[str | None, str, int]], keys: str) -> str:
    """The hash of a delivery.

    What was refused counts too: a file that breaks other rules, or in other rows, is another file.

    Args:
        rows: table → its accepted rows, and the sum of their hashes (`schemas.verdict.sum_of`).
        broken: table, rule, and how often it was found there.
        keys: the sum of the keys of refused rows.
    """
    digest = sha256()
    for name, (number, hashes) in sorted(rows.items()):
        digest.update(f"{name}:{number}:{hashes};".encode())
    for found in sorted(map(repr, broken)):
        digest.update(found.encode())
    digest.update(keys.encode())
    return digest.hexdigest()


def work_out_anew(connection: Connection) -> None:
    """Give every delivery the hash that it would have if it had been judged with the key of now.

    A duplicate has the hash of what it repeats; that has its refused rows in quarantine. A delivery that the warehouse
    does not have whole is left without: the same rows are then loaded once more, as unchanged.
    """
    import pyarrow as pa  # noqa: PLC0415 - not needed to ask for the status of a warehouse

    of = DELIVERIES.c
    told = select(of.delivery_id, of.content_hash, of.rows_refused).where(of.content_hash.is_not(None))
    members, rows, refused = _members(connection), _rows(connection), _refused(connection)
    broken, nothing = _broken(connection), (0, f"{0:032x}")
    anew: dict[str, str | None] = {}
    for delivery_id, was, waits in connection.execute(told).tuples():
        said, (kept, keys) = members[delivery_id], refused.get(delivery_id, nothing)
        found = {name: rows[delivery_id].get(name, nothing) for name in said}
        anew.setdefault(was, None)
        if said and kept == waits and all(found[name][0] == number for name, number in said.items()):
            anew[was] = content_hash(found, broken[delivery_id], keys)
    if anew:
        columns = [pa.array(list(part), pa.string()) for part in (anew.keys(), anew.values())]
        with staged(connection, "renewed_contents", pa.table(columns, names=["was", "becomes"])) as renewed:
            same = renewed.c.was == of.content_hash
            connection.execute(update(DELIVERIES).where(same).values(content_hash=renewed.c.becomes))


def _members(connection: Connection) -> dict[str, dict[str, int]]:
    """Delivery → table → accepted rows, as the ledger counts them."""
    of, found = DELIVERY_MEMBERS.c, defaultdict[str, dict[str, int]](dict)
    told = select(of.delivery_id, of.table_name, func.sum(of.loaded + of.unchanged)).where(of.table_name.is_not(None))
    for delivery_id, name, number in connection.execute(told.group_by(of.delivery_id, of.table_name)).tuples():
        found[delivery_id][name] = int(number)
    return found


def _rows(connection: Connection) -> Sums:
    """The rows of each delivery: as a version that holds or held, as a sighting, or as both."""
    found: Sums = defaultdict(dict)
    names = ("delivery_id", "row_key", "row_hash")
    for name in FACTS:
        said = [select(*(table.c[part] for part in names)) for table in (FACTS[name], HISTORY[name])]
        said.append(select(*(SIGHTINGS.c[part] for part in names)).where(SIGHTINGS.c.table_name == name))
        for delivery_id, number, hashes in _sums(connection, union(*said).subquery("said"), "row_hash"):
            found[delivery_id][name] = number, hashes
    return found


def _refused(connection: Connection) -> dict[str, tuple[int, str]]:
    of = QUARANTINE.c
    every = select(of.delivery_id, of.row_key).subquery("said")
    return {delivery_id: (number, keys) for delivery_id, number, keys in _sums(connection, every, "row_key")}


def _broken(connection: Connection) -> dict[str, list[tuple[str | None, str, int]]]:
    of, found = FINDINGS.c, defaultdict[str, list[tuple[str | None, str, int]]](list)
    named = (of.delivery_id, of.table_name, of.rule)
    for delivery_id, *rest in connection.execute(select(*named, func.count()).group_by(*named)).tuples():
        found[delivery_id].append((rest[0], rest[1], rest[2]))
    return found


def _sums(connection: Connection, rows: FromClause, column: str) -> Iterable[tuple[str, int, str]]:
    """delivery_id, rows and the sum of a column of md5s (empty ones not counted), modulo 2^128."""
    engine = connection.dialect.name
    numbers = [hex_number(engine, f"substr({column}, {place}, 8)", 8) for place in (1, 9, 17, 25)]
    parts = [text(f"coalesce(sum({number}), 0)") for number in numbers]
    told = select(rows.c.delivery_id, func.count(), *parts).select_from(rows).group_by(rows.c.delivery_id)
    for delivery_id, number, *sums in connection.execute(told):
        total = sum(int(part) << shift for part, shift in zip(sums, (96, 64, 32, 0), strict=True))
        yield delivery_id, number, f"{total % 2**128:032x}"
