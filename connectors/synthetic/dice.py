"""Chance, working days and numbers for made-up children: everything comes from one seed."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import TypeVar

import numpy as np
from holidays import country_holidays

Thing = TypeVar("Thing")


class Dice:
    """Draws from one generator, in order: the same seed makes the same partnership."""

    def __init__(self, *seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def chance(self, share: float) -> bool:
        """True in that share of draws."""
        return bool(self._rng.random() < share)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self._rng.integers(low, high + 1))

    def pick(self, things: Sequence[Thing], weights: Sequence[float] | None = None) -> Thing:
        """One of the things, evenly or by weight."""
        if weights is None:
            return things[self.between(0, len(things) - 1)]
        place = bisect(list(accumulate(weights)), float(self._rng.random()) * sum(weights))
        return things[min(place, len(things) - 1)]

    def at(self, day: date, first_hour: int = 9, last_hour: int = 16) -> datetime:
        """A time of that day, on five minutes."""
        return datetime.combine(day, time(self.between(first_hour, last_hour), 5 * self.between(0, 11)))


def from_to(start: float, end: float, progress: float) -> float:
    """How a share moved over the whole time: progress 0 is the first month, 1 the last."""
    return start + (end - start) * progress


@cache
def _days() -> np.busdaycalendar:
    free = country_holidays("GB", subdiv="ENG", years=range(2010, 2041))
    return np.busdaycalendar(holidays=sorted(free))


def working_day(day: date, later: int = 0) -> date:
    """The working day that many working days after ``day`` (or after the next working day, if it is none)."""
    moved = np.busday_offset(day, later, roll="forward", busdaycal=_days())
    return date.fromisoformat(str(moved))


def months(last: date, count: int) -> list[date]:
    """First days of the months up to the one ``last`` lies in."""
    number = last.year * 12 + last.month - 1
    return [date((number - back) // 12, (number - back) % 12 + 1, 1) for back in reversed(range(count))]


def next_month(month: date) -> date:
    """First day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def exported_on(month: date) -> date:
    """The day an agency writes its file of a month: what happens later it does not know yet."""
    return next_month(month) + timedelta(days=14)


def nhs_numbers() -> Iterator[str]:
    """NHS numbers of the range set aside for testing (999…), with right check digits (modulus 11)."""
    for serial in range(1, 1_000_000):
        digits = f"999{serial:06d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            yield f"{digits}{check % 11}"


def unique_pupil_number(authority: int, serial: int, year: int) -> str:
    """A unique pupil number: check letter, authority, school, year and serial (DfE)."""
    digits = f"{authority:03d}{2001 + serial // 1000:04d}{year % 100:02d}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(2, 14), strict=True))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits
