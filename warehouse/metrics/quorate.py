"""Were Children's Social Care, the police and Health all at the meeting? (domain catalogue 4, triangulated: police)

A telephone discussion and the meetings after it are one sequence: beside the meetings stands, once for each sequence
and in the month it began, whether any meeting of it was quorate that was held within the limit of a planned meeting
(meeting_on_time.planned) after the concern, or where no concern is dated after the first of them.
"""

from warehouse.metric import (
    CSC,
    HEALTH,
    POLICE,
    WORKING_TOGETHER,
    Metric,
    and_,
    attended,
    begins_sequence,
    by_sequence,
    csa_meetings,
    func,
    heard_from,
    in_time_for_sequence,
    meeting_facts,
)

meeting = meeting_facts()
clock = func.coalesce(meeting.sequence_concern_on, meeting.sequence_began_on)
held = csa_meetings(
    csc_attended=attended(CSC, said_by="csc"),
    police_attended=attended(POLICE, said_by="csc"),
    health_attended=attended(HEALTH, said_by="csc"),
    police_say_so=attended(POLICE, said_by="own"),
    police_returned=heard_from(POLICE),
    sequence_ref=meeting.sequence_ref,
    begins_sequence=begins_sequence(),
    in_time_for_sequence=in_time_for_sequence(clock),
)
was_quorate = and_(held.c.csc_attended, held.c.police_attended, held.c.health_attended)
meetings = by_sequence(held, any_quorate=and_(was_quorate, held.c.in_time_for_sequence))
were = meetings.c
quorate = and_(were.csc_attended, were.police_attended, were.health_attended)

METRIC = Metric(
    name="quorate",
    question="Were Children's Social Care, the police and Health all there?",
    unit="meeting",
    recommendations=("R1",),
    findings=("lack_of_multi_agency_working",),
    rows=meetings,
    numerators={
        "recorded": {"": quorate, "by_sequence": were.any_quorate},
        "confirmed": {"": and_(quorate, were.police_say_so)},
    },
    denominators={"recorded": {"by_sequence": were.begins_sequence}},
    covered=were.police_returned,
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_participation")),
    target=WORKING_TOGETHER,
)
