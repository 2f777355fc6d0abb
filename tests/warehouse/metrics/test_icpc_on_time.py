"""Was the initial child protection conference held within 15 working days?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_icpc_on_time(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | s47_ref | held_at          | concern_codes | status_code
        M1          | S1      | 2026-09-10 10:00 | sexual_abuse  | held
        """,
    )
    draw(
        store,
        "assessments",
        """
        child_ref | started_on | authorised_on | factor_codes
        LA3       | 2026-09-10 | 2026-10-10    | 2A 19C
        LA4       | 2020-01-10 | 2020-02-10    | 19C
        """,
    )
    draw(
        store,
        "section_47_enquiries",
        """
        child_ref | s47_ref | started_on | icpc_target_on | icpc_on    | csa_concern
        LA1       | S1      | 2026-09-10 | 2026-09-11     | 2026-10-01 |
        LA1       |         | 2026-09-10 |                | 2026-10-01 | yes
        LA2       | S2      | 2026-09-10 | 2027-01-01     | 2026-10-02 | yes
        LA3       | S3      | 2026-09-14 |                | 2026-10-05 | no
        LA4       | S4      | 2026-09-14 |                | 2026-10-05 |
        LA5       | S5      | 2026-09-10 |                |            | yes
        """,
    )
    returned(store, "csc", "section_47_enquiries")
    # S1: 15 working days, and the census has it a second time; S2: 16, whatever its target date says; S3 by its
    # assessment's factor. Not counted: S4, whose assessment is six years old; S5, which has no conference
    assert of(figure(figures(store, "icpc_on_time"))) == (2, 3, "assured")


def test_trap_3_of_a_childs_several_enquiries_the_open_ones_are_shown_as_overdue_and_not_dropped(store: Store):
    draw(
        store,
        "section_47_enquiries",
        """
        child_ref | s47_ref       | started_on | ended_on   | icpc_on    | icpc_not_required | csa_concern
        LA1       | in_time       | 2026-09-10 |            | 2026-10-01 |                   | yes
        LA1       | overdue       | 2026-09-14 |            |            |                   | yes
        LA1       | still_in_time | 2026-10-12 |            |            |                   | yes
        LA2       | ended         | 2026-09-14 | 2026-10-01 |            |                   | yes
        LA3       | not_needed    | 2026-09-14 |            |            | yes               | yes
        LA4       | two_systems   | 2026-09-14 |            |            |                   | yes
        LA4       |               | 2026-09-14 |            | 2026-10-06 |                   | yes
        """,
    )
    returned(store, "csc", "section_47_enquiries")
    rows = figures(store, "icpc_on_time")
    # 6 October is day 16 of 14 September; one system knows of the conference that the other does not
    assert of(figure(rows)) == (1, 2, "assured")
    assert of(figure(rows, category="open_and_overdue")) == (1, 3, "assured")
