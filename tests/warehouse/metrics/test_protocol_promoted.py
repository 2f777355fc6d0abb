"""Is done what was planned to promote the child sexual abuse protocol?"""

from tests.warehouse.drawn import draw, figure, figures, of
from warehouse.store import Store


def test_protocol_promoted(store: Store):
    draw(
        store,
        "improvement_actions",
        """
        agency_code | action_ref  | recommendation_code | due_on     | closed_on  | evidence_code | status_code
        police      | in_time     | R4                  | 2026-10-10 | 2026-10-10 | provided      | closed
        police      | late        | R4                  | 2026-10-10 | 2026-10-15 | provided      | closed
        police      | no_evidence | R4                  | 2026-10-10 | 2026-10-01 | promised      | closed
        csc         | open        | R4                  | 2026-10-10 |            |               | open
        csc         | withdrawn   | R4                  | 2026-10-10 |            |               | withdrawn
        csc         | training    | R5                  | 2026-10-10 | 2026-10-01 | provided      | closed
        """,
    )
    rows = figures(store, "protocol_promoted")
    # done, in time or late; with evidence
    assert of(figure(rows)) == (2, 4, "assured")
    assert of(figure(rows, agency="csc")) == (0, 1, "assured")
