"""Two agencies' word on one thing: five statuses, both words kept."""

from sqlalchemy import select

from tests.warehouse.drawn import draw, figures, returned
from warehouse.store import Store
from warehouse.triangulation import STATUSES, TRIANGULATION

MEETINGS = """
meeting_ref | held_at          | concern_codes | status_code
M1          | 2026-10-05 10:00 | sexual_abuse  | held
M2          | 2026-10-06 10:00 | neglect       | held
"""
CHILDREN = """
meeting_ref | child_ref
M1          | LA1
M2          | LA2
"""
OPEN_WORK = """
agency_code       | child_ref | opened_on
health_gp         | LA1       | 2020-01-01
health_acute      | LA1       | 2020-01-01
edu_school        | LA1       | 2020-01-01
health_visiting   | LA1       | 2020-01-01
vcs               | LA1       | 2020-01-01
police            | LA2       | 2020-01-01
"""
SAID = """
said_by         | agency_code     | meeting_ref | child_ref | held_on    | attendance_code
csc             | csc             | M1          |           |            | attended
csc             | health_gp       | M1          |           |            | attended
health_gp       | health_gp       |             | LA1       | 2026-10-06 | deputy
csc             | health_acute    | M1          |           |            | attended
health_acute    | health_acute    | M1          |           |            | apologies
csc             | edu_school      | M1          |           |            | apologies
edu_school      | edu_school      | M1          |           |            | attended
csc             | vcs             | M1          |           |            | attended
probation       | probation       | M1          |           |            | attended
csc             | police          | M2          |           |            | attended
"""


def statuses(store: Store, matter: str) -> dict[str, tuple[bool, bool, str]]:
    """Agency → what Children's Social Care says, what it says itself, and the status; after a refresh."""
    figures(store, "health_present")
    of = TRIANGULATION.c
    with store.reading() as connection:
        rows = connection.execute(
            select(of.agency_code, of.csc_says, of.agency_says, of.status).where(of.matter == matter)
        ).all()
    assert {status for *_, status in rows} <= STATUSES.keys()
    return {agency: (csc, own, status) for agency, csc, own, status in rows}


def drawn_meeting(store: Store) -> None:
    """A meeting about sexual abuse, with five agencies working with its child; and one about something else."""
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_children", CHILDREN)
    draw(store, "involvements", OPEN_WORK)
    returned(store, "csc", "strategy_meetings meeting_participation plan_circulation")


def test_every_status_of_an_attendance(store: Store):
    drawn_meeting(store)
    draw(store, "meeting_participation", SAID)
    for agency in ("health_gp", "health_acute", "edu_school", "health_visiting", "probation"):
        returned(store, agency, "meeting_participation")
    assert statuses(store, "attendance") == {
        "health_gp": (True, True, "confirmed"),  # a day out, by the child
        "health_acute": (True, False, "csc_only"),
        "edu_school": (False, True, "agency_only"),
        "health_visiting": (False, False, "neither"),  # working with the child, and nobody names it
        "vcs": (True, False, "no_return"),
        "probation": (False, True, "agency_only"),  # not known to be working with the child, and says that it came
    }


def test_every_status_of_a_plan(store: Store):
    drawn_meeting(store)
    draw(
        store,
        "plan_circulation",
        """
        said_by    | agency_code  | meeting_ref | item_code | sent_at          | received_at
        csc        | health_gp    | M1          | plan      | 2026-10-05 12:00 |
        health_gp  | health_gp    | M1          | plan      |                  | 2026-10-06 09:00
        csc        | health_acute | M1          | plan      | 2026-10-05 12:00 |
        edu_school | edu_school   | M1          | minutes   |                  | 2026-10-06 09:00
        csc        | probation    | M1          | plan      | 2026-10-05 12:00 |
        """,
    )
    for agency in ("health_gp", "health_acute", "edu_school", "vcs"):
        returned(store, agency, "plan_circulation")
    assert statuses(store, "plan") == {
        "health_gp": (True, True, "confirmed"),
        "health_acute": (True, False, "csc_only"),
        "edu_school": (False, True, "agency_only"),
        "vcs": (False, False, "neither"),
        "health_visiting": (False, False, "no_return"),
        "probation": (True, False, "no_return"),
    }
