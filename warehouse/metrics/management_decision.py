"""Was a manager's decision recorded in time after the meeting? (domain catalogue 20)

By working days, from the day of the meeting on; a decision dated before it was not the meeting's. What is recorded as
the decision of somebody other than a manager is not a manager's; where the record names no role it is believed.
"""

from warehouse.metric import Metric, Target, and_, csa_meetings, meeting_facts, parameter, working_days

meeting = meeting_facts()
taken = working_days(meeting.held_on, meeting.decision_on)
meetings = csa_meetings(
    decided_in_time=and_(meeting.decision_on >= meeting.held_on, taken <= parameter("management_decision.limit")),
    working_days_taken=taken,
)

METRIC = Metric(
    name="management_decision",
    question="Was a manager's decision recorded within one working day of the meeting?",
    unit="meeting",
    recommendations=("F", "R7"),
    findings=("no_management_decision",),
    rows=meetings,
    numerators={"recorded": {"": meetings.c.decided_in_time}},
    returns=(("csc", "strategy_meetings"),),
    target=Target("targets.management_decision"),
)
