"""A small partnership, drawn: twelve metrics over 36 months in the shape of ``reporting.measures``."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from reports import quality
from reports.board import write_board_report
from reports.figures import COLUMNS, month_start
from tests.reports.owed import OWED

AS_OF = date(2026, 10, 31)
GENERATED_AT = datetime(2026, 11, 2, 2, 41)
TITLE = "Sutton Local Safeguarding Children Partnership"


@dataclass(frozen=True)
class Drawn:
    """How one series is drawn: the share that meets the standard goes from ``first`` to ``last`` over 36 months."""

    metric: str
    question: str
    recommendations: str
    unit: str
    first: float
    last: float
    a_month: int = 6
    view: str = "recorded"
    category: str = ""
    is_headline: bool = True
    agency_code: str = ""
    target: float | None = 100.0
    target_source: str = "Working Together 2023"
    bands: tuple[float, float] = (95.0, 85.0)
    silent: tuple[int, ...] = ()
    """Months back from the last for which a return is missing."""


def _series() -> Iterator[Drawn]:
    present = Drawn("health_present", "Was Health at the strategy meeting?", "R1", "meeting", 0.62, 0.79, 7)
    yield present
    for agency, share in (("health_gp", 0.34), ("health_acute", 0.71), ("health_school_nursing", 0.9)):
        yield replace(present, agency_code=agency, first=share, last=share, a_month=3)
    yield replace(present, agency_code="health_camhs", a_month=0)
    yield Drawn("health_invited", "Was Health invited before the meeting began?", "R1", "meeting", 0.9, 0.985, 7)
    attendance = Drawn(
        "health_attendance_confirmed", "Do both agencies say that Health was there?", "R1", "meeting", 0.8, 0.82, 6,
        target=95.0, target_source="local standard",
    )  # fmt: skip
    yield attendance
    yield replace(attendance, view="confirmed", first=0.5, last=0.61, silent=(9, 10))
    quorate = Drawn(
        "quorate", "Were Children's Social Care, the police and Health all there?", "R1", "meeting", 0.7, 0.84, 7
    )
    yield quorate
    yield replace(quorate, view="confirmed", silent=tuple(range(36)))
    shared = Drawn(
        "plan_shared_with_all", "Did every relevant agency get the plan?", "R2", "meeting", 0.55, 0.88, 6,
        target_source="audit recommendation R2",
    )  # fmt: skip
    yield shared
    yield replace(shared, view="confirmed", first=0.3, last=0.45)
    absent = Drawn(
        "plan_shared_with_absent", "Did the agencies that were not there get the plan?", "R2",
        "meeting and absent agency", 0.5, 0.7, 9,
        target_source="audit recommendation R2",
    )  # fmt: skip
    yield absent
    yield replace(absent, view="confirmed", first=0.35, last=0.52)
    for agency, share in (("edu_school", 0.6), ("health_gp", 0.31), ("police", 0.9), ("sarc", 0.5)):
        yield replace(absent, view="confirmed", agency_code=agency, first=share, last=share, a_month=2)
    yield Drawn(
        "meeting_on_time", "Was the strategy meeting held in time?", "F", "meeting", 0.8, 0.91, 7,
        target_source="London child protection procedures: 3 working days, or the same day",
    )  # fmt: skip
    yield Drawn(
        "icpc_on_time", "Was the conference held within 15 working days?", "F",
        "enquiry with a conference", 0.97, 0.96, 5,
        target_source="Working Together 2023: 15 working days",
    )  # fmt: skip
    genogram = Drawn(
        "genogram_effective",
        "Is there a genogram, and is it used?",
        "R3",
        "completed assessment",
        0.7,
        0.87,
        8,
        category="present",
    )
    yield genogram
    yield replace(genogram, category="current", is_headline=False, first=0.5, last=0.64)
    yield replace(genogram, category="used", is_headline=False, first=0.2, last=0.41)
    training = Drawn(
        "csa_training", "Are staff trained in child sexual abuse?", "R4, R5",
        "member of staff in scope", 0.7, 0.88, 240,
        target=90.0, target_source="local standard", bands=(90.0, 80.0),
    )  # fmt: skip
    yield training
    for agency, share in (("csc", 0.93), ("police", 0.84), ("health_acute", 0.89), ("edu_school", 0.71)):
        yield replace(training, agency_code=agency, first=share, last=share, a_month=60)
    yield replace(training, agency_code="health_camhs", silent=tuple(range(36)))
    yield Drawn(
        "actions_on_time", "Were improvement actions closed in time, with evidence?", "R6", "action due", 0.5, 0.5, 0,
        target_source="audit recommendation R6",
    )  # fmt: skip


def _coverage(drawn: Drawn, known: int, months: int) -> tuple[int, int, float]:
    """Returns received of returns owed; for a confirmed view, units whose second agency sent a return of all units."""
    a_month = max(drawn.a_month, 1) if drawn.view == "confirmed" else 1
    return known * a_month, months * a_month, 100 * known / months


def _row(
    drawn: Drawn, kind: str, label: str, starts_on: date, months: list[tuple[int, int] | None]
) -> dict[str, object]:
    """One period: the sum of its months; a month that is None is one whose return is missing."""
    known = [pair for pair in months if pair is not None]
    numerator, denominator = sum(n for n, _ in known), sum(d for _, d in known)
    percentage = 100 * numerator / denominator if denominator else None
    low, high = (100 * end for end in proportion_confint(numerator, denominator or 1, method="wilson"))
    green, amber = drawn.bands
    assurance = "partly_assured" if len(known) < len(months) else "assured"
    if not known:
        assurance, numerator, denominator, percentage = "not_assured", None, None, None
    elif not denominator:
        assurance = "no_cases"
    status = "grey"
    if percentage is not None and denominator >= 5:
        status = "green" if percentage >= green else "amber" if percentage >= amber else "red"
    if drawn.target is None:
        status = "none"
    return dict(zip(COLUMNS, (
        drawn.metric, drawn.question, drawn.recommendations, drawn.unit, drawn.view, drawn.category, drawn.is_headline,
        drawn.agency_code, "", "", kind, label, starts_on, month_start(starts_on, -len(months)) - timedelta(days=1),
        numerator, denominator, percentage,
        None if percentage is None else low, None if percentage is None else high,
        *_coverage(drawn, len(known), len(months)),
        drawn.target, "higher", drawn.target_source, status, assurance,
        denominator is not None and denominator < 10, "d1",
    ), strict=True))  # fmt: skip


def _rows(drawn: Drawn) -> Iterator[dict[str, object]]:
    chance = random.Random(f"{drawn.metric} {drawn.view} {drawn.category} {drawn.agency_code}")  # noqa: S311 - no secret
    drawn_months: list[tuple[int, int] | None] = []
    for at in range(36):
        share = drawn.first + (drawn.last - drawn.first) * at / 35
        cases = drawn.a_month if drawn.a_month > 50 else min(chance.randint(0, 2 * drawn.a_month), drawn.a_month + 5)
        met = sum(chance.random() < share for _ in range(cases))
        drawn_months.append(None if 35 - at in drawn.silent else (met, cases))
    for at in range(36):
        first = month_start(AS_OF, 35 - at)
        yield _row(drawn, "month", f"{first:%Y-%m}", first, drawn_months[at : at + 1])
        if at >= 11:
            start = month_start(first, 11)
            yield _row(drawn, "rolling_12_months", f"12 months to {first:%Y-%m}", start, drawn_months[at - 11 : at + 1])


def _audit() -> Iterator[dict[str, object]]:
    """The audit of twelve returns: 6 good or outstanding, 5 requires improvement, 1 inadequate (domain, section 1)."""
    audit = Drawn(
        "audit_rating",
        "How did auditors rate the work?",
        "R6, F",
        "audit return",
        0,
        0,
        target=None,
        target_source="trend",
    )
    counted = {
        "good_or_outstanding": 6, "outstanding": 1, "good": 5, "requires_improvement": 5, "inadequate": 1,
        "reason:lack_of_multi_agency_working": 4, "reason:limited_information_csc_to_gp": 3,
        "reason:delay_to_strategy_meeting": 3, "reason:no_management_decision": 2, "reason:voice_not_captured": 1,
    }  # fmt: skip
    for category, numerator in counted.items():
        line = replace(audit, category=category, is_headline=category == "good_or_outstanding")
        for kind, label, start, months in (
            ("month", "2026-06", date(2026, 6, 1), 1),
            ("rolling_12_months", "12 months to 2026-10", date(2025, 11, 1), 12),
        ):
            yield _row(line, kind, label, start, [(numerator, 12)] + [(0, 0)] * (months - 1))


@pytest.fixture(scope="session")
def measures() -> pd.DataFrame:
    """Twelve metrics, 36 months, some agencies, one confirmed view that nobody answered."""
    rows = [row for drawn in _series() for row in _rows(drawn)] + list(_audit())
    whole = dict.fromkeys(("numerator", "denominator", "coverage_numerator", "coverage_denominator"), "int64[pyarrow]")
    parts = dict.fromkeys(("percentage", "low", "high", "coverage", "target"), "float64[pyarrow]")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(whole | parts)


DELIVERIES = """
    feed             | agency_code  | received_at | period_from | period_to  | state   | in   | loaded | unchanged | refused | ignored
    csc_mosaic       | csc          | 2026-11-01  | 2026-10-01  | 2026-10-31 | loaded  | 1250 | 1200   | 30        | 20      | 0
    csc_mosaic       | csc          | 2026-10-01  | 2026-09-01  | 2026-09-30 | loaded  | 900  | 880    | 0         | 0       | 20
    police_niche     | police       | 2026-10-02  | 2026-09-01  | 2026-09-30 | loaded  | 300  | 291    | 0         | 9       | 0
    health_camhs_esr | health_camhs | 2026-11-01  |             |            | refused | 48   | 0      | 0         | 48      | 0
    dfe_statistics   | dfe          | 2025-11-01  | 2013-04-01  | 2024-03-31 | loaded  | 2000 | 2000   | 0         | 0       | 0
"""  # noqa: E501 - a table is read across


@pytest.fixture(scope="session")
def deliveries() -> pd.DataFrame:
    """Three agencies: one up to date, one that stopped in September, one whose only file was refused."""
    _, *lines = ([cell.strip() for cell in line.split("|")] for line in DELIVERIES.strip().splitlines())
    return pd.DataFrame(
        [
            {
                "feed": feed,
                "agency_code": agency_code,
                "file_name": f"{feed}.csv",
                "received_at": datetime.fromisoformat(received_at),
                "period_from": date.fromisoformat(period_from) if period_from else None,
                "period_to": date.fromisoformat(period_to) if period_to else None,
                "state": state,
            }
            | dict(zip(quality.COUNTS, map(int, counts), strict=True))
            for feed, agency_code, received_at, period_from, period_to, state, *counts in lines
        ]
    )


@pytest.fixture(scope="session")
def benchmarks() -> pd.DataFrame:
    """England, London and Sutton as the Department for Education published them, with Sutton's hidden bands."""
    england, london, sutton = ("E92000001", "England"), ("E12000007", "London"), ("E09000029", "Sutton")
    within = "icpc_within_15_working_days"
    rows = [
        (within, 2024, *england, 57580, 72250, None), (within, 2024, *london, 9350, 12160, None),
        (within, 2024, *sutton, 285, 298, None), (within, 2023, *england, 57900, 73790, None),
        (within, 2023, *london, 9370, 12330, None), (within, 2023, *sutton, 230, 289, None),
        ("icpc_0_to_10_working_days", 2024, *sutton, 48, 298, None),
        ("icpc_11_to_15_working_days", 2024, *sutton, 237, 298, None),
        ("icpc_16_to_20_working_days", 2024, *sutton, None, 298, "c"),
        ("icpc_21_or_more_working_days", 2024, *sutton, None, 298, "c"),
        ("icpc_0_to_10_working_days", 2024, *england, 6800, 72250, None),
        ("icpc_11_to_15_working_days", 2024, *england, 50780, 72250, None),
        ("icpc_16_to_20_working_days", 2024, *england, 6300, 72250, None),
        ("icpc_21_or_more_working_days", 2024, *england, 8350, 72250, None),
        ("assessments_within_45_working_days", 2024, *sutton, None, 3120, "x"),
    ]  # fmt: skip
    names = ["measure_code", "year", "area_code", "area_name", "numerator", "denominator", "numerator_mark"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture(scope="session")
def board(
    measures: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page of the drawn partnership."""
    return write_board_report(
        measures, deliveries, benchmarks, tmp_path_factory.mktemp("board"),
        title=TITLE, as_of=AS_OF, generated_at=GENERATED_AT, synthetic=True, owed=OWED,
    )  # fmt: skip
