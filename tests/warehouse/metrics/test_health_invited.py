"""Was Health invited before the strategy meeting began?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_health_invited(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        before      | 2026-10-05 10:00 | sexual_abuse  | held
        after       | 2026-10-05 10:00 | sexual_abuse  | held
        day_only    | 2026-10-05 10:00 | sexual_abuse  | held
        no_time     | 2026-10-05 00:00 | sexual_abuse  | held
        just_came   | 2026-10-05 10:00 | sexual_abuse  | held
        recorded_no | 2026-10-05 10:00 | sexual_abuse  | held
        only_sarc   | 2026-10-05 10:00 | sexual_abuse  | held
        apologies   | 2026-10-05 10:00 | sexual_abuse  | held
        """,
    )
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | invited_at       | attendance_code
        csc     | health_gp   | before      | 2026-10-05 10:00 | attended
        csc     | health_gp   | after       | 2026-10-05 10:01 | attended
        csc     | health_gp   | day_only    | 2026-10-05 00:00 | attended
        csc     | health_gp   | no_time     | 2026-10-05 16:00 | attended
        csc     | health_gp   | just_came   |                  | attended
        csc     | health_gp   | recorded_no | 2026-10-01 10:00 | not_invited
        csc     | sarc        | only_sarc   | 2026-10-01 10:00 | attended
        csc     | health_gp   | apologies   | 2026-10-01 10:00 | apologies
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_participation")
    # before, day_only (an invitation without a time counts on its day), no_time (a meeting without a time), apologies
    assert of(figure(figures(store, "health_invited"))) == (4, 8, "assured")
