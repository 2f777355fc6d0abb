"""Were the improvement actions closed by their due date, with evidence?"""

from tests.warehouse.drawn import draw, figure, figures, of
from warehouse.store import Store


def test_actions_on_time(store: Store):
    draw(
        store,
        "improvement_actions",
        """
        agency_code | action_ref  | recommendation_code | due_on     | closed_on  | evidence_code | status_code
        police      | in_time     | R6                  | 2026-10-10 | 2026-10-10 | provided      | closed
        police      | late        | R6                  | 2026-10-10 | 2026-10-11 | provided      | closed
        police      | no_evidence | R6                  | 2026-10-10 | 2026-10-01 | promised      | closed
        csc         | open        | R1                  | 2026-10-10 |            |               | open
        csc         | withdrawn   | R1                  | 2026-10-10 |            |               | withdrawn
        csc         | not_yet_due | R1                  | 2026-10-21 |            |               | open
        """,
    )
    rows = figures(store, "actions_on_time", as_of="2026-10-20")
    assert of(figure(rows)) == (1, 4, "assured")
    assert of(figure(rows, agency="police")) == (1, 3, "assured")
    assert of(figure(rows, agency="csc")) == (0, 1, "assured")
    assert figure(rows, agency="csc")["status"] == "grey"  # fewer than five cannot be coloured


def test_an_action_of_the_partnerships_own_office_counts_in_the_whole_and_makes_it_no_agency(store: Store):
    draw(
        store,
        "improvement_actions",
        """
        agency_code | action_ref | recommendation_code | due_on     | closed_on  | evidence_code | status_code
        police      | 1          | R6                  | 2026-10-10 |            |               | open
        lscp        | 2          | R4                  | 2026-10-10 | 2026-10-09 | provided      | closed
        """,
    )
    rows = figures(store, "actions_on_time", expected=[("lscp", "improvement_actions")])
    assert of(figure(rows)) == (1, 2, "assured")
    assert {row["agency_code"] for row in rows} == {"", "police"}
