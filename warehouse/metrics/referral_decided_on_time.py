"""Was the referral decided within one working day? (domain catalogue 9)

Referrals whose own record names sexual abuse, counted on the day they came. One without a decision is not in time.
"""

from warehouse.metric import WORKING_TOGETHER, Metric, csa_referrals, parameter

referrals = csa_referrals()

METRIC = Metric(
    name="referral_decided_on_time",
    question="Was the referral decided within one working day?",
    unit="referral",
    recommendations=("F",),
    rows=referrals,
    numerators={"recorded": {"": referrals.c.working_days_taken <= parameter("referral_decided_on_time.limit")}},
    returns=(("csc", "referrals"),),
    target=WORKING_TOGETHER,
)
