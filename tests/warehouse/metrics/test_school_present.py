"""Did the child's school take part in the strategy meeting?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_school_present(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        came        | 2026-10-05 10:00 | sexual_abuse  | held
        reported    | 2026-10-05 10:00 | sexual_abuse  | held
        nobody      | 2026-10-05 10:00 | sexual_abuse  | held
        too_young   | 2026-10-05 10:00 | sexual_abuse  | held
        too_old     | 2026-10-05 10:00 | sexual_abuse  | held
        unborn      | 2026-10-05 10:00 | sexual_abuse  | held
        not_known   | 2026-10-05 10:00 | sexual_abuse  | held
        sibling     | 2026-10-05 10:00 | sexual_abuse  | held
        """,
    )
    draw(
        store,
        "meeting_children",
        """
        meeting_ref | child_ref
        came        | LA5
        reported    | LA16
        nobody      | LA5
        too_young   | LA4
        too_old     | LA17
        unborn      | UNB1
        not_known   | LA9
        sibling     | LA4
        sibling     | LA5
        """,
    )
    draw(
        store,
        "children",
        """
        said_by   | child_ref | born_on    | expected_on
        csc       | LA5       | 2021-10-01 |
        health_gp | LA16      | 2009-11-01 |
        csc       | LA4       | 2021-11-01 |
        csc       | LA17      | 2009-10-01 |
        csc       | UNB1      |            | 2026-12-01
        csc       | LA9       |            |
        """,
    )
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code | contributed_information
        csc     | edu_school  | came        | deputy          |
        csc     | edu_college | reported    | apologies       | yes
        csc     | edu_school  | nobody      | apologies       | no
        csc     | edu_school  | too_young   | attended        |
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_children meeting_participation children")
    # five this month to sixteen next month: came, reported, nobody, and the sibling; trap 5: an unborn child has no
    # school
    assert of(figure(figures(store, "school_present"))) == (2, 4, "assured")
