"""Child protection conferences, initial and review."""

from schemas.row_rules import has_a_child_number
from schemas.table import AboutAChild, Day, Text, code, day


class Conferences(AboutAChild, key=("child", "kind_code", "held_on"), counted_on="held_on"):
    """One row is a conference about one child."""

    kind_code: Text = code("conference_kinds", "initial or review", required=True)
    held_on: Day = day("when it was held", required=True, past=True)

    has_a_number = has_a_child_number()
