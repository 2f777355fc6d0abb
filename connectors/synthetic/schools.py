"""Writes what schools send from CPOMS: a CSV with a byte order mark a month; the last two have not come."""

from datetime import date
from pathlib import Path
from typing import Final

from connectors.synthetic.dice import exported_on
from connectors.synthetic.facts import Child, Involvement, Meeting, Part, World
from connectors.synthetic.files import Row, day_first, delimited, known, reversed_words, write, yes_no
from connectors.synthetic.mosaic import BAD_DATE
from connectors.synthetic.slips import REPEATED, Slips
from connectors.systems import cpoms

ATTENDANCE: Final = reversed_words(cpoms.ATTENDANCE)
MISSING: Final = 2
"""How many of the last months the schools have not sent: "not assured", and neither 0% nor 100%."""


def write_cpoms(folder: Path, world: World, slips: Slips) -> None:
    """Write a file for every month but the last two (for all of them, if there are only a few)."""
    sent = world.months[:-MISSING] if len(world.months) > 2 * MISSING else world.months
    for month in sent:
        rows = slips.among(
            [row for meeting in world.held_in(month) for row in _lines(world, meeting, month)],
            ("School Attendance", "Present"),
            ("Meeting Date", BAD_DATE),
            ("UPN", "A319200124001"),
            (REPEATED, ""),
        )
        write(folder / f"cpoms_export_{month:%Y-%m}.csv", delimited(rows, cpoms.HEADER), "utf-8-sig")


def _lines(world: World, meeting: Meeting, month: date) -> list[Row]:
    day = meeting.held_at.date()
    pupils = [child for child in meeting.children if "edu_school" in world.open_to(child, day)]
    parts = [part for part in meeting.parts if part.agency == "edu_school" and part.agency_says is not None]
    return [_line(meeting, part, _file(world, child, day), month) for part in parts for child in pupils]


def _file(world: World, child: Child, day: date) -> Involvement:
    """The pupil's safeguarding file that is open on the day."""
    return next(
        one
        for one in world.involvements
        if one.agency == "edu_school" and one.child is child and one.opened_on <= day <= (one.closed_on or day)
    )


def _line(meeting: Meeting, part: Part, file: Involvement, month: date) -> Row:
    said = part.agency_says or "not_recorded"
    papers = [paper for paper in meeting.papers if paper.agency == "edu_school" and paper.item == "plan"]
    received = next((paper for paper in papers if paper.received_at is not None), None)
    return {
        "School": file.team,
        "UPN": file.child.upn,
        "Meeting Ref": meeting.ref,
        "Meeting Date": day_first(meeting.held_at.date()),
        "Role": "Deputy DSL" if said == "deputy" else "DSL",
        "File Open At Time": yes_no(part.was_involved),
        "Invited": day_first(part.invited_at),
        "School Attendance": ATTENDANCE[said],
        "Information Given": yes_no(part.gave_information),
        "Document": "Plan" if received else "",
        "Plan Received": day_first(received.received_at) if received else "",
        "Plan Filed": day_first(received.filed_at) if received else "",
        "File Opened": day_first(file.opened_on),
        "File Closed": day_first(known(file.closed_on, exported_on(month))),
        "CSA Category": "" if file.csa_recorded is None else yes_no(file.csa_recorded),
    }
