"""A register of six returns, as it stands on the day of the drawn report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from warehouse.agreements import Agreement, Period
from warehouse.owing import Decided, Owed, Standing


def _owes(feed: str, agency: str, standing: Standing, *months: int, **said: Any) -> Owed:
    """What a feed owes of 2026, as the register would have it on the day of the report."""
    periods = tuple(Period(f"2026-{month:02}", date(2026, month, 1), date(2026, month, 28)) for month in months)
    agreement = Agreement(feed, agency, "month", "", "safeguarding lead", 10, 5)
    return Owed(agreement, standing, periods=periods, **said)


LET_BE = Decided(None, "A. Manager", "agreed with the board")
OWED = (
    _owes("csc_mosaic", "csc", "here"),
    _owes(
        "police_niche", "police", "overdue", 8, 9, since=date(2026, 9, 22), level=3, level_name="board",
        excused={"2026-07": LET_BE},
    ),
    _owes("health_camhs_esr", "health_camhs", "missing", 9, since=date(2026, 10, 22), level=1, level_name="reminder"),
    _owes("vcs_lamplight", "vcs", "snoozed", 9, snoozed=replace(LET_BE, until=date(2026, 12, 31))),
    _owes("csc_learning", "csc", "held", held=("2026-27 Q2",)),
    _owes("edu_school_cpoms", "edu_school", "excused", excused={"2026-09": LET_BE}),
)  # fmt: skip
"""One return is here, two are overdue, one is held here, and for two nobody is chased."""
