"""Has the agency that was sent the plan logged it?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_receipt_confirmed(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        M1          | 2026-10-05 10:00 | sexual_abuse  | held
        M2          | 2026-10-06 10:00 | sexual_abuse  | held
        """,
    )
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | LA1\nM2 | LA1")
    draw(
        store,
        "involvements",
        "agency_code | child_ref | opened_on\nhealth_gp | LA1 | 2020-01-01\nedu_school | LA1 | 2020-01-01",
    )
    draw(
        store,
        "plan_circulation",
        """
        said_by    | agency_code | meeting_ref | item_code | sent_at          | filed_at
        csc        | health_gp   | M1          | plan      | 2026-10-05 12:00 |
        csc        | health_gp   | M2          | plan      | 2026-10-06 12:00 |
        csc        | edu_school  | M1          | plan      | 2026-10-05 12:00 |
        health_gp  | health_gp   | M1          | plan      |                  | 2026-10-09 09:00
        edu_school | edu_school  | M2          | plan      |                  | 2026-10-09 09:00
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_children plan_circulation")
    returned(store, "health_gp", "involvements plan_circulation")
    rows = figures(store, "receipt_confirmed")
    # the practice logged one of two; the school returns no receipts for the month, and M2 was not sent to it
    assert of(figure(rows, view="confirmed")) == (1, 2, "partly_assured")
    assert of(figure(rows, view="confirmed", agency="edu_school")) == (None, None, "not_assured")
    assert not [row for row in rows if row["view"] == "recorded"]
