"""Which children a strategy meeting was about."""

from schemas.row_rules import has_a_child_number
from schemas.table import AboutAChild, Text, ref


class MeetingChildren(AboutAChild, key=("meeting_ref", "child")):
    """One row is a child discussed at a meeting."""

    meeting_ref: Text = ref("the meeting", required=True)

    has_a_number = has_a_child_number()
