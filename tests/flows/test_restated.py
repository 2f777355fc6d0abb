"""A corrected file after publishing: both editions say what was said otherwise before, each as far as it may."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

from flows import sweep
from flows.publication import Asked
from flows.settings import Settings, settings_of
from tests.flows.lived import training

NIGHT = datetime(2026, 5, 25, 2, 30)
MARCH = {"metric": "csa_training", "view": "recorded", "category": "", "agency_code": "", "period_label": "2026-03"}


def delivered(settings: Settings, name: str, night: int, trained: tuple[int, int]) -> None:
    """A night on which the council's training in March arrives: of 400 teachers and 200 others so many are trained."""
    folder = settings.landing / "csc_learning"
    folder.mkdir(parents=True, exist_ok=True)
    teachers, others = trained
    rows = (("Teachers", "2026-03-31", 400, teachers), ("Support", "2026-03-31", 200, others))
    (folder / name).write_text(training(*rows), encoding="utf-8")
    assert sweep.nightly(settings, NIGHT + timedelta(days=night)).held_back == ""


def restated(folder: Path) -> list[tuple[str, ...]]:
    """Of the partnership's figure of March: numerator before and now, points, cause, whose, and mark."""
    with (folder / "restatements.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [one for one in csv.DictReader(file) if MARCH.items() <= one.items()]
    names = ("was_numerator", "numerator", "points", "cause", "agencies", "mark")
    return [tuple(line[name] for name in names) for line in lines]


def test_a_correction_is_told_with_its_numbers_unless_they_are_few(tmp_path: Path, duckdb_url: str):
    settings = settings_of(tmp_path, duckdb_url)
    delivered(settings, "learning_2026-03.csv", 0, (300, 120))
    assert restated(settings.reports) == []
    delivered(settings, "learning_2026-03_v2.csv", 1, (330, 120))
    large = ("420", "450", "5.0", "re-delivery", "|csc|", "")
    assert restated(settings.reports) == [large]
    page = (settings.reports / "board.html").read_text(encoding="utf-8")
    assert "(420 of 600)" in page
    assert "An agency sent a corrected file" in page

    delivered(settings, "learning_2026-03_v3.csv", 2, (332, 120))
    hidden = ("", "", "", "re-delivery", "|csc|", "c")
    assert restated(settings.reports) == [hidden, hidden]  # the figure went dark: two more are too few to tell
    with sweep.open_warehouse(settings) as store:
        report = sweep.report(store, settings, NIGHT + timedelta(days=3), Asked("A. Manager", "the board asked"))
    points = f"{100 * 452 / 600 - 75.0!r}"
    assert restated(report.parent) == [("450", "452", points, "re-delivery", "|csc|", ""), large]
