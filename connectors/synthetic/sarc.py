"""Writes what the Havens send: their register, a workbook a month whose days count from 1904."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from connectors.synthetic.dice import Dice
from connectors.synthetic.facts import Child, World
from connectors.synthetic.files import Sheet, reversed_words, write_workbook, yes_no
from connectors.synthetic.mosaic import header, in_month
from connectors.synthetic.slips import REPEATED, Slips
from connectors.synthetic.voluntary import as_known, offered
from connectors.systems import havens

ATTENDANCE: Final = reversed_words(havens.ATTENDANCE)
REFERRER: Final = reversed_words(havens.REFERRERS)
BAND: Final = reversed_words(havens.BANDS)
OUTCOME: Final = reversed_words(havens.OUTCOMES)


def write_havens(folder: Path, world: World, dice: Dice, slips: Slips, support_slips: Slips) -> None:
    """Write a workbook for every month."""
    for month in world.months:
        episodes = [
            {
                "Episode": one.ref,
                **_client(one.child),
                "Referred": one.referred_on,
                "Referred by": REFERRER[one.referrer],
                "Time since incident": BAND[one.band],
                "Asked to join meeting": one.asked_on,
                "Joined meeting": one.joined_on,
                "Examined": one.examined_on,
                "Outcome": OUTCOME[one.outcome],
            }
            for one in world.episodes
            if in_month(month, one.referred_on)
        ]
        meetings = [
            {
                **({"Meeting": meeting.ref} if dice.chance(0.7) else {}),
                "Held": meeting.held_at.date(),
                **_client(meeting.children[0]),
                "Role": "Doctor",
                "Open to us": yes_no(part.was_involved),
                "Asked": part.invited_at,
                "Part taken": ATTENDANCE[part.agency_says],
                "Advice given": yes_no(part.gave_information),
            }
            for meeting in world.held_in(month)
            for part in meeting.parts
            if part.agency == "sarc" and part.agency_says is not None
        ]
        support = support_slips.among(_support(world, month), ("Offered", "31/06/2026"), ("Declined", "Maybe"))
        wrong = ("Referred", "31/06/2026"), ("Outcome", "Pending"), (REPEATED, "")
        write_workbook(
            folder / f"Havens register {month:%Y-%m}.xlsx",
            [
                _sheet(havens.EPISODES, slips.among(episodes, *wrong)),
                _sheet(havens.PARTICIPATION, slips.among(meetings, ("Part taken", "Rang in"), (REPEATED, ""))),
                _sheet(havens.SUPPORT, support),
            ],
            counts_from_1904=True,
        )


def _support(world: World, month: date) -> list[dict[str, Any]]:
    rows = []
    for one in offered(world, month, "sarc"):
        offered_on, started_on, is_declined = as_known(one, month)
        declined = "" if is_declined is None else yes_no(is_declined)
        rows.append({**_client(one.child), "Offered": offered_on, "First session": started_on, "Declined": declined})
    return rows


def _client(child: Child) -> dict[str, str]:
    return {"NHS number": child.nhs_number, "Borough reference": child.ref}


def _sheet(stream: Any, rows: list[dict[str, Any]]) -> Sheet:
    names = header(stream)
    return Sheet(
        stream.member, names, [[row.get(name) for name in names] for row in rows], ["The Havens - confidential"]
    )
