"""Was the initial child protection conference held in time? (domain catalogue 10)

The target date that a system supplies is never used: the days are counted anew, from the strategy discussion that
initiated the enquiry, or where it was so agreed (icpc_on_time.clock_start) from the last one before the conference.
Beside the conferences that were held stand the enquiries that are open beyond the limit without one, counted in the
month they went beyond it, against both kinds together.
"""

from warehouse.metric import WORKING_TOGETHER, Metric, and_, csa_conferences_due, parameter

enquiries = csa_conferences_due()
one = enquiries.c

METRIC = Metric(
    name="icpc_on_time",
    question="Was the initial child protection conference held within 15 working days?",
    unit="enquiry with a conference",
    recommendations=("F",),
    rows=enquiries,
    numerators={
        "recorded": {
            "": and_(one.is_done, one.working_days_taken <= parameter("icpc_on_time.limit")),
            "open_and_overdue": one.is_overdue,
        }
    },
    denominators={"recorded": {"": one.is_done}},
    returns=(("csc", "section_47_enquiries"),),
    target=WORKING_TOGETHER,
)
