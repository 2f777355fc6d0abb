"""The data-quality panel: who owes a return, what arrived and what became of it; never how safe a child is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from reports import words
from warehouse.owing import Owed

COUNTS: Final = ("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")
"""What a row can become; the first is the sum of the others."""


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
    """The panel: a line an agency, their sum, and who owes what."""

    agencies: tuple[Deliveries, ...]
    total: Deliveries
    chased: tuple[Owed, ...]
    """Returns that are overdue, by agency."""
    held: tuple[Owed, ...]
    """Returns that have come, and wait for a person here."""
    let_be: tuple[Owed, ...]
    """Returns that have not come, and for which nobody is chased: snoozed, or excused for some period."""
    owed: int
    """How many returns are owed at all."""


def judge_quality(deliveries: pd.DataFrame, *, owed: Collection[Owed] = ()) -> Quality:
    """Sum the deliveries by agency, and say who owes what.

    Args:
        deliveries: the deliveries listing of the ledger.
        owed: the register as it stands on the day of the report: `warehouse.owing.standings`.
    """
    by_agency = [_sum(str(code), rows) for code, rows in deliveries.groupby("agency_code", sort=True)]
    by_name = sorted(owed, key=lambda one: (words.agency(one.agency), one.feed))
    return Quality(
        agencies=tuple(sorted(by_agency, key=lambda line: words.agency(line.agency_code))),
        total=_sum("", deliveries),
        chased=tuple(one for one in by_name if one.is_chased),
        held=tuple(one for one in by_name if one.held),
        let_be=tuple(one for one in by_name if one.standing == "snoozed" or one.excused),
        owed=len(by_name),
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
