"""A figure explained to the row: counted in, counted out, refused, and proved against what was published."""

from datetime import date

import pytest
from sqlalchemy import update

from tests.warehouse.drawn import LOADED_AT, draw, figures, returned
from tests.warehouse.test_figures import partnership
from warehouse.coverage import Returns
from warehouse.explain import Asked, Explained, NoSuchFigure, explain, lines
from warehouse.gathering import gather
from warehouse.metric import all_metrics
from warehouse.store import Store
from warehouse.sums import WHOLE, Cut
from warehouse.tables import FACTS, QUARANTINE

MEETINGS = """
meeting_ref | held_at          | concern_codes | status_code
M1          | 2026-10-05 10:00 | sexual_abuse  | held
M2          | 2026-10-06 10:00 | sexual_abuse  | held
M3          | 2026-10-07 10:00 | neglect       | held
M4          | 2026-09-07 10:00 | sexual_abuse  | held
"""
SAID = """
said_by   | agency_code | meeting_ref | child_ref | held_on    | attendance_code
csc       | health_gp   | M1          |           |            | attended
csc       | health_gp   | M2          |           |            | apologies
health_gp | health_gp   |             | LA1       | 2026-10-05 | attended
csc       | health_gp   | M3          |           |            | attended
"""
CHILDREN = """
meeting_ref | child_ref
M1          | LA1
"""
OCTOBER = Asked("health_present", "recorded", "", WHOLE, "month", "2026-10")


def explained(store: Store, asked: Asked) -> Explained:
    """As the figures stand."""
    with store.reading() as connection:
        return explain(connection, asked, Returns.read(connection, (), date(2026, 10, 31)))


def drawn_meetings(store: Store) -> None:
    """Two meetings about sexual abuse in October, Health at one of them."""
    draw(store, "strategy_meetings", MEETINGS, "meetings")
    draw(store, "meeting_children", CHILDREN, "children")
    draw(store, "meeting_participation", SAID, "parts")
    returned(store, "csc", "strategy_meetings meeting_participation", "2026-09", "2026-10")
    figures(store, "health_present")


def test_what_is_counted_in_and_out(store: Store):
    drawn_meetings(store)
    told = explained(store, OCTOBER)
    assert [(unit.unit_ref, unit.counts) for unit in told.units] == [("M1", "in"), ("M2", "out")]
    assert told.is_proved
    assert told.definition == {}  # it is written down when figures are published


def test_the_lines_of_the_files_that_say_so(store: Store):
    drawn_meetings(store)
    told = explained(store, OCTOBER)
    with store.reading() as connection:
        found = lines(connection, all_metrics()["health_present"], told.units)
    assert [(line["unit_ref"], line["table_name"], line["delivery_id"], line["source_row"]) for line in found] == [
        ("M1", "meeting_children", "children", 2),
        ("M1", "meeting_participation", "parts", 2),
        ("M1", "meeting_participation", "parts", 4),  # the practice's own word, by the child and the day
        ("M1", "strategy_meetings", "meetings", 2),
        ("M2", "meeting_participation", "parts", 3),
        ("M2", "strategy_meetings", "meetings", 3),
    ]


def test_rows_that_are_not_those_it_was_made_of_are_no_proof(store: Store):
    drawn_meetings(store)
    with store.writing() as connection:
        said = FACTS["meeting_participation"]
        connection.execute(update(said).values(attendance_code="attended").where(said.c.attendance_code == "apologies"))
        gather(connection)
    told = explained(store, OCTOBER)
    assert len(told.units) == told.figure["rows_counted"]
    assert not told.is_proved


@pytest.mark.parametrize(("refused", "reach"), [(0, (50.0, 50.0)), (1, (0.0, 100.0)), (5, (0.0, 100.0))])
def test_how_far_refused_rows_could_move_it(store: Store, refused: int, reach: tuple[float, float]):
    drawn_meetings(store)
    assert explained(store, OCTOBER).reach == (50.0, 50.0)
    refuse(store, refused)
    assert explained(store, OCTOBER).reach == reach


def refuse(store: Store, participations: int) -> None:
    """So many participations were refused that could be of October, one was sent right since, and so was a plan."""
    others = [("meeting_participation", "resolved"), ("plan_circulation", "open")]
    with store.writing() as connection:
        for number, (table, state) in enumerate([("meeting_participation", "open")] * participations + others):
            line = {"delivery_id": "parts", "table_name": table, "source_row": number, "state": state}
            connection.execute(QUARANTINE.insert().values(line | {"opened_at": LOADED_AT}))


def test_a_figure_that_is_not_there(store: Store):
    drawn_meetings(store)
    with pytest.raises(NoSuchFigure):
        explained(store, Asked("health_present", "recorded", "", Cut("health_gp"), "month", "2026-10"))


def test_every_figure_of_every_metric_is_proved_by_its_rows(store: Store):
    partnership(store)
    proved = 0
    for name, metric in all_metrics().items():
        for row in figures(store, name):
            cut = Cut(row["agency_code"], row["breakdown"], row["breakdown_value"])
            asked = Asked(name, row["view"], row["category"], cut, row["period_kind"], row["period_label"])
            told = explained(store, asked)
            assert told.is_proved, asked
            if row["numerator"] is not None:
                assert (row["numerator"], row["denominator"]) == (
                    sum(unit.numerator for unit in told.units),
                    sum(unit.denominator for unit in told.units),
                ), asked
            proved += bool(told.units)
            with store.reading() as connection:
                found = {line["unit_ref"] for line in lines(connection, metric, told.units)}
            assert found == {unit.unit_ref for unit in told.units}, asked  # each stands in some file
    assert proved > 100
