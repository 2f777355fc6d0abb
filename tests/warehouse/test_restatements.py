"""A figure that was published and later changed: what it was, what it is, and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from tests.warehouse.drawn import draw, figures, returned
from tests.warehouse.test_publications import NIGHT, change, publish
from warehouse import definitions
from warehouse.parameters import agreed
from warehouse.restatements import Change, changes, restatements
from warehouse.store import Store
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, TRANSITIONS

MEETINGS = """
    meeting_ref | concern_identified_at | held_at          | concern_codes | status_code | urgency_code
    M1          | 2026-10-01 09:00      | 2026-10-06 10:00 | sexual_abuse  | held        | standard
    M2          | 2026-10-05 09:00      | 2026-10-06 10:00 | sexual_abuse  | held        | standard
"""
SAID = """
    said_by | agency_code | meeting_ref | attendance_code
    csc     | health_gp   | M1          | attended
"""


def month(store: Store) -> None:
    """October as it was first published: Health at one of two meetings, both in time."""
    draw(store, "strategy_meetings", MEETINGS, "meetings")
    draw(store, "meeting_participation", SAID, "parts")
    returned(store, "csc", "strategy_meetings meeting_participation")
    night(store, 0)


def night(store: Store, days: int) -> None:
    """Work the figures out and publish them, so many days later."""
    figures(store, "health_present")
    at = NIGHT + timedelta(days=days)
    with store.writing() as connection:
        definitions.record(connection, at)
    publish(store, at)


def arrived(store: Store, delivery: str, at: datetime, attempt: int = 1, replaces: str | None = None) -> None:
    """Of a drawn delivery: when it was loaded, into which table, and what else the ledger says of it."""
    said = {"attempt": attempt, "replaces": replaces}
    counts = dict.fromkeys(("rows_in", "loaded", "unchanged", "refused", "ignored"), 0)
    member = {"delivery_id": delivery, "source_member": "m", "table_name": "meeting_participation"} | counts
    with store.writing() as connection:
        connection.execute(update(DELIVERIES).where(DELIVERIES.c.delivery_id == delivery).values(said))
        connection.execute(update(TRANSITIONS).where(TRANSITIONS.c.delivery_id == delivery).values(at=at))
        connection.execute(insert(DELIVERY_MEMBERS).values(member))


def of_health(store: Store, label: str = "2026-10") -> Change:
    """The newest change of the month's figure."""
    with store.reading() as connection:
        return next(one for one in restatements(connection) if one.key[0] == "health_present" and one.key[-1] == label)


@pytest.mark.parametrize(
    ("line", "cause"),
    [({}, "late data"), ({"replaces": "parts"}, "re-delivery"), ({"attempt": 2}, "rule")],
)
def test_a_delivery_changes_a_figure(store: Store, line: dict[str, Any], cause: str):
    month(store)
    draw(store, "meeting_participation", SAID.replace("M1", "M2"), "more")
    arrived(store, "more", NIGHT + timedelta(hours=5), **line)
    night(store, 1)
    found = of_health(store)
    assert (found.cause, found.deliveries, found.was_over) == (cause, ("more",), True)
    assert (found.before.numerator, found.before.denominator) == (1, 2)
    assert (found.after.numerator, found.after.denominator) == (2, 2)
    assert found.points == 50.0


def test_only_what_came_since_the_figures_were_last_worked_out_is_the_cause(store: Store):
    month(store)
    draw(store, "meeting_participation", SAID.replace("attended", "deputy"), "same")  # another word, the same figure
    arrived(store, "same", NIGHT + timedelta(hours=5), replaces="parts")
    night(store, 1)
    draw(store, "meeting_participation", SAID.replace("M1", "M2"), "more")
    arrived(store, "more", NIGHT + timedelta(days=1, hours=5))
    night(store, 2)
    assert (of_health(store).cause, of_health(store).deliveries) == ("late data", ("more",))


def test_a_number_that_was_agreed_anew_changes_a_figure(store: Store):
    month(store)
    store.agreed = agreed({"meeting_on_time": {"standard": 1}})
    night(store, 1)
    with store.reading() as connection:
        found = [one for one in restatements(connection) if one.key[-1] == "2026-10"]
    assert {(one.key[0], one.cause) for one in found} == {("meeting_on_time", "parameter")}


def test_a_period_that_goes_on_is_changed_and_not_restated(store: Store):
    month(store)
    draw(store, "meeting_participation", SAID.replace("M1", "M2"), "more")
    night(store, 1)
    with store.reading() as connection:
        every, of_ended = changes(connection), restatements(connection)
    assert {one.key[-2] for one in every} - {one.key[-2] for one in of_ended} == {"quarter"}  # October to December


def test_what_changed_for_no_reason_that_is_known_is_said_so(store: Store):
    month(store)
    change(store, numerator=0, percentage=0.0)
    publish(store, NIGHT + timedelta(days=1))
    assert (of_health(store).cause, of_health(store).deliveries) == ("other", ())
