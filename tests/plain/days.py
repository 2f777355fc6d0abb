"""Days, working days and months, without the warehouse's calendar."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from holidays import country_holidays

HOLIDAYS = np.array(sorted(country_holidays("GB", subdiv="ENG", years=range(2018, 2030))), dtype="datetime64[D]")


def working_days(start: date, end: date) -> int:
    """Working days after ``start``, up to and with ``end``; negative where the end comes first."""
    first, last = (day + timedelta(days=1) for day in sorted((start, end)))
    days = int(np.busday_count(first, last, holidays=HOLIDAYS))
    return days if start <= end else -days


def after(start: date, days: int) -> date:
    """The working day that is so many after ``start``."""
    found: date = np.busday_offset(start, days, roll="backward", holidays=HOLIDAYS).astype(object)
    return found


def near(day: date, opened: date | None, closed: date | None) -> bool:
    """Work open on the day, or within 180 days of it."""
    if opened is None:
        return False
    return opened <= day + timedelta(days=180) and (closed is None or closed >= day - timedelta(days=180))


def month(day: date) -> date:
    return day.replace(day=1)


def months(start: date, end: date) -> list[date]:
    """The first days of the months of a period."""
    found = [month(start)]
    while (following := date(found[-1].year + found[-1].month // 12, found[-1].month % 12 + 1, 1)) <= end:
        found.append(following)
    return found


def completed_years(born: date, day: date) -> int:
    """Age by months: the birthday is on the first of the month."""
    return ((day.year - born.year) * 12 + day.month - born.month) // 12
