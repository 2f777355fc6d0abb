"""Every figure of a warehouse, read a second time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Any

from tests.plain import after_meetings, at_meetings
from tests.plain.counted import Counted, Figure, Number
from tests.plain.days import months
from tests.plain.partnership import Partnership
from warehouse.store import Store

PARTS = (
    at_meetings.presence,
    at_meetings.specialists,
    at_meetings.timeliness,
    at_meetings.actions,
    at_meetings.pairs,
    at_meetings.plans,
    at_meetings.children,
    after_meetings.referrals,
    after_meetings.assessments,
    after_meetings.enquiries,
    after_meetings.closures,
    after_meetings.support,
    after_meetings.staff,
    after_meetings.improvement,
    after_meetings.audits,
)


class Reading:
    """The facts of a warehouse, and what the domain's words make of them."""

    def __init__(self, store: Store) -> None:
        self.said = Partnership(store)
        self._numbers: dict[tuple[str, str], Number] = {}
        self.counted: dict[str, list[Counted]] = defaultdict(list)
        for one in chain.from_iterable(part(self.said) for part in PARTS):
            self.counted[one.slot].append(one)

    def figure(self, slot: str, months: list[date], agency: str = "") -> Figure:
        """``slot``: metric, "confirmed" where it is that view, and category, with spaces between."""
        if (slot, agency) not in self._numbers:
            mine = [one for one in self.counted[slot] if agency in ("", one.agency)]
            self._numbers[slot, agency] = Number(slot, mine)
        return self._numbers[slot, agency].figure(self.said, months, agency)

    def of(self, row: Mapping[str, Any]) -> Figure:
        """The figure that a row of ``reporting.measures`` is."""
        return self.figure(slot(row), months(row["starts_on"], row["ends_on"]), row["agency_code"])


def slot(row: Mapping[str, Any]) -> str:
    """Metric, view where it is the confirmed one, and category."""
    view = "confirmed" if row["view"] == "confirmed" else ""
    return " ".join(part for part in (row["metric"], view, row["category"]) if part)


def figure_of(row: Mapping[str, Any]) -> Figure:
    """What a row of ``reporting.measures`` says."""
    return None if row["assurance"] == "not_assured" else (row["numerator"], row["denominator"])
