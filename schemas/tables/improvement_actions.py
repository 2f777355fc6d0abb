"""What an agency undertook after the audit."""

import pandas as pd

from schemas.row_rules import rule
from schemas.table import Day, Table, Text, code, day, ref


class ImprovementActions(Table, key=("agency_code", "action_ref"), counted_on="due_on"):
    """One row is one action of one agency."""

    agency_code: Text = code("agencies", "the agency", required=True)
    action_ref: Text = ref("the agency's own number of the action", required=True)
    recommendation_code: Text = code("recommendations", "the recommendation it answers", required=True)
    owner_role_code: Text = code("roles", "the role that owns it")
    due_on: Day = day("when it is due", required=True)
    closed_on: Day = day("when it was closed", past=True)
    evidence_code: Text = code("evidence", "whether evidence was provided")
    status_code: Text = code("action_status", "open, closed or withdrawn", required=True)

    @rule("closed_without_a_date", "error", "Give the date the action was closed, or say that it is open.")
    def closed_has_a_date(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        return (frame["status_code"] != "closed") | frame["closed_on"].notna()
