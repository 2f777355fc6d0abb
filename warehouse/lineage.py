"""From a unit of a metric to the lines it rests on: which row of which file said what.

Every population says here which rows speak of its units. What a metric does not read is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, func, literal, null, or_, select, type_coerce, union_all

from warehouse.definitions import counted_from
from warehouse.evidence import MEETING_NUMBERS
from warehouse.matching import matched, numbers_of
from warehouse.metric import Metric
from warehouse.tables import FACTS

LINE: Final = ("unit_ref", "agency_code", "table_name", "delivery_id", "source_member", "source_row")
"""Columns of `lines_of`; ``agency_code`` is null where the line is of no one agency."""
OF_MEETINGS: Final = ("strategy_meetings", "meeting_children", "meeting_actions")
SPEAKING: Final = ("meeting_participation", "plan_circulation")


def lines_of(metric: Metric) -> Select[Any]:
    """Every line that speaks of a unit of the metric; columns `LINE`."""
    told = POPULATIONS.get(metric.rows.name)
    parts = told() if told else _of_own_rows(metric)
    read = counted_from(metric)
    chosen = [select for name, select in parts.items() if name in read]
    return select(union_all(*chosen).subquery("lines"))


Parts = Mapping[str, Select[Any]]
"""Canonical table → its lines."""


def _of_meetings() -> Parts:
    parts = {name: _line(name, FACTS[name].c, FACTS[name].c.meeting_ref, null()) for name in OF_MEETINGS}
    for name in SPEAKING:
        said = matched(FACTS[name], MEETING_NUMBERS).c
        parts[name] = _line(name, said, said.held_ref, said.agency_code)
    return parts | {"involvements": _open_work()}


def _open_work() -> Select[Any]:
    """Work that was open with a child of the meeting on its day."""
    work = FACTS["involvements"].c
    known = numbers_of(FACTS["involvements"], "row_key").c
    is_open = and_(
        work.opened_on <= MEETING_NUMBERS.c.held_on,
        or_(work.closed_on.is_(None), work.closed_on >= MEETING_NUMBERS.c.held_on),
    )
    return (
        _line("involvements", work, MEETING_NUMBERS.c.meeting_ref, work.agency_code)
        .join(known.row_key.table, known.row_key == work.row_key)
        .join(MEETING_NUMBERS, MEETING_NUMBERS.c.number == known.number)
        .where(is_open)
        .distinct()
    )


def _of_rows(name: str, *refs: str) -> Callable[[], Parts]:
    """Units that are rows of a table, named by the first of ``refs`` that is known, or else by their key."""

    def parts() -> Parts:
        rows = FACTS[name].c
        own = func.coalesce(*(rows[ref] for ref in (*refs, "row_key")))
        return {name: _line(name, rows, own, null())}

    return parts


def _of_own_rows(metric: Metric) -> Parts:
    """Rows that agencies fill about themselves: the metric's rows carry where they come from."""
    rows = metric.rows.c
    return {metric.rows.name: _line(metric.rows.name, rows, rows.unit_ref, rows.agency_code)}


def _line(name: str, rows: Any, unit_ref: ColumnElement[Any], agency: Any) -> Select[Any]:
    of = (type_coerce(unit_ref, Text), type_coerce(agency, Text), literal(name))
    where = (rows.delivery_id, rows.source_member, rows.source_row)
    return select(*(column.label(label) for column, label in zip((*of, *where), LINE, strict=True)))


POPULATIONS: Final[Mapping[str, Callable[[], Parts]]] = {
    "meetings": _of_meetings,
    "in_sequences": _of_meetings,
    "pairs": _of_meetings,
    "children": _of_meetings,
    "enquiries": _of_rows("section_47_enquiries", "s47_ref"),
    "assessments": _of_rows("assessments", "assessment_ref"),
    "referrals": _of_rows("referrals", "referral_ref"),
    "investigations": _of_rows("police_investigations", "crime_ref"),
    "support": _of_rows("support_offers"),
}
"""Name of a population → its lines; of one that is not here the units are rows of the table it is named after."""
