"""The children, as one agency knows them: the numbers to match on and what figures are broken down by."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Text, code, day, ref, vaulted


class Children(AboutAChild, key=("said_by", "child")):
    """One row is a child as one agency describes the child."""

    said_by: Text = code("agencies", "the agency whose word this is", required=True)
    former_upn: Text = ref("an earlier unique pupil number of the same child", privacy="identifier")
    born_on: Day = day("date of birth; facts keep its month", past=True, privacy="identifier")
    expected_on: Day = day("expected date of birth of an unborn child; facts keep its month", privacy="identifier")
    died_on: Day = day("date of death; facts keep its month", past=True, privacy="identifier")
    surname: Text = vaulted("surname, to recognise a child whose numbers do not tell")
    forename: Text = vaulted("forename, for the person who confirms")
    postcode: Text = vaulted("postcode of the address, to recognise a child whose numbers do not tell")
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
