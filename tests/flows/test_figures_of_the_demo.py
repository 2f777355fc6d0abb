"""The figures of a whole made-up partnership against a second reading, and on both engines."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors import synthetic
from flows import sweep
from flows.settings import settings_of
from schemas.codes import AUDIT_REASONS, RECOMMENDATIONS
from tests.plain.reading import Reading, figure_of, slot
from warehouse.metric import all_metrics
from warehouse.store import open_store
from warehouse.tables import MEASURES

LAST_DAY = date(2026, 10, 31)
NIGHT = datetime(2026, 11, 23, 2, 30)
LABEL = "12 months to 2026-10"

Row = dict[str, Any]


def night(home: Path, url: str) -> None:
    """The deliveries and figures of a whole night of the partnership whose landing zone is in ``home``.

    Nothing is published: that takes its time, changes no figure, and the audit may hold it.
    """
    settings = settings_of(home, url)
    with sweep.open_warehouse(settings) as store:
        outcomes = sweep.deliver_all(sweep.landed(settings)[0], store, settings, NIGHT, lambda _: None)
        assert {outcome.state for outcome in outcomes} == {"loaded"}
        sweep.refresh(store, sweep.owed(settings), sweep.as_of(store, NIGHT.date()))


def measures(url: str) -> list[Row]:
    with open_store(url) as store, store.reading() as connection:
        return [dict(row) for row in connection.execute(select(MEASURES)).mappings()]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a partnership of thirteen months would have sent: a month more than the figures reach back."""
    folder = tmp_path_factory.mktemp("partnership") / "landing"
    synthetic.build(folder, months=13, last_month=LAST_DAY)
    return folder


def test_every_figure_is_that_of_a_plain_reading_and_both_engines_agree(
    landing: Path, tmp_path: Path, duckdb_url: str, postgresql_url: str
):
    homes = [tmp_path / "one", tmp_path / "other"]
    for home in homes:
        home.mkdir()
        (home / "landing").symlink_to(landing)
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:  # on the other core meanwhile
        other = beside.submit(night, homes[1], postgresql_url)
        night(homes[0], duckdb_url)
        other.result()

    found = measures(duckdb_url)
    assert sorted(map(repr, found)) == sorted(map(repr, measures(postgresql_url)))

    whole = [row for row in found if row["period_label"] == LABEL and not row["agency_code"] and not row["breakdown"]]
    with open_store(duckdb_url) as store:
        reading = Reading(store)
    assert {slot(row): figure_of(row) for row in whole} == {slot(row): reading.of(row) for row in whole}
    assert {slot(row) for row in whole} == set(reading.counted)

    answered = {row["metric"] for row in whole if row["numerator"] is not None}
    assert set(RECOMMENDATIONS) == {code for name in answered for code in all_metrics()[name].recommendations}
    assert set(AUDIT_REASONS) == {code for name in answered for code in all_metrics()[name].findings}

    audit = next(row for row in whole if row["category"] == "good_or_outstanding")
    assert (audit["numerator"], audit["denominator"], audit["percentage"]) == (6, 12, 50)
    assert "lscp" not in {row["agency_code"] for row in found}
