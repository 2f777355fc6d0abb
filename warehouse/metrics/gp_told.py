"""Does the child's general practice hold the plan? (domain catalogue 17, triangulated)

Of children with open work at a practice on the day of the meeting; a child counts once at each meeting. Recorded:
Children's Social Care says that the plan was sent to the practice. Confirmed: the practice logged it.
"""

from warehouse.metric import Metric, Target, children_with_a_practice

children = children_with_a_practice()

METRIC = Metric(
    name="gp_told",
    question="Does the child's general practice hold the plan?",
    unit="child with a practice, at a meeting",
    recommendations=("R2",),
    findings=("limited_information_csc_to_gp",),
    rows=children,
    numerators={
        "recorded": {"": children.c.is_sent},
        "confirmed": {"": children.c.is_logged},
    },
    covered=children.c.practice_returned,
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "plan_circulation"),
        ("*", "involvements"),
    ),
    target=Target("targets.gp_told"),
)
