"""What changed alone is worked out, and it is the same as everything from the beginning, after whatever happened.

A failure names its seed: ``QUORATE_TEST_SEED=7 pytest tests/warehouse/test_refreshing.py`` does the same again.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import md5
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from schemas.table import CHILD
from tests.warehouse.drawn import LOADED_AT, draw, returned, standing
from tests.warehouse.generated import LAST_DAY, MONTHS, Generated, staged_as
from warehouse import ledger
from warehouse.children import CHILD_DECISIONS, CHILD_NUMBERS
from warehouse.evidence import CLAIMS, EVIDENCE
from warehouse.figures import refresh
from warehouse.fingerprint import Fingerprint, of_table
from warehouse.history import apply, withdraw
from warehouse.parameters import agreed, value_of
from warehouse.refreshing import How
from warehouse.store import Store
from warehouse.sums import MONTH_SUMS
from warehouse.tables import MEASURES
from warehouse.triangulation import TRIANGULATION

GIVEN = os.environ.get("QUORATE_TEST_SEED")
WORKED_OUT = (CHILD_NUMBERS, *EVIDENCE, TRIANGULATION, MONTH_SUMS, MEASURES)


def held(connection: Connection) -> dict[str, Fingerprint]:
    return {table.fullname: of_table(connection, table) for table in WORKED_OUT}


def differences(store: Store, as_of: date) -> list[str]:
    """Tables that are not the same after working out what changed and after working out everything."""
    with store.writing() as connection:
        refresh(connection, [], as_of, "changes")
        by_changes = held(connection)
    with store.writing() as connection:
        refresh(connection, [], as_of, "whole")
        from_the_beginning = held(connection)
        connection.rollback()
    return [name for name, one in by_changes.items() if one != from_the_beginning[name]]


@dataclass
class Nights:
    """A partnership whose rows come over several nights: new, corrected, late, left out, withdrawn."""

    seed: int
    meetings: int
    night: int = 0
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - no secret is made with it
        self.rows = Generated(self.seed, self.meetings).rows
        self.chains: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
        for name, rows in self.rows.items():
            for number, row in enumerate(rows):
                period = f"{self.dice.choice(MONTHS):%Y-%m}"
                self.chains.setdefault((name, period), []).append((number, row))

    def pass_one(self, store: Store, chains: list[tuple[str, str]]) -> None:
        """A night on which a file of each of these chains comes; others are withdrawn, and returns arrive."""
        self.night += 1
        at = LOADED_AT + timedelta(days=self.night)
        for name, period in chains:
            self._deliver(store, name, period, at)
        if len(self.sent) > 3 and self.dice.random() < 0.4:
            self._withdraw(store, *self.dice.choice(self.sent), at)
        for _ in range(2):
            agency, month = self.dice.choice(["police", "health_gp", "edu_school", "csc"]), self.dice.choice(MONTHS)
            tables = ["meeting_participation plan_circulation", "involvements", "strategy_meetings meeting_children"]
            returned(store, agency, self.dice.choice(tables), f"{month:%Y-%m}")
        if self.dice.random() < 0.3:
            self._decide(store, at)

    def _deliver(self, store: Store, name: str, period: str, at: datetime) -> None:
        told = [
            (number, self._otherwise(name, row) if self.dice.random() < 0.1 else row)
            for number, row in self.chains[name, period]
            if self.dice.random() < 0.9
        ]
        with store.writing() as connection:
            loading = standing(
                connection,
                f"{name}-{period}-{self.night}",
                feed=f"feed_{name}",
                period=period,
                revision=self.night,
                carries="its_period",
                known_at=at,
            )
            apply(connection, loading, {name: staged_as(name, told)})
        self.sent.append((name, period, f"{name}-{period}-{self.night}"))

    def _otherwise(self, name: str, row: dict[str, Any]) -> dict[str, Any]:
        """The row with some of its cells as another row of the table has them; those of a count belong together."""
        if name == "workforce_training":
            return row
        other = self.dice.choice(self.rows[name])
        told = {column: other.get(column) if self.dice.random() < 0.3 else cell for column, cell in row.items()}
        whose = other if self.dice.random() < 0.3 else row
        return told | {column: whose.get(column) for column in CHILD if column in row or column in other}

    def _withdraw(self, store: Store, name: str, period: str, delivery_id: str, at: datetime) -> None:
        with store.writing() as connection:
            ledger.move(connection, delivery_id, ("loaded",), "withdrawn", at=at)
            chain = f"feed_{name}:{period}"
            withdraw(connection, feed=f"feed_{name}", chain=chain, carries="its_period", known_at=at)
        self.sent.remove((name, period, delivery_id))

    def _decide(self, store: Store, at: datetime) -> None:
        one, other = sorted(f"nhs:{self.dice.choice(self.rows['children']).get('nhs_number')}" for _ in range(2))
        said = {
            "decided_at": at,
            "decided_by": "A. Worker",
            "because": "the same birth record",
            "decision": "confirmed",
        }
        name = md5(f"{one}{other}{self.night}".encode(), usedforsecurity=False).hexdigest()
        if one != other:
            with store.writing() as connection:
                connection.execute(
                    insert(CHILD_DECISIONS), [said | {"decision_id": name, "one_number": one, "other_number": other}]
                )


def different_after(store: Store, seed: int, meetings: int, nights: int) -> list[str]:
    """Seed, night and table of every difference over some nights."""
    made, found = Nights(seed, meetings), []
    chains = sorted(made.chains)
    made.pass_one(store, [chain for chain in chains if made.dice.random() < 0.7])
    with store.writing() as connection:
        refresh(connection, [], MONTHS[-2])
    for night in range(nights):
        made.pass_one(store, made.dice.sample(chains, made.dice.choice([1, 3, 12])))
        as_of = MONTHS[-2] if night < nights // 2 else LAST_DAY
        found += [f"seed {seed}, night {made.night}: {name}" for name in differences(store, as_of)]
    return found


@pytest.mark.parametrize("seed", [int(GIVEN or 3)])
def test_what_changed_gives_the_same_as_everything_from_the_beginning(store: Store, seed: int):
    assert different_after(store, seed, 60, 4) == []


@pytest.mark.long
@pytest.mark.parametrize("partnership", range(10))  # each in a warehouse of its own
def test_so_it_does_over_many_nights_of_many_partnerships(store: Store, partnership: int):
    seed = int(GIVEN) if GIVEN else random.SystemRandom().randrange(2**32)
    assert different_after(store, seed, 150, 12) == []


TWO_MEETINGS = """
    meeting_ref | held_at          | status_code | concern_codes
    M1          | 2026-10-05 10:00 | held        | sexual_abuse
    M2          | 2026-10-06 10:00 | held        | sexual_abuse
"""
AT_BOTH = """
    meeting_ref | said_by | agency_code | attendance_code
    M1          | csc     | health_gp   | apologies
    M2          | csc     | health_gp   | apologies
"""
CAME_AFTER_ALL = """
    meeting_ref | said_by | agency_code | attendance_code
    M1          | csc     | health_gp   | attended
"""
OCTOBER = date(2026, 10, 31)


def two_meetings(store: Store) -> None:
    """Health was at neither, as far as the figures say; of M2 the evidence was tampered with: there it was."""
    returned(store, "csc", "strategy_meetings meeting_participation")
    draw(store, "strategy_meetings", TWO_MEETINGS)
    draw(store, "meeting_participation", AT_BOTH, "parts-1", feed="parts")
    with store.writing() as connection:
        refresh(connection, [], OCTOBER)
        connection.execute(update(CLAIMS).where(CLAIMS.c.meeting_ref == "M2").values(attended=True))


def at_meetings(store: Store, how: How = "changes") -> dict[str, bool]:
    """Meeting → Health was there, as the evidence says after a refresh."""
    with store.writing() as connection:
        refresh(connection, [], OCTOBER, how)
        return dict(connection.execute(select(CLAIMS.c.meeting_ref, CLAIMS.c.attended)).tuples().all())


def test_only_what_a_change_reaches_is_worked_out_anew(store: Store):
    two_meetings(store)
    draw(store, "meeting_participation", CAME_AFTER_ALL, "parts-2", feed="parts")
    assert at_meetings(store) == {"M1": True, "M2": True}
    assert at_meetings(store, "whole") == {"M1": True, "M2": False}


def test_the_figure_is_that_of_before_and_what_the_change_added(store: Store):
    two_meetings(store)
    draw(store, "meeting_participation", CAME_AFTER_ALL, "parts-2", feed="parts")
    at_meetings(store)
    with store.reading() as connection:
        of = MEASURES.c
        told = select(of.numerator, of.denominator).where(
            of.metric == "health_present", of.period_label == "2026-10", of.breakdown == ""
        )
        assert connection.execute(told).all() == [(1, 2)]


def test_nothing_is_worked_out_anew_where_nothing_has_changed(store: Store):
    two_meetings(store)
    assert at_meetings(store) == {"M1": False, "M2": True}


def test_a_small_warehouse_is_worked_out_from_the_beginning(store: Store):
    two_meetings(store)
    assert at_meetings(store, "as it pays") == {"M1": False, "M2": False}


def test_a_changed_parameter_has_everything_worked_out(store: Store):
    two_meetings(store)
    store.agreed = agreed({"sarc_is_health": not value_of("sarc_is_health")})
    assert at_meetings(store) == {"M1": False, "M2": False}


def test_a_decision_on_a_childs_numbers_has_everything_worked_out(store: Store):
    two_meetings(store)
    said = {"decided_at": LOADED_AT, "decided_by": "A. Worker", "because": "same record", "decision": "confirmed"}
    with store.writing() as connection:
        connection.execute(
            insert(CHILD_DECISIONS), [said | {"decision_id": "1", "one_number": "nhs:1", "other_number": "upn:1"}]
        )
    assert at_meetings(store) == {"M1": False, "M2": False}


def test_a_failed_refresh_leaves_what_changed_for_the_next(store: Store):
    two_meetings(store)
    draw(store, "meeting_participation", CAME_AFTER_ALL, "parts-2", feed="parts")
    with store.writing() as connection:
        refresh(connection, [], OCTOBER, "changes")
        connection.rollback()
    assert at_meetings(store) == {"M1": True, "M2": True}


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2026, 11, 30)])
def test_another_day_is_worked_out_from_the_beginning(store: Store, day: date):
    two_meetings(store)
    with store.writing() as connection:
        refresh(connection, [], day, "changes")
        assert not connection.scalar(select(CLAIMS.c.attended).where(CLAIMS.c.meeting_ref == "M2"))
