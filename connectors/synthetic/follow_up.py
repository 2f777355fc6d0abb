"""What follows a meeting: referral, assessment, section 47 enquiry, police investigation, the Havens."""

from datetime import date, timedelta
from typing import Final

from connectors.synthetic.dice import Dice, from_to, working_day
from connectors.synthetic.facts import Assessment, Child, Enquiry, Episode, Investigation, Meeting, Referral, World

CLOSURES: Final = ("charged", "evidential_difficulty", "victim_does_not_support", "no_crime", "other_outcome")
OUTCOMES: Final = ("substantiated_at_risk", "substantiated_not_at_risk", "not_substantiated")


def follow_up(dice: Dice, world: World, meetings: list[Meeting], progress: float, number: int) -> None:
    """Add everything that followed the meetings about one concern."""
    first = meetings[0]
    for place, child in enumerate(first.children):
        world.referrals.append(_referral(dice, first, child, f"REF-{number:06d}"))
        if first.status != "held":
            continue
        world.assessments.append(_assessment(dice, first, child, f"ASM-{number:06d}-{place}"))
        if first.s47_ref:
            world.enquiries.append(_enquiry(dice, first, child, progress))
        if "police" in world.open_to(child, first.held_at.date()) and first.is_csa:
            world.investigations.extend(_investigation(dice, world, first, child, number))
    if first.is_csa and first.status == "held":
        world.episodes.extend(_episode(dice, meetings[-1], number))


def _referral(dice: Dice, meeting: Meeting, child: Child, ref: str) -> Referral:
    source = dice.pick(("2A", "6", "3E", "3A", "1A", "5A", "8"), (5, 5, 2, 1.5, 2, 1, 1))
    lag = dice.pick((0, 1, 3), (0.6, 0.31, 0.09))
    decided_at = meeting.concern_at + timedelta(minutes=30)
    if lag:
        decided_at = dice.at(working_day(meeting.concern_at.date(), lag))
    return Referral(ref, child, meeting.concern_at, decided_at, source, meeting.concerns, meeting.status == "cancelled")


def _assessment(dice: Dice, meeting: Meeting, child: Child, ref: str) -> Assessment:
    referred_on = meeting.concern_at.date()
    started_on = working_day(referred_on, dice.between(0, 1))
    authorised_on = working_day(started_on, dice.between(22, 45) if dice.chance(0.85) else dice.between(46, 60))
    # Three in five have a genogram, one in three a genogram that the analysis uses: present is not effective.
    present = dice.chance(0.6)
    updated_on = working_day(started_on, dice.between(2, 18)) if present and dice.chance(0.75) else None
    factors: tuple[str, ...] = (
        ("19B" if dice.chance(0.2) else "19C",) if meeting.is_csa else (dice.pick(("16A", "17A", "18C", "3A")),)
    )
    factors += tuple(factor for factor in ("2B", "4B", "3B") if dice.chance(0.25))
    return Assessment(
        ref=ref,
        child=child,
        referred_on=referred_on,
        started_on=started_on,
        authorised_on=authorised_on,
        factors=factors,
        genogram_present=present,
        genogram_updated_on=updated_on,
        genogram_used=updated_on is not None and dice.chance(0.78),
        seen_alone=dice.chance(0.86),
        views_recorded=dice.chance(0.8),
        oversight=dice.chance(0.78),
    )


def _enquiry(dice: Dice, meeting: Meeting, child: Child, progress: float) -> Enquiry:
    started_on = meeting.held_at.date()
    icpc_on = None
    if dice.chance(0.5):
        on_time = dice.chance(from_to(0.82, 0.93, progress))
        icpc_on = working_day(started_on, dice.between(9, 15) if on_time else dice.between(16, 24))
    ended_on = icpc_on or working_day(started_on, dice.between(6, 20))
    closing = working_day(started_on, 6) if dice.chance(from_to(0.4, 0.75, progress)) else None
    outcome = OUTCOMES[0] if icpc_on else dice.pick(OUTCOMES[1:])
    return Enquiry(
        meeting.s47_ref,
        child,
        meeting.concern_at.date(),
        started_on,
        ended_on,
        outcome,
        icpc_on,
        meeting.is_csa,
        closing,
    )


def _investigation(dice: Dice, world: World, meeting: Meeting, child: Child, number: int) -> list[Investigation]:
    involvement = [one for one in world.involvements if one.agency == "police" and one.child is child][-1]
    crime_ref = f"{5200000 + number}/{involvement.opened_on:%y}"
    if involvement.opened_on != meeting.concern_at.date() or involvement.closed_on is None:
        return []  # the case of before is still open, and covers this concern
    shared = dice.chance(0.7)
    closed_on: date = involvement.closed_on
    return [
        Investigation(
            crime_ref=crime_ref,
            merlin_ref=f"{number:07d}",
            child=child,
            opened_on=involvement.opened_on,
            strategy_on=meeting.held_at.date(),
            closed_on=closed_on,
            reason=dice.pick(CLOSURES),
            shared_at=dice.at(working_day(closed_on, dice.between(0, 5))) if shared else None,
        )
    ]


def _episode(dice: Dice, meeting: Meeting, number: int) -> list[Episode]:
    joined = any(part.agency == "sarc" and part.attendance in ("attended", "deputy") for part in meeting.parts)
    asked = any(part.agency == "sarc" and part.invited_at for part in meeting.parts)
    if not asked and not dice.chance(0.12):
        return []
    referred_on = meeting.concern_at.date()
    outcome = dice.pick(("examined", "not_examined", "advice_only", "declined"), (0.4, 0.2, 0.3, 0.1))
    return [
        Episode(
            ref=f"HAV-{number:06d}",
            child=meeting.children[0],
            referred_on=referred_on,
            referrer=dice.pick(("csc", "police"), (0.7, 0.3)),
            band=dice.pick(("0-7", "8-21", "22-365", "366+", "unknown"), (3, 2, 4, 3, 1)),
            asked_on=meeting.decided_at.date() if asked else None,
            joined_on=meeting.held_at.date() if joined else None,
            examined_on=working_day(referred_on, dice.between(0, 6)) if outcome == "examined" else None,
            outcome=outcome,
        )
    ]
