"""Do Children's Social Care, the police and Health all record the concern of sexual abuse?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_records_agree(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        M1          | 2026-10-05 10:00 | sexual_abuse  | held
        by_factor   | 2026-10-06 10:00 | neglect       | held
        """,
    )
    children = "\n".join(f"M1 | LA{number}" for number in range(1, 7))
    draw(store, "meeting_children", f"meeting_ref | child_ref\n{children}\nby_factor | LA7")
    draw(store, "assessments", "child_ref | started_on | factor_codes\nLA7 | 2026-10-06 | 19C")
    draw(
        store,
        "involvements",
        """
        agency_code  | child_ref | opened_on  | csa_concern_recorded
        police       | LA1       | 2020-01-01 | yes
        health_gp    | LA1       | 2020-01-01 | yes
        police       | LA2       | 2020-01-01 | yes
        health_gp    | LA2       | 2020-01-01 | no
        health_acute | LA2       | 2020-01-01 | yes
        police       | LA3       | 2020-01-01 | no
        health_gp    | LA3       | 2020-01-01 | yes
        health_camhs | LA4       | 2020-01-01 | yes
        edu_school   | LA5       | 2020-01-01 | yes
        police       | LA6       | 2026-10-06 | yes
        police       | LA7       | 2020-01-01 | yes
        csc          | LA7       | 2020-01-01 | no
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_children involvements")
    for agency in ("police", "health_gp", "health_acute"):
        returned(store, agency, "involvements")
    rows = figures(store, "records_agree")
    # known to the police or Health on the day: LA1 to LA4 and LA7, of whom Children's Social Care itself records
    # nothing
    assert of(figure(rows)) == (4, 5, "assured")
    # trap 7: two trusts are one Health, and one of them records it for LA2. The police do not for LA3; CAMHS sent
    # nothing, so of LA4 only one agency has spoken
    assert of(figure(rows, view="confirmed")) == (2, 4, "partly_assured")
