"""The run over everything that landed: one agency's failure neither hides nor spoils the others'."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows import quarantine, sweep
from flows.settings import Settings, settings_of
from warehouse.store import open_store
from warehouse.tables import MEASURES, QUARANTINE
from warehouse.waivers import Chosen, Waiver

NOW = datetime(2026, 5, 25, 2, 30)
FIXTURES = Path("tests/fixtures")


@pytest.fixture
def home(tmp_path: Path, url: str) -> Settings:
    """A partnership that owes four feeds and has had one file of each."""
    for feed in ("csc_mosaic", "police_niche", "health_gp_emis", "lscp_audit"):
        shutil.copytree(FIXTURES / feed, tmp_path / "landing" / feed)
    return settings_of(tmp_path, url)


def figures(settings: Settings) -> list[tuple[object, ...]]:
    with open_store(settings.warehouse_url) as store, store.reading() as connection:
        return sorted(tuple(map(str, row)) for row in connection.execute(select(MEASURES)))


def test_a_second_run_changes_nothing_and_says_so(home):
    first, file = sweep.nightly(home, NOW), home.home / "warehouse.duckdb"
    before = file.read_bytes() if file.exists() else b"a server keeps its own files"
    again = sweep.nightly(home, NOW)
    assert {outcome.state for outcome in first.outcomes} == {"loaded"}
    assert {outcome.state for outcome in again.outcomes} == {"duplicate"}
    assert first.measures > 0
    assert (again.measures, again.report) == (0, None)
    assert not file.exists() or file.read_bytes() == before


def test_a_broken_file_spoils_nothing_else(home):
    whole = sweep.nightly(home, NOW)
    expected = figures(home)
    broken = home.landing / "police_niche" / "broken_2026-05.zip"
    broken.write_bytes(b"PK\x03\x04 not a zip at all")
    run = sweep.nightly(home, NOW)
    assert [(o.file_name, o.state) for o in run.outcomes if o.state != "duplicate"] == [(broken.name, "refused")]
    assert figures(home) == expected
    assert whole.report is not None


def test_figures_that_cannot_be_true_are_held_back_and_the_last_report_stands(home, monkeypatch):
    from warehouse import gate

    def stop(_measures):
        raise gate.GateStopped("a figure cannot be true")

    monkeypatch.setattr("flows.publication.pass_figures", stop)
    run = sweep.nightly(home, NOW)
    assert (run.report, run.held_back) == (None, "a figure cannot be true")
    assert run.measures > 0
    assert not (home.reports / "board.html").exists()
    assert figures(home) == []  # nor do analysts see them


def test_who_never_came_and_who_is_late_is_said(home):
    (home.landing / "sarc_havens").mkdir()
    run = sweep.nightly(home, datetime(2026, 8, 25, 2, 30))
    late = {one.feed: (one.last_period, one.due_for) for one in run.missing}
    assert late["sarc_havens"] == (None, date(2026, 7, 31))
    assert late["police_niche"] == (date(2026, 4, 30), date(2026, 7, 31))
    assert "lscp_audit" not in late  # owed once, and here


def test_a_folder_that_no_connector_knows_is_said(home):
    (home.landing / "scouts").mkdir()
    assert sweep.nightly(home, NOW).unknown == ("scouts",)


def test_a_file_still_on_its_way_is_left_alone(home):
    shutil.copy(
        FIXTURES / "sarc_havens" / next((FIXTURES / "sarc_havens").iterdir()).name,
        home.landing / "csc_mosaic" / "x.zip.part",
    )
    names = [file.path.name for file in sweep.landed(home)[0]]
    assert not any(name.endswith(".part") for name in names)


def test_a_manifest_beside_a_file_is_believed_and_is_no_file_itself(home):
    (file,) = (home.landing / "police_niche").iterdir()
    file.with_name(f"{file.name}.manifest.json").write_text('{"rows": 99}', encoding="utf-8")
    files = [one for one in sweep.landed(home)[0] if one.feed.name == "police_niche"]
    with sweep.open_warehouse(home) as store:
        outcomes = sweep.deliver_all(files, store, home, NOW, lambda _: None)
    assert [(one.file_name, one.state) for one in outcomes] == [(file.name, "held")]
    assert "where its manifest says 99" in outcomes[0].says


def test_refused_rows_are_let_be_until_the_night_after_their_waivers_last_day(home):
    def states() -> set[str]:
        with open_store(home.warehouse_url) as store, store.reading() as connection:
            return set(connection.scalars(select(QUARANTINE.c.state)))

    for feed in ("csc_mosaic", "health_gp_emis", "lscp_audit"):
        shutil.rmtree(home.landing / feed)
    sweep.nightly(home, NOW)
    with open_store(home.warehouse_url) as store:
        waiver = Waiver("A. Manager", "agreed with the police", until=NOW.date())
        assert quarantine.waive(store, home.archive, Chosen(feed="police_niche"), waiver, at=NOW) == 5
    sweep.nightly(home, NOW)
    assert states() == {"waived"}
    sweep.nightly(home, NOW + timedelta(days=1))
    assert states() == {"expired"}


def test_files_in_any_order_of_agencies_give_the_same_figures(home, tmp_path):
    sweep.nightly(home, NOW)
    expected = figures(home)
    shutil.copytree(home.landing, tmp_path / "other" / "landing")
    other = settings_of(tmp_path / "other")
    with sweep.open_warehouse(other) as store:
        files = list(reversed(sweep.landed(other)[0]))
        outcomes = sweep.deliver_all(files, store, other, NOW, lambda _: None)
        sweep.conclude(store, other, outcomes, [], NOW)
    assert figures(other) == expected
