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


def test_trap_2_a_telephone_discussion_and_the_meetings_after_it_are_one_sequence(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | s47_ref | concern_identified_at | held_at          | mode_code | concern_codes | status_code
        phone       |         | 2026-10-01 10:00      | 2026-10-02 10:00 | phone     | sexual_abuse  | held
        meeting     | S1      | 2026-10-01 10:00      | 2026-10-09 10:00 | virtual   | sexual_abuse  | held
        review      | S1      | 2026-10-01 10:00      | 2026-11-02 10:00 | virtual   | sexual_abuse  | held
        late        | S2      | 2026-10-01 10:00      | 2026-10-09 10:00 | phone     | sexual_abuse  | held
        later       | S2      | 2026-10-01 10:00      | 2026-10-12 10:00 | virtual   | sexual_abuse  | held
        no_concern  | S3      |                       | 2026-10-12 10:00 | phone     | sexual_abuse  | held
        another     |         | 2026-10-06 10:00      | 2026-10-13 10:00 | phone     | sexual_abuse  | held
        """,
    )
    draw(store, "meeting_children", "meeting_ref | child_ref\nphone | LA1\nmeeting | LA1\nlate | LA2\nanother | LA1")
    returned(store, "csc", "strategy_meetings")
    rows = figures(store, "meeting_on_time")
    # per meeting, three working days: phone is in time; of October's others with a concern date none is
    assert of(figure(rows)) == (1, 5, "assured")
    # the discussion is of the meeting's enquiry, by child and day of concern; S2 began on day 6; another concern of the
    # same child is another sequence, in time on day 5; what has no concern date cannot be judged
    assert of(figure(rows, category="by_sequence")) == (2, 3, "assured")
    # a sequence counts once, in the month it began
    assert figure(figures(store, "meeting_on_time", as_of="2026-11-30"), "2026-11", category="by_sequence")[
        "assurance"
    ] == ("not_assured")
