"""Which meeting an agency's claim speaks of, and which meetings are about child sexual abuse."""

from sqlalchemy import select

from tests.warehouse.drawn import draw
from warehouse.evidence import CLAIMS, CSA_MEETINGS
from warehouse.gathering import gather
from warehouse.store import Store

MEETINGS = """
meeting_ref | held_at          | concern_codes | csa_context_code | status_code
M1          | 2026-10-01 10:00 | sexual_abuse  |                  | held
M2          | 2026-10-02 10:00 | sexual_abuse  |                  | held
M3          | 2026-10-05 10:00 | sexual_abuse  |                  | held
M4          | 2026-10-05 15:00 | sexual_abuse  |                  | held
cancelled   | 2026-10-20 10:00 | sexual_abuse  |                  | cancelled
"""


def matches(store: Store, claims: str) -> dict[str, str]:
    """Agency → the meeting that its own claim was matched to."""
    draw(store, "meeting_participation", claims)
    own = select(CLAIMS.c.agency_code, CLAIMS.c.meeting_ref).where(CLAIMS.c.said_by == CLAIMS.c.agency_code)
    with store.writing() as connection:
        gather(connection)
        found = [tuple(row) for row in connection.execute(own)]
    assert len(found) == len(dict(found)), "a claim speaks of one meeting at most"
    return dict(found)


def cohort(store: Store) -> dict[str, bool]:
    """Meeting → whether its own record names sexual abuse."""
    with store.writing() as connection:
        gather(connection)
        rows = connection.execute(select(CSA_MEETINGS.c.meeting_ref, CSA_MEETINGS.c.is_known_by_concern))
        return {row.meeting_ref: row.is_known_by_concern for row in rows}


def test_claims_are_matched_to_one_meeting_at_most(store: Store):
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | LA1\nM2 | LA1\nM3 | LA2\nM4 | LA2\ncancelled | LA1")
    found = matches(
        store,
        """
        said_by       | agency_code   | meeting_ref | held_on    | child_ref | attendance_code
        police        | police        | M2          | 2026-10-01 | LA1       | attended
        health_gp     | health_gp     |             | 2026-10-01 | LA1       | attended
        health_acute  | health_acute  | their_own   | 2026-10-02 | LA1       | attended
        health_camhs  | health_camhs  |             | 2026-10-06 | LA2       | attended
        edu_school    | edu_school    |             | 2026-10-05 | LA1       | attended
        edu_college   | edu_college   |             | 2026-10-06 | LA1       | attended
        probation     | probation     | cancelled   | 2026-10-02 | LA1       | attended
        vcs           | vcs           |             | 2026-10-02 | LA9       | attended
        """,
    )
    assert found == {
        "police": "M2",  # the meeting's number goes before the day
        "health_gp": "M1",  # the nearest day of two
        "health_acute": "M2",  # a number that Children's Social Care does not know is no number
        "health_camhs": "M3",  # two on one day: the lower number
        "edu_school": "M2",  # Monday for Friday: one working day out
        # edu_college: Tuesday is two working days out · probation: its meeting was cancelled · vcs: another child
    }


def test_children_are_known_by_any_of_their_numbers_and_by_the_list_of_children(store: Store):
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_children", "meeting_ref | child_ref | nhs_number\nM1 | LA1 | \nM3 | | 9990000018")
    draw(store, "children", "said_by | child_ref | upn\ncsc | LA1 | W319200124001\npolice | LA1 | X319200124002")
    found = matches(
        store,
        """
        said_by    | agency_code | held_on    | nhs_number | upn           | attendance_code
        edu_school | edu_school  | 2026-10-01 |            | W319200124001 | attended
        edu_la     | edu_la      | 2026-10-01 |            | X319200124002 | attended
        health_gp  | health_gp   | 2026-10-05 | 9990000018 |               | attended
        """,
    )
    assert found == {"edu_school": "M1", "health_gp": "M3"}  # the police's list of children links nobody


def test_nobody_but_childrens_social_care_speaks_for_others(store: Store):
    draw(store, "strategy_meetings", MEETINGS)
    assert (
        matches(store, "said_by | agency_code | meeting_ref | attendance_code\npolice | health_gp | M1 | attended")
        == {}
    )


def test_the_cohort_is_found_by_concern_context_factor_or_plan_and_never_by_multiple_alone(store: Store):
    draw(
        store,
        "strategy_meetings",
        """
        meeting_ref | held_at          | concern_codes       | csa_context_code | status_code
        concern     | 2026-10-01 10:00 | neglect sexual_abuse |                 | held
        context     | 2026-10-01 10:00 | neglect             | family           | held
        not_known   | 2026-10-01 10:00 | neglect             | unknown          | held
        factor      | 2026-10-01 10:00 | neglect             |                  | held
        old_factor  | 2026-10-01 10:00 |                     |                  | held
        plan        | 2026-10-01 10:00 | neglect             |                  | held
        multiple    | 2026-10-01 10:00 | neglect             |                  | held
        planned     | 2026-10-01 10:00 | sexual_abuse        |                  | planned
        """,
    )
    draw(
        store,
        "meeting_children",
        "meeting_ref | child_ref\nfactor | LA1\nold_factor | LA2\nplan | LA3\nmultiple | LA4",
    )
    draw(
        store,
        "assessments",
        """
        child_ref | started_on | authorised_on | factor_codes
        LA1       | 2026-10-02 | 2026-11-30    | 2A 19B
        LA2       | 2019-10-02 | 2019-11-30    | 19A 19C
        """,
    )
    draw(
        store,
        "child_protection_plans",
        """
        child_ref | started_on | ended_on | initial_category_code | latest_category_code
        LA3       | 2026-10-20 |          | NEG                   | SAB
        LA4       | 2026-10-20 |          | MUL                   | MUL
        """,
    )
    assert cohort(store) == {"concern": True, "context": True, "factor": False, "plan": False}
