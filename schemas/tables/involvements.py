"""Which agencies are working with a child: the denominator of "every relevant agency"."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Flag, Text, code, day, flag, label


class Involvements(AboutAChild, key=("agency_code", "child", "opened_on"), counted_on="opened_on"):
    """One row is a period of an agency's open work with a child."""

    agency_code: Text = code("agencies", "the agency", required=True)
    team: Text = label("team or locality, as the agency names it")
    opened_on: Day = day("when the work opened", required=True, past=True)
    closed_on: Day = day("when it closed; empty while open")
    csa_concern_recorded: Flag = flag(
        "the agency's own record of the child names a concern of sexual abuse", since="0003"
    )

    has_a_number = has_a_child_number()
    closed_after_opened = not_after(
        "opened_on",
        "closed_on",
        name="dfe_8608",
        severity="error",
        says="Check the two dates: closed before it opened.",
    )
