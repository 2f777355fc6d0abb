"""Does the reason why the police closed an investigation reach Children's Social Care?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_police_closure_shared(store: Store):
    draw(
        store,
        "police_investigations",
        """
        crime_ref | child_ref | opened_on  | closed_on  | closure_reason_code | closure_shared_at
        held      | LA1       | 2026-06-01 | 2026-10-05 | no_crime            | 2026-10-06 09:00
        lost      | LA2       | 2026-06-01 | 2026-10-05 | no_crime            | 2026-10-06 09:00
        too_early | LA3       | 2026-06-01 | 2026-10-05 | no_crime            | 2026-10-06 09:00
        unsent    | LA4       | 2026-06-01 | 2026-10-05 | no_crime            |
        no_reason | LA5       | 2026-06-01 | 2026-10-05 |                     | 2026-10-06 09:00
        elsewhere | LA6       | 2026-06-01 | 2026-10-05 | no_crime            | 2026-10-06 09:00
        open      | LA7       | 2026-06-01 |            |                     |
        """,
    )
    draw(
        store,
        "section_47_enquiries",
        """
        child_ref | s47_ref | started_on | police_closure_received_on
        LA1       | S1      | 2026-06-02 | 2026-10-05
        LA1       | S1b     | 2026-07-02 |
        LA2       | S2      | 2026-06-02 |
        LA3       | S3      | 2026-06-02 | 2026-10-04
        LA4       | S4      | 2026-06-02 | 2026-10-07
        LA5       | S5      | 2026-06-02 |
        """,
    )
    returned(store, "police", "police_investigations")
    rows = figures(store, "police_closure_shared")
    # the police say which reason they sent: held, lost, too_early, elsewhere
    assert of(figure(rows)) == (4, 6, "assured")
    assert of(figure(rows, view="confirmed")) == (None, None, "not_assured")

    returned(store, "csc", "section_47_enquiries")
    # of two enquiries of one child, one holding it is enough; a reason cannot come before the closure. Trap 4: of a
    # child of another borough Children's Social Care has no enquiry, and is not asked
    assert of(figure(figures(store, "police_closure_shared"), view="confirmed")) == (1, 5, "partly_assured")
