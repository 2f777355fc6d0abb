"""The data-quality panel: what arrived and what became of it; how good the data are, never how safe a child is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import pandas as pd

from reports import words
from reports.figures import month_start
from schemas.codes import AGENCY_GROUPS

COUNTS: Final = ("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")
"""What a row can become; the first is the sum of the others."""

NOT_OWED_MONTHLY: Final = ("partnership", "publisher")
"""Groups that owe nothing by the month: the partnership's own audits, and published statistics."""


@dataclass(frozen=True)
class Deliveries:
    """All that one agency (or everybody) sent, in rows."""

    agency_code: str
    files: int
    files_refused: int
    last_received_at: datetime | None
    rows_in: int
    rows_loaded: int
    rows_unchanged: int
    rows_refused: int
    rows_ignored: int

    @property
    def refused_share(self) -> float | None:
        """Rows refused in 100 rows in; None without rows."""
        return 100 * self.rows_refused / self.rows_in if self.rows_in else None

    @property
    def is_conserved(self) -> bool:
        """Rows in = loaded + unchanged + refused + ignored."""
        return self.rows_in == self.rows_loaded + self.rows_unchanged + self.rows_refused + self.rows_ignored


@dataclass(frozen=True)
class Quality:
    """The panel: a line an agency, their sum, and who is silent."""

    agencies: tuple[Deliveries, ...]
    total: Deliveries
    last_month: date
    silent: tuple[str, ...]
    """Codes of agencies of which no file was loaded that speaks for the last complete month."""
    owed: int
    """How many agencies were looked at for silence."""


def last_complete_month(as_of: date) -> date:
    """First day of the last month whose last day is not after ``as_of``."""
    return month_start(as_of + timedelta(days=1), 1)


def judge_quality(deliveries: pd.DataFrame, *, as_of: date, owed: Collection[str] = ()) -> Quality:
    """Sum the deliveries by agency and say who sent nothing for the last complete month.

    Args:
        deliveries: the deliveries listing of the ledger.
        as_of: the day the report speaks for.
        owed: codes of agencies that owe a return; without it, every agency that ever delivered, so that an
            agency that never sent anything shows in the coverage of the figures and not here.
    """
    by_agency = [_sum(str(code), rows) for code, rows in deliveries.groupby("agency_code", sort=True)]
    month = last_complete_month(as_of)
    asked = set(owed) or {
        line.agency_code for line in by_agency if AGENCY_GROUPS.get(line.agency_code, "unknown") not in NOT_OWED_MONTHLY
    }
    heard = _heard(deliveries, month)
    return Quality(
        agencies=tuple(sorted(by_agency, key=lambda line: words.agency(line.agency_code))),
        total=_sum("", deliveries),
        last_month=month,
        silent=tuple(sorted(asked - heard, key=words.agency)),
        owed=len(asked),
    )


def _sum(agency_code: str, rows: pd.DataFrame) -> Deliveries:
    received = pd.to_datetime(rows["received_at"]).max()
    sums: dict[str, int] = {name: int(rows[name].fillna(0).sum()) for name in COUNTS}
    return Deliveries(
        agency_code=agency_code,
        files=len(rows),
        files_refused=int((rows["state"] == "refused").sum()),
        last_received_at=None if pd.isna(received) else received.to_pydatetime(),
        **sums,
    )


def _heard(deliveries: pd.DataFrame, month: date) -> set[str]:
    """Agencies with a loaded file whose months cover the month; a file of unknown months counts by its arrival."""
    heard: set[str] = set()
    names = ["agency_code", "state", "period_from", "period_to", "received_at"]
    for agency, state, first, last, received in deliveries[names].itertuples(index=False, name=None):
        since, until = _day(first), _day(last)
        if since is None or until is None:
            arrived = _day(received)
            covers = arrived is not None and arrived >= month_start(month, -1)
        else:
            covers = month_start(since) <= month <= until
        if covers and state in ("loaded", "published", "duplicate"):
            heard.add(str(agency))
    return heard


def _day(value: Any) -> date | None:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value)[:10])
