"""Was the assessment completed within 45 working days?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.parameters import agreed
from warehouse.store import Store

ASSESSMENTS = """
child_ref | assessment_ref | referred_on | started_on | authorised_on | factor_codes
LA1       | day_45         | 2026-07-29  | 2026-07-30 | 2026-10-02    | 19C
LA2       | day_46         |             | 2026-07-30 | 2026-10-05    | 19B
LA3       | overdue        |             | 2026-08-03 |               | 19C
LA4       | still_in_time  |             | 2026-09-01 |               | 19C
LA5       | twice          |             | 2026-08-03 | 2026-10-01    | 19C
LA5       |                |             | 2026-08-03 |               | 19C
LA6       | not_csa        |             | 2026-07-30 | 2026-10-05    | 16A
"""


def test_assessment_on_time(store: Store):
    draw(store, "assessments", ASSESSMENTS)
    returned(store, "csc", "assessments")
    rows = figures(store, "assessment_on_time")
    # a bank holiday lies between: 2 October is day 45 of 30 July
    assert of(figure(rows)) == (2, 3, "assured")
    # beside them: overdue went beyond its limit on 7 October; what another system authorised is not open
    assert of(figure(rows, category="open_and_overdue")) == (1, 4, "assured")


def test_where_it_was_so_agreed_the_clock_starts_with_the_referral(store: Store):
    store.agreed = agreed({"assessment_on_time.clock_start": "referred"})
    draw(store, "assessments", ASSESSMENTS)
    returned(store, "csc", "assessments")
    # day_45 was referred a day before; the others do not say when, and count from their start
    assert of(figure(figures(store, "assessment_on_time"))) == (1, 3, "assured")
