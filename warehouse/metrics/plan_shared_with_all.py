"""Did the plan reach every relevant agency, present or not? (domain catalogue 13, triangulated)

Any of plan, minutes or action list counts as the plan.
"""

from warehouse.metric import PAIRS, Metric, Target, csa_meetings, every_relevant_agency, has_relevant_agency

meetings = csa_meetings(
    has_relevant_agency=has_relevant_agency(),
    sent_to_all=every_relevant_agency(PAIRS.c.is_sent),
    received_by_all=every_relevant_agency(PAIRS.c.is_received),
    all_returned=every_relevant_agency(PAIRS.c.has_returned_receipts),
)
plan = meetings.c

METRIC = Metric(
    name="plan_shared_with_all",
    question="Did the plan reach every relevant agency, present or not?",
    unit="meeting",
    recommendations=("R2",),
    rows=meetings,
    numerators={
        "recorded": {"": plan.sent_to_all},
        "confirmed": {"": plan.received_by_all},
    },
    denominators={"recorded": {"": plan.has_relevant_agency}, "confirmed": {"": plan.has_relevant_agency}},
    covered=plan.all_returned,
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "plan_circulation"),
        ("*", "involvements"),
    ),
    target=Target("targets.recommendation_2"),
)
