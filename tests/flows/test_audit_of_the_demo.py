"""The made-up partnership, night by night: no month of it is held back."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from connectors import synthetic
from flows import sweep
from flows.settings import settings_of
from warehouse.calendar import add_months

LAST = date(2026, 10, 31)
MONTHS = 14


@pytest.mark.long
def test_every_month_of_the_made_up_partnership_passes_the_audit(tmp_path: Path):
    whole, home = tmp_path / "whole", tmp_path / "home"
    synthetic.build(whole, months=MONTHS, last_month=LAST)
    settings, passed = settings_of(home), 0
    for feed in whole.iterdir():
        (home / "landing" / feed.name).mkdir(parents=True)
    for number in range(MONTHS):
        month = add_months(LAST.replace(day=1), number + 1 - MONTHS)
        night = datetime.combine(add_months(month, 1) + timedelta(days=22), datetime.min.time())
        for path in sorted(whole.glob(f"*/*{month:%Y-%m}*")):
            shutil.copy(path, home / "landing" / path.parent.name / path.name)
        run = sweep.nightly(settings, night)
        assert run.held_back == "", f"{month:%Y-%m}"
        passed += run.measures > 0
    assert passed == MONTHS
