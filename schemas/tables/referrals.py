"""Referrals to Children's Social Care."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Flag, Instant, Text, code, codes, day, flag, instant, ref


class Referrals(AboutAChild, key=("child", "referral_ref", "received_at"), counted_on="received_at"):
    """One row is a referral of one child."""

    referral_ref: Text = ref("the referral's own number, where the system gives one")
    received_at: Instant = instant("when the referral arrived", required=True, past=True)
    decided_at: Instant = instant("when the decision on the referral was made (standard: one working day)")
    source_code: Text = code("referral_sources", "who referred, in the census's codes")
    concern_codes: Text = codes("concerns", "the concerns the referral names")
    no_further_action: Flag = flag("the referral led to no further action")
    closed_on: Day = day("when the episode of need that the referral began was closed")

    has_a_number = has_a_child_number()
    decided_after_received = not_after(
        "received_at",
        "decided_at",
        name="decided_before_received",
        severity="error",
        says="Check the two dates: the decision is before the referral.",
    )
    closed_after_received = not_after(
        "received_at",
        "closed_on",
        name="closed_before_received",
        severity="error",
        says="Check the two dates: the episode closed before the referral.",
    )
