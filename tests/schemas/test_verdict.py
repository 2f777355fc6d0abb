"""The judgement of rows: every error of a row at once, one label a row, no value in a finding."""

import hashlib
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.table import columns
from schemas.tables.involvements import Involvements
from schemas.tables.section_47_enquiries import Section47Enquiries
from schemas.tables.strategy_meetings import StrategyMeetings
from schemas.verdict import FINDINGS, JudgementBrokenError, compare, judge


def rows(table, *given):
    """Typed rows with the named cells filled and everything else empty; the first stands in row 2 of its file."""
    cells = {
        column.name: pa.array([row.get(column.name) for row in given], column.arrow_type) for column in columns(table)
    }
    return pa.table({**cells, "source_row": pa.array(range(2, 2 + len(given)), pa.int64())})


def findings(verdict):
    return {(f["source_row"], f["rule"], f["severity"]) for f in verdict.findings.to_pylist()}


GOOD = {"agency_code": "csc", "child_ref": "C1", "opened_on": date(2024, 1, 2)}


def test_all_that_is_wrong_with_a_row_is_said_at_once_and_it_is_refused_once():
    verdict = judge(
        rows(Involvements, GOOD, {"agency_code": "scouts", "team": "=1+1", "closed_on": date(1066, 1, 1)}), Involvements
    )
    assert verdict.accepted.tolist() == [True, False]
    assert findings(verdict) == {
        (3, "agency_code.in_code_list", "error"),
        (3, "team.is_label", "error"),
        (3, "opened_on.required", "error"),
        (3, "closed_on.is_plausible_date", "error"),
        (3, "row.no_child_number", "error"),
    }


def test_a_query_is_said_and_the_row_is_loaded():
    verdict = judge(rows(Involvements, GOOD | {"nhs_number": "9990000019"}), Involvements)
    assert verdict.accepted.tolist() == [True]
    assert findings(verdict) == {(2, "nhs_number.is_nhs_number", "query")}


def test_an_unreadable_cell_is_not_called_missing_as_well():
    unreadable = {"opened_on": pa.chunked_array([[True]])}
    verdict = judge(rows(Involvements, GOOD | {"opened_on": None}), Involvements, unreadable)
    assert findings(verdict) == {(2, "opened_on.castable", "error")}


def test_a_correction_is_said_and_changes_nothing_else():
    verdict = judge(rows(Involvements, GOOD), Involvements, {}, {"nhs_number": pa.chunked_array([[True]])})
    assert verdict.accepted.tolist() == [True]
    assert findings(verdict) == {(2, "nhs_number.corrected", "correction")}


@pytest.mark.parametrize(
    ("cells", "rule", "severity"),
    [
        ({"icpc_on": date(2024, 1, 1)}, "row.dfe_8615", "error"),  # the conference before the enquiry
        ({"icpc_on": date(2024, 1, 6)}, "row.dfe_8875", "query"),  # a Saturday
        ({"referred_on": date(2024, 1, 3)}, "row.dfe_2889", "error"),  # the enquiry before the referral
        ({"ended_on": date(2024, 1, 1)}, "row.dfe_8608", "error"),  # ended before it started
    ],
)
def test_the_departments_rules_on_enquiries(cells, rule, severity):
    verdict = judge(
        rows(Section47Enquiries, {"child_ref": "C1", "started_on": date(2024, 1, 2)} | cells), Section47Enquiries
    )
    assert findings(verdict) == {(2, rule, severity)}


def test_dates_on_the_same_day_are_in_order():
    same_day = {"child_ref": "C1", "started_on": date(2024, 1, 2), "icpc_on": date(2024, 1, 2)}
    assert judge(rows(Section47Enquiries, same_day), Section47Enquiries).accepted.all()


def test_a_meeting_that_was_held_has_a_date_and_a_cancelled_one_need_not():
    held = {"meeting_ref": "M1", "status_code": "held"}
    meetings = rows(
        StrategyMeetings, held | {"held_at": datetime(2024, 1, 2, 9)}, held, held | {"status_code": "cancelled"}
    )
    assert judge(meetings, StrategyMeetings).accepted.tolist() == [True, False, True]


def test_no_rows_are_judged_well():
    verdict = judge(rows(Involvements), Involvements)
    assert len(verdict.accepted) == 0
    assert verdict.findings.schema == FINDINGS


def test_a_frame_without_its_columns_is_our_mistake_and_never_the_agencys():
    with pytest.raises((JudgementBrokenError, KeyError)):
        judge(rows(Involvements, GOOD).drop_columns(["team"]), Involvements)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=30))
def test_a_row_is_refused_if_and_only_if_it_has_an_error(wrong):
    """Whatever is wrong in whichever rows: labels and findings tell the same story, however labels repeat."""
    given_rows = [
        GOOD | ({"agency_code": None} if a else {}) | ({"team": "@x"} if b else {}) | ({"upn": "W1"} if c else {})
        for a, b, c in wrong
    ]
    verdict = judge(rows(Involvements, *given_rows), Involvements)
    with_error = {f["source_row"] - 2 for f in verdict.findings.to_pylist() if f["severity"] == "error"}
    assert set(np.flatnonzero(~verdict.accepted)) == with_error == {i for i, (a, b, _) in enumerate(wrong) if a or b}


def md5(*chunks):
    """The md5 of each letter, in chunks."""
    return pa.chunked_array([[hashlib.md5(one.encode()).hexdigest() for one in chunk] for chunk in chunks], pa.string())


def test_of_repeated_rows_one_stays_and_of_contradictory_rows_none():
    unique = compare(md5("abb", "cccd"), md5("122", "3435"))
    drawn = pd.DataFrame({"kept": unique.kept, "repeated": unique.repeated, "contradicted": unique.contradicted})
    assert drawn.astype(int).to_numpy().tolist() == [
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 1],
        [0, 0, 1],
        [1, 0, 0],
    ]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("12"))))
def test_what_is_kept_is_alone_and_nothing_vanishes(pairs):
    keys, hashes = ([pair[place] for pair in pairs] for place in (0, 1))
    unique = compare(md5(keys), md5(hashes))
    together = unique.kept.astype(int) + unique.repeated + unique.contradicted
    assert (together == 1).all()
    kept = [key for key, is_kept in zip(keys, unique.kept, strict=True) if is_kept]
    assert len(kept) == len(set(kept))
    assert set(kept) == {key for key in keys if len({h for k, h in pairs if k == key}) == 1}
