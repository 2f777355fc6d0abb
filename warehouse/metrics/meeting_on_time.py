"""Was the strategy meeting held in time after the concern? (domain catalogue 8)

The clock starts on the day the concern was identified (day 0). A meeting said to be held before its concern
has no usable concern date, and is not counted. Where the record gives no urgency, the standard limit holds. "same_day"
means the same day of the calendar, weekends included (serious harm or forensic evidence).
"""

from warehouse.metric import Metric, Target, and_, case, csa_meetings, meeting_facts, parameter, working_days

meeting = meeting_facts()
taken = working_days(meeting.concern_on, meeting.held_on)
meetings = csa_meetings(
    has_concern_date=meeting.concern_on <= meeting.held_on,
    in_time=case(
        (meeting.urgency_code == "same_day", meeting.held_on == meeting.concern_on),
        (meeting.urgency_code == "planned", taken <= parameter("meeting_on_time.planned")),
        else_=taken <= parameter("meeting_on_time.standard"),
    ),
    working_days_taken=taken,
    urgency_code=meeting.urgency_code,
)

METRIC = Metric(
    name="meeting_on_time",
    question="Was the strategy meeting held in time after the concern?",
    unit="meeting",
    recommendations=("F",),
    rows=meetings,
    numerators={"recorded": {"": and_(meetings.c.has_concern_date, meetings.c.in_time)}},
    denominators={"recorded": {"": meetings.c.has_concern_date}},
    returns=(("csc", "strategy_meetings"),),
    target=Target("targets.london_procedures"),
)
