"""Likeness only asks a question; a person's word answers it, and it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from schemas.tables.children import Children
from tests.keys import KEY
from tests.warehouse.children_rows import clear_rows
from warehouse.candidates import Candidate, NotACandidate, candidates, find, write_down
from warehouse.children import CHILD_NUMBERS, work_out
from warehouse.pseudonyms import protect
from warehouse.store import Store, bulk
from warehouse.tables import FACTS
from warehouse.vault import Vault, open_vault

NOW = datetime(2026, 11, 23, 2, 30)
CHILDREN = """
said_by    | child_ref | nhs_number | upn | born_on    | surname       | forename | postcode
csc        | LA1       | N1         |     | 2012-02-14 | O'Neill-Smith | Adela    | ZZ1 2AB
edu_school |           |            | U1  | 2012-02-14 | ONEILL SMITH  | Adela    | zz12ab
health_gp  |           | N2         |     | 2012-02-14 | O'Neill-Smith | Borin    | ZZ1 2AB
csc        | LA2       |            |     | 2014-05-01 | O'Neill-Smith | Cala     | ZZ1 2AB
csc        | LA3       |            |     |            | O'Neill-Smith | Cala     | ZZ1 2AB
csc        | LA4       |            |     | 2012-02-14 | Other         | Adela    | ZZ1 2AB
csc        | LA5       |            |     | 2012-02-14 | O'Neill-Smith | Adela    | ZZ9 9ZZ
"""


@pytest.fixture
def vault(store: Store) -> Iterator[Vault]:
    with open_vault(store) as opened:
        protected = protect(clear_rows("children", CHILDREN), Children, "f", KEY)
        opened.keep(protected.vaulted, KEY)
        with store.writing() as connection:
            bulk(connection, FACTS["children"], protected.rows)
        refresh(store)
        yield opened


def refresh(store: Store) -> None:
    with store.writing() as connection:
        work_out(connection)


def waiting(store: Store, vault: Vault, *, all_of_them: bool = False) -> list[Candidate]:
    with store.reading() as connection:
        return candidates(connection, vault, KEY, all_of_them=all_of_them)


def named(found: list[Candidate]) -> list[tuple[str, str, str]]:
    return sorted((*sorted((one.one.value, one.other.value)), one.state) for one in found)


def say(store: Store, candidate: Candidate, decision: str, hours: int = 0, *, is_worked_out: bool = True) -> None:
    with store.writing() as connection:
        at = NOW + timedelta(hours=hours)
        pair = candidate.one.number, candidate.other.number
        said = {"by": "A. Person", "because": "both records seen", "at": at}
        write_down(connection, pair, decision, decision_id=f"{candidate.candidate_id} {decision} {hours}", **said)
    if is_worked_out:
        refresh(store)


def child_of(store: Store, kind: str, value: str) -> str:
    number = f"{kind}:{KEY.tokens(kind, [value])[0]}"
    with store.reading() as connection:
        child = connection.scalar(select(CHILD_NUMBERS.c.child).where(CHILD_NUMBERS.c.number == number))
    return child or number


def test_surname_birth_date_and_postcode_make_a_candidate_and_two_nhs_numbers_tell_twins_apart(
    store: Store, vault: Vault
):
    # LA1 with N1 and the twin N2 are known apart; the school's U1 may be either: a person must look.
    assert named(waiting(store, vault)) == [("LA1", "U1", "open"), ("N2", "U1", "open")]


def test_a_confirmed_pair_is_one_child_survives_a_refresh_and_can_be_taken_back(store: Store, vault: Vault):
    (pair,) = [one for one in waiting(store, vault) if {"LA1", "U1"} == {one.one.value, one.other.value}]
    say(store, pair, "confirmed")
    refresh(store)
    assert child_of(store, "upn", "U1") == child_of(store, "ref", "LA1") == child_of(store, "nhs", "N1")
    assert named(waiting(store, vault)) == []  # U1 has an NHS number now: the twin is another child
    say(store, pair, "rejected", hours=1)
    assert child_of(store, "upn", "U1") != child_of(store, "ref", "LA1")
    assert child_of(store, "ref", "LA1") == child_of(store, "nhs", "N1")
    assert named(waiting(store, vault)) == [("N2", "U1", "open")]
    assert ("LA1", "U1", "rejected") in named(waiting(store, vault, all_of_them=True))


def test_who_is_one_twin_cannot_be_the_other_before_the_figures_are_worked_out_either(store: Store, vault: Vault):
    (pair,) = [one for one in waiting(store, vault) if {"LA1", "U1"} == {one.one.value, one.other.value}]
    say(store, pair, "confirmed", is_worked_out=False)
    assert child_of(store, "upn", "U1") != child_of(store, "ref", "LA1")
    assert named(waiting(store, vault)) == []


def test_two_confirmed_pairs_that_share_a_number_are_one_child(store: Store, vault: Vault):
    for pair in waiting(store, vault):
        say(store, pair, "confirmed")
    assert len({child_of(store, *one) for one in (("ref", "LA1"), ("upn", "U1"), ("nhs", "N2"))}) == 1


def test_a_candidate_is_found_by_its_id(store: Store, vault: Vault):
    first = waiting(store, vault)[0]
    with store.reading() as connection:
        assert find(connection, vault, KEY, first.candidate_id) == first
        with pytest.raises(NotACandidate, match="--all"):
            find(connection, vault, KEY, "0" * 10)
