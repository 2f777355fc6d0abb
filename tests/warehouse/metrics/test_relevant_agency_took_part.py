"""Did the agencies that work with the child take part in the meeting?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

MEETINGS = "meeting_ref | held_at          | concern_codes | status_code\nM1 | 2026-10-05 10:00 | sexual_abuse | held"
OPEN_WORK = """
agency_code | child_ref | opened_on  | closed_on
health_gp   | LA1       | 2020-01-01 |
edu_school  | LA1       | 2020-01-01 |
police      | LA1       | 2020-01-01 |
vcs         | LA1       | 2020-01-01 |
sarc        | LA1       | 2020-01-01 | 2026-10-04
csc         | LA1       | 2020-01-01 |
"""
SAID = """
said_by   | agency_code | meeting_ref | attendance_code | contributed_information | invited_at
csc       | health_gp   | M1          | apologies       | yes                     |
health_gp | health_gp   | M1          | apologies       | yes                     |
csc       | edu_school  | M1          | attended        |                         |
csc       | police      | M1          | did_not_attend  | no                      | 2026-10-01 09:00
police    | police      | M1          | attended        | yes                     |
csc       | sarc        | M1          | attended        | yes                     |
"""


def drawn_meeting(store: Store) -> None:
    """One meeting, four relevant agencies: the Havens' work had ended the day before."""
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | LA1")
    draw(store, "involvements", OPEN_WORK)
    draw(store, "meeting_participation", SAID)
    returned(store, "csc", "strategy_meetings meeting_children meeting_participation involvements")


def test_relevant_agency_took_part(store: Store):
    drawn_meeting(store)
    for agency in ("health_gp", "police", "vcs"):
        returned(store, agency, "meeting_participation involvements")
    rows = figures(store, "relevant_agency_took_part")
    # the practice gave information, the school came; the police were only invited; of the voluntary service nobody
    # speaks
    assert of(figure(rows)) == (2, 4, "assured")
    # the school sent nothing of its own; the police say that they came, and the record does not
    assert of(figure(rows, view="confirmed")) == (1, 3, "partly_assured")
    assert of(figure(rows, view="confirmed", agency="edu_school")) == (None, None, "not_assured")
    assert of(figure(rows, view="confirmed", agency="police")) == (0, 1, "assured")


def test_trap_1_invited_attended_and_contributed_are_three_facts(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes | status_code
        invited     | 2026-10-05 10:00 | sexual_abuse  | held
        came        | 2026-10-05 10:00 | sexual_abuse  | held
        reported    | 2026-10-05 10:00 | sexual_abuse  | held
        """,
    )
    draw(store, "meeting_children", "meeting_ref | child_ref\ninvited | LA1\ncame | LA1\nreported | LA1")
    draw(store, "involvements", "agency_code | child_ref | opened_on\nhealth_gp | LA1 | 2020-01-01")
    draw(
        store,
        "meeting_participation",
        """
        said_by | agency_code | meeting_ref | attendance_code | contributed_information | invited_at
        csc     | health_gp   | invited     | did_not_attend  | no                      | 2026-10-01 09:00
        csc     | health_gp   | came        | attended        | no                      |
        csc     | health_gp   | reported    | apologies       | yes                     |
        """,
    )
    returned(store, "csc", "strategy_meetings meeting_children meeting_participation involvements")
    met = {name: of(figure(figures(store, name))) for name in ("health_invited", "health_present")}
    assert met == {"health_invited": (1, 3, "assured"), "health_present": (1, 3, "assured")}
    # apologies with a report is no attendance, and is taking part
    assert of(figure(figures(store, "relevant_agency_took_part"))) == (2, 3, "assured")
