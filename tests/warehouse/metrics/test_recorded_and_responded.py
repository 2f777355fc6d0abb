"""Were concerns recorded accurately and answered as the London procedures require?"""

from tests.warehouse.drawn import draw, figure, figures, of
from warehouse.store import Store


def test_recorded_and_responded(store: Store):
    draw(
        store,
        "audit_returns",
        """
        audit_ref | case_ref | agency_code | audited_on | recording_accurate | response_per_procedure
        A1        | C1       | csc         | 2026-10-01 | yes                | yes
        A1        | C2       | csc         | 2026-10-01 | yes                | no
        A1        | C3       | police      | 2026-10-01 | no                 | no
        A1        | C4       | police      | 2026-10-01 | yes                |
        A1        | C5       | police      | 2026-10-01 |                    |
        """,
    )
    rows = figures(store, "recorded_and_responded")
    # both questions are answered by three
    assert of(figure(rows)) == (1, 3, "assured")
    assert of(figure(rows, category="recording_accurate")) == (3, 4, "assured")
    assert of(figure(rows, category="response_per_procedure")) == (1, 3, "assured")
    assert of(figure(rows, agency="police")) == (0, 1, "assured")
