"""The record of publications: what was new, what was said anew, and the same figures twice."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import delete, select, update

from tests.warehouse.drawn import draw, figures, returned
from warehouse import publications
from warehouse.bands import KEY
from warehouse.publications import STATED, Accepted, Recorded
from warehouse.store import Store, bulk
from warehouse.tables import DELIVERIES, MEASURES, OUTBOX, PUBLICATIONS, PUBLISHED_FIGURES, TRANSITIONS

NIGHT = datetime(2026, 11, 2, 2, 30)
AS_OF = date(2026, 10, 31)
MEETINGS = """
    meeting_ref | held_at          | concern_codes | status_code
    M1          | 2026-10-05 10:00 | sexual_abuse  | held
"""


def month(store: Store) -> None:
    """A month of Children's Social Care, loaded and figured."""
    draw(store, "strategy_meetings", MEETINGS)
    returned(store, "csc", "strategy_meetings meeting_participation")
    figures(store, "health_present")


def publish(store: Store, at: datetime = NIGHT, accepted: Accepted | None = None) -> Recorded:
    with store.writing() as connection:
        return publications.record(connection, publications.propose(connection, AS_OF), at, accepted)


def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [dict(line) for line in connection.execute(select(table)).mappings()]


def change(store: Store, **said: Any) -> None:
    """The month's figure says something else."""
    with store.writing() as connection:
        of = MEASURES.c
        where = (of.metric == "health_present", of.period_label == "2026-10", of.agency_code == "")
        connection.execute(update(MEASURES).where(*where).values(**said))


def stated(store: Store) -> set[tuple[Any, ...]]:
    return {tuple(line[name] for name in (*KEY, *STATED)) for line in rows(store, MEASURES)}


def stands(store: Store) -> set[tuple[Any, ...]]:
    with store.reading() as connection:
        lines = publications.standing(connection).values()
    return {tuple(line[name] for name in (*KEY, *STATED)) for line in lines if line["assurance"] != publications.GONE}


def test_the_first_publication_records_every_figure_and_what_rests_in_it(store: Store):
    month(store)
    done = publish(store)
    assert (done.is_new, done.changed, done.restated) == (True, len(rows(store, MEASURES)), 0)
    assert done.deliveries == len(rows(store, DELIVERIES)) == 2
    assert {line["state"] for line in rows(store, DELIVERIES)} == {"published"}
    assert stands(store) == stated(store)
    steps = [line for line in rows(store, TRANSITIONS) if line["to_state"] == "published"]
    assert {(line["from_state"], line["number"]) for line in steps} == {("loaded", 3)}
    (event,) = [line for line in rows(store, OUTBOX) if line["name"] == "quorate.pack.published"]
    assert event["subject"] == done.publication_id
    assert json.loads(event["payload"])["changed"] == done.changed


def test_the_same_figures_twice_are_one_publication(store: Store):
    month(store)
    first = publish(store)
    before = [rows(store, table) for table in (PUBLICATIONS, PUBLISHED_FIGURES, OUTBOX, TRANSITIONS)]
    again = publish(store, NIGHT + timedelta(days=1))
    assert (again.publication_id, again.is_new) == (first.publication_id, False)
    assert [rows(store, table) for table in (PUBLICATIONS, PUBLISHED_FIGURES, OUTBOX, TRANSITIONS)] == before


def test_only_what_says_something_else_is_recorded_and_a_closed_month_is_a_restatement(store: Store):
    month(store)
    publish(store)
    change(store, numerator=1, percentage=100.0)
    done = publish(store, NIGHT + timedelta(days=1))
    assert (done.is_new, done.changed, done.restated) == (True, 1, 1)
    assert stands(store) == stated(store)
    (event,) = [line for line in rows(store, OUTBOX) if line["name"] == "quorate.metrics.restated"]
    assert json.loads(event["payload"]) == {"figures": 1, "version": 1}


def test_to_publish_a_then_b_then_a_again_is_three_publications(store: Store):
    month(store)
    first = publish(store)
    change(store, numerator=1, percentage=100.0)
    publish(store, NIGHT + timedelta(days=1))
    change(store, numerator=0, percentage=0.0)
    third = publish(store, NIGHT + timedelta(days=2))
    assert (third.is_new, third.changed) == (True, 1)
    assert third.publication_id != first.publication_id
    hashes = {line["publication_id"]: line["figures_hash"] for line in rows(store, PUBLICATIONS)}
    assert hashes[first.publication_id] == hashes[third.publication_id]
    assert stands(store) == stated(store)


def test_a_figure_that_is_shown_no_more_is_recorded_as_withdrawn_once(store: Store):
    month(store)
    publish(store)
    with store.writing() as connection:
        connection.execute(delete(MEASURES).where(MEASURES.c.metric == "quorate"))
    gone = publish(store, NIGHT + timedelta(days=1))
    assert gone.changed > 0
    assert stands(store) == stated(store)
    change(store, numerator=1, percentage=100.0)
    assert publish(store, NIGHT + timedelta(days=2)).changed == 1


def test_the_hash_is_of_the_figures_in_any_order(store: Store):
    month(store)
    with store.reading() as connection:
        lines = connection.execute(select(MEASURES)).mappings().all()
    assert publications.hash_of(lines) == publications.hash_of(lines[::-1])
    other = [dict(line) for line in lines]
    other[0]["coverage_numerator"] = 77
    assert publications.hash_of(other) != publications.hash_of(lines)


def test_both_engines_give_the_same_figures_the_same_name(duckdb_url: str, postgresql_url: str):
    from warehouse.store import open_store

    named = set()
    for url in (duckdb_url, postgresql_url):
        with open_store(url) as store:
            month(store)
            named.add(publish(store).publication_id)
    assert len(named) == 1


def test_what_was_held_is_recorded_once_and_becomes_published_by_whom_and_why(store: Store):
    month(store)
    with store.writing() as connection:
        proposed = publications.propose(connection, AS_OF)
        publications.hold(connection, proposed, NIGHT, "a figure moved")
        publications.hold(connection, proposed, NIGHT + timedelta(days=1), "a figure moved")
    assert [line["state"] for line in rows(store, PUBLICATIONS)] == ["held"]
    assert {line["state"] for line in rows(store, DELIVERIES)} == {"loaded"}
    publish(store, NIGHT + timedelta(days=2), Accepted("Jo Bloggs", "the agency confirmed it"))
    (line,) = rows(store, PUBLICATIONS)
    assert (line["state"], line["held_because"]) == ("published", "a figure moved")
    assert (line["accepted_by"], line["accepted_because"]) == ("Jo Bloggs", "the agency confirmed it")


def test_one_publication_at_most_waits_and_none_when_another_went_out(store: Store):
    def waits() -> str | None:
        with store.reading() as connection:
            found = publications.waiting(connection)
        return found.held_because if found else None

    def hold(because: str, day: int) -> None:
        with store.writing() as connection:
            proposed = publications.propose(connection, AS_OF + timedelta(days=day))
            publications.hold(connection, proposed, NIGHT + timedelta(days=day), because)

    assert waits() is None
    month(store)
    hold("a figure moved", 0)
    assert waits() == "a figure moved"
    hold("another one moved", 1)
    assert waits() == "another one moved"
    assert sorted(line["state"] for line in rows(store, PUBLICATIONS)) == ["held", "superseded"]
    hold("a figure moved", 0)  # the first figures once more
    assert waits() == "a figure moved"
    publish(store, NIGHT + timedelta(days=2))
    assert waits() is None
    assert sorted(line["state"] for line in rows(store, PUBLICATIONS)) == ["published", "superseded"]


def test_a_publication_is_due_until_all_that_is_loaded_was_shown(store: Store):
    def is_due() -> bool:
        with store.reading() as connection:
            return publications.is_due(connection)

    assert is_due()
    month(store)
    publish(store)
    assert not is_due()
    returned(store, "police", "meeting_participation")
    assert is_due()
    publish(store, NIGHT + timedelta(days=1))
    assert not is_due()
    with store.writing() as connection:
        from warehouse.ledger import move

        some = connection.scalar(select(DELIVERIES.c.delivery_id).limit(1)) or ""
        move(connection, some, ("published",), "withdrawn", at=NIGHT + timedelta(days=2), by="Jo", why="wrong file")
    assert is_due()
    publish(store, NIGHT + timedelta(days=1))  # of figures that are still the same, and by a slow clock
    assert len(rows(store, PUBLICATIONS)) == 1
    assert not is_due()


def test_a_clock_that_was_set_back_does_not_turn_the_order_around(store: Store):
    month(store)
    publish(store)
    change(store, numerator=1, percentage=100.0)
    publish(store, NIGHT - timedelta(days=30))
    assert stands(store) == stated(store)


def test_many_figures_are_compared_with_what_stands(store: Store):
    month(store)
    with store.writing() as connection:
        line = dict(connection.execute(select(MEASURES).limit(1)).mappings().one())
        many = pa.Table.from_pylist([line | {"agency_code": f"a{number}"} for number in range(2_000)])
        bulk(connection, MEASURES, many)
    assert publish(store).changed == len(rows(store, MEASURES))
    assert publish(store, NIGHT + timedelta(days=1)).changed == 0
