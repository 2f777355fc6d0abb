"""Were concerns recorded accurately and answered as the procedures require? (domain catalogue 25)

Both, of the returns that answer both questions; beside it each by itself, of the returns that answer it.
"""

from warehouse.metric import Metric, and_, local, rows_of

returned = rows_of("audit_returns", unit=("audit_ref", "case_ref", "agency_code"), counted_on="audited_on")
accurate, answered = returned.c.recording_accurate, returned.c.response_per_procedure
each = {"recording_accurate": accurate, "response_per_procedure": answered}

METRIC = Metric(
    name="recorded_and_responded",
    question="Were concerns recorded accurately and answered as the London procedures require?",
    unit="audit return",
    recommendations=("R7",),
    rows=returned,
    numerators={"recorded": {"": and_(accurate, answered)} | each},
    denominators={
        "recorded": {"": and_(accurate.is_not(None), answered.is_not(None))}
        | {name: answer.is_not(None) for name, answer in each.items()}
    },
    by_agency=True,
    due="as_it_happens",
    returns=(("*", "audit_returns"),),
    target=local("targets.recorded_and_responded"),
)
