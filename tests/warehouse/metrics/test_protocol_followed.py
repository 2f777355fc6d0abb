"""Was the child sexual abuse protocol followed?"""

from tests.warehouse.drawn import draw, figure, figures, of
from warehouse.store import Store


def test_protocol_followed(store: Store):
    draw(
        store,
        "audit_returns",
        """
        audit_ref | case_ref | agency_code | audited_on | protocol_followed
        A1        | C1       | csc         | 2026-10-01 | yes
        A1        | C1       | police      | 2026-10-01 | no
        A1        | C1       | health_gp   | 2026-10-01 |
        """,
    )
    rows = figures(store, "protocol_followed")
    assert of(figure(rows)) == (1, 2, "assured")
    assert of(figure(rows, agency="health_gp")) == (0, 0, "no_cases")  # it did not answer
