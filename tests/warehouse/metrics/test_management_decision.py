"""Was a manager's decision recorded within one working day of the meeting?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_management_decision(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | decision_at      | decision_role_code | concern_codes | status_code
        same_day    | 2026-10-02 10:00 | 2026-10-02 09:00 | team_manager       | sexual_abuse  | held
        monday      | 2026-10-02 10:00 | 2026-10-05 23:00 | service_manager    | sexual_abuse  | held
        tuesday     | 2026-10-02 10:00 | 2026-10-06 00:00 | team_manager       | sexual_abuse  | held
        day_before  | 2026-10-02 10:00 | 2026-10-01 10:00 | team_manager       | sexual_abuse  | held
        no_manager  | 2026-10-02 10:00 | 2026-10-02 10:00 | social_worker      | sexual_abuse  | held
        no_role     | 2026-10-02 10:00 | 2026-10-02 10:00 |                    | sexual_abuse  | held
        none        | 2026-10-02 10:00 |                  |                    | sexual_abuse  | held
        """,
    )
    returned(store, "csc", "strategy_meetings")
    # same_day, monday (the meeting was on a Friday) and no_role
    assert of(figure(figures(store, "management_decision"))) == (3, 7, "assured")
