"""What is known of hidden counts because none is less than nought, of tables small enough to see it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from warehouse.calendar import add_months
from warehouse.disclosure import Edition
from warehouse.equations import Count, Key
from warehouse.intervals import narrowed

APRIL = date(2026, 4, 1)


def quarter(*cases: int) -> list[Count]:
    """Three months of a metric of which half the cases count, and their quarter."""
    counts = []
    for number, many in enumerate(cases):
        starts_on = add_months(APRIL, number)
        key = Key("m", "recorded", "", "", "", "", "month", f"{starts_on:%Y-%m}")
        counts.append(Count(key, "meeting", starts_on, add_months(starts_on, 1) - timedelta(days=1), many // 2, many))
    key = Key("m", "recorded", "", "", "", "", "quarter", "2026-27 Q1")
    ends_on = add_months(APRIL, 3) - timedelta(days=1)
    return [*counts, Count(key, "meeting", APRIL, ends_on, sum(one.numerator for one in counts), sum(cases))]


@pytest.mark.parametrize(
    ("cases", "narrow"),
    [
        ((4, 4, 20), 0),  # 28 in three months, of which none is told: each may be anything from 0 to 28
        ((4, 2, 0), 0),  # 6 in two months: 0 to 6 is wide enough for a threshold of 5
        ((2, 2, 0), 8),  # 4 in two months: 0 to 4, of cases, of those that count and of the others, and in the quarter
        ((2, 0, 0), 5),  # 2 in a month, which is known, and what counts of them lies between 0 and 2
    ],
)
def test_hidden_counts_are_as_wide_as_what_is_shown_lets_them_be(cases: tuple[int, ...], narrow: int) -> None:
    counts = quarter(*cases)
    shown = {(counts[3].key, "denominator"), *((one.key, "denominator") for one in counts if not one.denominator)}
    shown |= {(one.key, "numerator") for one in counts if not one.denominator}
    parts = [(one.key, part) for one in counts for part in ("numerator", "denominator")]
    edition = Edition(tuple(counts), frozenset(one for one in parts if one not in shown))  # type: ignore[misc]
    found, looked_at = narrowed([edition], limit_of=lambda _: 5)
    assert len(found) == narrow, found
    assert looked_at >= narrow
    assert all(one.low <= one.value <= one.high for one in found)
