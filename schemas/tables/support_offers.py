"""Support offered to a child: what the meeting agreed and what the provider did."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Flag, Text, code, day, flag


class SupportOffers(
    AboutAChild, key=("said_by", "child", "provider_code", "agreed_on", "offered_on"), counted_on="offered_on"
):
    """One row is an offer of support to a child, as the provider or Children's Social Care says."""

    said_by: Text = code("agencies", "the agency whose word this is", required=True)
    provider_code: Text = code("support_providers", "who gives the support", required=True)
    agreed_on: Day = day("when the meeting or plan agreed it (Children's Social Care's word)")
    offered_on: Day = day("when it was offered")
    started_on: Day = day("when it started")
    declined: Flag = flag("the child or family declined")

    has_a_number = has_a_child_number()
    started_after_offer = not_after(
        "offered_on",
        "started_on",
        name="started_before_offer",
        severity="error",
        says="Check the two dates: support started before it was offered.",
    )
