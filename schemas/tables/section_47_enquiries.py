"""Section 47 enquiries: whether a child is suffering, or likely to suffer, significant harm."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas.row_rules import has_a_child_number, not_after, rule
from schemas.table import AboutAChild, Day, Flag, Text, code, day, flag, ref


class Section47Enquiries(AboutAChild, key=("child", "s47_ref", "started_on"), counted_on="started_on"):
    """One row is an enquiry about one child; a child may have several."""

    s47_ref: Text = ref("the enquiry's own number, where the system gives one")
    referred_on: Day = day("when the referral it follows was received, where the same record says so")
    started_on: Day = day("the strategy discussion that initiated the enquiry (dfe_8615)", required=True, past=True)
    ended_on: Day = day("when the enquiry ended")
    outcome_code: Text = code("enquiry_outcomes", "how it ended")
    icpc_target_on: Day = day("the target date the system gave; kept as sent, never used: targets are recomputed")
    icpc_on: Day = day("the initial child protection conference (standard: 15 working days)")
    icpc_not_required: Flag = flag("a conference was not needed")
    csa_concern: Flag = flag("the enquiry is about child sexual abuse, where the record itself says so")
    closing_discussion_on: Day = day("the multi-agency discussion that closed it")
    child_seen_alone_on: Day = day(
        "when a social worker first saw the child alone in the enquiry", past=True, since="0003"
    )
    police_closure_received_on: Day = day(
        "when Children's Social Care received the reason why the police closed their investigation",
        past=True,
        since="0003",
    )

    has_a_number = has_a_child_number()
    conference_after_start = not_after(
        "started_on",
        "icpc_on",
        name="dfe_8615",
        severity="error",
        says="Check the two dates: the conference was held before the enquiry started.",
    )
    started_after_referral = not_after(
        "referred_on",
        "started_on",
        name="dfe_2889",
        severity="error",
        says="Check the two dates: the enquiry started before the referral.",
    )
    ended_after_start = not_after(
        "started_on",
        "ended_on",
        name="dfe_8608",
        severity="error",
        says="Check the two dates: the enquiry ended before it started.",
    )
    seen_after_start = not_after(
        "started_on",
        "child_seen_alone_on",
        name="seen_before_start",
        severity="query",
        says="Check the two dates: the child was seen alone before the enquiry started.",
    )

    @rule("dfe_8875", "query", "Check the date: the conference was held at a weekend.")
    def conference_on_a_weekday(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        weekday = pc.day_of_week(pa.array(frame["icpc_on"]))
        return pd.Series(pc.less(weekday, 5), index=frame.index, dtype=pd.ArrowDtype(pa.bool_()))
