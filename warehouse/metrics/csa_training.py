"""Are the staff trained in child sexual abuse, and must they be? (domain catalogue 27)

A stock: of a period, the latest count of each agency's role group is true; months are never added up.
"""

from warehouse.metric import Metric, Target, flagged, rows_of

groups = rows_of("workforce_training", unit=("agency_code", "role_group"), counted_on="as_at_on")
staff = groups.c

METRIC = Metric(
    name="csa_training",
    question="Are the staff trained in child sexual abuse, and is the course mandatory?",
    unit="member of staff in scope",
    recommendations=("R4", "R5"),
    rows=groups,
    numerators={
        "recorded": {
            "": staff.csa_trained_in_date,
            "mandatory": flagged(staff.course_mandatory, staff.headcount_in_scope),
        }
    },
    denominators={"recorded": dict.fromkeys(("", "mandatory"), staff.headcount_in_scope)},
    by_agency=True,
    accumulates="stock",
    returns=(("*", "workforce_training"),),
    target=Target("targets.training", "bands.training_green", "bands.training_amber"),
)
