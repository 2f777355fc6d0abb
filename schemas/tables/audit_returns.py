"""One auditor's return on one case of a multi-agency audit."""

import pandas as pd

from schemas.row_rules import rule
from schemas.table import Day, Flag, Table, Text, code, codes, day, flag, ref


class AuditReturns(Table, key=("audit_ref", "case_ref", "agency_code"), counted_on="audited_on"):
    """One row is one agency's return on one audited case. Free text never enters: it names people."""

    audit_ref: Text = ref("the audit", required=True)
    case_ref: Text = ref("the audited case, by the audit's own number", required=True)
    agency_code: Text = code("agencies", "the agency whose return it is", required=True)
    audited_on: Day = day("when the return was made", required=True, past=True)
    rating_code: Text = code("ratings", "the agency's own rating, on the four-point scale")
    rating_scale_code: Text = code("rating_scales", "the scale the rating was given on")
    rating_as_said: Text = ref("the rating as it was written, before it was mapped")
    moderated_rating_code: Text = code("ratings", "the rating after moderation")
    reason_codes: Text = codes("audit_reasons", "why the case was not better")
    voice_captured: Flag = flag("the voice of the child is captured")
    recording_accurate: Flag = flag("concerns, suspicions and risk are recorded accurately")
    response_per_procedure: Flag = flag("they were answered as the London child protection procedures require")
    protocol_followed: Flag = flag("the child sexual abuse protocol was followed")

    @rule("rating_off_its_scale", "error", "The police inspectorate's scale has no 'outstanding': check the scale.")
    def rating_on_its_scale(cls, frame: pd.DataFrame) -> pd.Series:  # noqa: N805 - pandera passes the class
        return ~((frame["rating_scale_code"] == "hmicfrs") & (frame["rating_code"] == "outstanding"))
