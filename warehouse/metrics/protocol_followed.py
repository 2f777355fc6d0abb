"""Was the child sexual abuse protocol followed in the audited cases? (domain catalogue 29)

Of the returns that answer.
"""

from warehouse.metric import Metric, local, rows_of

returned = rows_of("audit_returns", unit=("audit_ref", "case_ref", "agency_code"), counted_on="audited_on")
answer = returned.c.protocol_followed

METRIC = Metric(
    name="protocol_followed",
    question="Was the child sexual abuse protocol followed?",
    unit="audit return",
    recommendations=("R4",),
    rows=returned,
    numerators={"recorded": {"": answer}},
    denominators={"recorded": {"": answer.is_not(None)}},
    by_agency=True,
    due="as_it_happens",
    returns=(("*", "audit_returns"),),
    target=local("targets.protocol_followed"),
)
