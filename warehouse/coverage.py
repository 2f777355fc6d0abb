"""What was owed and what came: without it no figure is assured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from schemas.codes import AGENCY_GROUPS
from warehouse.calendar import add_months
from warehouse.evidence import RETURNS
from warehouse.metric import Metric

OFFICES: Final = frozenset(
    code for code, group in AGENCY_GROUPS.items() if group in ("partnership", "publisher", "unknown")
)
"""Those who pass on what others returned: nothing is figured about them."""
ANYONE: Final = "*"


@dataclass(frozen=True)
class Coverage:
    """What came for a metric, an agency and a period."""

    received: int
    owed: int
    is_silent: bool
    """Some table did not come at all, or no month is complete: nothing can be said."""
    complete_months: tuple[date, ...]
    """Months for which everything came that a named agency owes; the units of other months are not counted."""

    @property
    def is_complete(self) -> bool:
        """All that is owed came."""
        return not self.is_silent and self.received >= self.owed


@dataclass(frozen=True)
class Returns:
    """All returns, and who owes what."""

    months: Mapping[tuple[str, str], frozenset[date]]
    """(Agency, table) → months returned."""
    owed_by: Mapping[str, frozenset[str]]
    """Table → agencies that owe it."""
    as_of: date

    @classmethod
    def read(cls, connection: Connection, expected: Iterable[tuple[str, str]], as_of: date) -> Returns:
        """What ``reporting.returns`` holds, up to the month of ``as_of``."""
        months: dict[tuple[str, str], set[date]] = defaultdict(set)
        for agency, table, month in connection.execute(select(RETURNS).where(RETURNS.c.month_starts_on <= as_of)):
            months[agency, table].add(month)
        owed_by: dict[str, set[str]] = defaultdict(set)
        for agency, table in expected:
            owed_by[table].add(agency)
        return cls(
            {pair: frozenset(found) for pair, found in months.items()},
            {table: frozenset(agencies - OFFICES) for table, agencies in owed_by.items()},
            as_of,
        )

    def first_of_all(self) -> date:
        """The first month for which anything came at all; without any, the month of ``as_of``."""
        return min((month for found in self.months.values() for month in found), default=self.as_of.replace(day=1))

    def first_month(self, metric: Metric) -> date:
        """The first month for which anything came that the metric needs; without any, that for which anything did."""
        needed = {
            month
            for agency, table in metric.returns
            for who in ([agency] if agency != ANYONE else self._returning(table))
            for month in self.months.get((who, table), ())
        }
        return min(needed, default=self.first_of_all())

    def owing(self, metric: Metric) -> frozenset[str]:
        """Agencies that owe the metric a table of their own, but for the one whose record it is about."""
        tables = [table for agency, table in metric.returns if agency == ANYONE]
        recording = {agency for agency, _ in metric.returns}
        return frozenset[str]().union(*(self.owed_by.get(table, frozenset()) for table in tables)) - recording

    def coverage(self, metric: Metric, agency: str, months: list[date]) -> Coverage:
        """What came for the months, of what is owed; ``agency`` is "" for the partnership as a whole."""
        named = [(who, table) for who, table in metric.returns if who != ANYONE]
        owed_months = self._owed(metric, months)
        complete = tuple(month for month in owed_months if all(month in self._of(pair) for pair in named))
        received, owed, silent = 0, 0, not complete
        for pair in named:
            owed += len(owed_months)
            received += sum(month in self._of(pair) for month in owed_months)
        for who, table in metric.returns:
            if who == ANYONE:
                came, due = self._from_anyone(metric, table, agency, owed_months)
                received, owed, silent = received + came, owed + due, silent or (due > 0 and not came)
        return Coverage(received, owed, silent or not owed, complete)

    def _from_anyone(self, metric: Metric, table: str, agency: str, months: list[date]) -> tuple[int, int]:
        """Received and owed of a table that each agency returns for itself."""
        owing = self.owed_by.get(table, frozenset()) or self._returning(table)
        if agency:
            owing = owing & {agency} if agency not in self._returning(table) else frozenset({agency})
        if metric.due == "as_it_happens":
            return sum(bool(self._of((who, table))) for who in owing), max(len(owing), 1)
        if metric.accumulates == "stock":
            return sum(any(month in self._of((who, table)) for month in months) for who in owing), max(len(owing), 1)
        return sum(month in self._of((who, table)) for who in owing for month in months), len(owing) * len(months)

    def _owed(self, metric: Metric, months: list[date]) -> list[date]:
        """The months of a period that are over, or that something came for; a month by itself is always owed."""
        to_come = self.as_of + timedelta(days=1)
        ended = [month for month in months if add_months(month, 1) <= to_come]
        begun = [month for month in months if month < to_come < add_months(month, 1)]
        came = [month for month in begun if any(month in found for pair, found in self._needed(metric))]
        return [*ended, *came] if len(months) > 1 else months

    def _needed(self, metric: Metric) -> list[tuple[tuple[str, str], frozenset[date]]]:
        return [
            (pair, found)
            for pair, found in self.months.items()
            if pair in metric.returns or (ANYONE, pair[1]) in metric.returns
        ]

    def _returning(self, table: str) -> frozenset[str]:
        return frozenset(agency for agency, name in self.months if name == table) - OFFICES

    def _of(self, pair: tuple[str, str]) -> frozenset[date]:
        return self.months.get(pair, frozenset())
