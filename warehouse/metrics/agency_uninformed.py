"""Which agencies that work with the child were left without any word? (domain catalogue 18, triangulated)

Recorded: Children's Social Care has neither an invitation, nor a part in the meeting, nor a plan for it. Confirmed:
and the agency has none either. An invitation counts at whatever time it came; whoever is said to have come, sent
apologies, stayed away though invited, or given information, knew.
"""

from warehouse.metric import PAIRS, Metric, Target, and_, meeting_agency_pairs, not_

pairs = meeting_agency_pairs(
    is_uninformed=not_(PAIRS.c.is_informed),
    has_no_record=not_(PAIRS.c.says_it_was_informed),
    agency_returned=and_(PAIRS.c.has_returned_participation, PAIRS.c.has_returned_receipts),
)

METRIC = Metric(
    name="agency_uninformed",
    question="Which agencies that work with the child had no invitation, no plan and no record of the meeting?",
    unit="meeting and relevant agency",
    recommendations=("R2",),
    findings=("agency_not_informed",),
    rows=pairs,
    numerators={
        "recorded": {"": pairs.c.is_uninformed},
        "confirmed": {"": and_(pairs.c.is_uninformed, pairs.c.has_no_record)},
    },
    covered=pairs.c.agency_returned,
    by_agency=True,
    direction="lower",
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "meeting_participation"),
        ("csc", "plan_circulation"),
        ("*", "involvements"),
    ),
    target=Target("targets.agency_uninformed", "bands.uninformed_green", "bands.uninformed_amber"),
)
