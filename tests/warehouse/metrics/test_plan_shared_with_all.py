"""Did the plan reach every relevant agency, present or not?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

CSC_SENT = "strategy_meetings meeting_children meeting_participation plan_circulation"
MEETINGS = """
meeting_ref | held_at          | concern_codes | status_code
all         | 2026-10-05 10:00 | sexual_abuse  | held
some        | 2026-10-06 10:00 | sexual_abuse  | held
nobody      | 2026-10-07 10:00 | sexual_abuse  | held
"""
CHILDREN = """
meeting_ref | child_ref
all         | LA1
some        | LA2
nobody      | LA3
"""
OPEN_WORK = """
agency_code | child_ref | opened_on  | closed_on
health_gp   | LA1       | 2026-10-05 |
edu_school  | LA1       | 2020-09-01 | 2026-10-05
health_gp   | LA2       | 2020-09-01 |
edu_school  | LA2       | 2020-09-01 |
csc         | LA3       | 2026-10-01 |
police      | LA3       | 2026-10-08 |
edu_school  | LA3       | 2020-09-01 | 2026-10-06
"""
CIRCULATED = """
said_by    | agency_code | meeting_ref | item_code | sent_at          | received_at      | filed_at
csc        | health_gp   | all         | plan      | 2026-10-05 12:00 |                  |
csc        | edu_school  | all         | minutes   | 2026-10-05 12:00 |                  |
csc        | health_gp   | some        | plan      | 2026-10-06 12:00 |                  |
csc        | edu_school  | some        | plan      |                  |                  |
health_gp  | health_gp   | all         | plan      |                  | 2026-10-06 09:00 |
edu_school | edu_school  | all         | plan      |                  |                  | 2026-10-07 09:00
health_gp  | health_gp   | some        | plan      |                  | 2026-10-07 09:00 |
"""


def drawn_partnership(store: Store) -> None:
    """Three meetings; nobody was working with the third one's child on the day but Children's Social Care."""
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_children", CHILDREN)
    draw(store, "involvements", OPEN_WORK)
    draw(store, "plan_circulation", CIRCULATED)
    returned(store, "csc", CSC_SENT)


def test_plan_shared_with_all(store: Store):
    drawn_partnership(store)
    for agency in ("health_gp", "edu_school"):
        returned(store, agency, "involvements plan_circulation")
    rows = figures(store, "plan_shared_with_all")
    assert of(figure(rows)) == (1, 2, "assured")
    assert of(figure(rows, view="confirmed")) == (1, 2, "assured")


def test_an_agency_that_returned_no_receipts_leaves_its_meetings_unconfirmed(store: Store):
    drawn_partnership(store)
    returned(store, "health_gp", "involvements plan_circulation")
    returned(store, "edu_school", "involvements")
    confirmed = figure(figures(store, "plan_shared_with_all"), view="confirmed")
    assert of(confirmed) == (None, None, "not_assured")
    assert (confirmed["coverage_numerator"], confirmed["coverage_denominator"]) == (0, 2)


def test_without_anybodys_list_of_open_work_nobody_knows_who_was_relevant(store: Store):
    drawn_partnership(store)
    row = figure(figures(store, "plan_shared_with_all", expected=[("health_gp", "involvements")]))
    assert of(row) == (None, None, "not_assured")
