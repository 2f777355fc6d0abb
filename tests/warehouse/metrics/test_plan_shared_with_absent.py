"""Did the plan reach the relevant agencies that were not there?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_plan_shared_with_absent(store: Store):
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
        """
        agency_code | child_ref | opened_on
        health_gp   | LA1       | 2020-01-01
        edu_school  | LA1       | 2020-01-01
        police      | LA1       | 2020-01-01
        """,
    )
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code
        csc     | police      | M1          | attended
        csc     | police      | M2          | attended
        csc     | health_gp   | M1          | apologies
        csc     | health_gp   | M2          | deputy
        """,
    )
    draw(
        store,
        "plan_circulation",
        """
        said_by   | agency_code | meeting_ref | item_code | sent_at          | received_at
        csc       | health_gp   | M1          | plan      | 2026-10-05 12:00 |
        csc       | edu_school  | M1          | plan      | 2026-10-05 12:00 |
        csc       | police      | M1          | plan      | 2026-10-05 12:00 |
        health_gp | health_gp   | M1          | plan      |                  | 2026-10-06 09:00
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_children meeting_participation plan_circulation")
    returned(store, "health_gp", "involvements plan_circulation")
    rows = figures(store, "plan_shared_with_absent", expected=[("edu_school", "plan_circulation")])
    # absent: the practice from M1 (apologies), the school from both; the police were there
    assert of(figure(rows)) == (2, 3, "assured")
    assert of(figure(rows, agency="health_gp")) == (1, 1, "assured")
    assert of(figure(rows, agency="edu_school"))[:2] == (1, 2)
    # the school returned no receipts: what it holds is not known
    assert of(figure(rows, view="confirmed")) == (1, 1, "partly_assured")
    assert of(figure(rows, view="confirmed", agency="health_gp")) == (1, 1, "assured")
    assert of(figure(rows, view="confirmed", agency="edu_school")) == (None, None, "not_assured")
    assert not [row for row in rows if row["agency_code"] == "police"]
