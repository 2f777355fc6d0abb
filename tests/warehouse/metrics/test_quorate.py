"""Were Children's Social Care, the police and Health all there?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_quorate(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        all         | 2026-10-05 10:00 | sexual_abuse  | held
        denied      | 2026-10-06 10:00 | sexual_abuse  | held
        no_police   | 2026-10-07 10:00 | sexual_abuse  | held
        no_csc      | 2026-10-08 10:00 | sexual_abuse  | held
        sarc        | 2026-10-09 10:00 | sexual_abuse  | held
        """,
    )
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code
        csc     | csc         | all         | attended
        csc     | police      | all         | attended
        csc     | health_gp   | all         | attended
        police  | police      | all         | attended
        csc     | csc         | denied      | attended
        csc     | police      | denied      | attended
        csc     | health_gp   | denied      | attended
        police  | police      | denied      | did_not_attend
        csc     | csc         | no_police   | attended
        csc     | health_gp   | no_police   | attended
        csc     | police      | no_csc      | attended
        csc     | health_gp   | no_csc      | attended
        csc     | csc         | sarc        | attended
        csc     | police      | sarc        | attended
        csc     | sarc        | sarc        | attended
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_participation")
    # Children's Social Care's own record says so of two
    assert of(figure(figures(store, "quorate"))) == (2, 5, "assured")
    returned(store, "police", "meeting_participation")
    # the police deny the second
    assert of(figure(figures(store, "quorate"), view="confirmed")) == (1, 5, "assured")


def test_trap_2_of_a_sequence_any_meeting_within_5_working_days_may_be_the_quorate_one(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | s47_ref | concern_identified_at | held_at          | concern_codes | status_code
        phone       | S1      | 2026-10-01 10:00      | 2026-10-02 10:00 | sexual_abuse  | held
        meeting     | S1      | 2026-10-01 10:00      | 2026-10-08 10:00 | sexual_abuse  | held
        first       | S2      | 2026-10-01 10:00      | 2026-10-02 10:00 | sexual_abuse  | held
        too_late    | S2      | 2026-10-01 10:00      | 2026-10-09 10:00 | sexual_abuse  | held
        undated     | S3      |                       | 2026-10-02 10:00 | sexual_abuse  | held
        day_5       | S3      |                       | 2026-10-09 10:00 | sexual_abuse  | held
        """,
    )
    there = "\n".join(
        f"csc | {agency} | {ref} | attended"
        for ref in ("meeting", "too_late", "day_5")
        for agency in ("csc", "police", "health_gp")
    )
    draw(store, "meeting_participation", f"said_by | agency_code | meeting_ref | attendance_code\n{there}")
    returned(store, "csc", "strategy_meetings meeting_participation")
    rows = figures(store, "quorate")
    assert of(figure(rows)) == (3, 6, "assured")
    # S1 on day 5 of the concern; S2 on day 6; S3 has no concern date, and was quorate on day 5 of its first meeting
    assert of(figure(rows, category="by_sequence")) == (2, 3, "assured")
