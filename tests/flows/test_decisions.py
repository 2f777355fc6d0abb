"""What a person decides about a delivery: its states, its steps, its rows; and the same decision after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, or_, select

from connectors.agency import all_feeds
from connectors.isolation import ReaderProcess
from connectors.receipts import read_all
from flows.decisions import Undecidable, release, reprocess, withdraw
from flows.delivery import Outcome, Place, deliver
from tests.flows.small_feeds import A_DOZEN, TABLE, among_connectors, in_use, name_of, small_feed, small_place, text_of
from warehouse import ledger
from warehouse.store import Store
from warehouse.tables import FACTS, HISTORY

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
NOW = datetime(2026, 6, 1, 2, 30)
LATER = NOW + timedelta(days=1)
BY = {"by": "A. Officer", "why": "sent for the wrong year"}
UNREADABLE = text_of({"A": "10"}, "x", is_whole=False)


class Crash(BaseException):
    """The power fails here."""


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def place(store: Store, tmp_path: Path, reader: ReaderProcess) -> Iterator[Place]:
    with in_use(), small_place(store, tmp_path / "archive", reader) as there:
        yield there


def send(
    place: Place,
    text: str,
    month: date = JANUARY,
    version: int | None = None,
    *,
    at: datetime = NOW,
    rows: int | None = None,
    carries: str = "its_period",
) -> Outcome:
    """Deliver a text; ``rows``: how many the agency says there are."""
    path = place.archive.parent / name_of(month, version)
    path.write_text(text)
    totals = None if rows is None else {"*": rows}
    return deliver(path, small_feed(carries), place, now=at, control_totals=totals)


def line(place: Place, delivery_id: str) -> dict[str, object]:
    with place.store.reading() as connection:
        found = ledger.find(connection, delivery_id)
    assert found is not None
    return found


def states(place: Place) -> list[str]:
    """Of all deliveries, in the order of their arrival; of one file, by attempts."""
    with place.store.reading() as connection:
        lines = ledger.list_deliveries(connection)
    return [one["state"] for one in sorted(lines, key=lambda one: (one["sequence"], one["attempt"]))]


def steps(place: Place, delivery_id: str) -> list[str]:
    with place.store.reading() as connection:
        return [one["to_state"] for one in ledger.list_steps(connection, delivery_id)]


def staff(place: Place, known_at: datetime | None = None) -> dict[str, int]:
    """Group → number of staff: what holds now, by all that is known now or was then."""
    found = {}
    with place.store.reading() as connection:
        for table in (FACTS[TABLE], HISTORY[TABLE]):
            of = table.c
            known = of.known_to.is_(None)
            if known_at is not None:
                known = (of.known_from <= known_at) & or_(known, of.known_to > known_at)
            told = select(of.role_group, of.headcount_in_scope).where(known, of.valid_to.is_(None))
            found.update(connection.execute(told).tuples().all())
    return found


def power_fails(place: Place, decide, statement: str) -> None:
    """Carry a decision out, and stop at the first statement that begins so."""

    def fail(_connection, _cursor, said, *_) -> None:
        if said.startswith(statement):
            raise Crash

    event.listen(place.store.engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(Crash):
            decide()
    finally:
        event.remove(place.store.engine, "before_cursor_execute", fail)


def test_a_withdrawn_delivery_leaves_what_the_others_say_and_its_file_stays(place):
    send(place, text_of({"A": "10", "B": "10"}, "first"))
    second = send(place, text_of({"A": "11", "C": "11"}, "second"))
    assert staff(place) == {"A": 11, "C": 11}
    became = withdraw(place, second.delivery_id, **BY, at=LATER)
    assert (became.rows, staff(place), staff(place, NOW)) == (3, {"A": 10, "B": 10}, {"A": 11, "C": 11})
    assert states(place) == ["loaded", "withdrawn"]
    assert steps(place, second.delivery_id) == ["received", "read", "judged", "loaded", "withdrawn"]
    with place.store.reading() as connection:
        last = ledger.list_steps(connection, second.delivery_id)[-1]
    assert (last["by"], last["why"], last["at"]) == (BY["by"], BY["why"], LATER)
    again = send(place, text_of({"A": "11", "C": "11"}, "second"))
    assert (again.state, staff(place)) == ("withdrawn", {"A": 10, "B": 10})
    assert f"reprocess {second.delivery_id}" in again.says


def test_what_a_withdrawn_delivery_said_stays_where_another_said_it_too(place):
    first = send(place, text_of({"A": "10"}, "first"))
    second = send(place, text_of({"A": "10"}, "exported again"))
    assert (second.state, second.rows_unchanged) == ("duplicate", 1)
    withdraw(place, first.delivery_id, **BY, at=LATER)
    assert (states(place), staff(place)) == (["withdrawn", "duplicate"], {"A": 10})
    withdraw(place, second.delivery_id, **BY, at=LATER)
    assert (states(place), staff(place)) == (["withdrawn", "withdrawn"], {})


def test_the_version_between_two_that_say_the_same_does_not_win_because_it_comes_late(place):
    """The third is a duplicate of the first, and still newer than the second."""
    send(place, text_of({"A": "10"}, "v1"), version=1)
    send(place, text_of({"A": "10"}, "v3"), version=3)
    send(place, text_of({"A": "11"}, "v2"), version=2)
    assert (states(place), staff(place)) == (["loaded", "duplicate", "loaded"], {"A": 10})


def test_a_file_that_arrived_before_another_does_not_become_the_newer_by_being_read_after_it(place):
    refused = text_of({"A": "10"}, "first", is_whole=False)
    assert send(place, refused).state == "refused"
    send(place, text_of({"A": "11"}, "second"))
    with in_use(is_mended=True) as feeds:
        path = place.archive.parent / name_of(JANUARY)
        path.write_text(refused)
        assert deliver(path, feeds["small_its_period"], place, now=LATER).state == "loaded"
    assert staff(place) == {"A": 11}


def test_a_held_delivery_is_released_as_it_is_and_one_that_is_not_held_is_not(place):
    held = send(place, text_of({"A": "10"}, "x"), rows=99)
    assert (held.state, staff(place)) == ("held", {})
    assert f"release {held.delivery_id}" in held.says
    released = release(place, held.delivery_id, **BY, at=LATER)
    assert (released.state, released.rows_loaded, staff(place), staff(place, NOW)) == ("loaded", 1, {"A": 10}, {})
    assert steps(place, held.delivery_id) == ["received", "read", "judged", "held", "read", "judged", "loaded"]
    assert "control_totals" in str(line(place, held.delivery_id)["held_because"])
    with pytest.raises(Undecidable, match="is loaded; this can be done when a delivery is held"):
        release(place, held.delivery_id, **BY, at=LATER)


def test_a_correction_is_held_like_any_file_and_what_it_would_replace_stands(place):
    send(place, text_of({"A": "10", "B": "10"}, "first"), version=1)
    held = send(place, text_of({"A": "11"}, "cut short"), version=2, rows=2)
    assert (held.state, staff(place)) == ("held", {"A": 10, "B": 10})


def test_a_held_delivery_can_be_withdrawn_instead(place):
    held = send(place, text_of({"A": "10"}, "x"), rows=99)
    assert withdraw(place, held.delivery_id, **BY, at=LATER).rows == 0
    assert (states(place), staff(place)) == (["withdrawn"], {})
    with pytest.raises(Undecidable, match="is withdrawn"):
        release(place, held.delivery_id, **BY, at=LATER)


def test_a_released_delivery_keeps_its_place_among_those_that_came_since(place):
    held = send(place, text_of({"A": "10", "B": "10"}, "first"), rows=99)
    send(place, text_of({"A": "11"}, "second"))
    release(place, held.delivery_id, **BY, at=LATER)
    assert staff(place) == {"A": 11}


def test_a_delivery_read_again_with_a_mended_connector_takes_the_place_of_what_it_said(place):
    first = send(place, text_of({"A": "10", "B": A_DOZEN}, "x"))
    assert (first.rows_refused, staff(place)) == (1, {"A": 10})
    with in_use(is_mended=True):
        again = reprocess(place, first.delivery_id, **BY, at=LATER)
    assert (again.state, again.rows_loaded, again.rows_unchanged, again.rows_refused) == ("loaded", 1, 1, 0)
    assert (staff(place), staff(place, NOW)) == ({"A": 10, "B": 12}, {"A": 10})
    assert (states(place), again.delivery_id != first.delivery_id) == (["replaced", "loaded"], True)
    with place.store.reading() as connection:  # what it had said before keeps its first provenance
        found = connection.execute(select(FACTS[TABLE].c.role_group, FACTS[TABLE].c.delivery_id)).tuples().all()
    assert dict(found) == {"A": first.delivery_id, "B": again.delivery_id}
    with pytest.raises(Undecidable, match=f"was read again already, as {again.delivery_id}"):
        reprocess(place, first.delivery_id, **BY, at=LATER)


@pytest.mark.parametrize("carries", ["its_period", "everything", "changes"])
def test_a_delivery_that_is_read_again_and_withdrawn_is_gone_with_all_its_attempts(place, carries):
    first = send(place, text_of({"A": "10"}, "x"), carries=carries)
    again = reprocess(place, first.delivery_id, **BY, at=LATER)
    withdraw(place, again.delivery_id, **BY, at=LATER)
    assert (states(place), staff(place)) == (["replaced", "withdrawn"], {})
    third = reprocess(place, again.delivery_id, **BY, at=LATER)
    assert (third.state, states(place), staff(place)) == ("loaded", ["replaced", "withdrawn", "loaded"], {"A": 10})


def test_a_delivery_read_again_for_another_period_leaves_nothing_in_the_one_it_was_read_for(place):
    """Its name says February; the mended connector goes by its rows, which say January."""
    first = send(place, text_of({"A": "10"}, "x"), FEBRUARY)
    with among_connectors(replace(small_feed("its_period"), period="(?!)")):
        again = reprocess(place, first.delivery_id, **BY, at=LATER)
    assert (states(place), staff(place)) == (["replaced", "loaded"], {"A": 10})
    with place.store.reading() as connection:
        (fact,) = connection.execute(select(FACTS[TABLE].c.delivery_id, FACTS[TABLE].c.valid_from)).all()
    assert tuple(fact) == (again.delivery_id, JANUARY)
    withdraw(place, again.delivery_id, **BY, at=LATER)
    assert staff(place) == {}


def test_a_withdrawn_delivery_read_again_does_not_overtake_what_came_since(place):
    first = send(place, text_of({"A": "10", "B": "10"}, "first"))
    withdraw(place, first.delivery_id, **BY, at=LATER)
    send(place, text_of({"A": "11"}, "second"))
    reprocess(place, first.delivery_id, **BY, at=LATER)
    assert (states(place), staff(place)) == (["withdrawn", "loaded", "loaded"], {"A": 11})


def test_a_held_delivery_read_again_is_not_held_any_more(place):
    held = send(place, text_of({"A": "10"}, "x"), rows=99)
    assert reprocess(place, held.delivery_id, **BY, at=LATER).state == "loaded"
    assert (states(place), staff(place)) == (["replaced", "loaded"], {"A": 10})


def test_a_refused_file_is_read_again_when_the_connector_is_mended(place):
    refused = send(place, UNREADABLE)
    assert reprocess(place, refused.delivery_id, **BY, at=LATER).state == "refused"
    with in_use(is_mended=True):
        assert reprocess(place, refused.delivery_id, **BY, at=LATER).state == "loaded"
    assert staff(place) == {"A": 10}


@pytest.mark.parametrize("decide", [withdraw, release, reprocess])
def test_nobody_can_decide_about_a_delivery_that_is_not_there(place, decide):
    with pytest.raises(Undecidable, match="No delivery is named nothing"):
        decide(place, "nothing", **BY, at=LATER)


@pytest.mark.parametrize(
    ("decide", "text", "states_then"),
    [
        (release, UNREADABLE, "refused"),
        (withdraw, UNREADABLE, "refused"),
        (release, text_of({"A": "10"}, "x"), "loaded"),
    ],
)
def test_a_decision_that_does_not_fit_the_state_changes_nothing_and_is_not_written_down(
    place, decide, text, states_then
):
    one = send(place, text)
    with pytest.raises(Undecidable, match=f"is {states_then}; this can be done"):
        decide(place, one.delivery_id, **BY, at=LATER)
    assert states(place) == [states_then]
    assert [type(entry).__name__ for entry in read_all(place.archive)] == ["Receipt"]


@pytest.mark.parametrize("statement", ["UPDATE ledger.deliveries", "INSERT INTO ledger.outbox"])
def test_a_withdrawal_cut_short_is_carried_out_when_it_is_repeated_and_was_not_known_before(place, statement):
    first = send(place, text_of({"A": "10"}, "x"))
    power_fails(place, lambda: withdraw(place, first.delivery_id, **BY, at=LATER), statement)
    assert (states(place), staff(place)) == (["loaded"], {"A": 10})
    send(place, text_of({"B": "11"}, "y"), FEBRUARY, at=LATER + timedelta(hours=1))
    withdraw(place, first.delivery_id, **BY, at=LATER + timedelta(hours=2))
    assert (states(place), staff(place)) == (["withdrawn", "loaded"], {"B": 11})
    assert staff(place, LATER + timedelta(hours=1)) == {"A": 10, "B": 11}  # as it said then, to whoever asked
    kinds = [getattr(entry, "kind", "receipt") for entry in read_all(place.archive)]
    assert kinds == ["receipt", "withdraw", "receipt"]  # repeated, it is one decision


@pytest.mark.parametrize("statement", ["INSERT INTO ledger.outbox", "INSERT INTO ledger.delivery_members"])
def test_a_release_cut_short_is_carried_out_when_it_is_repeated(place, statement):
    held = send(place, text_of({"A": "10"}, "x"), rows=99)
    power_fails(place, lambda: release(place, held.delivery_id, **BY, at=LATER), statement)
    assert (states(place), staff(place)) == (["held"], {})
    assert release(place, held.delivery_id, **BY, at=LATER).state == "loaded"
    assert (states(place), staff(place)) == (["loaded"], {"A": 10})


@pytest.mark.parametrize("statement", ["INSERT INTO ledger.deliveries", "INSERT INTO ledger.delivery_members"])
def test_a_reading_again_cut_short_is_carried_out_when_it_is_repeated(place, statement):
    first = send(place, text_of({"A": "10", "B": A_DOZEN}, "x"))
    with in_use(is_mended=True):
        power_fails(place, lambda: reprocess(place, first.delivery_id, **BY, at=LATER), statement)
        assert (states(place)[0], staff(place)) == ("loaded", {"A": 10})
        assert reprocess(place, first.delivery_id, **BY, at=LATER).state == "loaded"
    assert (states(place), staff(place)) == (["replaced", "loaded"], {"A": 10, "B": 12})


def test_a_delivery_whose_connector_is_gone_waits_until_it_is_back(place):
    first = send(place, text_of({"A": "10"}, "x"))
    known = all_feeds().pop("small_its_period")
    try:
        with pytest.raises(Undecidable, match="No connector is named small_its_period any more"):
            withdraw(place, first.delivery_id, **BY, at=LATER)
    finally:
        all_feeds()["small_its_period"] = known
    assert staff(place) == {"A": 10}
