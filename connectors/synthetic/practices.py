"""Writes what general practices send from EMIS: a workbook a month, titles above each header, dates as cells."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from connectors.synthetic.dice import Dice, working_day
from connectors.synthetic.facts import Child, Involvement, Meeting, World
from connectors.synthetic.files import Sheet, reversed_words, write_workbook, yes_no
from connectors.synthetic.mosaic import header
from connectors.synthetic.slips import REPEATED, WRONG_NHS_NUMBER, Slips
from connectors.systems import emis

ATTENDANCE: Final = reversed_words(emis.ATTENDANCE)
ITEM: Final = reversed_words(emis.ITEMS)
PARTICIPATION, RECEIPTS, PATIENTS = emis.feed("health_gp").streams


def write_emis(folder: Path, world: World, dice: Dice, slips: Slips) -> None:
    """Write a workbook for every month."""
    practice = {one.child.ref: one for one in world.involvements if one.agency == "health_gp"}
    for month in world.months:
        meetings, receipts = [], []
        for meeting in world.held_in(month):
            registered = [practice[child.ref] for child in meeting.children if child.ref in practice]
            # The day is the practice's own: now and then that of the working day after.
            on = working_day(meeting.held_at.date(), 1 if dice.chance(0.06) else 0)
            meetings += [row for one in registered for row in _participation(meeting, one, on)]
            receipts += [row for one in registered for row in _receipts(meeting, one, on)]
        seen = {child.ref: child for meeting in world.held_in(month) for child in meeting.children}
        patients = [_patient(practice[ref]) for ref in seen if ref in practice]
        wrong = ("NHS Number", WRONG_NHS_NUMBER)
        write_workbook(
            folder / f"EMIS safeguarding {month:%Y-%m}.xlsx",
            [
                Sheet("About this search", ["Search", "Run"], [["Safeguarding children", f"{month:%B %Y}"]]),
                _sheet(PARTICIPATION, slips.among(meetings, wrong, ("Attendance", "Seen"), (REPEATED, ""))),
                _sheet(RECEIPTS, slips.among(receipts, wrong, ("Meeting Date", "next week"), ("Document", "Letter"))),
                _sheet(PATIENTS, slips.among(patients, wrong, (REPEATED, ""))),
            ],
        )


def _sheet(stream: Any, rows: list[dict[str, Any]]) -> Sheet:
    names = header(stream)
    titles = ["EMIS Web population report", "Strategy meetings and plans, all practices"]
    return Sheet(stream.member, names, [[row.get(name) for name in names] for row in rows], titles)


def spaced(child: Child) -> str:
    """An NHS number as practices write it: 999 000 0018."""
    return f"{child.nhs_number[:3]} {child.nhs_number[3:6]} {child.nhs_number[6:]}"


def _participation(meeting: Meeting, patient: Involvement, on: date) -> list[dict[str, Any]]:
    return [
        {
            "NHS Number": spaced(patient.child),
            "Meeting Date": on,
            "Role": "GP",
            "Invitation Received": part.invited_at,
            "Attendance": ATTENDANCE[part.agency_says],
            "Report Provided": yes_no(part.gave_information),
            "Practice Code": patient.team,
        }
        for part in meeting.parts
        if part.agency == "health_gp" and part.agency_says is not None
    ]


def _receipts(meeting: Meeting, patient: Involvement, on: date) -> list[dict[str, Any]]:
    return [
        {
            "NHS Number": spaced(patient.child),
            "Meeting Date": on,
            "Document": ITEM[paper.item],
            "Received": paper.received_at,
            "Filed": paper.filed_at,
            "Practice Code": patient.team,
        }
        for paper in meeting.papers
        if paper.agency == "health_gp" and paper.received_at is not None
    ]


def _patient(one: Involvement) -> dict[str, Any]:
    return {
        "NHS Number": spaced(one.child),
        "Practice Code": one.team,
        "Registered": one.opened_on,
        "Deducted": one.closed_on,
        "CSA Concern Coded": "" if one.csa_recorded is None else yes_no(one.csa_recorded),
    }
