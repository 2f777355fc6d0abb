"""Merging a delivery's rows among the facts, on both engines."""

from sqlalchemy import select

from tests.warehouse.drawn import draw, staged
from warehouse.load import Merged, merge
from warehouse.store import Store
from warehouse.tables import FACTS

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


def rows(store: Store) -> list[tuple[object, ...]]:
    """What stands there: the child, the source and the delivery it came in."""
    wanted = select(REFERRALS.c.child_ref, REFERRALS.c.source_code, REFERRALS.c.delivery_id)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(wanted.order_by(REFERRALS.c.child_ref))]


def test_new_rows_are_inserted(store: Store):
    assert draw(store, "referrals", TWO) == Merged(loaded=2, unchanged=0)
    assert rows(store) == [("LA1", "6", "d1"), ("LA2", "2A", "d1")]


def test_the_same_rows_again_change_nothing_and_keep_their_first_provenance(store: Store):
    draw(store, "referrals", TWO, "d1")
    assert draw(store, "referrals", TWO, "d2") == Merged(loaded=0, unchanged=2)
    assert rows(store) == [("LA1", "6", "d1"), ("LA2", "2A", "d1")]


def test_a_corrected_row_replaces_the_old_one_and_only_that(store: Store):
    draw(store, "referrals", TWO, "d1")
    assert draw(store, "referrals", SECOND_CORRECTED, "d2") == Merged(loaded=2, unchanged=1)
    assert rows(store) == [("LA1", "6", "d1"), ("LA2", "3A", "d2"), ("LA3", "6", "d2")]


def test_nothing_staged_changes_nothing(store: Store):
    draw(store, "referrals", TWO)
    assert draw(store, "referrals", "child_ref | referral_ref | received_at | source_code") == Merged(0, 0)
    assert len(rows(store)) == 2


def test_two_tables_can_be_merged_in_one_transaction_and_twice(store: Store):
    with store.writing() as connection:
        for delivery in ("d1", "d2"):
            merge(connection, "referrals", staged("referrals", TWO, delivery))
            merge(connection, "children", staged("children", "said_by | child_ref\ncsc | LA1", delivery))
    assert len(rows(store)) == 2


def test_an_error_undoes_the_whole_transaction(store: Store):
    class Stop(Exception):
        pass

    try:
        with store.writing() as connection:
            merge(connection, "referrals", staged("referrals", TWO))
            raise Stop
    except Stop:
        pass
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
