"""Child protection plans; the category of a plan is one of the ways a child enters the CSA cohort."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Count, Day, Text, code, count, day


class ChildProtectionPlans(AboutAChild, key=("child", "started_on"), counted_on="started_on"):
    """One row is a plan for one child."""

    started_on: Day = day("when the plan began", required=True, past=True)
    ended_on: Day = day("when it ended")
    initial_category_code: Text = code("plan_categories", "the category of abuse at the start", required=True)
    latest_category_code: Text = code(
        "plan_categories", "the latest category; MUL can hide sexual abuse", required=True
    )
    previous_plans: Count = count("how many plans the child had before")

    has_a_number = has_a_child_number()
    ended_after_start = not_after(
        "started_on",
        "ended_on",
        name="dfe_8608",
        severity="error",
        says="Check the two dates: ended before it started.",
    )
