"""Was the initial child protection conference held in time? (domain catalogue 10)

The target date that a system supplies is never used: the days are counted anew.
"""

from warehouse.metric import WORKING_TOGETHER, Metric, csa_enquiries

LIMIT = 15
"""Working days from the strategy discussion that initiated the enquiry (Working Together 2023; local rules that
count from the last one need another clock)."""

enquiries = csa_enquiries()

METRIC = Metric(
    name="icpc_on_time",
    question="Was the initial child protection conference held within 15 working days?",
    unit="enquiry with a conference",
    recommendations=("F",),
    rows=enquiries,
    numerators={"recorded": {"": enquiries.c.working_days_taken <= LIMIT}},
    returns=(("csc", "section_47_enquiries"),),
    target=WORKING_TOGETHER,
)
