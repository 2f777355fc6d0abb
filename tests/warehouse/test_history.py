"""What holds, what ended and what was known: on both engines, whatever order deliveries came in."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import FromClause, delete, or_, select, union_all

from tests.warehouse.drawn import draw, staged, standing
from warehouse.history import Merged, apply, withdraw
from warehouse.ledger import move
from warehouse.store import Store
from warehouse.tables import DELIVERIES, FACTS, HISTORY, OUTBOX, SIGHTINGS, TRANSITIONS

REFERRALS = FACTS["referrals"]
TWO = """
child_ref | referral_ref | received_at      | source_code
LA1       | R1           | 2026-10-01 09:00 | 6
LA2       | R2           | 2026-10-02 09:00 | 2A
"""
SECOND_CORRECTED = """
child_ref | referral_ref | received_at      | source_code
LA1       | R1           | 2026-10-01 09:00 | 6
LA2       | R2           | 2026-10-02 09:00 | 3A
LA3       | R3           | 2026-10-03 09:00 | 6
"""
SECOND_GONE = """
child_ref | referral_ref | received_at      | source_code
LA1       | R1           | 2026-10-01 09:00 | 6
"""


def rows(store: Store) -> list[tuple[object, ...]]:
    """What holds now: the child, the source and the delivery that first said so."""
    wanted = select(REFERRALS.c.child_ref, REFERRALS.c.source_code, REFERRALS.c.delivery_id)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(wanted.order_by(REFERRALS.c.child_ref))]


def versions(store: Store, known_at: datetime | None = None) -> list[tuple[Any, ...]]:
    """Child, source, delivery, and from which month to which it was so, by what was known (now, or then)."""

    def of(table: FromClause) -> Any:
        names = ("child_ref", "source_code", "delivery_id", "valid_from", "valid_to")
        told = select(*(table.c[name] for name in names))
        if known_at is None:
            return told.where(table.c.known_to.is_(None))
        return told.where(table.c.known_from <= known_at, or_(table.c.known_to.is_(None), table.c.known_to > known_at))

    with store.reading() as connection:
        found = connection.execute(union_all(of(REFERRALS), of(HISTORY["referrals"]))).all()
    return sorted(
        (child, source, delivery, f"{first:%Y-%m}", f"{last:%Y-%m}" if last else "")
        for child, source, delivery, first, last in found
    )


def test_new_rows_are_inserted(store: Store):
    assert draw(store, "referrals", TWO) == Merged(loaded=2, unchanged=0)
    assert rows(store) == [("LA1", "6", "d1"), ("LA2", "2A", "d1")]


def test_the_same_rows_again_change_nothing_and_keep_their_first_provenance(store: Store):
    draw(store, "referrals", TWO, "d1")
    assert draw(store, "referrals", TWO, "d2") == Merged(loaded=0, unchanged=2)
    assert rows(store) == [("LA1", "6", "d1"), ("LA2", "2A", "d1")]
    with store.reading() as connection:
        assert connection.execute(select(HISTORY["referrals"])).all() == []


def test_what_changes_from_month_to_month_held_from_one_to_the_other(store: Store):
    draw(store, "referrals", TWO, "september", period="2026-09", carries="its_period")
    october = draw(store, "referrals", SECOND_CORRECTED, "october", period="2026-10", carries="its_period")
    assert october == Merged(loaded=2, unchanged=1)
    assert versions(store) == [
        ("LA1", "6", "september", "2026-09", ""),
        ("LA2", "2A", "september", "2026-09", "2026-10"),
        ("LA2", "3A", "october", "2026-10", ""),
        ("LA3", "6", "october", "2026-10", ""),
    ]


def test_a_correction_of_a_month_never_held_before_and_is_known_since_it_came(store: Store):
    first, second = datetime(2026, 11, 1), datetime(2026, 11, 9)
    draw(store, "referrals", TWO, "v1", period="2026-10", carries="its_period", known_at=first)
    draw(
        store, "referrals", SECOND_CORRECTED, "v2", period="2026-10", revision=2, carries="its_period", known_at=second
    )
    assert rows(store) == [("LA1", "6", "v1"), ("LA2", "3A", "v2"), ("LA3", "6", "v2")]
    assert versions(store) == [(*row, "2026-10", "") for row in rows(store)]
    assert versions(store, known_at=first) == [
        ("LA1", "6", "v1", "2026-10", ""),
        ("LA2", "2A", "v1", "2026-10", ""),
    ]


@pytest.mark.parametrize(
    ("carries", "second_month", "what_became"),
    [
        ("its_period", "2026-10", []),  # of the same month: it was a mistake, and never held
        ("its_period", "2026-11", [("LA2", "2A", "d1", "2026-10", "")]),  # of another month it says nothing
        ("everything", "2026-11", [("LA2", "2A", "d1", "2026-10", "2026-11")]),  # it has come to an end
        ("changes", "2026-11", [("LA2", "2A", "d1", "2026-10", "")]),  # it is as it was
    ],
)
def test_what_the_absence_of_a_row_means_is_the_feeds_to_say(store: Store, carries, second_month, what_became):
    draw(store, "referrals", TWO, "d1", period="2026-10", carries=carries)
    draw(store, "referrals", SECOND_GONE, "d2", period=second_month, revision=2, carries=carries)
    assert [version for version in versions(store) if version[0] == "LA2"] == what_became


def test_two_systems_that_speak_of_one_child_do_not_overwrite_one_another(store: Store):
    draw(store, "referrals", TWO, "d1", feed="csc_mosaic")
    draw(store, "referrals", SECOND_CORRECTED, "d2", feed="csc_annex_a")
    assert [(child, source) for child, source, _ in rows(store) if child == "LA2"] == [("LA2", "2A"), ("LA2", "3A")]


LETTERS = {"a": TWO, "b": SECOND_CORRECTED, "c": SECOND_GONE}
MONTHS = {
    "four months": [("2026-07", 1, "a"), ("2026-08", 1, "b"), ("2026-09", 1, "a"), ("2026-10", 1, "c")],
    "corrections": [("2026-09", 1, "a"), ("2026-09", 2, "c"), ("2026-10", 1, "b"), ("2026-10", 2, "a")],
}


@pytest.mark.parametrize("carries", ["its_period", "everything", "changes"])
@pytest.mark.parametrize("name", MONTHS)
def test_deliveries_in_any_order_end_in_the_same_versions(store: Store, carries, name):
    ends = set()
    for order in list(permutations(MONTHS[name]))[::5]:
        with store.writing() as connection:
            for table in (REFERRALS, HISTORY["referrals"], SIGHTINGS, DELIVERIES, TRANSITIONS, OUTBOX):
                connection.execute(delete(table))
        for month, revision, letter in order:
            delivery = f"{month}_v{revision}"
            draw(store, "referrals", LETTERS[letter], delivery, period=month, revision=revision, carries=carries)
        ends.add(tuple(versions(store)))
    assert len(ends) == 1
    assert ends.pop()


def test_a_withdrawn_delivery_leaves_what_would_be_there_without_it(store: Store):
    month = {"carries": "its_period", "feed": "csc_mosaic"}
    draw(store, "referrals", TWO, "september", period="2026-09", **month)
    without = versions(store)
    draw(store, "referrals", SECOND_CORRECTED, "october", period="2026-10", **month)
    at = datetime(2026, 12, 1)
    with store.writing() as connection:
        move(connection, "october", ("loaded",), "withdrawn", at=at)
        touched = withdraw(connection, feed="csc_mosaic", chain="csc_mosaic:2026-10", carries="its_period", known_at=at)
    assert touched == {"referrals": 3}
    assert versions(store) == without
    assert ("LA2", "3A", "october", "2026-10", "") in versions(store, known_at=datetime(2026, 11, 30))


def test_an_older_version_that_comes_after_the_newer_counts_when_the_newer_is_withdrawn(store: Store):
    month = {"carries": "its_period", "feed": "csc_mosaic", "period": "2026-10"}
    draw(store, "referrals", SECOND_CORRECTED, "v2", revision=2, **month)
    assert draw(store, "referrals", TWO, "v1", revision=1, **month) == Merged(loaded=2, unchanged=0)
    assert rows(store) == [("LA1", "6", "v1"), ("LA2", "3A", "v2"), ("LA3", "6", "v2")]  # v1 was the first to say LA1
    at = datetime(2026, 12, 1)
    with store.writing() as connection:
        move(connection, "v2", ("loaded",), "withdrawn", at=at)
        withdraw(connection, feed="csc_mosaic", chain="csc_mosaic:2026-10", carries="its_period", known_at=at)
    assert rows(store) == [("LA1", "6", "v1"), ("LA2", "2A", "v1")]


def test_nothing_staged_changes_nothing(store: Store):
    draw(store, "referrals", TWO)
    assert draw(store, "referrals", "child_ref | referral_ref | received_at | source_code", "d2") == Merged(0, 0)
    assert len(rows(store)) == 2


def test_an_error_undoes_the_whole_transaction(store: Store):
    class Stop(Exception):
        pass

    def half_a_load() -> None:
        with store.writing() as connection:
            loading = standing(
                connection, "d1", feed="f", period=None, revision=1, carries="changes", known_at=datetime(2026, 11, 1)
            )
            apply(connection, loading, {"referrals": staged("referrals", TWO)})
            raise Stop

    with pytest.raises(Stop):
        half_a_load()
    assert rows(store) == []


def test_every_kind_of_value_comes_back_as_it_went_in(store: Store):
    text = """
    agency_code | role_group       | as_at_on   | headcount_in_scope | csa_trained_in_date | course_mandatory
    police      | "Null", O'Brien, | 2026-10-31 | 12                 | 9                   | no
    """
    draw(store, "workforce_training", text)
    draw(
        store,
        "strategy_meetings",
        "meeting_ref | held_at | concern_codes | status_code\nM1 | 2026-10-05 10:30 | sexual_abuse neglect | held",
    )
    training, meetings = FACTS["workforce_training"].c, FACTS["strategy_meetings"].c
    with store.reading() as connection:
        said = connection.execute(select(training.role_group, training.as_at_on, training.course_mandatory)).one()
        held = connection.execute(select(meetings.held_at, meetings.concern_codes, meetings.s47_ref)).one()
    assert (said.role_group, said.as_at_on.isoformat(), said.course_mandatory) == (
        '"Null", O\'Brien,',
        "2026-10-31",
        False,
    )
    assert (held.held_at.isoformat(), held.concern_codes, held.s47_ref) == (
        "2026-10-05T10:30:00",
        "|neglect|sexual_abuse|",
        None,
    )
