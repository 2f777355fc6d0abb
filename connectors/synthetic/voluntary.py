"""Writes what the voluntary organisation sends from Lamplight: a CSV a month, and one month that never came."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from connectors.synthetic.dice import Dice, exported_on
from connectors.synthetic.facts import Support, World
from connectors.synthetic.files import Row, day_first, delimited, known, write
from connectors.synthetic.mosaic import BAD_DATE, header, in_month
from connectors.synthetic.slips import REPEATED, Slips
from connectors.systems import lamplight

SUPPORT: Final = lamplight.support("vcs")
NEVER_CAME: Final = 4
"""How many months before the last is the one that was never sent: "not assured" for what it would have said."""


def offered(world: World, month: date, provider: str) -> list[Support]:
    """Offers of a provider of which a file of the month tells something new."""
    return [
        one
        for one in world.support
        if one.provider == provider and one.offered_on and in_month(month, one.offered_on, one.started_on)
    ]


def as_known(one: Support, month: date) -> tuple[date | None, date | None, bool | None]:
    """Offered, started, declined, as the provider knows it when it writes the file of the month."""
    on = exported_on(month)
    return known(one.offered_on, on), known(one.started_on, on), one.is_declined


def write_lamplight(folder: Path, world: World, dice: Dice, slips: Slips) -> None:
    """Write a file for every month but one (for all of them, if there are only a few)."""
    by_number = {one.child.ref: dice.chance(0.1) for one in world.support if one.child.nhs_number}
    for month in world.months:
        if len(world.months) > NEVER_CAME + 1 and month == world.months[-1 - NEVER_CAME]:
            continue
        rows = [_row(one, month, by_number=by_number.get(one.child.ref, False)) for one in offered(world, month, "vcs")]
        rows = slips.among(rows, ("Offer Date", BAD_DATE), ("Response", "Unsure"), (REPEATED, ""))
        write(folder / f"support_{month:%Y-%m}.csv", delimited(rows, header(SUPPORT)))


def _row(one: Support, month: date, *, by_number: bool) -> Row:
    offered_on, started_on, is_declined = as_known(one, month)
    said: Any = {True: "Declined by family", False: "Accepted", None: ""}
    number = {"NHS Number": one.child.nhs_number} if by_number else {"LA Reference": one.child.ref}
    return {
        **number,
        "Project": "Recovery",
        "Offer Date": day_first(offered_on),
        "First Session": day_first(started_on),
        "Response": said[is_declined],
    }
