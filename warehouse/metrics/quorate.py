"""Were Children's Social Care, the police and Health all at the meeting? (domain catalogue 4, triangulated: police)"""

from warehouse.metric import CSC, HEALTH, POLICE, WORKING_TOGETHER, Metric, and_, attended, csa_meetings, heard_from

meetings = csa_meetings(
    csc_attended=attended(CSC, said_by="csc"),
    police_attended=attended(POLICE, said_by="csc"),
    health_attended=attended(HEALTH, said_by="csc"),
    police_say_so=attended(POLICE, said_by="own"),
    police_returned=heard_from(POLICE),
)
were = meetings.c
quorate = and_(were.csc_attended, were.police_attended, were.health_attended)

METRIC = Metric(
    name="quorate",
    question="Were Children's Social Care, the police and Health all there?",
    unit="meeting",
    recommendations=("R1",),
    rows=meetings,
    numerators={
        "recorded": {"": quorate},
        "confirmed": {"": and_(quorate, were.police_say_so)},
    },
    covered=were.police_returned,
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_participation")),
    target=WORKING_TOGETHER,
)
