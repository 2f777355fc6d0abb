"""Where Health is said to have been at the meeting, do both say so? (domain catalogue 3, triangulated)

Counted for Health as a group: two trusts that report one attendance count once, and it is not held against
the record that it names another trust than the one which says that it came.
"""

from warehouse.metric import HEALTH, Metric, Target, and_, attended, csa_meetings, heard_from, or_

meetings = csa_meetings(
    csc_says=attended(HEALTH, said_by="csc"),
    health_says=attended(HEALTH, said_by="own"),
    health_returned=heard_from(HEALTH),
)
says = meetings.c
either = or_(says.csc_says, says.health_says)

METRIC = Metric(
    name="health_attendance_confirmed",
    question="Do Children's Social Care and Health agree that Health was there?",
    unit="meeting",
    recommendations=("R1",),
    rows=meetings,
    numerators={
        "recorded": {"": says.csc_says},
        "confirmed": {"": and_(says.csc_says, says.health_says)},
    },
    denominators={"recorded": {"": either}, "confirmed": {"": either}},
    covered=says.health_returned,
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_participation")),
    target=Target("targets.attendance_confirmed"),
)
