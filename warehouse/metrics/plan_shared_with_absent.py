"""Did the plan reach the relevant agencies that were not at the meeting? (domain catalogue 14, triangulated)

Absent: not attended, as Children's Social Care records; an agency that the record does not name was absent.
"""

from warehouse.metric import PAIRS, Metric, Target, meeting_agency_pairs, not_

absent = meeting_agency_pairs(
    not_(PAIRS.c.is_present),
    is_sent=PAIRS.c.is_sent,
    is_received=PAIRS.c.is_received,
    agency_returned=PAIRS.c.has_returned_receipts,
)

METRIC = Metric(
    name="plan_shared_with_absent",
    question="Did the plan reach the relevant agencies that were not there?",
    unit="meeting and absent agency",
    recommendations=("R2",),
    findings=("agency_not_informed",),
    rows=absent,
    numerators={
        "recorded": {"": absent.c.is_sent},
        "confirmed": {"": absent.c.is_received},
    },
    covered=absent.c.agency_returned,
    by_agency=True,
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "meeting_participation"),
        ("csc", "plan_circulation"),
        ("*", "involvements"),
    ),
    target=Target("targets.recommendation_2"),
)
