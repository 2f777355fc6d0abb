"""Does the child's general practice hold the plan?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

MEETINGS = "meeting_ref | held_at | concern_codes | status_code\nM1 | 2026-10-05 10:00 | sexual_abuse | held"


def drawn_meeting(store: Store) -> None:
    """Four children: two with an item of their own, one with none, one whose practice nobody knows."""
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | LA1\nM1 | LA2\nM1 | LA3\nM1 | LA4")
    draw(store, "children", "said_by | child_ref | nhs_number\ncsc | LA1 | 9990000018\ncsc | LA2 | 9990000026")
    draw(
        store,
        "involvements",
        """
        agency_code | child_ref | nhs_number | opened_on
        health_gp   |           | 9990000018 | 2020-01-01
        health_gp   |           | 9990000026 | 2020-01-01
        health_gp   | LA3       |            | 2020-01-01
        edu_school  | LA4       |            | 2020-01-01
        """,
    )
    draw(
        store,
        "plan_circulation",
        """
        said_by   | agency_code | meeting_ref | held_on    | child_ref | nhs_number | item_code | sent_at          | received_at
        csc       | health_gp   | M1          |            | LA1       |            | plan      | 2026-10-05 12:00 |
        csc       | health_gp   | M1          |            | LA2       |            | plan      | 2026-10-05 12:00 |
        health_gp | health_gp   |             | 2026-10-06 |           | 9990000018 | plan      |                  | 2026-10-06 09:00
        """,  # noqa: E501 - a drawn table is as wide as its columns
    )
    returned(store, "csc", "strategy_meetings meeting_children plan_circulation")


def test_gp_told(store: Store):
    drawn_meeting(store)
    returned(store, "health_gp", "involvements plan_circulation")
    rows = figures(store, "gp_told")
    # each item tells of one child; the practice logged the first child's, by its own number and a day that is one out
    assert of(figure(rows)) == (2, 3, "assured")
    assert of(figure(rows, view="confirmed")) == (1, 3, "assured")


def test_an_item_that_names_no_child_tells_of_all(store: Store):
    drawn_meeting(store)
    draw(
        store,
        "plan_circulation",
        """
        said_by   | agency_code | meeting_ref | item_code | received_at
        health_gp | health_gp   | M1          | minutes   | 2026-10-06 09:00
        """,
        "d2",
    )
    returned(store, "health_gp", "involvements plan_circulation")
    assert of(figure(figures(store, "gp_told"), view="confirmed")) == (3, 3, "assured")


def test_without_the_practices_receipts_it_is_not_assured(store: Store):
    drawn_meeting(store)
    returned(store, "health_gp", "involvements")
    assert of(figure(figures(store, "gp_told"), view="confirmed")) == (None, None, "not_assured")
