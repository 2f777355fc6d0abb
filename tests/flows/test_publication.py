"""Publishing after the deliveries: held, accepted, cut short, and what analysts see meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.receipts import read_all
from flows import sweep
from flows.settings import Settings, settings_of
from warehouse import audit, publications
from warehouse.bands import Banded
from warehouse.publications import Accepted
from warehouse.store import open_store
from warehouse.tables import DELIVERIES, MEASURES, PUBLICATIONS

NIGHT = datetime(2026, 5, 25, 2, 30)
FIXTURES = Path("tests/fixtures")


@pytest.fixture
def home(tmp_path: Path, url: str) -> Settings:
    """A partnership that has had one file of one feed."""
    shutil.copytree(FIXTURES / "csc_mosaic", tmp_path / "landing" / "csc_mosaic")
    return settings_of(tmp_path, url)


@pytest.fixture
def unlikely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is published for the first time is unlikely; what has been published is not asked about."""

    def strange(figures: Any, published: Mapping[Any, Any], _limits: Any) -> list[Banded]:
        return [] if published else [Banded("newest", "a figure", 10.0, 80.0, 100.0, "a figure: 10.0%, 90.0% before.")]

    monkeypatch.setattr(audit, "newest", strange)


def rows(settings: Settings, table: Any) -> list[dict[str, Any]]:
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        return [dict(line) for line in connection.execute(select(table)).mappings()]


def publish(settings: Settings, at: datetime, accepted: Accepted | None = None) -> Any:
    with sweep.open_warehouse(settings) as store:
        return sweep.publish(store, settings, at, accepted)


def test_what_the_audit_holds_is_neither_shown_nor_forgotten(home: Settings, unlikely: None):
    run = sweep.nightly(home, NIGHT)
    assert "a figure: 10.0%, 90.0% before." in run.held_back
    assert (run.report, home.analysts_file.exists()) == (None, False)
    assert rows(home, MEASURES) == []  # analysts of the server do not see it either
    assert [(line["state"], line["held_because"]) for line in rows(home, PUBLICATIONS)] == [("held", run.held_back)]
    assert {line["state"] for line in rows(home, DELIVERIES)} == {"loaded"}
    assert sweep.nightly(home, NIGHT + timedelta(days=1)).held_back  # every night, until a person has decided
    assert len(rows(home, PUBLICATIONS)) == 1


def test_a_person_publishes_it_all_the_same_by_name_and_with_a_reason(home: Settings, unlikely: None):
    sweep.nightly(home, NIGHT)
    done = publish(home, NIGHT + timedelta(hours=7), Accepted("Jo Bloggs", "the trust changed its system"))
    assert (done.held_back, done.report.exists()) == ("", True)
    (line,) = rows(home, PUBLICATIONS)
    assert (line["state"], line["accepted_by"]) == ("published", "Jo Bloggs")
    assert {one["state"] for one in rows(home, DELIVERIES)} == {"published"}
    decisions = [entry for entry in read_all(home.archive) if getattr(entry, "kind", "") == "accept"]
    assert [(one.subject, one.by) for one in decisions] == [(line["publication_id"], "Jo Bloggs")]
    assert sweep.nightly(home, NIGHT + timedelta(days=1)).measures == 0


def test_nobody_accepts_what_they_cannot_have_seen(home: Settings, unlikely: None):
    with sweep.open_warehouse(home) as store:
        sweep.deliver_all(sweep.landed(home)[0], store, home, NIGHT, lambda _: None)
    done = publish(home, NIGHT, Accepted("Jo Bloggs", "in advance"))
    assert done.held_back
    assert [line["state"] for line in rows(home, PUBLICATIONS)] == ["held"]


def test_after_a_night_analysts_have_what_was_published(home: Settings):
    sweep.nightly(home, NIGHT)
    if home.warehouse_url.startswith("duckdb"):
        with open_store(str(home.analysts_file), read_only=True) as copy, copy.reading() as connection:
            assert publications.latest(connection) is not None
            assert len(connection.execute(select(MEASURES)).all()) == len(rows(home, MEASURES)) > 0
    assert {line["state"] for line in rows(home, DELIVERIES)} == {"published"}


def test_a_run_that_was_cut_short_after_publishing_is_finished_by_the_next(home: Settings):
    done = sweep.nightly(home, NIGHT)
    assert done.report is not None
    (home.reports / ".publication").unlink()  # as a run leaves it that was killed while it wrote the report
    done.report.write_text("half a report")
    home.analysts_file.unlink(missing_ok=True)
    again = sweep.nightly(home, NIGHT + timedelta(days=1))
    assert (again.measures, again.report) == (0, done.report)
    assert "half a report" not in done.report.read_text(encoding="utf-8")
    assert home.analysts_file.exists() == home.warehouse_url.startswith("duckdb")
    assert len(rows(home, PUBLICATIONS)) == 1
