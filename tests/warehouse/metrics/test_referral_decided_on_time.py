"""Was the referral decided within one working day?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_referral_decided_on_time(store: Store):
    draw(
        store,
        "referrals",
        """
        child_ref | referral_ref | received_at      | decided_at       | concern_codes
        LA1       | monday       | 2026-10-02 17:00 | 2026-10-05 16:00 | sexual_abuse
        LA2       | tuesday      | 2026-10-02 17:00 | 2026-10-06 09:00 | neglect sexual_abuse
        LA3       | undecided    | 2026-10-05 09:00 |                  | sexual_abuse
        LA4       | twice        | 2026-10-05 09:00 |                  | sexual_abuse
        LA4       |              | 2026-10-05 00:00 | 2026-10-06 00:00 |
        LA5       | exploitation | 2026-10-05 09:00 | 2026-10-05 10:00 | sexual_exploitation
        """,
    )
    returned(store, "csc", "referrals")
    # monday is one working day after Friday; twice: another system has the decision. Not counted: another concern
    assert of(figure(figures(store, "referral_decided_on_time"))) == (2, 4, "assured")
