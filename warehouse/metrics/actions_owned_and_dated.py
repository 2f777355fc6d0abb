"""Does every action of the meeting have an owner and a date? (domain catalogue 19)

An owner is an agency. A meeting whose record lists no action has none that anybody owns: it counts, and not as met.
Beside it stands the same of the meetings that list actions.
"""

from warehouse.metric import ACTIONS, Metric, Target, and_, csa_meetings, every_action, has_action

action = ACTIONS.c
is_owned = and_(
    action.owner_agency_code.is_not(None), action.owner_agency_code != "unknown", action.due_on.is_not(None)
)
meetings = csa_meetings(has_action=has_action(), all_owned_and_dated=every_action(is_owned))

METRIC = Metric(
    name="actions_owned_and_dated",
    question="Does every action of the strategy meeting have an owner and a date?",
    unit="meeting",
    recommendations=("R2", "R7"),
    rows=meetings,
    numerators={
        "recorded": {
            "": meetings.c.all_owned_and_dated,
            "where_actions_are_listed": meetings.c.all_owned_and_dated,
        }
    },
    denominators={"recorded": {"where_actions_are_listed": meetings.c.has_action}},
    returns=(("csc", "strategy_meetings"), ("csc", "meeting_actions")),
    target=Target("targets.actions_owned_and_dated"),
)
