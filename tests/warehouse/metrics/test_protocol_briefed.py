"""Are the staff briefed on the child sexual abuse protocol?"""

from tests.warehouse.drawn import draw, figure, figures, of
from warehouse.store import Store


def test_protocol_briefed(store: Store):
    draw(
        store,
        "workforce_training",
        """
        agency_code | role_group | as_at_on   | headcount_in_scope | csa_trained_in_date | protocol_briefed
        police      | detectives | 2026-09-30 | 100                | 0                   | 10
        police      | detectives | 2026-10-31 | 100                | 0                   | 80
        police      | officers   | 2026-10-31 | 50                 | 50                  |
        health_gp   | practices  | 2026-10-31 | 20                 | 20                  | 0
        csc         | all        | 2026-10-31 | 40                 | 40                  |
        """,
    )
    rows = figures(store, "protocol_briefed")
    # the latest counts of each group; whoever does not say how many is not counted, and none is none
    assert of(figure(rows)) == (80, 120, "assured")
    assert of(figure(rows, agency="police")) == (80, 100, "assured")
    assert of(figure(rows, agency="health_gp")) == (0, 20, "assured")
    assert (*of(figure(rows, agency="csc")), figure(rows, agency="csc")["percentage"]) == (0, 0, "no_cases", None)
