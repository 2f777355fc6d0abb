"""The children, as one agency knows them: the numbers to match on and what figures are broken down by."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Text, code, day, ref


class Children(AboutAChild, key=("said_by", "child")):
    """One row is a child as one agency describes the child."""

    said_by: Text = code("agencies", "the agency whose word this is", required=True)
    former_upn: Text = ref("an earlier unique pupil number of the same child", privacy="identifier")
    born_on: Day = day("date of birth", past=True)
    expected_on: Day = day("expected date of birth of an unborn child")
    died_on: Day = day("date of death", past=True)
    sex_code: Text = code("sexes", "sex; before 2024 the census called it gender")
    ethnicity_code: Text = code("ethnicities", "ethnicity, in the Department for Education's codes")

    has_a_number = has_a_child_number()
    died_after_birth = not_after(
        "born_on",
        "died_on",
        name="died_before_birth",
        severity="error",
        says="Check the two dates: death before birth.",
    )
