"""Assessments by Children's Social Care."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Flag, Text, codes, day, flag, ref


class Assessments(AboutAChild, key=("child", "assessment_ref", "started_on"), counted_on="authorised_on"):
    """One row is an assessment of one child."""

    assessment_ref: Text = ref("the assessment's own number, where the system gives one")
    referred_on: Day = day("when the referral it answers was received, where the same record says so")
    started_on: Day = day("when it began", required=True, past=True)
    authorised_on: Day = day("when a manager authorised it: completed (standard: 45 working days)")
    factor_codes: Text = codes("assessment_factors", "the factors identified at its end")
    genogram_present: Flag = flag("a genogram is on the record")
    genogram_updated_on: Day = day("when the genogram was last updated")
    genogram_used: Flag = flag("the analysis uses the genogram")
    child_seen_alone: Flag = flag("the child was seen alone")
    views_recorded: Flag = flag("the child's own views are recorded")
    management_oversight: Flag = flag("a manager's oversight is recorded")

    has_a_number = has_a_child_number()
    authorised_after_start = not_after(
        "started_on",
        "authorised_on",
        name="dfe_8608",
        severity="error",
        says="Check the two dates: authorised before the assessment started.",
    )
    started_after_referral = not_after(
        "referred_on",
        "started_on",
        name="dfe_1103",
        severity="error",
        says="Check the two dates: the assessment started before the referral.",
    )
