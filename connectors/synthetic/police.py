"""Writes what the police send from Niche: a zip of two reports a month, in cp1252."""

from datetime import date
from pathlib import Path
from typing import Final

from connectors.synthetic.dice import Dice, exported_on, working_day
from connectors.synthetic.facts import Child, World
from connectors.synthetic.files import Row, day_first, delimited, known, reversed_words, write_zip, yes_no
from connectors.synthetic.mosaic import BAD_DATE, header, in_month
from connectors.synthetic.slips import REPEATED, Slips
from connectors.systems import niche

ATTENDANCE: Final = reversed_words(niche.ATTENDANCE)
REASON: Final = reversed_words(niche.CLOSURES)
STRATEGY, INVESTIGATIONS, _ = niche.feed("police").streams


def write_niche(folder: Path, world: World, dice: Dice, slips: Slips) -> None:
    """Write a zip for every month."""
    for month in world.months:
        strategy = slips.among(
            _strategy(world, month, dice),
            ("Police Attendance", "Attended"),
            ("Discussion Date", BAD_DATE),
            ("LA Person No", ""),
            (REPEATED, ""),
        )
        investigations = slips.among(_investigations(world, month), ("Closure Reason", "NFA"), (REPEATED, ""))
        write_zip(
            folder / f"NICHE_{month:%Y-%m}.zip",
            {
                "strategy_discussions.csv": delimited(strategy, header(STRATEGY)),
                "csa_investigations.csv": delimited(investigations, header(INVESTIGATIONS)),
            },
            "cp1252",
        )


def _child(child: Child) -> Row:
    return {"LA Person No": child.ref, "NHS No": ""}


def _strategy(world: World, month: date, dice: Dice) -> list[Row]:
    rows = []
    for meeting in world.held_in(month):
        for part in meeting.parts:
            if part.agency != "police" or part.agency_says is None:
                continue
            # The discussion is now and then logged on the next working day.
            on = working_day(meeting.held_at.date(), 1 if dice.chance(0.06) else 0)
            rows += [
                {
                    "Merlin Ref": "",
                    "Discussion Date": day_first(on),
                    **_child(child),
                    "Rank": "DS",
                    "Live Investigation": yes_no(part.was_involved),
                    "Invited": day_first(part.invited_at),
                    "Police Attendance": ATTENDANCE[part.agency_says],
                    "Info Shared": yes_no(part.gave_information),
                }
                for child in meeting.children
            ]
    return rows


def _investigations(world: World, month: date) -> list[Row]:
    on = exported_on(month)
    marked = {
        (one.child.ref, one.opened_on): yes_no(one.csa_recorded)
        for one in world.involvements
        if one.agency == "police" and one.csa_recorded is not None
    }
    return [
        {
            "Crime Ref": one.crime_ref,
            "Merlin Ref": one.merlin_ref,
            **_child(one.child),
            "Strategy Discussion": day_first(one.strategy_on),
            "Opened": day_first(one.opened_on),
            "Unit": "Child Abuse Investigation Team",
            "Closed": day_first(known(one.closed_on, on)),
            "Closure Reason": REASON[one.reason] if known(one.closed_on, on) else "",
            "Reason Shared With CSC": day_first(known(one.shared_at, on)),
            "Closing Discussion": day_first(known(one.closing_discussion_on, on)),
            "CSA Marker": marked.get((one.child.ref, one.opened_on), ""),
        }
        for one in world.investigations
        if in_month(month, one.opened_on, one.closed_on)
    ]
