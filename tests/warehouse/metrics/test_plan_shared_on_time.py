"""Was the plan sent to every relevant agency within one working day?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_plan_shared_on_time(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        friday      | 2026-10-02 10:00 | sexual_abuse  | held
        """,
    )
    draw(store, "meeting_children", "meeting_ref | child_ref\nfriday | LA1")
    agencies = ("health_gp", "edu_school", "police", "vcs", "sarc")
    work = "\n".join(f"{agency} | LA1 | 2020-01-01" for agency in agencies)
    draw(store, "involvements", f"agency_code | child_ref | opened_on\n{work}")
    draw(
        store,
        "plan_circulation",
        """
        said_by    | agency_code | meeting_ref | item_code | sent_at          | received_at
        csc        | health_gp   | friday      | plan      | 2026-10-05 23:00 |
        csc        | edu_school  | friday      | plan      | 2026-10-06 08:00 |
        csc        | police      | friday      | minutes   | 2026-10-06 08:00 |
        csc        | police      | friday      | actions   | 2026-10-02 16:00 |
        csc        | vcs         | friday      | plan      | 2026-10-01 16:00 |
        sarc       | sarc        | friday      | plan      |                  | 2026-10-02 16:00
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_children plan_circulation")
    returned(store, "health_gp", "involvements")
    rows = figures(store, "plan_shared_on_time")
    # Monday is in time, Tuesday is not; of two items the first counts; what was sent before the meeting was another
    # plan; what nobody says was sent is late, though the Havens have it
    assert of(figure(rows)) == (2, 5, "assured")
    assert {agency: figure(rows, agency=agency)["numerator"] for agency in agencies} == {
        "health_gp": 1, "edu_school": 0, "police": 1, "vcs": 0, "sarc": 0,
    }  # fmt: skip
