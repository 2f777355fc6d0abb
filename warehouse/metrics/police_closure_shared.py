"""Does the reason why the police closed reach Children's Social Care? (domain catalogue 22, triangulated)

Recorded: the police say which reason they sent. Confirmed: and Children's Social Care says that it came, on the day
of the closure or after it. It can be asked where it has an enquiry about the child that began near the investigation;
investigations without one (a child of another borough, for example) are not covered.
"""

from warehouse.metric import Metric, Target, and_, closed_investigations

investigations = closed_investigations()
was = investigations.c

METRIC = Metric(
    name="police_closure_shared",
    question="Does the reason why the police closed an investigation reach Children's Social Care?",
    unit="closed investigation",
    recommendations=("R7",),
    rows=investigations,
    numerators={
        "recorded": {"": was.is_sent},
        "confirmed": {"": and_(was.is_sent, was.csc_holds)},
    },
    covered=and_(was.csc_knows, was.csc_returned),
    returns=(("police", "police_investigations"),),
    target=Target("targets.police_closure_shared"),
)
