"""Ten years of the schedules of prefect.yaml, as Prefect's own schedules work them out: none skipped, none doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule

CODE = Path(__file__).parents[2]
LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2026, 11, 23), date(2036, 11, 23)
DEPLOYMENTS = yaml.safe_load((CODE / "prefect.yaml").read_text())["deployments"]
SCHEDULES = {one["name"]: one["schedules"][0] for one in DEPLOYMENTS if one.get("schedules")}


def starts(name: str, first: date, last: date) -> list[datetime]:
    """Every start of a deployment from the first day until before the last, in London's time."""
    said = SCHEDULES[name]
    schedule: Any = (
        CronSchedule(cron=said["cron"], timezone=said["timezone"])
        if "cron" in said
        else IntervalSchedule(
            interval=timedelta(seconds=said["interval"]),
            anchor_date=datetime.fromisoformat(said["anchor_date"]),
            timezone=said["timezone"],
        )
    )
    found, begins = [], first
    while begins < last:  # Prefect gives 1,000 at most
        ends = min(last, begins + timedelta(3))
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=LONDON) for day in (begins, ends))
        found += asyncio.run(schedule.get_dates(n=1_000, start=begin, end=end - timedelta(seconds=1)))
        begins = ends
    return [one.astimezone(LONDON) for one in found]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(number) for number in range((last - first).days)]


@pytest.mark.parametrize(("name", "at"), [("nightly", (2, 30)), ("overdue", (7, 0))])
def test_every_day_of_ten_years_has_one_start_at_its_hour(name, at):
    found = starts(name, FIRST, LAST)
    assert Counter(start.date() for start in found) == Counter(days(FIRST, LAST))
    assert {(start.hour, start.minute) for start in found} == {at}
    assert date(2028, 2, 29) in {start.date() for start in found}


def test_the_sweep_comes_every_five_minutes_over_every_change_of_the_clocks_and_every_leap_day():
    changes = [
        day for day in days(FIRST, LAST)
        if datetime(day.year, day.month, day.day, tzinfo=LONDON).utcoffset()
        != datetime(day.year, day.month, day.day, 12, tzinfo=LONDON).utcoffset()
    ]  # fmt: skip
    assert len(changes) == 20
    for day in [*changes, date(2028, 2, 29), date(2032, 2, 29), date(2036, 2, 29)]:
        found = starts("sweep", day - timedelta(1), day + timedelta(2))
        instants = sorted(start.timestamp() for start in found)
        assert {later - earlier for earlier, later in pairwise(instants)} == {300.0}, day
        assert len(set(instants)) == len(instants)


def test_what_has_an_hour_has_it_in_london_and_every_schedule_is_on():
    assert {name: one["timezone"] for name, one in SCHEDULES.items()} == {
        "nightly": "Europe/London", "overdue": "Europe/London", "sweep": "UTC",
    }  # fmt: skip
    assert all(one["active"] for one in SCHEDULES.values())
