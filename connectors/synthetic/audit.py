"""Writes the audit that began it all: twelve returns, and the actions agencies undertook afterwards.

Six returns are good or outstanding (one of them outstanding), five require improvement, one is inadequate:
50.0%, 41.7% and 8.3% of 12. All eight reasons that auditors gave are there.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from connectors.agency import Stream
from connectors.synthetic.dice import working_day
from connectors.synthetic.files import Sheet, reversed_words, write_workbook
from connectors.synthetic.mosaic import header
from connectors.systems import audit_forms as forms

AUDIT: Final = "CSA-AUDIT-1"
REASON: Final = tuple(forms.REASONS)
RETURNS: Final[tuple[tuple[str, str, str, tuple[int, ...]], ...]] = (
    ("health_acute", "01", "outstanding", ()),
    ("csc", "02", "good", (7,)),
    ("police", "01", "good", ()),
    ("sarc", "03", "good", ()),
    ("edu_school", "02", "good", (6,)),
    ("health_camhs", "04", "good", ()),
    ("csc", "01", "requires improvement", (0, 1, 2)),
    ("csc", "03", "requires improvement", (3, 4, 7)),
    ("police", "04", "requires improvement", (0, 2)),
    ("health_gp", "02", "requires improvement", (1, 6)),
    ("edu_school", "04", "requires improvement", (5, 6, 7)),
    ("csc", "04", "inadequate", (0, 2, 3, 4, 5)),
)
"""Agency, case, grade, places of the reasons in the list of eight."""
ACTIONS: Final[tuple[tuple[str, str, str, int, int | None, str], ...]] = (
    # agency, recommendation, owner, days due after the audit, days closed after it (None: open), evidence
    ("csc", "R1", "service_manager", 60, 55, "Yes, attached"),
    ("csc", "R2", "team_manager", 75, 70, "Yes, attached"),
    ("csc", "R3", "service_manager", 120, None, "To follow"),
    ("csc", "R5", "service_manager", 150, 140, "Yes, attached"),
    ("police", "R1", "police_sergeant", 60, 58, "Yes, attached"),
    ("police", "R5", "police_sergeant", 120, 160, "Yes, attached"),
    ("police", "R7", "police_sergeant", 180, None, "No"),
    ("health_acute", "R1", "named_nurse", 60, 40, "Yes, attached"),
    ("health_acute", "R4", "named_nurse", 130, 129, "Yes, attached"),
    ("health_gp", "R2", "gp", 90, 95, "Yes, attached"),
    ("health_gp", "R5", "team_manager", 150, 120, "No"),
    ("health_camhs", "R5", "named_nurse", 150, 149, "Yes, attached"),
    ("edu_school", "R4", "dsl", 100, 90, "Yes, attached"),
    ("edu_school", "R5", "dsl", 200, None, "To follow"),
    ("sarc", "R6", "sarc_clinician", 160, 150, "Yes, attached"),
    ("lscp", "R4", "service_manager", 110, 105, "Yes, attached"),
    ("csc", "R6", "team_manager", 420, None, "To follow"),
)
"""Some closed in time, some late, one closed without evidence, some open beyond their day, one not due yet."""

AGENCY: Final = reversed_words(forms.AGENCIES)
OWNER: Final = reversed_words(forms.OWNERS)


def write_audit(folder: Path, months: list[date]) -> None:
    """Write the workbook; the audit was ten months before the last month, or in the first one."""
    began = working_day(months[max(len(months) - 11, 0)] + timedelta(days=6))
    actions = [_action(number, began) for number in range(1, len(ACTIONS) + 1)]
    # Two slips: a recommendation nobody made, and an action that is closed on no day.
    actions.append(actions[0] | {"Action": "A98", "Recommendation": "R9: something else"})
    actions.append(actions[0] | {"Action": "A99", "Closed": None})
    write_workbook(
        folder / f"CSA audit {began.year}.xlsx",
        [
            Sheet("Guidance", ["How to fill this in"], [["One line for each case you audited"]]),
            _sheet(forms.RETURNS, [_return(number, began) for number in range(len(RETURNS))]),
            _sheet(forms.ACTIONS, actions),
        ],
    )


def _return(number: int, began: date) -> dict[str, Any]:
    agency, case, grade, reasons = RETURNS[number]
    is_good = grade in ("good", "outstanding")
    is_police = agency == "police"
    return {
        "ID": number + 1,
        "Audit": AUDIT,
        "Case": f"{AUDIT}/{case}",
        "Agency": AGENCY[agency],
        "Completion time": datetime.combine(working_day(began, number // 3), datetime.min.time()).replace(hour=15),
        "Scale": "Police inspectorate (three points)" if is_police else "Ofsted (four points)",
        "Your grade": grade.capitalize(),
        "Moderated grade": "Requires improvement" if number == 1 else grade.capitalize(),
        "Why was it not better?": "".join(f"{REASON[place]};" for place in reasons),
        "Is the voice of the child captured?": "No" if 7 in reasons else "Yes",
        "Are concerns, suspicions and risk recorded accurately?": "Yes" if is_good or number % 2 else "No",
        "Were they answered as the procedures require?": "Yes" if is_good else "No",
        "Was the CSA protocol followed?": "Yes" if number % 3 else "No",
    }


def _action(number: int, began: date) -> dict[str, Any]:
    agency, recommendation, owner, due, closed, evidence = ACTIONS[number - 1]
    return {
        "Agency": AGENCY[agency],
        "Action": f"A{number:02d}",
        "Recommendation": next(says for says, code in forms.RECOMMENDATION.items() if code == recommendation),
        "Owner (role)": OWNER[owner],
        "Due": began + timedelta(days=due),
        "Closed": began + timedelta(days=closed) if closed else None,
        "Evidence": evidence,
        "Status": "closed" if closed else "open",
    }


def _sheet(stream: Stream, rows: list[dict[str, Any]]) -> Sheet:
    names = header(stream)
    return Sheet(stream.member, names, [[row.get(name) for name in names] for row in rows])
