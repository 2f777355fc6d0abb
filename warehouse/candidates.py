"""Numbers that may be one child's by surname, birth date and postcode: a person looks, and confirms or rejects.

Nothing is merged by likeness alone: twins share all three. Two children who both have an NHS number are never
candidates, because those tell them apart. The comparison is made in the vault's words; the warehouse hears of pairs of
pseudonyms and of what the person decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import md5
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, insert, literal, select

from warehouse.children import CHILD_DECISIONS, CHILD_NUMBERS, decided
from warehouse.keys import Key
from warehouse.vault import KEY, Vault


class NotACandidate(Exception):
    """No such pair is waiting, or none was decided. Command line: exit code 2."""


@dataclass(frozen=True)
class Details:
    """What an agency says of one of the two, in clear: for the person who decides, and for nobody's log."""

    number: str
    """Kind and pseudonym."""
    said_by: str
    kind: str
    value: str
    surname: str
    forename: str
    born_on: date
    postcode: str


@dataclass(frozen=True)
class Candidate:
    """Two numbers that may be one child's."""

    candidate_id: str
    one: Details
    other: Details
    state: str
    """``open``, ``confirmed`` or ``rejected``"""


def candidates(connection: Connection, vault: Vault, key: Key, *, all_of_them: bool = False) -> list[Candidate]:
    """The pairs that wait for a person's word; with ``all_of_them`` those decided as well.

    Children are taken as ``facts.child_numbers`` has them, which the last refresh worked out, and with what has been
    confirmed since: who has just been told to be one twin cannot be told to be the other.
    """
    words, found = decided(connection), {}
    child_of = _children(connection, [pair for pair, word in words.items() if word == "confirmed"])
    for one, other in _alike(vault, key):
        pair = one.number, other.number
        state = words.get(pair, "open")
        children = {child_of.get(number, number) for number in pair}
        known_apart = len(children) == 2 and all(child.startswith("nhs:") for child in children)
        if state == "open" and (len(children) == 1 or known_apart):
            continue
        if state == "open" or all_of_them:
            found[pair] = Candidate(_id(pair), one, other, state)
    return [found[pair] for pair in sorted(found)]


def write_down(
    connection: Connection,
    pair: tuple[str, str],
    decision: str,
    *,
    decision_id: str,
    by: str,
    because: str,
    at: datetime,
) -> None:
    """A person's word, ``confirmed`` or ``rejected``, on two numbers; the latest counts from the next refresh on."""
    said = {"decision": decision, "decided_at": at, "decided_by": by, "because": because}
    line = {"decision_id": decision_id, "one_number": pair[0], "other_number": pair[1]}
    once = ~exists(select(1).where(CHILD_DECISIONS.c.decision_id == decision_id))
    values = {**line, **said}
    rows = select(*(literal(value) for value in values.values())).where(once)
    connection.execute(insert(CHILD_DECISIONS).from_select(list(values), rows))


def find(connection: Connection, vault: Vault, key: Key, candidate_id: str) -> Candidate:
    """The candidate of that id, open or decided.

    Raises:
        NotACandidate: there is none.
    """
    for candidate in candidates(connection, vault, key, all_of_them=True):
        if candidate.candidate_id == candidate_id:
            return candidate
    raise NotACandidate(f"There is no candidate {candidate_id}: `quorate child candidates --all` lists them.")


def _children(connection: Connection, confirmed: list[tuple[str, str]]) -> dict[str, str]:
    """Number → child; the lowest number stands for the child, so an NHS number if there is one."""
    child_of = dict(connection.execute(select(CHILD_NUMBERS.c.number, CHILD_NUMBERS.c.child)).tuples().all())
    for pair in confirmed:
        low, high = sorted(child_of.get(number, number) for number in pair)
        if low != high:
            child_of |= dict.fromkeys([*pair, *(number for number, child in child_of.items() if child == high)], low)
    return child_of


def _id(pair: tuple[str, str]) -> str:
    return md5("|".join(pair).encode(), usedforsecurity=False).hexdigest()[:10]


def _alike(vault: Vault, key: Key) -> list[tuple[Details, Details]]:
    """Pairs of numbers whose surname, birth date and postcode agree but for case and signs; the lower number first."""
    one, other = _described(vault, key, "one"), _described(vault, key, "other")
    same = [one.c[name] == other.c[name] for name in ("written", "born_on", "place")]
    asked = select(*one.c, *other.c).join(other, (one.c.number < other.c.number) & same[0] & same[1] & same[2])
    with vault.store.reading() as connection:
        rows = connection.execute(asked.distinct()).all()
    width = len(one.c)
    return sorted(((_details(row[:width]), _details(row[width:])) for row in rows), key=repr)


def _described(vault: Vault, key: Key, name: str) -> Any:
    named, told = vault.identifiers.alias(), vault.details.alias()
    return (
        select(
            (named.c.kind + ":" + named.c.token).label("number"),
            told.c.said_by,
            named.c.kind,
            named.c.value,
            told.c.surname,
            func.coalesce(told.c.forename, "").label("forename"),
            told.c.born_on,
            told.c.postcode,
            _plain(told.c.surname).label("written"),
            _plain(told.c.postcode).label("place"),
        )
        .join(named, named.c.token == told.c.token)
        .where(named.c[KEY] == key.fingerprint, told.c[KEY] == key.fingerprint)
        .subquery(name)
    )


def _plain(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Capitals without blanks, dashes and apostrophes: O'Neill-Smith and ONEILL SMITH are one name."""
    for sign in (" ", "-", "'", "’"):
        text = func.replace(text, sign, "")
    return func.upper(text)


def _details(row: Any) -> Details:
    number, said_by, kind, value, surname, forename, born_on, postcode, *_ = row
    return Details(number, said_by, kind, value, surname, forename, born_on, postcode)
