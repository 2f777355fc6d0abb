"""Where an agency and Children's Social Care do not say the same: a list that the agency can be sent.

Every line has the day and the meeting's number, what each says, and in which line of which file. It names no child: the
agency finds its own line, and Children's Social Care the meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from warehouse.evidence import CSC, MEETING_NUMBERS
from warehouse.matching import matched
from warehouse.tables import DELIVERIES, FACTS
from warehouse.triangulation import DISCREPANT, MATTERS, TRIANGULATION

SAYS: Final[Mapping[tuple[str, str], str]] = {
    ("attendance", "csc_only"): "Children's Social Care has you as attending; your record does not.",
    ("attendance", "agency_only"): "You say that you attended; Children's Social Care's record does not.",
    ("plan", "csc_only"): "Children's Social Care sent you the plan; your record does not have it.",
    ("plan", "agency_only"): "You have the plan; Children's Social Care's record does not say that it was sent.",
}
"""Matter and status → what the agency is told."""


@dataclass(frozen=True)
class Line:
    """Where somebody said something of it; all empty: nobody did."""

    file_name: str = ""
    source_member: str = ""
    source_row: int | None = None


@dataclass(frozen=True)
class Discrepancy:
    """One meeting and matter on which the two do not say the same."""

    agency_code: str
    matter: str
    status: str
    meeting_ref: str
    held_on: date
    agency: Line
    """The agency's own line."""
    csc: Line

    @property
    def says(self) -> str:
        return SAYS[self.matter, self.status]


def discrepancies(connection: Connection, agency_code: str, first: date, last: date) -> list[Discrepancy]:
    """The discrepancies of an agency over meetings held from ``first`` to ``last``, by day."""
    of = TRIANGULATION.c
    told = (
        select(of.matter, of.status, of.meeting_ref, of.held_on)
        .where(of.agency_code == agency_code, of.status.in_(DISCREPANT), of.held_on.between(first, last))
        .order_by(of.held_on, of.meeting_ref, of.matter)
    )
    said = {matter: _said(connection, table, agency_code) for matter, (table, _) in MATTERS.items()}
    return [
        Discrepancy(
            agency_code, matter, status, meeting, held_on,
            said[matter].get((meeting, agency_code), Line()), said[matter].get((meeting, CSC), Line()),
        )
        for matter, status, meeting, held_on in connection.execute(told)
    ]  # fmt: skip


def counted(connection: Connection, first: date, last: date) -> dict[str, dict[str, int]]:
    """Agency → matter and status, such as "attendance csc_only" → how many meetings."""
    of = TRIANGULATION.c
    told = (
        select(of.agency_code, of.matter, of.status, func.count())
        .where(of.held_on.between(first, last))
        .group_by(of.agency_code, of.matter, of.status)
        .order_by(of.agency_code)
    )
    found: dict[str, dict[str, int]] = {}
    for agency, matter, status, number in connection.execute(told):
        found.setdefault(agency, {})[f"{matter} {status}"] = number
    return found


def _said(connection: Connection, table_name: str, agency_code: str) -> dict[tuple[str, str], Line]:
    """Meeting and speaker → the first line that speaks of the agency's part in it."""
    said, of = matched(FACTS[table_name], MEETING_NUMBERS).c, DELIVERIES.c
    told: Any = (
        select(said.held_ref, said.said_by, of.file_name, said.source_member, said.source_row)
        .join(DELIVERIES, of.delivery_id == said.delivery_id)
        .where(and_(said.agency_code == agency_code, said.said_by.in_((CSC, agency_code))))
        .order_by(of.file_name.desc(), said.source_row.desc())
    )
    return {(meeting, by): Line(*line) for meeting, by, *line in connection.execute(told)}
