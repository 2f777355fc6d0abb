"""Has the support that was agreed for the child started? (domain catalogue 30, triangulated)

Of agreements that Children's Social Care records for a child of a meeting about child sexual abuse: a child and a day,
whatever number of providers. Recorded: Children's Social Care says itself that it started, of the agreements of which
it says what became. Confirmed: a provider with whom it was agreed says so, where all of them sent their offers for
the month. How long the child waited is counted in days from the agreement.
"""

from warehouse.metric import Metric, agreed_support, and_, local, not_

support = agreed_support()
was = support.c

METRIC = Metric(
    name="support_started",
    question="Has the support that was agreed for the child started?",
    unit="agreement of support for a child",
    recommendations=("F",),
    findings=("limited_support",),
    rows=support,
    numerators={
        "recorded": {"": was.csc_started},
        "confirmed": {
            "": was.is_started,
            "offered": was.is_offered,
            "started_soon": was.started_soon,
            "started_later": and_(was.started_in_time, not_(was.started_soon)),
            "started_late": and_(was.is_started, not_(was.started_in_time)),
            "declined": was.is_declined,
        },
    },
    denominators={"recorded": {"": was.csc_answers}},
    covered=was.providers_returned,
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_children"), ("csc", "support_offers")),
    target=local("targets.support_started"),
)
