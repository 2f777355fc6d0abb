"""The truth of a made-up partnership, case by case: a concern, the meetings about it, and what followed.

Everything is synthetic: NHS numbers of the range set aside for testing, names are syllables, one seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final

from connectors.synthetic.dice import (
    Dice,
    from_to,
    months,
    next_month,
    nhs_numbers,
    unique_pupil_number,
    working_day,
)
from connectors.synthetic.facts import Child, Involvement, Meeting, World
from connectors.synthetic.follow_up import follow_up
from connectors.synthetic.names import named
from connectors.synthetic.parts import papers, parts

AUTHORITY: Final = 319
NEIGHBOUR: Final = 306
"""The authority across the border, where some children go to school."""
ETHNICITIES: Final = ("WBRI", "WOTH", "AIND", "APKN", "OOTH", "BAFR", "BCRB", "MWBC", "MWAS", "NOBT")
TEAMS: Final = ("Referral and Assessment 1", "Referral and Assessment 2", "Null Lane", "Hernandez House")
"""Two of them are there to trip a reader that takes "Null" for nothing or finds "nan" in Hernandez."""


@dataclass
class _Case:
    """One concern about the children of one family."""

    children: tuple[Child, ...]
    concern_at: datetime
    concerns: tuple[str, ...]
    progress: float


class Maker:
    """Makes a `World`: numbers that run on, and families that come back."""

    def __init__(self, dice: Dice, last_month: date, count_of_months: int) -> None:
        self.dice = dice
        self.world = World(months(last_month, count_of_months))
        self._nhs = nhs_numbers()
        self._number = count(1)
        self._families: list[tuple[tuple[Child, ...], date]] = []

    def make(self, scale: int) -> World:
        """Live through the months."""
        last = max(len(self.world.months) - 1, 1)
        for position, month in enumerate(self.world.months):
            for _ in range(scale * self.dice.between(8, 13)):
                self._live(month, position / last, is_csa=True)
            for _ in range(scale * self.dice.between(5, 9)):
                self._live(month, position / last, is_csa=False)
        self.world.meetings.sort(key=lambda meeting: (meeting.held_at, meeting.ref))
        return self.world

    def _live(self, month: date, progress: float, *, is_csa: bool) -> None:
        dice = self.dice
        on = working_day(month + timedelta(days=dice.between(0, 24)))  # over no holiday into the next month
        others = ("neglect", "physical_abuse", "emotional_abuse", "domestic_abuse")
        concerns: tuple[str, ...] = ("sexual_abuse",) if is_csa else (dice.pick(others),)
        if dice.chance(0.25):
            concerns += (dice.pick([other for other in others if other not in concerns]),)
        case = _Case(self._family(on), dice.at(on, 8, 14), concerns, progress)
        for child in case.children:
            self._involve(child, on, is_csa=is_csa)
        meetings = self._meetings(case, is_csa=is_csa)
        self.world.meetings.extend(meetings)
        follow_up(dice, self.world, meetings, progress, next(self._number))

    def _family(self, on: date) -> tuple[Child, ...]:
        """A new family, or now and then one that was seen before and long enough ago."""
        known = [place for place, (_, seen) in enumerate(self._families) if (on - seen).days > 60]
        if known and self.dice.chance(0.1):
            place = self.dice.pick(known)
            children, _ = self._families[place]
            self._families[place] = (children, on)
            return children
        children = tuple(self._child(on) for _ in range(self.dice.pick((1, 2, 3), (0.68, 0.22, 0.1))))
        children = tuple(named(child, family=children[0].ref) for child in children)
        self._families.append((children, on))
        return children

    def _child(self, on: date) -> Child:
        dice, number = self.dice, next(self._number)
        ref, ethnicity = f"SUT{100000 + number}", dice.pick(ETHNICITIES)
        if dice.chance(0.015):
            return Child(ref, "", "", None, on + timedelta(days=dice.between(30, 150)), "U", ethnicity)
        born_on = on - timedelta(days=dice.between(200, 17 * 365))
        elsewhere = dice.chance(0.03)
        is_pupil = (on - born_on).days > 4.7 * 365
        authority = NEIGHBOUR if elsewhere else AUTHORITY
        upn = unique_pupil_number(authority, number, born_on.year + 5) if is_pupil else ""
        nhs_number = "" if dice.chance(0.02) else next(self._nhs)
        return Child(ref, nhs_number, upn, born_on, None, dice.pick(("F", "M"), (0.62, 0.38)), ethnicity, elsewhere)

    def _involve(self, child: Child, on: date, *, is_csa: bool) -> None:
        """Who works with the child when the concern comes up, and until when."""
        dice, known = self.dice, self.world.open_to(child, on)
        old = (on - child.born_on).days / 365 if child.born_on else 0.0
        at_home = child.born_on is not None and not child.is_from_elsewhere
        wanted = [
            ("csc", True, dice.pick(TEAMS), on, 60, 300),
            ("police", is_csa and dice.chance(0.85), "Child Abuse Investigation Team", on, 90, 300),
            ("health_acute", bool(child.nhs_number) and dice.chance(0.3), "Emergency", on, 30, 150),
            ("health_camhs", bool(child.nhs_number) and old > 7 and dice.chance(0.25), "Tier 3", on, 120, 500),
            ("edu_school", at_home and bool(child.upn) and dice.chance(0.85), "", on, 200, 700),
            (
                "health_gp",
                at_home and bool(child.nhs_number) and dice.chance(0.97),
                "",
                child.born_on or on,
                9999,
                9999,
            ),
        ]
        for agency, is_open, team, since, shortest, longest in wanted:
            if not is_open or agency in known:
                continue
            earlier = dice.between(0, 40) if agency in ("health_acute", "health_camhs", "edu_school") else 0
            opened_on = since - timedelta(days=earlier)
            closed_on = None if longest == 9999 else on + timedelta(days=dice.between(shortest, longest))
            place = f"H850{dice.between(10, 34)}" if agency == "health_gp" else f"School {dice.between(1, 40)}"
            self.world.involvements.append(Involvement(agency, child, team or place, opened_on, closed_on))

    def _meetings(self, case: _Case, *, is_csa: bool) -> list[Meeting]:
        """One meeting, or a telephone discussion and then the full one within five working days (or late)."""
        dice = self.dice
        urgency = dice.pick(("same_day", "standard"), (0.22, 0.78))
        on_time = dice.chance(from_to(0.74, 0.91, case.progress))
        limit = 0 if urgency == "same_day" else 3
        lag = dice.between(0, limit) if on_time else dice.between(limit + 1, limit + 4)
        held_at = dice.at(working_day(case.concern_at.date(), lag), 15, 16)
        s47_ref = f"S47-{next(self._number):06d}"
        telephone_first = dice.chance(0.3)
        mode = "phone" if telephone_first else dice.pick(("virtual", "in_person"), (0.8, 0.2))
        found = [self._meeting(case, s47_ref, held_at, 1, mode=mode, urgency=urgency, is_csa=is_csa)]
        if telephone_first and found[0].status == "held":
            later = dice.between(2, 5) if dice.chance(from_to(0.75, 0.9, case.progress)) else dice.between(6, 9)
            full_at = dice.at(working_day(held_at.date(), later), 10, 15)
            found.append(self._meeting(case, s47_ref, full_at, 2, mode="virtual", urgency="planned", is_csa=is_csa))
        return found

    def _meeting(
        self, case: _Case, s47_ref: str, held_at: datetime, sequence: int, *, mode: str, urgency: str, is_csa: bool
    ) -> Meeting:
        dice, ref = self.dice, f"SM-{next(self._number):06d}"
        decided_at = min(case.concern_at + timedelta(minutes=5 * dice.between(3, 10)), held_at)
        if held_at.date() >= next_month(self.world.months[-1]):
            status = "planned"
        else:
            status = "cancelled" if dice.chance(0.04) else "held"
        open_to = set().union(*(self.world.open_to(child, held_at.date()) for child in case.children))
        is_held = status == "held"
        took_part = parts(dice, open_to, decided_at, case.progress, is_csa=is_csa) if is_held else ()
        enquiry = sequence == 2 or dice.chance(0.8 if is_csa else 0.6)
        decided = is_held and dice.chance(from_to(0.7, 0.88, case.progress))
        return Meeting(
            ref=ref,
            s47_ref=s47_ref if is_held and enquiry else "",
            children=case.children,
            concern_at=case.concern_at,
            decided_at=decided_at,
            held_at=held_at,
            sequence=sequence,
            mode=mode,
            urgency=urgency,
            concerns=case.concerns,
            context=dice.pick(("family", "other", "unknown"), (0.7, 0.22, 0.08)) if is_csa else "",
            outcome=self._outcome(sequence, is_held=is_held, enquiry=enquiry),
            decision_at=dice.at(working_day(held_at.date(), dice.pick((0, 1, 3), (0.6, 0.3, 0.1))), 17, 18)
            if decided
            else None,
            decision_role="team_manager" if decided else "",
            status=status,
            parts=took_part,
            papers=papers(dice, took_part, open_to, held_at, case.progress) if is_held else (),
        )

    def _outcome(self, sequence: int, *, is_held: bool, enquiry: bool) -> str:
        if not is_held:
            return ""
        if enquiry:
            return "section_47" if sequence == 1 else "section_47_continues"
        return self.dice.pick(("single_agency", "child_in_need", "no_further_action"))


def make(dice: Dice, last_month: date, count_of_months: int, scale: int) -> World:
    """A whole partnership over some months.

    Args:
        scale: how many times the usual number of cases (8 to 13 concerns about child sexual abuse a month).
    """
    return Maker(dice, last_month, count_of_months).make(scale)
