"""Was the initial child protection conference held in time? (domain catalogue 10)

The target date that a system supplies is never used: the days are counted anew, from the strategy discussion that
initiated the enquiry, or where it was so agreed (icpc_on_time.clock_start) from the last one before the conference.
"""

from warehouse.metric import WORKING_TOGETHER, Metric, csa_enquiries, parameter

enquiries = csa_enquiries()

METRIC = Metric(
    name="icpc_on_time",
    question="Was the initial child protection conference held within 15 working days?",
    unit="enquiry with a conference",
    recommendations=("F",),
    rows=enquiries,
    numerators={"recorded": {"": enquiries.c.working_days_taken <= parameter("icpc_on_time.limit")}},
    returns=(("csc", "section_47_enquiries"),),
    target=WORKING_TOGETHER,
)
