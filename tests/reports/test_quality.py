"""The data-quality panel: who owes a return, and whether the rows add up."""

from __future__ import annotations

import pandas as pd

from reports.quality import judge_quality
from tests.reports.owed import OWED


def test_who_owes_is_named_by_agency_and_who_is_let_be_apart_from_that(deliveries: pd.DataFrame) -> None:
    judged = judge_quality(deliveries, owed=OWED)
    assert [one.feed for one in judged.chased] == ["health_camhs_esr", "police_niche"]
    assert [one.feed for one in judged.let_be] == ["police_niche", "edu_school_cpoms", "vcs_lamplight"]
    assert [one.feed for one in judged.held] == ["csc_learning"]
    assert judged.owed == 6


def test_rows_that_do_not_add_up_are_seen(deliveries: pd.DataFrame) -> None:
    assert judge_quality(deliveries).total.is_conserved
    short = deliveries.assign(rows_loaded=deliveries["rows_loaded"] - 1)
    assert not judge_quality(short).total.is_conserved
