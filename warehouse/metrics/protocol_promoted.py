"""Is done what was planned to promote the child sexual abuse protocol? (domain catalogue 29)

Improvement actions for recommendation 4, in the month they are due; withdrawn ones are not planned any more. Done:
closed, with evidence provided, whether in time or late. Who is briefed, by agency, is protocol_briefed.
"""

from warehouse.metric import FACTS, Metric, Target, and_, rows_of

planned = FACTS["improvement_actions"].c
actions = rows_of(
    "improvement_actions",
    planned.status_code != "withdrawn",
    planned.recommendation_code == "R4",
    unit=("agency_code", "action_ref"),
    counted_on="due_on",
)
action = actions.c

METRIC = Metric(
    name="protocol_promoted",
    question="Is done what was planned to promote the child sexual abuse protocol?",
    unit="action to promote the protocol",
    recommendations=("R4",),
    rows=actions,
    numerators={"recorded": {"": and_(action.status_code == "closed", action.evidence_code == "provided")}},
    by_agency=True,
    due="as_it_happens",
    returns=(("*", "improvement_actions"),),
    target=Target("targets.protocol_promoted"),
)
