"""Are the staff briefed on the child sexual abuse protocol? (domain catalogue 27 and 29)

A stock: of a period, the latest count of each agency's role group is true; months are never added up. A group whose
return does not say how many were briefed is not counted: that is not known, and not none.
"""

from warehouse.metric import Metric, Target, case, rows_of

groups = rows_of("workforce_training", unit=("agency_code", "role_group"), counted_on="as_at_on")
staff = groups.c

METRIC = Metric(
    name="protocol_briefed",
    question="Are the staff briefed on the child sexual abuse protocol?",
    unit="member of staff in scope",
    recommendations=("R4", "R5"),
    rows=groups,
    numerators={"recorded": {"": staff.protocol_briefed}},
    denominators={"recorded": {"": case((staff.protocol_briefed.is_not(None), staff.headcount_in_scope), else_=0)}},
    by_agency=True,
    accumulates="stock",
    returns=(("*", "workforce_training"),),
    target=Target("targets.training", "bands.training_green", "bands.training_amber"),
)
