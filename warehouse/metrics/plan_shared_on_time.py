"""Was the plan sent to every relevant agency in time? (domain catalogue 15)

Within the limit after the meeting, by working days; what was not sent is late, and so is what was sent before the day
of the meeting only, which was another plan.
"""

from warehouse.metric import PAIRS, Metric, Target, meeting_agency_pairs

pairs = meeting_agency_pairs(is_sent_in_time=PAIRS.c.is_sent_in_time)

METRIC = Metric(
    name="plan_shared_on_time",
    question="Was the plan sent to every relevant agency within one working day?",
    unit="meeting and relevant agency",
    recommendations=("R2",),
    rows=pairs,
    numerators={"recorded": {"": pairs.c.is_sent_in_time}},
    by_agency=True,
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "plan_circulation"),
        ("*", "involvements"),
    ),
    target=Target("targets.plan_shared_on_time"),
)
