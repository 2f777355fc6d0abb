"""The traps of the domain that cross many metrics, each by name.

The others are beside what they are about: invited, attended and contributed (test_relevant_agency_took_part), sequences
(test_meeting_on_time, test_quorate), several enquiries of a child (test_icpc_on_time), dates and marks and names as
they are written (tests/connectors, tests/schemas).
"""

from datetime import date, datetime

import pytest
from sqlalchemy import insert, select

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.children import CHILD_DECISIONS
from warehouse.figures import refresh
from warehouse.known import known_at
from warehouse.store import Store
from warehouse.tables import MEASURES

MEETING = "meeting_ref | held_at | concern_codes | status_code\nM1 | 2026-10-05 10:00 | sexual_abuse | held"
CSC_SENT = "strategy_meetings meeting_children meeting_participation plan_circulation children involvements"


def test_trap_4_a_child_of_another_borough_has_no_number_of_ours_and_counts_like_any_other(store: Store):
    draw(store, "strategy_meetings", MEETING)
    draw(store, "meeting_children", "meeting_ref | nhs_number\nM1 | 9990000018")
    draw(store, "children", "said_by | nhs_number | upn | born_on\ncsc | 9990000018 | W319200124001 | 2015-05-01")
    draw(
        store,
        "involvements",
        """
        agency_code | upn           | nhs_number | opened_on
        edu_school  | W319200124001 |            | 2020-01-01
        health_gp   |               | 9990000018 | 2020-01-01
        """,
    )
    draw(
        store,
        "plan_circulation",
        """
        said_by    | agency_code | meeting_ref | held_on    | upn           | item_code | sent_at          | received_at
        csc        | health_gp   | M1          |            |               | plan      | 2026-10-05 12:00 |
        edu_school | edu_school  |             | 2026-10-05 | W319200124001 | plan      |                  | 2026-10-06 09:00
        """,  # noqa: E501 - a drawn table is as wide as its columns
    )
    returned(store, "csc", CSC_SENT)
    returned(store, "edu_school", "involvements plan_circulation")
    assert of(figure(figures(store, "school_present"))) == (0, 1, "assured")
    assert of(figure(figures(store, "plan_shared_on_time"))) == (1, 2, "assured")
    assert of(figure(figures(store, "gp_told"))) == (1, 1, "assured")
    rows = figures(store, "plan_shared_with_absent")
    assert of(figure(rows, view="confirmed", agency="edu_school")) == (1, 1, "assured")


def test_trap_5_an_unborn_child_counts_where_a_child_counts_and_is_of_no_school_age(store: Store):
    draw(store, "strategy_meetings", MEETING)
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | UNB1")
    draw(store, "children", "said_by | child_ref | expected_on\ncsc | UNB1 | 2026-12-01")
    draw(store, "involvements", "agency_code | child_ref | opened_on\nhealth_maternity | UNB1 | 2026-08-01")
    draw(
        store,
        "meeting_participation",
        "said_by | agency_code | meeting_ref | attendance_code\ncsc | health_maternity | M1 | attended",
    )
    returned(store, "csc", CSC_SENT)
    assert of(figure(figures(store, "health_present"))) == (1, 1, "assured")
    assert of(figure(figures(store, "relevant_agency_took_part"))) == (1, 1, "assured")
    assert of(figure(figures(store, "school_present"))) == (0, 0, "no_cases")


def test_trap_6_a_corrected_file_replaces_the_earlier_one_and_what_was_known_before_stays(store: Store):
    draw(store, "strategy_meetings", MEETING)
    said = "said_by | agency_code | meeting_ref | attendance_code\ncsc | health_gp | M1 | {}"
    returned(store, "csc", CSC_SENT)
    for revision, attendance in enumerate(("attended", "apologies"), start=1):
        known = {"period": "2026-10", "revision": revision, "carries": "its_period", "feed": "mosaic"}
        at = datetime(2026, 11, revision, 2, 30)
        draw(store, "meeting_participation", said.format(attendance), f"r{revision}", known_at=at, **known)
    assert of(figure(figures(store, "health_present"))) == (0, 1, "assured")
    with known_at(store, datetime(2026, 11, 1, 12)) as connection:
        refresh(connection, [], date(2026, 10, 31))
        asked = select(MEASURES.c.numerator, MEASURES.c.denominator)
        of_month = asked.where(MEASURES.c.metric == "health_present", MEASURES.c.period_label == "2026-10")
        assert connection.execute(of_month).all() == [(1, 1)]


@pytest.mark.parametrize("reporting", [("health_acute",), ("health_acute", "health_camhs")])
def test_trap_7_one_attendance_that_two_trusts_report_counts_the_group_once(store: Store, reporting: tuple[str, ...]):
    draw(store, "strategy_meetings", MEETING)
    lines = [f"{speaker} | {trust} | M1 | attended" for trust in reporting for speaker in ("csc", trust)]
    header = "said_by | agency_code | meeting_ref | attendance_code"
    draw(store, "meeting_participation", "\n".join([header, *lines]))
    returned(store, "csc", CSC_SENT)
    for trust in reporting:
        returned(store, trust, "meeting_participation")
    rows = figures(store, "health_attendance_confirmed")
    assert of(figure(rows)) == of(figure(rows, view="confirmed")) == (1, 1, "assured")
    assert of(figure(figures(store, "health_present"))) == (1, 1, "assured")


ENQUIRY = """
child_ref | s47_ref | started_on | icpc_on    | csa_concern
LA1       | S1      | 2026-09-10 | 2026-10-01 | yes
LA77      |         | 2026-09-10 | 2026-10-01 | yes
"""


@pytest.mark.parametrize(("is_confirmed", "enquiries", "relevant"), [(False, 2, 0), (True, 1, 1)])
def test_trap_11_an_adopted_childs_two_numbers_are_two_children_until_a_person_says_otherwise(
    store: Store, is_confirmed: bool, enquiries: int, relevant: int
):
    draw(store, "section_47_enquiries", ENQUIRY)
    draw(store, "strategy_meetings", MEETING)
    draw(store, "meeting_children", "meeting_ref | child_ref\nM1 | LA1")
    draw(store, "involvements", "agency_code | child_ref | opened_on\nedu_school | LA77 | 2020-01-01")
    returned(store, "csc", f"{CSC_SENT} section_47_enquiries")
    if is_confirmed:
        with store.writing() as connection:
            decision = {"decision_id": "1", "one_number": "ref:LA1", "other_number": "ref:LA77"}
            person = {"decision": "confirmed", "decided_by": "a person", "because": "the adoption order"}
            connection.execute(insert(CHILD_DECISIONS).values(**decision, **person, decided_at=datetime(2026, 11, 1)))
    # one enquiry under both numbers; the school knows the child by the number that the meeting does not have
    assert of(figure(figures(store, "icpc_on_time")))[:2] == (enquiries, enquiries)
    assert of(figure(figures(store, "plan_shared_on_time")))[:2] == (0, relevant)
