"""To whom the plan after a strategy meeting was sent, and who logged that it came."""

from schemas.row_rules import names_a_meeting, not_after
from schemas.table import AboutAChild, Day, Instant, Text, code, day, instant, ref


class PlanCirculation(
    AboutAChild, key=("said_by", "meeting_ref", "held_on", "child", "agency_code", "item_code"), counted_on="held_on"
):
    """One row is an item sent to an agency (as Children's Social Care says) or received by it (as it says itself)."""

    said_by: Text = code("agencies", "the agency whose word this is", required=True)
    agency_code: Text = code("agencies", "the agency the item was for", required=True)
    meeting_ref: Text = ref("the meeting, in Children's Social Care's numbering")
    held_on: Day = day("the day of the meeting, where the agency does not know its number")
    item_code: Text = code("circulated_items", "what was circulated", required=True)
    sent_at: Instant = instant("when it was sent, as the sender recorded it")
    method_code: Text = code("circulation_methods", "how it was sent")
    received_at: Instant = instant("when it came, as the receiver recorded it")
    filed_at: Instant = instant("when the receiver filed it on the child's record")

    received_after_sent = not_after(
        "sent_at",
        "received_at",
        name="received_before_sent",
        severity="error",
        says="Check the two dates: received before it was sent.",
    )

    has_a_meeting = names_a_meeting()
