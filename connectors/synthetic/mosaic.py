"""Writes what Children's Social Care sends from Mosaic: a zip of eleven reports a month."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from connectors.agency import Said, Stream
from connectors.synthetic import mosaic_agreed
from connectors.synthetic.dice import exported_on, working_day
from connectors.synthetic.facts import Child, Enquiry, Meeting, World
from connectors.synthetic.files import Row, day_first, delimited, known, reversed_words, write_zip, yes_no
from connectors.synthetic.slips import REPEATED, WRONG_NHS_NUMBER, Slip, Slips
from connectors.systems import mosaic as product
from connectors.systems import mosaic_words as words

AGENCY: Final = reversed_words(words.AGENCIES)
ATTENDANCE: Final = reversed_words(words.ATTENDANCE)
ROLE: Final = reversed_words(words.ROLES)
CONCERN: Final = reversed_words(words.CONCERNS)
STATUS: Final = reversed_words(words.STATUS)
SPECIALIST: Final = reversed_words(words.SPECIALIST_HEALTH)
SEX: Final = {"M": "Male", "F": "Female", "U": "Unborn"}
BAD_DATE: Final = "31/02/2026"

REPORTS: Final[dict[str, tuple[Stream, tuple[Slip, ...]]]] = {
    "strategy_meetings": (product.MEETINGS, (("MODE", "Carrier pigeon"), ("CONCERN_IDENTIFIED", BAD_DATE))),
    "meeting_children": (product.CHILDREN_DISCUSSED, (("NHS_NUMBER", WRONG_NHS_NUMBER), (REPEATED, ""))),
    "meeting_participation": (
        product.PARTICIPATION,
        (("ATTENDANCE", "Popped in"), ("AGENCY", "Scouts"), ("INVITED", BAD_DATE), (REPEATED, "")),
    ),
    "plan_circulation": (product.CIRCULATION, (("SENT", BAD_DATE), ("AGENCY", "=HYPERLINK(1)"), (REPEATED, ""))),
    "involvements": (product.INVOLVEMENTS, (("CLOSED", "01/01/2001"), ("NHS_NUMBER", WRONG_NHS_NUMBER))),
    "assessments": (product.ASSESSMENTS, (("FACTORS", "19Z"), ("GENOGRAM", "sort of"))),
    "referrals": (product.REFERRALS, (("SOURCE", "99: Neighbour"), ("DECIDED", BAD_DATE), (REPEATED, ""))),
    "section_47_enquiries": (product.ENQUIRIES, (("STARTED", BAD_DATE), ("OUTCOME", "Unclear"))),
    "children": (product.CHILDREN, (("ETHNICITY", "XXXX"), ("UPN", "A319200124001"))),
}
"""Report → the stream that reads it, and the slips it may have."""


def header(stream: Stream) -> list[str]:
    """The columns of a report: what we map, then what we leave out."""
    sources = (source.column if isinstance(source, Said) else source for source in stream.columns.values())
    return list(dict.fromkeys([*(name for name in sources if isinstance(name, str)), *stream.ignores]))


def write_mosaic(folder: Path, world: World, slips: Slips, newer_slips: Slips) -> None:
    """Write a zip for every month; ``newer_slips`` are those of the reports in `mosaic_agreed`."""
    numbers = {one.child.ref: _numbers(one.child) for one in world.support}
    for month in world.months:
        reports = month_of(world, month)
        members = {}
        for name, rows in reports.items():
            stream, kinds = REPORTS[name]
            slipped = slips.among(rows, *kinds)
            slipped += _closures(world, month) if name == "section_47_enquiries" else []
            members[f"{name}.csv"] = delimited(slipped, header(stream))
        for name, rows in mosaic_agreed.agreed_in(world, month, numbers=numbers).items():
            stream, kinds = mosaic_agreed.REPORTS[name]
            members[f"{name}.csv"] = delimited(newer_slips.among(rows, *kinds), header(stream))
        write_zip(folder / f"mosaic_{month:%Y-%m}.zip", members)


def month_of(world: World, month: date) -> dict[str, list[Row]]:
    """The nine older reports of one month, before anybody slips."""
    meetings = world.held_in(month)
    if month == world.months[-1]:
        meetings += [meeting for meeting in world.meetings if meeting.status == "planned"]
    seen = {child.ref: child for meeting in meetings for child in meeting.children}
    return {
        "strategy_meetings": [_meeting(meeting) for meeting in meetings],
        "meeting_children": [
            {"MEETING_ID": meeting.ref, **_numbers(child)} for meeting in meetings for child in meeting.children
        ],
        "meeting_participation": list(_participation(meetings)),
        "plan_circulation": list(_circulation(meetings)),
        "involvements": _involvements(world, month),
        "assessments": _assessments(world, month),
        "referrals": _referrals(world, month),
        "section_47_enquiries": _enquiries(world, month),
        "children": [_child(child) for child in seen.values()],
    }


def _numbers(child: Child) -> Row:
    return {"PERSON_ID": child.ref, "NHS_NUMBER": child.nhs_number, "UPN": child.upn}


def _child(child: Child) -> Row:
    return {
        **_numbers(child),
        "DATE_OF_BIRTH": day_first(child.born_on),
        "EXPECTED_DATE_OF_BIRTH": day_first(child.expected_on),
        "SEX": SEX[child.sex],
        "ETHNICITY": child.ethnicity,
        "SURNAME": child.surname,
        "FORENAME": child.forename,
        "ADDRESS": child.address,
    }


def _meeting(meeting: Meeting) -> Row:
    return {
        "MEETING_ID": meeting.ref,
        "S47_STEP_ID": meeting.s47_ref,
        "CONCERN_IDENTIFIED": day_first(meeting.concern_at),
        "DECISION_TO_HOLD": day_first(meeting.decided_at),
        "MEETING_DATE": "" if meeting.status == "planned" else day_first(meeting.held_at),
        "SEQUENCE": str(meeting.sequence),
        "MODE": reversed_words(words.MODES)[meeting.mode],
        "TIMESCALE": reversed_words(words.URGENCY)[meeting.urgency],
        "CONCERNS": "; ".join(CONCERN[concern] for concern in meeting.concerns),
        "CSA_CONTEXT": reversed_words(words.CSA_CONTEXTS).get(meeting.context, ""),
        "SPECIALIST_HEALTH": SPECIALIST.get(meeting.specialist_health, ""),
        "OUTCOME": reversed_words(words.OUTCOMES).get(meeting.outcome, ""),
        "DECISION_RECORDED": day_first(meeting.decision_at),
        "DECISION_BY": ROLE.get(meeting.decision_role, ""),
        "STATUS": STATUS[meeting.status],
    }


def _participation(meetings: list[Meeting]) -> Iterable[Row]:
    for meeting in meetings:
        for part in meeting.parts:
            if part.csc_says is None:
                continue
            yield {
                "MEETING_ID": meeting.ref,
                "AGENCY": AGENCY[part.agency],
                "ROLE": ROLE[part.role],
                "KNOWN_TO_AGENCY": yes_no(part.was_involved),
                "INVITED": day_first(part.invited_at),
                "ATTENDANCE": ATTENDANCE[part.csc_says],
                "INFORMATION_GIVEN": yes_no(part.gave_information),
            }


def _circulation(meetings: list[Meeting]) -> Iterable[Row]:
    for meeting in meetings:
        for paper in meeting.papers:
            if paper.sent_at is None:
                continue
            yield {
                "MEETING_ID": meeting.ref,
                "AGENCY": AGENCY[paper.agency],
                "ITEM": reversed_words(words.ITEMS)[paper.item],
                "SENT": day_first(paper.sent_at),
                "METHOD": reversed_words(words.METHODS)[paper.method],
            }


def in_month(month: date, *days: date | None) -> bool:
    """Whether one of the days lies in the month: what a report of that month tells anew."""
    return any(day is not None and day.replace(day=1) == month for day in days)


def _involvements(world: World, month: date) -> list[Row]:
    return [
        {
            **_numbers(one.child),
            "TEAM": one.team,
            "OPENED": day_first(one.opened_on),
            "CLOSED": day_first(known(one.closed_on, exported_on(month))),
            "CSA_ON_RECORD": "" if one.csa_recorded is None else yes_no(one.csa_recorded),
        }
        for one in world.involvements
        if one.agency == "csc" and in_month(month, one.opened_on, one.closed_on)
    ]


def _assessments(world: World, month: date) -> list[Row]:
    on = exported_on(month)
    return [
        {
            **_numbers(one.child),
            "ASSESSMENT_ID": one.ref,
            "REFERRAL_DATE": day_first(one.referred_on),
            "STARTED": day_first(one.started_on),
            "AUTHORISED": day_first(known(one.authorised_on, on)),
            "FACTORS": ";".join(one.factors) if known(one.authorised_on, on) else "",
            "GENOGRAM": yes_no(one.genogram_present),
            "GENOGRAM_UPDATED": day_first(known(one.genogram_updated_on, on)),
            "GENOGRAM_USED_IN_ANALYSIS": yes_no(one.genogram_used),
            "CHILD_SEEN_ALONE": yes_no(one.seen_alone),
            "CHILD_VIEWS": yes_no(one.views_recorded),
            "MANAGEMENT_OVERSIGHT": yes_no(one.oversight),
        }
        for one in world.assessments
        if in_month(month, one.started_on, one.authorised_on)
    ]


def _referrals(world: World, month: date) -> list[Row]:
    return [
        {
            **_numbers(one.child),
            "REFERRAL_ID": one.ref,
            "RECEIVED": day_first(one.received_at),
            "DECIDED": day_first(one.decided_at),
            "SOURCE": f"{one.source}: as the census has it",
            "CONCERNS": ";".join(CONCERN[concern] for concern in one.concerns),
            "NFA": yes_no(one.no_further_action),
        }
        for one in world.referrals
        if in_month(month, one.received_at.date())
    ]


def _enquiries(world: World, month: date) -> list[Row]:
    return [_enquiry(one, month) for one in world.enquiries if in_month(month, one.started_on, one.ended_on)]


def _closures(world: World, month: date) -> list[Row]:
    """Enquiries of earlier months, told again because the police's reason for closing came."""
    return [
        _enquiry(one, month)
        for one in world.enquiries
        if in_month(month, one.police_closure_received_on) and not in_month(month, one.started_on, one.ended_on)
    ]


def _enquiry(one: Enquiry, month: date) -> Row:
    on = exported_on(month)
    return {
        **_numbers(one.child),
        "S47_STEP_ID": one.ref,
        "REFERRAL_DATE": day_first(one.referred_on),
        "STARTED": day_first(one.started_on),
        "ENDED": day_first(known(one.ended_on, on)),
        "OUTCOME": reversed_words(words.ENQUIRY_OUTCOMES)[one.outcome] if known(one.ended_on, on) else "",
        # Mosaic's own target leaves bank holidays out of account: kept, never used.
        "ICPC_TARGET": day_first(working_day(one.started_on + timedelta(days=21))),
        "ICPC_DATE": day_first(known(one.icpc_on, on)),
        "ICPC_NOT_REQUIRED": "" if known(one.ended_on, on) is None else yes_no(one.icpc_on is None),
        "CSA_CONCERN": yes_no(one.is_csa),
        "CLOSING_DISCUSSION": day_first(known(one.closing_discussion_on, on)),
        "CHILD_SEEN_ALONE_ON": day_first(known(one.seen_alone_on, on)),
        "POLICE_CLOSURE_RECEIVED": day_first(known(one.police_closure_received_on, on)),
    }
