"""Was the child seen alone within the section 47 enquiry? (domain catalogue 12)

From the day the enquiry began to the day it was over, both included. It was over when it ended, or where the record
gives no end, when the conference was held.
"""

from warehouse.metric import Metric, Target, concluded_csa_enquiries

enquiries = concluded_csa_enquiries()

METRIC = Metric(
    name="child_seen_alone",
    question="Was the child seen alone within the section 47 enquiry?",
    unit="completed enquiry",
    recommendations=("F",),
    findings=(
        "voice_not_captured",
        "assessment_not_thorough",
    ),
    rows=enquiries,
    numerators={"recorded": {"": enquiries.c.was_seen_alone}},
    returns=(("csc", "section_47_enquiries"),),
    target=Target("targets.child_seen_alone"),
)
