"""What meetings agreed: specialist health advice, actions with an owner and a day, and support for the child.

The story told: at first half of the meetings thought of specialist health advice, and four in nine left an action
without an owner or a day; at the end four in five think of it, and one in seven leaves such an action. Support is
agreed more often and begins sooner; CAMHS stays the slowest, and the voluntary organisation is now and then told
nothing.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from connectors.synthetic.dice import Dice, from_to, working_day
from connectors.synthetic.facts import Action, Child, Meeting, Support, World
from connectors.synthetic.parts import ROLES

THERE: Final = ("attended", "deputy")
DONE: Final = {"csc": 0.85, "police": 0.8, "edu_school": 0.82, "health_acute": 0.75, "health_gp": 0.5}
"""Agency → share of its actions that are done; the others do seven in ten."""
PROVIDERS: Final[dict[str, tuple[float, float, tuple[int, int], tuple[int, int]]]] = {
    # share offered at first and at the end, working days to the offer, from it to the start (at first; later halved)
    "health_camhs": (0.80, 0.88, (10, 45), (20, 70)),
    "sarc": (0.90, 0.96, (1, 8), (3, 15)),
    "vcs": (0.72, 0.90, (3, 18), (5, 30)),
}


def agree(world: World, dice: Dice) -> None:
    """Add to every meeting that was held what it agreed."""
    for place, meeting in enumerate(world.meetings):
        if meeting.status != "held":
            continue
        progress = world.progress(meeting.held_at.date())
        world.meetings[place] = replace(
            meeting,
            specialist_health=_specialist(dice, meeting, progress) if meeting.is_csa else "",
            actions=_actions(dice, meeting, progress),
        )
        if meeting.is_csa and meeting.sequence == 1:
            world.support.extend(_support(dice, meeting, progress))


def _specialist(dice: Dice, meeting: Meeting, progress: float) -> str:
    """As Children's Social Care records it: here and there a consultation of which the Havens know nothing."""
    specialists = [part for part in meeting.parts if part.agency in ("sarc", "health_paediatrics")]
    if any(part.csc_says in THERE for part in specialists):
        return "attended" if dice.chance(0.95) else ""
    if any(part.gave_information for part in specialists):
        return "consulted" if dice.chance(0.9) else "not_considered"
    said = ("consulted", "reasoned_no", "not_considered", "")
    return dice.pick(
        said, (from_to(0.10, 0.30, progress), from_to(0.15, 0.42, progress), from_to(0.55, 0.20, progress), 0.08)
    )


def _actions(dice: Dice, meeting: Meeting, progress: float) -> tuple[Action, ...]:
    """Two to five actions; a meeting that is careless leaves one or another without an owner or a day."""
    owners = ["csc", "csc", *(part.agency for part in meeting.parts if part.attendance in THERE)]
    is_careful = dice.chance(from_to(0.56, 0.87, progress))
    found = []
    for number in range(1, dice.between(2, 5) + 1):
        owner = dice.pick(owners)
        due_on = working_day(meeting.held_at.date(), dice.pick((1, 2, 5, 10, 20)))
        late, is_done = dice.pick((0, -1, 3, 8), (0.5, 0.2, 0.2, 0.1)), dice.chance(DONE.get(owner, 0.7))
        done_on = max(working_day(due_on, late), meeting.held_at.date()) if is_done else None
        action = Action(f"{number}", owner, ROLES[owner], due_on, done_on)
        # The first action of a careless meeting lacks something for certain.
        if not is_careful and (number == 1 or dice.chance(0.3)):
            nobody = replace(action, owner="", role="", done_on=None)
            choices = (nobody, replace(action, due_on=None), replace(nobody, due_on=None))
            action = dice.pick(choices, (0.4, 0.45, 0.15))
        found.append(action)
    return tuple(found)


def _support(dice: Dice, meeting: Meeting, progress: float) -> list[Support]:
    found = []
    for child in meeting.children:
        if not dice.chance(from_to(0.48, 0.72, progress)):
            continue
        first = dice.pick(tuple(PROVIDERS), (0.4, 0.25, 0.35))
        second = dice.pick([one for one in PROVIDERS if one != first]) if dice.chance(0.15) else ""
        found += [_offer(dice, meeting, child, provider, progress) for provider in (first, second) if provider]
    return found


def _offer(dice: Dice, meeting: Meeting, child: Child, provider: str, progress: float) -> Support:
    at_first, at_last, to_offer, to_start = PROVIDERS[provider]
    agreed_on, sooner = meeting.held_at.date(), from_to(1.0, 0.5, progress)
    is_offered = dice.chance(from_to(at_first, at_last, progress))
    offered_on = working_day(agreed_on, _wait(dice, to_offer, sooner))
    answer = dice.pick((False, True, None), (0.8, 0.11, 0.09))
    starts = answer is False and dice.chance(from_to(0.78, 0.93, progress))
    started_on: date | None = working_day(offered_on, _wait(dice, to_start, sooner)) if starts else None
    is_recorded = not is_offered or dice.chance(0.93)
    return Support(
        child=child,
        provider=provider,
        meeting_ref=meeting.ref,
        agreed_on=agreed_on if is_recorded else None,
        offered_on=offered_on if is_offered else None,
        started_on=started_on if is_offered else None,
        is_declined=answer,
    )


def _wait(dice: Dice, days: tuple[int, int], sooner: float) -> int:
    return max(round(dice.between(*days) * sooner), 1)
