"""Was the assessment completed within 45 working days? (domain catalogue 11)

Of assessments that were authorised, in the month they were. Beside them stand those that are open beyond their limit,
counted in the month they went beyond it, against both kinds together; once authorised, one counts where it was.
"""

from warehouse.metric import WORKING_TOGETHER, Metric, and_, csa_assessments_due, parameter

assessments = csa_assessments_due()
one = assessments.c

METRIC = Metric(
    name="assessment_on_time",
    question="Was the assessment completed within 45 working days?",
    unit="assessment completed or overdue",
    recommendations=("F",),
    findings=("assessment_not_thorough",),
    rows=assessments,
    numerators={
        "recorded": {
            "": and_(one.is_done, one.working_days_taken <= parameter("assessment_on_time.limit")),
            "open_and_overdue": one.is_overdue,
        }
    },
    denominators={"recorded": {"": one.is_done}},
    returns=(("csc", "assessments"),),
    target=WORKING_TOGETHER,
)
