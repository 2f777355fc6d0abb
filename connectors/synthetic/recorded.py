"""What stands in the agencies' own records: the concern, the child seen alone, how enquiry and investigation ended.

The story told: Children's Social Care and the police record the concern nearly always, practices in one record of three
at first and in two of three at the end. A closing discussion that one of the two holds on record is missing in the
other's now and then, and so is the reason why the police closed.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from connectors.synthetic.dice import Dice, from_to, working_day
from connectors.synthetic.facts import Enquiry, Investigation, Involvement, World

RECORDING: Final[dict[str, tuple[float, float, float]]] = {
    # share that names the concern at first and at the end, share that says neither yes nor no
    "csc": (0.93, 0.98, 0.01),
    "police": (0.90, 0.97, 0.02),
    "health_acute": (0.62, 0.85, 0.08),
    "health_camhs": (0.70, 0.87, 0.06),
    "health_gp": (0.34, 0.68, 0.12),
    "edu_school": (0.68, 0.84, 0.08),
}
Ends = dict[tuple[str, date], Investigation]
"""(child, day of the strategy meeting) → the police's investigation."""


def record(world: World, dice: Dice) -> None:
    """Add what the agencies' own records say."""
    concerns = _concerns(world)
    world.involvements = [_involvement(dice, world, one, concerns) for one in world.involvements]
    discussed = {(one.child.ref, one.started_on): one.closing_discussion_on for one in world.enquiries}
    world.investigations = [
        replace(one, closing_discussion_on=_as_police_say(dice, one, discussed.get((one.child.ref, one.strategy_on))))
        for one in world.investigations
    ]
    ends: Ends = {(one.child.ref, one.strategy_on): one for one in world.investigations}
    world.enquiries = [_enquiry(dice, world, one, ends) for one in world.enquiries]


def _concerns(world: World) -> dict[str, list[date]]:
    """Child → the days on which a concern of sexual abuse was discussed."""
    found: dict[str, list[date]] = {}
    for meeting in world.meetings:
        for child in meeting.children if meeting.is_csa else ():
            found.setdefault(child.ref, []).append(meeting.held_at.date())
    return found


def _involvement(dice: Dice, world: World, one: Involvement, concerns: dict[str, list[date]]) -> Involvement:
    at_first, at_last, silent = RECORDING[one.agency]
    days = [day for day in concerns.get(one.child.ref, ()) if one.closed_on is None or day <= one.closed_on]
    is_silent, said = dice.chance(silent), dice.chance(0.01)
    if days:
        said = dice.chance(from_to(at_first, at_last, world.progress(days[0])))
    return replace(one, csa_recorded=None if is_silent else said)


def _as_police_say(dice: Dice, one: Investigation, discussed_on: date | None) -> date | None:
    """Their day of the discussion that Children's Social Care records; or one of which it knows nothing."""
    is_held, later = dice.chance(0.86 if discussed_on else 0.08), dice.pick((0, 1), (0.9, 0.1))
    return working_day(discussed_on or working_day(one.strategy_on, 6), later) if is_held else None


def _enquiry(dice: Dice, world: World, one: Enquiry, ends: Ends) -> Enquiry:
    progress = world.progress(one.started_on)
    within, is_late = dice.between(0, 5), dice.chance(0.06)
    seen_on = working_day(one.ended_on, within + 1) if is_late else working_day(one.started_on, within)
    is_seen = one.child.born_on is not None and dice.chance(from_to(0.74, 0.94, progress))
    received_on = _received(dice, ends.get((one.child.ref, one.started_on)), progress)
    return replace(one, seen_alone_on=seen_on if is_seen else None, police_closure_received_on=received_on)


def _received(dice: Dice, investigation: Investigation | None, progress: float) -> date | None:
    """When the reason came: mostly after it was sent, and now and then though the police logged no sending."""
    came, told = dice.chance(from_to(0.80, 0.94, progress)), dice.chance(0.04)
    days = dice.between(0, 3)
    if investigation is None:
        return None
    if investigation.shared_at is not None:
        return working_day(investigation.shared_at.date(), days) if came else None
    return working_day(investigation.closed_on + timedelta(days=days)) if told else None
