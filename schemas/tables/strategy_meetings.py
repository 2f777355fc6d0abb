"""Strategy meetings: the record Children's Social Care keeps of each."""

import pandas as pd

from schemas.row_rules import not_after, rule
from schemas.table import Count, Instant, Table, Text, code, codes, count, instant, ref


class StrategyMeetings(Table, key=("meeting_ref",), counted_on="held_at"):
    """One row is a strategy meeting (a meeting may be about several children)."""

    meeting_ref: Text = ref("Children's Social Care's own number of the meeting", required=True)
    s47_ref: Text = ref("the section 47 enquiry the meeting belongs to")
    concern_identified_at: Instant = instant("when the concern was identified: the clock of metric meeting_on_time")
    decided_to_hold_at: Instant = instant("when it was decided to hold the meeting")
    held_at: Instant = instant("when the meeting began")
    sequence: Count = count("1 for the first meeting about this concern, 2 for the next, and so on")
    mode_code: Text = code("meeting_modes", "how it was held")
    urgency_code: Text = code("urgency", "which time limit applies")
    concern_codes: Text = codes("concerns", "the concerns it was about")
    csa_context_code: Text = code("csa_contexts", "where child sexual abuse was feared, if it was")
    specialist_health_code: Text = code(
        "specialist_health",
        "whether the Havens or a paediatrician took part, were asked, or were not needed",
        since="0003",
    )
    outcome_code: Text = code("meeting_outcomes", "what the meeting decided")
    decision_at: Instant = instant("when a manager recorded the decision")
    decision_role_code: Text = code("roles", "the role of the manager who recorded it")
    status_code: Text = code("meeting_status", "held, cancelled or planned", required=True)

    held_after_concern = not_after(
        "concern_identified_at",
        "held_at",
        name="held_before_concern",
        severity="query",
        says="Check the two dates: the meeting was held before the concern was identified.",
    )

    @rule("held_without_a_date", "error", "Give the date the meeting was held, or say that it is planned or cancelled.")
    def held_has_a_date(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        return (frame["status_code"] != "held") | frame["held_at"].notna()
