"""Were the improvement actions closed in time, with evidence? (domain catalogue 28)

An action falls due once, whatever became of it; withdrawn actions are not counted. Without evidence provided
it is not done. What the partnership's own office undertook counts in the whole, and makes it no agency.
"""

from warehouse.metric import FACTS, Metric, Target, and_, rows_of

planned = FACTS["improvement_actions"].c
actions = rows_of(
    "improvement_actions",
    planned.status_code != "withdrawn",
    unit=("agency_code", "action_ref"),
    counted_on="due_on",
)
action = actions.c

METRIC = Metric(
    name="actions_on_time",
    question="Were the improvement actions closed by their due date, with evidence?",
    unit="action due",
    recommendations=("R6",),
    rows=actions,
    numerators={
        "recorded": {
            "": and_(
                action.status_code == "closed",
                action.closed_on <= action.due_on,
                action.evidence_code == "provided",
            )
        }
    },
    by_agency=True,
    due="as_it_happens",
    returns=(("*", "improvement_actions"),),
    target=Target("targets.recommendation_6"),
)
