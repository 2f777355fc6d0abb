"""Was Health invited before the strategy meeting began? (domain catalogue 2)"""

from warehouse.metric import HEALTH, WORKING_TOGETHER, Metric, csa_meetings, invited

meetings = csa_meetings(health_invited=invited(HEALTH))

METRIC = Metric(
    name="health_invited",
    question="Was Health invited before the strategy meeting began?",
    unit="meeting",
    recommendations=("R1",),
    rows=meetings,
    numerators={"recorded": {"": meetings.c.health_invited}},
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_participation")),
    target=WORKING_TOGETHER,
)
