"""Do the agencies that know the child record the same concern? (domain catalogue 24, triangulated)

Of children discussed at a meeting about child sexual abuse who are known to the police or Health on the day; a child
counts once at each meeting. Recorded: Children's Social Care's record names sexual abuse (the meeting's own, or its
work with the child). Confirmed: and so do the records of all of the others who know the child and sent theirs.
Several agencies of Health speak as one: it is enough that one of them has recorded it.
"""

from warehouse.metric import Metric, and_, children_known_to_others, local, not_, or_

children = children_known_to_others()
say = children.c

METRIC = Metric(
    name="records_agree",
    question="Do Children's Social Care, the police and Health all record the concern of sexual abuse?",
    unit="child known to two agencies, at a meeting",
    recommendations=("R7",),
    rows=children,
    numerators={
        "recorded": {"": say.csc_records},
        "confirmed": {
            "": and_(
                say.csc_records,
                or_(not_(say.police_speak), say.police_record),
                or_(not_(say.health_speaks), say.health_records),
            )
        },
    },
    covered=or_(say.police_speak, say.health_speaks),
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_children"), ("*", "involvements")),
    target=local("targets.records_agree"),
)
