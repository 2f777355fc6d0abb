"""Writes what NHS trusts send: a JSON extract a month, one of them corrected afterwards."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from connectors.synthetic.dice import Dice, exported_on
from connectors.synthetic.facts import Child, Meeting, World
from connectors.synthetic.files import iso, known, reversed_words, write_json
from connectors.synthetic.mosaic import in_month
from connectors.synthetic.slips import REPEATED, WRONG_NHS_NUMBER, Slip, Slips
from connectors.synthetic.voluntary import as_known, offered
from connectors.systems import trust_json

ATTENDANCE: Final = reversed_words(trust_json.ATTENDANCE)
ROLE: Final = reversed_words(trust_json.ROLES)
ITEM: Final = reversed_words(trust_json.ITEMS)
CORRECTED: Final = 5
"""The position of the month whose extract the acute trust sends again, put right."""


def write_trust(
    folder: Path, agency: str, world: World, dice: Dice, slips: Slips, *, support_slips: Slips | None = None
) -> None:
    """Write an extract for every month; with ``support_slips``, of a trust that also says whom it gave support."""
    for position, month in enumerate(world.months):
        extract: dict[str, Any] = {"extract": {"trust": "XX0", "made": iso(exported_on(month))}}
        extract["participation"] = slips.among(
            _participation(world, month, agency, dice),
            ("attendance", "sat-in"),
            ("child.nhsNumber", WRONG_NHS_NUMBER),
            ("child", ""),
            (REPEATED, ""),
            spoil=_spoil,
        )
        if agency == "health_acute":
            extract["receipts"] = slips.among(_receipts(world, month, agency, dice), ("item", "fax"), (REPEATED, ""))
        extract["involvements"] = _involvements(world, month, agency)
        if support_slips is not None:
            extract["supportOffers"] = support_slips.among(_support(world, month, agency), ("offeredOn", "soon"))
        name = f"safeguarding_{month:%Y-%m}"
        if agency == "health_acute" and position == CORRECTED and extract["participation"]:
            first, *others = extract["participation"]
            early = extract | {"participation": [first | {"attendance": "unknown"}, *others]}
            write_json(folder / f"{name}.json", early)
            write_json(folder / f"{name}_corrected.json", extract)
        else:
            write_json(folder / f"{name}.json", extract)


def _spoil(record: dict[str, Any], slip: Slip) -> dict[str, Any]:
    name, wrong = slip
    if name == "child":  # a child with no number at all, and a meeting without one
        return record | {"child": {}, "meeting": {"date": record["meeting"].get("date")}}
    parent, _, leaf = name.rpartition(".")
    return record | ({parent: record[parent] | {leaf: wrong}} if parent else {leaf: wrong})


def _child(child: Child) -> dict[str, str]:
    return {"nhsNumber": child.nhs_number} if child.nhs_number else {"localAuthorityRef": child.ref}


def _meeting(meeting: Meeting, dice: Dice) -> dict[str, str | None]:
    """The number where the invitation carried it, and the day always."""
    day = {"date": iso(meeting.held_at.date())}
    return {"reference": meeting.ref, **day} if dice.chance(0.85) else day


def _participation(world: World, month: date, agency: str, dice: Dice) -> list[dict[str, Any]]:
    return [
        {
            "meeting": _meeting(meeting, dice),
            "child": _child(meeting.children[0]),
            "practitioner": {"role": ROLE.get(part.role, "clinician")},
            "activeCaseload": part.was_involved,
            "invitedAt": iso(part.invited_at),
            "attendance": ATTENDANCE[part.agency_says],
            "informationShared": part.gave_information,
        }
        for meeting in world.held_in(month)
        for part in meeting.parts
        if part.agency == agency and part.agency_says is not None
    ]


def _receipts(world: World, month: date, agency: str, dice: Dice) -> list[dict[str, Any]]:
    return [
        {
            "meeting": _meeting(meeting, dice),
            "child": _child(meeting.children[0]),
            "item": ITEM[paper.item],
            "receivedAt": iso(paper.received_at),
            "filedAt": iso(paper.filed_at),
        }
        for meeting in world.held_in(month)
        for paper in meeting.papers
        if paper.agency == agency and paper.received_at is not None
    ]


def _involvements(world: World, month: date, agency: str) -> list[dict[str, Any]]:
    return [
        {
            "child": _child(one.child),
            "service": one.team,
            "openedOn": iso(one.opened_on),
            "closedOn": iso(known(one.closed_on, exported_on(month))),
            "csaConcernRecorded": one.csa_recorded,
        }
        for one in world.involvements
        if one.agency == agency and in_month(month, one.opened_on, one.closed_on)
    ]


def _support(world: World, month: date, agency: str) -> list[dict[str, Any]]:
    rows = []
    for one in offered(world, month, agency):
        offered_on, started_on, is_declined = as_known(one, month)
        told = {"offeredOn": iso(offered_on), "startedOn": iso(started_on), "declined": is_declined}
        rows.append({"child": _child(one.child), **told})
    return rows
