"""CPOMS, the safeguarding record of schools: one CSV with a byte order mark, dates day first.

A line is a pupil at a meeting, and says three things: the school's part in the meeting, whether the plan
came, and since when the pupil has an open safeguarding file. So three streams read the same file.
"""

from collections.abc import Callable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from connectors.agency import Always, Csv, Feed, Said, Source, Stream
from connectors.systems.needs import need
from schemas.table import Table
from schemas.tables.involvements import Involvements
from schemas.tables.meeting_participation import MeetingParticipation
from schemas.tables.plan_circulation import PlanCirculation

Prepare = Callable[[pa.Table], pa.Table]

PUPIL: Final[dict[str, Source]] = {"upn": "UPN"}
MEETING: Final[dict[str, Source]] = {"meeting_ref": "Meeting Ref", "held_on": "Meeting Date"}
HEADER: Final = (
    "School",
    "UPN",
    "Pupil Name",
    "Meeting Ref",
    "Meeting Date",
    "Role",
    "File Open At Time",
    "Invited",
    "School Attendance",
    "Information Given",
    "Document",
    "Plan Received",
    "Plan Filed",
    "File Opened",
    "File Closed",
    "CSA Category",
)
ATTENDANCE: Final = {
    "DSL attended": "attended",
    "Deputy DSL attended": "deputy",
    "Apologies": "apologies",
    "Nobody attended": "did_not_attend",
    "Not invited": "not_invited",
    "Not recorded": "not_recorded",
}
ROLES: Final = {"DSL": "dsl", "Deputy DSL": "practitioner", "Head": "service_manager"}
ITEMS: Final = {"Plan": "plan", "Minutes": "minutes", "Actions": "actions"}


def received(rows: pa.Table) -> pa.Table:
    """Only the lines that say a plan came: an empty cell is no receipt."""
    need(rows, ["Plan Received"])
    return rows.filter(pc.not_equal(pc.utf8_trim_whitespace(rows["Plan Received"]), ""))


def first_of_each_file(rows: pa.Table) -> pa.Table:
    """A pupil's safeguarding file once, at its first line, however many meetings the month had."""
    told = ["UPN", "File Opened", "File Closed"]
    need(rows, told)
    told += [name for name in ("CSA Category",) if name in rows.column_names]  # older exports do not have it
    first = rows.group_by(told).aggregate([("source_row", "min")])["source_row_min"]
    return rows.filter(pc.is_in(rows["source_row"], value_set=first))


def _columns(source: Source) -> set[str]:
    return {source.column} if isinstance(source, Said) else {source} if isinstance(source, str) else set()


def _stream(table: type[Table], columns: dict[str, Source], prepare: Prepare | None = None) -> Stream:
    """A stream over the one file; what the other two read is no concern of this one."""
    read = set().union(*map(_columns, columns.values()))
    return Stream(table, columns, ignores=tuple(name for name in HEADER if name not in read), prepare=prepare)


def feed(agency: str) -> Feed:
    """The monthly export, put together over the schools of the area."""
    participation: dict[str, Source] = {
        "said_by": Always(agency),
        "agency_code": Always(agency),
        **MEETING,
        **PUPIL,
        "role_code": Said("Role", ROLES),
        "was_involved": "File Open At Time",
        "invited_at": "Invited",
        "attendance_code": Said("School Attendance", ATTENDANCE),
        "contributed_information": "Information Given",
    }
    receipts: dict[str, Source] = {
        "said_by": Always(agency),
        "agency_code": Always(agency),
        **MEETING,
        **PUPIL,
        "item_code": Said("Document", ITEMS),
        "received_at": "Plan Received",
        "filed_at": "Plan Filed",
    }
    involvements: dict[str, Source] = {
        "agency_code": Always(agency),
        **PUPIL,
        "team": "School",
        "opened_on": "File Opened",
        "closed_on": "File Closed",
        "csa_concern_recorded": "CSA Category",
    }
    return Feed(
        name=f"{agency}_cpoms",
        agency=agency,
        system="CPOMS",
        reads=Csv(),
        files="*.csv",
        dates=("%d/%m/%Y",),
        instants=("%d/%m/%Y %H:%M",),
        carries="its_period",
        streams=(
            _stream(MeetingParticipation, participation),
            _stream(PlanCirculation, receipts, prepare=received),
            _stream(Involvements, involvements, prepare=first_of_each_file),
        ),
    )
