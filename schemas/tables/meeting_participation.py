"""Who was invited to a strategy meeting, who came, and who says so."""

import pandas as pd

from schemas.row_rules import names_a_meeting, rule
from schemas.table import AboutAChild, Day, Flag, Instant, Text, code, day, flag, instant, ref


class MeetingParticipation(
    AboutAChild, key=("said_by", "meeting_ref", "held_on", "child", "agency_code", "role_code"), counted_on="held_on"
):
    """One row is one agency's word on one agency's part in one meeting: a claim, confirmed only by the other's."""

    said_by: Text = code("agencies", "the agency whose word this is", required=True)
    agency_code: Text = code("agencies", "the agency whose part it describes", required=True)
    meeting_ref: Text = ref("the meeting, in Children's Social Care's numbering")
    held_on: Day = day("the day of the meeting, where the agency does not know its number")
    role_code: Text = code("roles", "the role of the person")
    was_involved: Flag = flag("the agency was working with the child at the time")
    invited_at: Instant = instant("when the invitation was sent or received")
    attendance_code: Text = code(
        "attendance", "whether they came; apologies with a report is not attendance", required=True
    )
    contributed_information: Flag = flag("the agency gave information, present or not")

    has_a_meeting = names_a_meeting()

    @rule("speaks_for_another", "query", "Only Children's Social Care reports on other agencies; check the agency.")
    def speaks_for_itself(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        return (frame["said_by"] == "csc") | (frame["said_by"] == frame["agency_code"])
