"""Police investigations of child sexual abuse."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Instant, Text, code, day, instant, ref


class PoliceInvestigations(AboutAChild, key=("crime_ref", "child"), counted_on="strategy_on"):
    """One row is an investigation about one child."""

    crime_ref: Text = ref("the police crime number", required=True)
    merlin_ref: Text = ref("the Merlin report that came to notice first")
    opened_on: Day = day("when the investigation was opened", past=True, since="0003")
    strategy_on: Day = day("the strategy meeting the police know it by", past=True)
    closed_on: Day = day("when the investigation closed", past=True)
    closure_reason_code: Text = code("closure_reasons", "why; never 'no further action' alone (national review 2024)")
    closure_shared_at: Instant = instant("when the reason was sent to Children's Social Care")
    closing_discussion_on: Day = day(
        "the multi-agency discussion at its end, as the police record it", past=True, since="0003"
    )

    has_a_number = has_a_child_number()
    closed_after_strategy = not_after(
        "strategy_on",
        "closed_on",
        name="closed_before_strategy",
        severity="query",
        says="Check the two dates: the investigation closed before the strategy meeting.",
    )
    closed_after_opened = not_after(
        "opened_on",
        "closed_on",
        name="closed_before_opened",
        severity="error",
        says="Check the two dates: the investigation closed before it was opened.",
    )
