"""Working days in England, and the periods that figures are reported for.

Day 0 is the start date, whatever day of the week it is; day 1 is the first working day after it. What
happens on a weekend or bank holiday counts with the working day before it. So the working days from a to b
are ``working_day_number`` of b minus that of a: one subtraction in any database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FIRST_DAY: Final = date(2010, 1, 1)
LAST_DAY: Final = date(2049, 12, 31)
"""How far the calendar reaches. Bank holidays to come are computed; a new one needs a new release of ``holidays``."""
FIRST_MONTH_OF_YEAR: Final = 4
"""Financial year: April to March."""


class OutOfReach(ValueError):
    """The calendar does not know the day."""


@cache
def bank_holidays() -> frozenset[date]:
    """Bank holidays of England, substitutes and one-off days included, as far as the calendar reaches."""
    import holidays  # noqa: PLC0415 - half a second that `quorate --help` need not pay

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_DAY.year, LAST_DAY.year + 1)))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday.

    Raises:
        OutOfReach: the day is before 2010 or after 2049.
    """
    return bool(_working()[_offset(day)])


def working_days_between(start: date, end: date) -> int:
    """Working days from ``start`` (day 0) to ``end``; negative where the end is before the start.

    Raises:
        OutOfReach: a day is before 2010 or after 2049.
    """
    numbers = _numbers()
    return int(numbers[_offset(end)] - numbers[_offset(start)])


def working_day_after(start: date, number: int) -> date:
    """The day on which ``number`` working days have passed since ``start`` (day 0); 0: ``start`` itself.

    Raises:
        OutOfReach: a day is before 2010 or after 2049.
    """
    if number <= 0:
        return start
    numbers = _numbers()
    place = int(numbers.searchsorted(numbers[_offset(start)] + number))
    if place >= len(numbers):
        raise OutOfReach(f"The calendar of working days ends on {LAST_DAY:%d %B %Y}: check the year of the date.")
    return FIRST_DAY + timedelta(days=place)


def calendar_rows() -> pa.Table:
    """Every day the calendar knows, as rows of ``facts.calendar``."""
    import pyarrow as pa  # noqa: PLC0415 - only needed when a warehouse is made

    days = [FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
    return pa.table(
        {
            "day": days,
            "is_working_day": pa.array(_working()),
            "working_day_number": pa.array(_numbers(), pa.int64()),
            "month_starts_on": [day.replace(day=1) for day in days],
        }
    )


def period_rows() -> pa.Table:
    """Every reporting period the calendar reaches, as rows of ``reporting.periods``."""
    import pyarrow as pa  # noqa: PLC0415 - only needed when a warehouse is made

    periods = [
        period
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1)
        for month in range(1, 13)
        for period in _periods_ending(date(year, month, 1))
        if period[2] >= FIRST_DAY
    ]
    columns = zip(*periods, strict=True)
    return pa.table(dict(zip(("period_kind", "period_label", "starts_on", "ends_on"), columns, strict=True)))


def add_months(month: date, number: int) -> date:
    """The first day of the month ``number`` months after (before, if negative) the month of a date."""
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def financial_year(day: date) -> str:
    """``2026-27`` for 1 April 2026 to 31 March 2027."""
    first = day.year if day.month >= FIRST_MONTH_OF_YEAR else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def _periods_ending(month: date) -> Iterator[tuple[str, str, date, date]]:
    """The periods whose last month is the one that starts on ``month``."""
    ends_on = add_months(month, 1) - timedelta(days=1)
    into_year = (month.month - FIRST_MONTH_OF_YEAR) % 12
    written = f"{month:%Y-%m}"
    yield "month", written, month, ends_on
    if into_year % 3 == 2:
        quarter = f"{financial_year(month)} Q{into_year // 3 + 1}"
        yield "quarter", quarter, add_months(month, -2), ends_on
    yield "year_to_date", f"{financial_year(month)} to {written}", add_months(month, -into_year), ends_on
    yield "rolling_12_months", f"12 months to {written}", add_months(month, -11), ends_on


@cache
def _working() -> np.ndarray:
    import numpy as np  # noqa: PLC0415 - loaded with the figures

    days = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
    return np.is_busday(days, holidays=np.array(sorted(bank_holidays()), dtype="datetime64[D]"))


@cache
def _numbers() -> np.ndarray:
    return _working().cumsum()


def _offset(day: date) -> int:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise OutOfReach(
            f"The calendar of working days reaches from {FIRST_DAY:%d %B %Y} to {LAST_DAY:%d %B %Y}; "
            "check the year of the date."
        )
    return (day - FIRST_DAY).days
