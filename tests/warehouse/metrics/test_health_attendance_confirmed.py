"""Do Children's Social Care and Health agree that Health was there?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

CSC_SENT = "strategy_meetings meeting_participation"
MEETINGS = """
meeting_ref | held_at          | concern_codes | status_code
both        | 2026-10-05 10:00 | sexual_abuse  | held
csc_only    | 2026-10-06 10:00 | sexual_abuse  | held
health_only | 2026-10-07 10:00 | sexual_abuse  | held
neither     | 2026-10-08 10:00 | sexual_abuse  | held
silent      | 2026-10-09 10:00 | sexual_abuse  | held
"""
CLAIMS = """
said_by      | agency_code  | meeting_ref | role_code    | attendance_code
csc          | health_gp    | both        | gp           | attended
csc          | health_acute | both        | named_nurse  | attended
health_gp    | health_gp    | both        | gp           | deputy
csc          | health_gp    | csc_only    | gp           | attended
health_gp    | health_gp    | csc_only    | gp           | did_not_attend
csc          | health_gp    | health_only | gp           | apologies
health_gp    | health_gp    | health_only | gp           | attended
csc          | health_camhs | silent      | practitioner | attended
"""


def test_both_words_stand_side_by_side(store: Store):
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_participation", CLAIMS)
    returned(store, "csc", CSC_SENT)
    returned(store, "health_gp", "meeting_participation")
    returned(store, "health_acute", "meeting_participation")
    rows = figures(store, "health_attendance_confirmed")
    # either says so: both, csc_only, health_only, silent; Children's Social Care says so of three of them
    assert of(figure(rows)) == (3, 4, "assured")
    # CAMHS sent nothing, so its meeting is not counted: one of three is confirmed
    confirmed = figure(rows, view="confirmed")
    assert of(confirmed) == (1, 3, "partly_assured")
    assert (confirmed["coverage_numerator"], confirmed["coverage_denominator"]) == (3, 4)


def test_a_meeting_is_not_counted_while_one_named_health_agency_is_silent_even_if_another_confirms(store: Store):
    """Counting half-silent groups only where somebody says yes would lean the figure upwards."""
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_participation", CLAIMS)
    returned(store, "csc", CSC_SENT)
    returned(store, "health_gp", "meeting_participation")
    confirmed = figure(figures(store, "health_attendance_confirmed"), view="confirmed")
    assert of(confirmed) == (0, 2, "partly_assured")  # csc_only and health_only; acute and CAMHS sent nothing


def test_without_any_word_of_health_nothing_is_confirmed_or_denied(store: Store):
    draw(store, "strategy_meetings", MEETINGS)
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code
        csc     | health_gp   | both        | attended
        csc     | health_gp   | csc_only    | attended
        """,
    )
    returned(store, "csc", CSC_SENT)
    rows = figures(store, "health_attendance_confirmed")
    assert of(figure(rows)) == (2, 2, "assured")
    confirmed = figure(rows, view="confirmed")
    assert of(confirmed) == (None, None, "not_assured")
    assert (confirmed["percentage"], confirmed["status"], confirmed["coverage"]) == (None, "grey", 0)


def test_a_claim_without_the_meetings_number_is_matched_by_child_and_day(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        friday      | 2026-10-02 10:00 | sexual_abuse  | held
        """,
    )
    draw(store, "meeting_children", "meeting_ref | child_ref\nfriday | LA1")
    draw(store, "children", "said_by | child_ref | nhs_number\ncsc | LA1 | 9990000018")
    draw(
        store,
        "meeting_participation",
        """
        said_by   | agency_code | meeting_ref | held_on    | nhs_number | attendance_code
        csc       | health_gp   | friday      |            |            | attended
        health_gp | health_gp   |             | 2026-10-05 | 9990000018 | attended
        """,
    )
    returned(store, "csc", CSC_SENT)
    returned(store, "health_gp", "meeting_participation")
    # the practice knows the NHS number alone and noted the Monday: one working day out
    assert of(figure(figures(store, "health_attendance_confirmed"), view="confirmed")) == (1, 1, "assured")
