"""Does every action of the strategy meeting have an owner and a date?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_actions_owned_and_dated(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        all         | 2026-10-05 10:00 | sexual_abuse  | held
        no_owner    | 2026-10-05 10:00 | sexual_abuse  | held
        nobody      | 2026-10-05 10:00 | sexual_abuse  | held
        no_date     | 2026-10-05 10:00 | sexual_abuse  | held
        no_action   | 2026-10-05 10:00 | sexual_abuse  | held
        """,
    )
    draw(
        store,
        "meeting_actions",
        """
        meeting_ref | action_ref | owner_agency_code | owner_role_code | due_on
        all         | 1          | csc               |                 | 2026-10-12
        all         | 2          | police            | police_officer  | 2026-10-09
        no_owner    | 1          | csc               |                 | 2026-10-12
        no_owner    | 2          |                   | social_worker   | 2026-10-12
        nobody      | 1          | unknown           |                 | 2026-10-12
        no_date     | 1          | csc               | social_worker   |
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_actions")
    rows = figures(store, "actions_owned_and_dated")
    # one action without owner or date spoils its meeting; a role without an agency is nobody's; no action at all is
    # not met
    assert of(figure(rows)) == (1, 5, "assured")
    assert of(figure(rows, category="where_actions_are_listed")) == (1, 4, "assured")
