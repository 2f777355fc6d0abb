"""Is there a genogram, is it current, and does the analysis use it?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_genogram_effective(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        M1          | 2026-09-10 10:00 | sexual_abuse  | held
        """,
    )
    draw(store, "meeting_children", "meeting_ref | upn\nM1 | W319200124001")
    draw(
        store,
        "assessments",
        """
        child_ref | upn           | assessment_ref | started_on | authorised_on | factor_codes | genogram_present | genogram_updated_on | genogram_used
        LA1       |               | used           | 2026-09-11 | 2026-10-10    | 19C          | yes              | 2026-09-20          | yes
        LA2       |               | current        | 2026-09-11 | 2026-10-10    | 19B          | yes              | 2026-09-11          | no
        LA3       |               | old            | 2026-09-11 | 2026-10-10    | 19B          | yes              | 2025-09-11          | yes
        LA4       |               | absent         | 2026-09-11 | 2026-10-10    | 19B          | no               |                     | yes
        LA5       |               | not_recorded   | 2026-09-11 | 2026-10-10    | 19B          |                  |                     |
        LA6       | W319200124001 | by_meeting     | 2026-09-11 | 2026-10-10    | 16A          | yes              | 2026-09-11          | yes
        LA7       |               | not_csa        | 2026-09-11 | 2026-10-10    | 16A          | yes              | 2026-09-11          | yes
        LA8       |               | open           | 2026-09-11 |               | 19C          | yes              | 2026-09-11          | yes
        """,  # noqa: E501 - a drawn table is as wide as its columns
    )
    returned(store, "csc", "assessments")
    rows = figures(store, "genogram_effective")
    assert of(figure(rows, category="present")) == (4, 6, "assured")
    assert of(figure(rows, category="current")) == (3, 6, "assured")
    assert of(figure(rows, category="used")) == (2, 6, "assured")
    assert [row["is_headline"] for row in (figure(rows, category="present"), figure(rows, category="used"))] == [
        True,
        False,
    ]
