"""Were the Havens or a paediatrician there, consulted, or thought of and not needed? (domain catalogue 6, triangulated)

Recorded: the meeting's own record says one of the three, or names one of them as there or giving information.
Confirmed: they say themselves that they were there or gave information. A recorded reason why they were not needed is
the meeting's own decision, which nobody else can confirm: it counts in both views.
"""

from warehouse.metric import (
    Metric,
    Target,
    and_,
    csa_meetings,
    meeting_facts,
    or_,
    specialist_heard_from,
    specialist_took_part,
)

recorded = meeting_facts().specialist_health_code
meetings = csa_meetings(
    took_part=specialist_took_part(said_by="csc"),
    asked=recorded.in_(("attended", "consulted")),
    not_needed=recorded == "reasoned_no",
    they_say_so=specialist_took_part(said_by="own"),
    they_returned=specialist_heard_from(),
)
were = meetings.c
asked = or_(were.took_part, were.asked)

METRIC = Metric(
    name="specialist_health_considered",
    question="Were the Havens or a paediatrician at the meeting, consulted, or considered with a reason not to?",
    unit="meeting",
    recommendations=("R1",),
    rows=meetings,
    numerators={
        "recorded": {"": or_(asked, were.not_needed)},
        "confirmed": {"": or_(and_(asked, were.they_say_so), were.not_needed)},
    },
    covered=were.they_returned,
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_participation")),
    target=Target("targets.specialist_health_considered"),
)
