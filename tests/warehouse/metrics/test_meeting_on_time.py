"""Was the strategy meeting held in time after the concern?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_meeting_on_time(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref  | concern_identified_at | held_at          | urgency_code | concern_codes | status_code
        same_day     | 2026-10-05 23:00      | 2026-10-05 23:30 | same_day     | sexual_abuse  | held
        next_day     | 2026-10-05 23:00      | 2026-10-06 00:30 | same_day     | sexual_abuse  | held
        sunday       | 2026-10-09 10:00      | 2026-10-11 10:00 | same_day     | sexual_abuse  | held
        third_day    | 2026-10-01 10:00      | 2026-10-06 10:00 | standard     | sexual_abuse  | held
        fourth_day   | 2026-10-01 10:00      | 2026-10-07 10:00 | standard     | sexual_abuse  | held
        not_said     | 2026-10-01 10:00      | 2026-10-07 10:00 |              | sexual_abuse  | held
        fifth_day    | 2026-10-01 10:00      | 2026-10-08 10:00 | planned      | sexual_abuse  | held
        sixth_day    | 2026-10-01 10:00      | 2026-10-09 10:00 | planned      | sexual_abuse  | held
        no_concern   |                       | 2026-10-09 10:00 | standard     | sexual_abuse  | held
        before_it    | 2026-10-09 10:00      | 2026-10-08 10:00 | standard     | sexual_abuse  | held
        """,
    )
    returned(store, "csc", "strategy_meetings")
    # in time: same_day, third_day (over a weekend), fifth_day. Not counted: no_concern, before_it
    assert of(figure(figures(store, "meeting_on_time"))) == (3, 8, "assured")


def test_bank_holidays_stop_the_clock(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | concern_identified_at | held_at          | urgency_code | concern_codes | status_code
        christmas   | 2025-12-24 10:00      | 2025-12-31 10:00 | standard     | sexual_abuse  | held
        """,
    )
    returned(store, "csc", "strategy_meetings", "2025-12")
    row = figure(figures(store, "meeting_on_time", as_of="2025-12-31"), "2025-12")
    assert of(row) == (1, 1, "assured")
