"""Which agencies that work with the child had no invitation, no plan and no record of the meeting?"""

import pytest

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

AGENCIES = ("health_gp", "edu_school", "police", "vcs", "sarc", "probation", "health_camhs")


def drawn_meeting(store: Store) -> None:
    """One meeting and seven relevant agencies."""
    draw(
        store,
        "strategy_meetings",
        "meeting_ref | held_at | concern_codes | status_code\nM1 | 2026-10-05 10:00 | sexual_abuse | held",
    )
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | LA1")
    work = "\n".join(f"{agency} | LA1 | 2020-01-01" for agency in AGENCIES)
    draw(store, "involvements", f"agency_code | child_ref | opened_on\n{work}")
    draw(
        store,
        "meeting_participation",
        """
        said_by      | agency_code  | meeting_ref | attendance_code | contributed_information | invited_at
        csc          | health_gp    | M1          | not_recorded    |                         | 2026-10-06 09:00
        csc          | police       | M1          | did_not_attend  |                         |
        csc          | vcs          | M1          | not_invited     |                         | 2026-10-01 09:00
        csc          | probation    | M1          | not_recorded    | no                      |
        health_camhs | health_camhs | M1          | apologies       |                         |
        vcs          | vcs          | M1          | not_invited     |                         |
        """,
    )
    draw(
        store,
        "plan_circulation",
        "said_by | agency_code | meeting_ref | item_code | sent_at\ncsc | edu_school | M1 | plan | 2026-11-01 12:00",
    )
    returned(store, "csc", "strategy_meetings meeting_children meeting_participation plan_circulation")
    returned(store, "health_gp", "involvements")


def test_agency_uninformed(store: Store):
    drawn_meeting(store)
    for agency in ("vcs", "probation", "health_camhs"):
        returned(store, agency, "meeting_participation plan_circulation")
    returned(store, "sarc", "meeting_participation")
    rows = figures(store, "agency_uninformed")
    # informed, however late: the practice (invited), the school (sent the plan), the police (known to have stayed away)
    assert of(figure(rows)) == (4, 7, "assured")
    # two agree that nobody told them; CAMHS knows of it all the same; the Havens' receipts are missing
    assert of(figure(rows, view="confirmed")) == (2, 3, "partly_assured")
    assert figure(rows)["status"] == "red"
    assert figure(rows)["direction"] == "lower"


@pytest.mark.parametrize(("uninformed", "expected"), [((), "green"), (("vcs",), "red")])
def test_it_is_green_only_at_0(store: Store, uninformed: tuple[str, ...], expected: str):
    drawn_meeting(store)
    told = "\n".join(f"csc | {one} | M1 | plan | 2026-10-05 12:00" for one in AGENCIES if one not in uninformed)
    draw(store, "plan_circulation", f"said_by | agency_code | meeting_ref | item_code | sent_at\n{told}", "d2")
    row = figure(figures(store, "agency_uninformed"))
    assert (row["numerator"], row["status"]) == (len(uninformed), expected)
