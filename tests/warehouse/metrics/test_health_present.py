"""Was Health at the strategy meeting?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

CSC_SENT = "strategy_meetings meeting_participation"


def test_health_present(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes      | status_code
        M1          | 2026-10-05 10:00 | sexual_abuse       | held
        M2          | 2026-10-06 10:00 | neglect sexual_abuse | held
        M3          | 2026-10-07 10:00 | sexual_abuse       | held
        M4          | 2026-10-08 10:00 | sexual_abuse       | held
        M5          | 2026-10-09 10:00 | sexual_abuse       | held
        M6          | 2026-10-12 10:00 | sexual_abuse       | held
        cancelled   | 2026-10-13 10:00 | sexual_abuse       | cancelled
        not_csa     | 2026-10-14 10:00 | neglect            | held
        """,
    )
    draw(
        store,
        "meeting_participation",
        """
        said_by      | agency_code   | meeting_ref | role_code  | attendance_code | contributed_information
        csc          | health_gp     | M1          | gp         | attended        | yes
        csc          | health_acute  | M2          | named_nurse | deputy         |
        csc          | health_camhs  | M2          | named_nurse | attended       |
        csc          | health_gp     | M3          | gp         | apologies       | yes
        csc          | sarc          | M4          | sarc_clinician | attended    | yes
        csc          | health_gp     | M5          | gp         | not_recorded    |
        health_gp    | health_gp     | M5          | gp         | attended        |
        csc          | health_gp     | cancelled   | gp         | attended        |
        csc          | health_gp     | not_csa     | gp         | attended        |
        """,
    )
    returned(store, "csc", CSC_SENT)
    # M1 yes; M2 yes, two trusts count once; M3 apologies with a report is not attendance; M4 the Havens alone
    # is not Health; M5 only the practice itself says so, and this is the recorded view; M6 nobody is named
    assert of(figure(figures(store, "health_present"))) == (2, 6, "assured")


def test_without_the_participation_extract_the_figure_is_not_assured_and_never_0(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        M1          | 2026-10-05 10:00 | sexual_abuse  | held
        """,
    )
    returned(store, "csc", "strategy_meetings")
    row = figure(figures(store, "health_present"))
    assert (row["numerator"], row["denominator"], row["percentage"]) == (None, None, None)
    assert (row["assurance"], row["status"]) == ("not_assured", "grey")
    assert (row["coverage_numerator"], row["coverage_denominator"]) == (1, 2)


def test_a_month_that_came_without_a_meeting_has_no_cases(store: Store):
    returned(store, "csc", CSC_SENT)
    row = figure(figures(store, "health_present"))
    assert of(row) == (0, 0, "no_cases")
    assert (row["percentage"], row["status"]) == (None, "grey")
