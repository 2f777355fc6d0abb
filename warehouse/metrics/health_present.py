"""Was Health at the strategy meeting? (domain catalogue 1)"""

from warehouse.metric import HEALTH, WORKING_TOGETHER, Metric, attended, csa_meetings

meetings = csa_meetings(health_attended=attended(HEALTH, said_by="csc"))

METRIC = Metric(
    name="health_present",
    question="Was Health at the strategy meeting?",
    unit="meeting",
    recommendations=("R1",),
    findings=("lack_of_multi_agency_working",),
    rows=meetings,
    numerators={"recorded": {"": meetings.c.health_attended}},
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_participation")),
    target=WORKING_TOGETHER,
)
