"""Working days of England and reporting periods."""

from datetime import date

import pytest

from warehouse.calendar import (
    OutOfReach,
    calendar_rows,
    financial_year,
    is_working_day,
    period_rows,
    working_day_after,
    working_days_between,
)


def test_the_start_is_day_0():
    monday = date(2026, 10, 5)
    assert working_days_between(monday, monday) == 0
    assert working_days_between(monday, date(2026, 10, 8)) == 3
    assert working_days_between(monday, date(2026, 10, 12)) == 5


def test_a_weekend_start_is_day_0_and_monday_is_day_1():
    saturday, sunday, monday = date(2026, 10, 3), date(2026, 10, 4), date(2026, 10, 5)
    assert working_days_between(saturday, sunday) == 0
    assert working_days_between(saturday, monday) == 1


def test_what_is_done_on_a_weekend_counts_with_the_friday():
    thursday, friday, sunday = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 4)
    assert working_days_between(thursday, friday) == working_days_between(thursday, sunday) == 1


def test_an_end_before_the_start_is_negative():
    assert working_days_between(date(2026, 10, 8), date(2026, 10, 5)) == -3


def test_easter_takes_two_working_days():
    maundy_thursday, tuesday = date(2026, 4, 2), date(2026, 4, 7)
    assert working_days_between(maundy_thursday, tuesday) == 1


@pytest.mark.parametrize(
    "day",
    [
        date(2021, 12, 27),  # Christmas Day 2021 was a Saturday: a substitute on Monday
        date(2021, 12, 28),  # and Boxing Day's on Tuesday
        date(2022, 6, 2),  # spring bank holiday, moved for the jubilee
        date(2022, 6, 3),  # platinum jubilee
        date(2022, 9, 19),  # state funeral
        date(2023, 5, 8),  # coronation
        date(2020, 5, 8),  # early May bank holiday, moved for VE Day
    ],
)
def test_substitutes_and_one_off_bank_holidays_are_no_working_days(day: date):
    assert not is_working_day(day)


def test_a_moved_holiday_leaves_its_old_day_a_working_day():
    assert is_working_day(date(2022, 5, 30))
    assert is_working_day(date(2020, 5, 4))


def test_scotlands_holidays_are_working_days_here():
    assert is_working_day(date(2026, 1, 2))


@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2050, 1, 1)])
def test_days_out_of_reach_are_refused(day: date):
    with pytest.raises(OutOfReach, match="reaches from 01 January 2010 to 31 December 2049"):
        working_days_between(date(2026, 1, 5), day)


def test_the_calendar_table_says_the_same_as_the_function():
    rows = calendar_rows().slice(6000, 60).to_pylist()
    first = rows[0]
    for row in rows:
        between = row["working_day_number"] - first["working_day_number"]
        assert between == working_days_between(first["day"], row["day"])
        assert row["month_starts_on"] == row["day"].replace(day=1)


def test_years_run_from_april_to_march():
    assert financial_year(date(2026, 3, 31)) == "2025-26"
    assert financial_year(date(2026, 4, 1)) == "2026-27"
    assert financial_year(date(2099, 4, 1)) == "2099-00"


def test_periods_that_end_in_september_2026():
    periods = {
        row["period_kind"]: (row["period_label"], row["starts_on"])
        for row in period_rows().to_pylist()
        if row["ends_on"] == date(2026, 9, 30)
    }
    assert periods == {
        "month": ("2026-09", date(2026, 9, 1)),
        "quarter": ("2026-27 Q2", date(2026, 7, 1)),
        "year_to_date": ("2026-27 to 2026-09", date(2026, 4, 1)),
        "rolling_12_months": ("12 months to 2026-09", date(2025, 10, 1)),
    }


def test_the_last_quarter_is_january_to_march():
    quarters = {row["period_label"]: row for row in period_rows().to_pylist() if row["period_kind"] == "quarter"}
    assert quarters["2026-27 Q4"]["starts_on"] == date(2027, 1, 1)
    assert quarters["2026-27 Q4"]["ends_on"] == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2026, 10, 31), 0, date(2026, 10, 31)),  # a Saturday
        (date(2026, 10, 31), 1, date(2026, 11, 2)),
        (date(2026, 10, 31), 10, date(2026, 11, 13)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # 28 December is Boxing Day's substitute
    ],
)
def test_the_day_after_so_many_working_days(start, number, end):
    assert working_day_after(start, number) == end
    assert number == 0 or (is_working_day(end) and working_days_between(start, end) == number)


def test_a_day_beyond_the_calendar_is_refused():
    with pytest.raises(OutOfReach, match="check the year"):
        working_day_after(date(2049, 12, 30), 10)
