"""Was the strategy meeting held in time after the concern? (domain catalogue 8)

The clock starts on the day the concern was identified (day 0). A meeting said to be held before its concern
has no usable concern date, and is not counted. Where the record gives no urgency, the standard limit holds. "same_day"
means the same day of the calendar, weekends included (serious harm or forensic evidence).

A telephone discussion and the meetings after it are one sequence: beside the meetings stands, once for each sequence
and in the month it began, whether any meeting of it was held within the limit of a planned meeting
(meeting_on_time.planned).
"""

from warehouse.metric import (
    Metric,
    Target,
    and_,
    begins_sequence,
    by_sequence,
    case,
    csa_meetings,
    in_time_for_sequence,
    meeting_facts,
    parameter,
    working_days,
)

meeting = meeting_facts()
taken = working_days(meeting.concern_on, meeting.held_on)
held = csa_meetings(
    has_concern_date=meeting.concern_on <= meeting.held_on,
    in_time=case(
        (meeting.urgency_code == "same_day", meeting.held_on == meeting.concern_on),
        (meeting.urgency_code == "planned", taken <= parameter("meeting_on_time.planned")),
        else_=taken <= parameter("meeting_on_time.standard"),
    ),
    working_days_taken=taken,
    urgency_code=meeting.urgency_code,
    sequence_ref=meeting.sequence_ref,
    begins_dated_sequence=and_(begins_sequence(), meeting.sequence_concern_on.is_not(None)),
    in_time_for_sequence=in_time_for_sequence(meeting.sequence_concern_on),
)
meetings = by_sequence(held, any_in_time=held.c.in_time_for_sequence)

METRIC = Metric(
    name="meeting_on_time",
    question="Was the strategy meeting held in time after the concern?",
    unit="meeting",
    recommendations=("F",),
    findings=("delay_to_strategy_meeting",),
    rows=meetings,
    numerators={
        "recorded": {
            "": and_(meetings.c.has_concern_date, meetings.c.in_time),
            "by_sequence": meetings.c.any_in_time,
        }
    },
    denominators={"recorded": {"": meetings.c.has_concern_date, "by_sequence": meetings.c.begins_dated_sequence}},
    returns=(("csc", "strategy_meetings"),),
    target=Target("targets.london_procedures"),
)
