"""Is there a genogram, is it current, and does the analysis use it? (domain catalogue 23)

Each step is counted against all completed assessments, and each takes the one before: what is used has to be
current, and what is current present. A genogram that the record does not mention is not there.
"""

from warehouse.metric import Metric, Target, completed_csa_assessments

assessments = completed_csa_assessments()

METRIC = Metric(
    name="genogram_effective",
    question="Is there a genogram, is it current, and does the analysis use it?",
    unit="completed assessment",
    recommendations=("R3",),
    findings=("assessment_not_thorough",),
    rows=assessments,
    numerators={
        "recorded": {
            "present": assessments.c.present,
            "current": assessments.c.current,
            "used": assessments.c.used,
        }
    },
    headline="present",
    returns=(("csc", "assessments"),),
    target=Target("targets.recommendation_3"),
)
