"""Who is trained in child sexual abuse, by role group, at a date. No row is about a person."""

import pandas as pd

from schemas.row_rules import rule
from schemas.table import Count, Day, Flag, Table, Text, code, count, day, flag, label


class WorkforceTraining(Table, key=("agency_code", "role_group", "as_at_on"), counted_on="as_at_on"):
    """One row is a role group of an agency at a date: a stock, not a flow; months must not be added up."""

    agency_code: Text = code("agencies", "the agency", required=True)
    role_group: Text = label("the group of roles, as the agency names it", required=True, privacy="staff")
    as_at_on: Day = day("the date the counts are true of", required=True, past=True)
    headcount_in_scope: Count = count("staff who must be trained", required=True, privacy="staff")
    csa_trained_in_date: Count = count("of those, staff whose training is in date", required=True, privacy="staff")
    protocol_briefed: Count = count("of those, staff briefed on the CSA protocol", privacy="staff")
    course_mandatory: Flag = flag("the course is mandatory for the group")

    @rule("more_trained_than_staff", "error", "More people are trained or briefed than are in scope: check the counts.")
    def no_more_than_in_scope(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        scope = frame["headcount_in_scope"]
        return (frame["csa_trained_in_date"] <= scope) & (frame["protocol_briefed"] <= scope).fillna(True)
