"""How did the auditors grade the cases, and what kept them from being better?"""

import pytest

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

AUDIT = """
audit_ref | case_ref | agency_code  | audited_on | rating_code          | reason_codes
A1        | C1       | csc          | 2026-10-01 | good                 |
A1        | C1       | police       | 2026-10-01 | good                 |
A1        | C1       | health_gp    | 2026-10-01 | requires_improvement | limited_information_csc_to_gp
A1        | C1       | sarc         | 2026-10-01 | outstanding          |
A1        | C2       | csc          | 2026-10-02 | requires_improvement | delay_to_strategy_meeting no_management_decision
A1        | C2       | police       | 2026-10-02 | good                 |
A1        | C2       | health_acute | 2026-10-02 | inadequate           | agency_not_informed lack_of_multi_agency_working
A1        | C2       | edu_school   | 2026-10-02 | good                 |
A1        | C3       | csc          | 2026-10-03 | requires_improvement | delay_to_strategy_meeting
A1        | C3       | police       | 2026-10-03 | good                 |
A1        | C3       | health_camhs | 2026-10-03 | requires_improvement | limited_support
A1        | C3       | edu_school   | 2026-10-03 | requires_improvement | voice_not_captured
"""  # noqa: E501 - a drawn table is as wide as its columns


def test_the_audit_of_12_returns(store: Store):
    draw(store, "audit_returns", AUDIT)
    rows = figures(store, "audit_rating")
    shown = {
        category: (*of(row), f"{row['percentage']:.1f}%")
        for category in ("good_or_outstanding", "requires_improvement", "inadequate")
        for row in [figure(rows, category=category)]
    }
    assert shown == {
        "good_or_outstanding": (6, 12, "assured", "50.0%"),
        "requires_improvement": (5, 12, "assured", "41.7%"),
        "inadequate": (1, 12, "assured", "8.3%"),
    }
    assert of(figure(rows, category="outstanding"))[:2] == (1, 12)
    assert of(figure(rows, category="reason:delay_to_strategy_meeting"))[:2] == (2, 12)
    assert of(figure(rows, category="reason:no_management_decision"))[:2] == (1, 12)
    assert of(figure(rows, category="reason:other"))[:2] == (0, 12)
    assert of(figure(rows, category="good_or_outstanding", agency="police"))[:2] == (3, 3)
    headline = figure(rows, category="good_or_outstanding")
    assert (headline["target"], headline["status"], headline["is_low_base"]) == (None, "none", False)
    assert (headline["low"], headline["high"]) == pytest.approx((25.38, 74.62), abs=0.01)


def test_grades_are_as_returned_the_moderated_stand_beside_and_ungraded_returns_have_reasons_only(store: Store):
    draw(
        store,
        "audit_returns",
        """
        audit_ref | case_ref | agency_code | audited_on | rating_code | moderated_rating_code | reason_codes
        A1        | C1       | csc         | 2026-10-01 | good        | inadequate            | other
        A1        | C2       | csc         | 2026-10-01 | good        |                       |
        A1        | C3       | csc         | 2026-10-01 |             | outstanding           |
        A1        | C4       | csc         | 2026-10-01 |             |                       | other
        """,
    )
    rows = figures(store, "audit_rating")
    assert of(figure(rows, category="good"))[:2] == (2, 2)
    assert of(figure(rows, category="inadequate"))[:2] == (0, 2)
    assert of(figure(rows, category="good_or_outstanding"))[:2] == (2, 2)
    assert of(figure(rows, category="moderated_good_or_outstanding"))[:2] == (2, 3)
    assert of(figure(rows, category="reason:other"))[:2] == (2, 4)
    assert not figure(rows, category="moderated_good_or_outstanding")["is_headline"]


def test_the_audit_is_in_the_last_12_months_once_anything_reaches_back_so_far(store: Store):
    draw(store, "audit_returns", AUDIT)
    assert not [row for row in figures(store, "audit_rating") if row["period_kind"] == "rolling_12_months"]
    returned(store, "police", "involvements", "2025-11")
    rows = figures(store, "audit_rating")
    row = figure(rows, "12 months to 2026-10", category="good_or_outstanding")
    assert (*of(row), row["coverage"]) == (6, 12, "assured", 100)
    # before the first audit nothing is claimed
    assert {row["period_label"] for row in rows if row["period_kind"] != "rolling_12_months"} == {
        "2026-10",
        "2026-27 Q3",
        "2026-27 to 2026-10",
    }


def test_the_office_that_collects_the_audit_is_no_agency_of_it(store: Store):
    draw(store, "audit_returns", AUDIT.replace("sarc        ", "lscp        "))
    rows = figures(store, "audit_rating", expected=[("lscp", "audit_returns")])
    assert "lscp" not in {row["agency_code"] for row in rows}
    assert of(figure(rows, category="good_or_outstanding")) == (6, 12, "assured")


def test_months_without_an_audit_have_no_cases_and_a_silent_agency_is_not_assured(store: Store):
    draw(store, "audit_returns", AUDIT)
    rows = figures(store, "audit_rating", expected=[("la_housing", "audit_returns")], as_of="2026-11-30")
    assert of(figure(rows, "2026-11", category="good", agency="police")) == (0, 0, "no_cases")
    assert of(figure(rows, category="good", agency="la_housing")) == (None, None, "not_assured")


def test_the_auditors_own_grade_against_the_moderated_one_and_the_voice_of_the_child(store: Store):
    draw(
        store,
        "audit_returns",
        """
        audit_ref | case_ref | agency_code | audited_on | rating_code          | moderated_rating_code | voice_captured
        A1        | C1       | csc         | 2026-10-01 | good                 | outstanding           | yes
        A1        | C2       | csc         | 2026-10-01 | good                 | good                  | no
        A1        | C3       | csc         | 2026-10-01 | good                 | requires_improvement  |
        A1        | C4       | csc         | 2026-10-01 | requires_improvement | inadequate            | yes
        A1        | C5       | csc         | 2026-10-01 | good                 |                       | yes
        A1        | C6       | csc         | 2026-10-01 |                      | inadequate            |
        """,
    )
    rows = figures(store, "audit_rating")
    # of the four with both grades; the voice of the child of the four returns that answer
    assert {
        name: of(figure(rows, category=name))[:2]
        for name in ("moderated_better", "moderated_the_same", "moderated_worse", "voice_captured")
    } == {
        "moderated_better": (1, 4),
        "moderated_the_same": (1, 4),
        "moderated_worse": (2, 4),
        "voice_captured": (3, 4),
    }
