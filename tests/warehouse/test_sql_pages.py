"""The SQL of a metric is a page to review: what changes there without a new version is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table, not_, text

from tests.warehouse.test_semantic_layer import a_year
from warehouse import sql_pages
from warehouse.catalogue import write_or_check_all
from warehouse.definitions import definition_of, evidence_of
from warehouse.evidence import CLAIMS
from warehouse.metric import Metric, all_metrics
from warehouse.parameters import agreed, using
from warehouse.sql_pages import ALL, SameVersion, Standing, follow, hash_of, pages, read
from warehouse.store import Store, open_store

PAGES = Path(__file__).parents[2] / "docs" / "sql"
NAME = "health_present"
FILE = f"{NAME}.sql"


@pytest.mark.parametrize(
    ("before", "version", "statements", "accepted", "after"),
    [
        (None, 1, "new", False, Standing(1, "new")),
        (Standing(1, "old"), 1, "old", False, Standing(1, "old")),
        (Standing(1, "old"), 2, "new", False, Standing(2, "new")),
        (Standing(1, "old", 3), 2, "old", False, Standing(2, "old")),
        (Standing(1, "old"), 1, "new", True, Standing(1, "new", 1)),
        (Standing(1, "old", 1), 1, "new", True, Standing(1, "new", 2)),
        (Standing(1, "old", 1), 1, "old", True, Standing(1, "old", 1)),
        (Standing(1, "old", 1), 1, "old", False, Standing(1, "old", 1)),
        (Standing(1, "old"), 1, "new", False, None),
        (Standing(2, "old"), 1, "new", False, None),
    ],
)
def test_sql_may_change_with_the_version_or_where_somebody_says_that_it_counts_the_same(
    before: Standing | None, version: int, statements: str, accepted: bool, after: Standing | None
):
    if after is None:
        with pytest.raises(SameVersion):
            follow(before, version, statements, is_same_meaning=accepted)
    else:
        assert follow(before, version, statements, is_same_meaning=accepted) == after


@pytest.fixture(scope="module")
def stand() -> dict[str, str]:
    """The pages of the metrics as they are."""
    return pages({})


def changed(version: int = 1) -> Metric:
    """A metric that counts the meetings without Health, of all things."""
    metric = all_metrics()[NAME]
    return replace(metric, numerators={"recorded": {"": not_(metric.rows.c.health_attended)}}, version=version)


def having(patch: pytest.MonkeyPatch, metric: Metric) -> None:
    patch.setattr(sql_pages, "all_metrics", lambda: all_metrics() | {NAME: metric})


def test_a_metric_that_counts_otherwise_under_its_old_version_is_refused_and_told_what_to_do(
    stand: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    having(monkeypatch, changed())
    with pytest.raises(SameVersion) as refused:
        pages(stand)
    said = str(refused.value)
    assert said.startswith(f"The SQL of {NAME}, or of evidence that it rests on, is no longer")
    assert "raise `version` in warehouse/metrics/" in said
    assert f"--accept-same-meaning {NAME} (or all)" in said


def test_with_its_version_raised_it_is_written(stand: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    having(monkeypatch, changed(version=2))
    after = pages(stand)
    assert {file for file in after if after[file] != stand[file]} == {FILE}
    assert read(after[FILE]) == Standing(2, hash_of(changed()))


@pytest.mark.parametrize("said", [NAME, ALL])
def test_where_somebody_says_that_it_counts_the_same_the_page_says_so_too(
    stand: dict[str, str], monkeypatch: pytest.MonkeyPatch, said: str
):
    having(monkeypatch, changed())
    once = pages(stand, [said])
    assert read(once[FILE]) == Standing(1, hash_of(changed()), rewritten=1)
    assert "\n-- version 1, rewritten 1 time and accepted as counting the same\n" in once[FILE]
    assert {file for file in once if once[file] != stand[file]} == {FILE}
    assert pages(once) == once  # and the next time nothing has changed
    having(monkeypatch, all_metrics()[NAME])
    assert read(pages(once, [said])[FILE]) == Standing(1, hash_of(all_metrics()[NAME]), rewritten=2)


def test_evidence_that_changes_asks_for_a_new_version_of_every_metric_that_rests_on_it_and_of_no_other(
    stand: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    as_it_is = sql_pages._fillings

    def otherwise(table: Table) -> tuple[str, ...]:
        return ("SELECT 1",) if table is CLAIMS else as_it_is(table)

    monkeypatch.setattr(sql_pages, "_fillings", otherwise)
    resting = [name for name, metric in all_metrics().items() if CLAIMS in evidence_of(metric)]
    assert NAME in resting
    assert "audit_rating" not in resting
    with pytest.raises(SameVersion) as refused:
        pages(stand)
    assert f"--accept-same-meaning {' '.join(resting)} (or all)" in str(refused.value)


def test_a_parameters_value_is_shown_and_asks_for_no_new_version(stand: dict[str, str]):
    assert "<= 3 /* meeting_on_time.standard */" in stand["meeting_on_time.sql"]
    with using(agreed({"meeting_on_time.standard": 5})):
        after = pages(stand)["meeting_on_time.sql"]
    assert "<= 5 /* meeting_on_time.standard */" in after
    assert read(after) == read(stand["meeting_on_time.sql"])


def test_a_page_names_its_version_its_definition_and_the_evidence_it_rests_on(stand: dict[str, str]):
    metric = all_metrics()[NAME]
    head = stand[FILE].splitlines()[:5]
    assert head == [
        "-- health_present: Was Health at the strategy meeting?",
        "-- version 1",
        f"-- definition {definition_of(metric).definition}",
        f"-- statements {hash_of(metric)}",
        f"-- rests on {', '.join(f'evidence/{table.name}.sql' for table in evidence_of(metric))}",
    ]
    assert "evidence/claims.sql" in head[-1]
    assert "--   health_present\n" in stand["evidence/claims.sql"]


@pytest.fixture(scope="module")
def filled(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership's warehouse with its figures."""
    path = tmp_path_factory.mktemp("filled") / "warehouse.duckdb"
    shutil.copyfile(duckdb_template, path)
    with open_store(str(path)) as store:
        a_year(store)
    return path


def rows(store: Store, sql: str) -> list[str]:
    with store.reading() as connection:
        return sorted(map(repr, connection.execute(text(sql.replace(":", "\\:"))).tuples()))


def test_the_sql_of_a_page_gives_the_rows_of_the_metrics_view(filled: Path):
    with open_store(str(filled), read_only=True) as store:
        for name in all_metrics():
            by_page = rows(store, (PAGES / f"{name}.sql").read_text(encoding="utf-8"))
            assert by_page != [], name
            assert by_page == rows(store, f'SELECT * FROM reporting."{name}"'), name


def test_the_sql_of_evidence_gives_the_rows_that_metrics_rest_on(filled: Path):
    tables = {table for metric in all_metrics().values() for table in evidence_of(metric)}
    with open_store(str(filled), read_only=True) as store:
        for table in tables:
            by_page = rows(store, (PAGES / "evidence" / f"{table.name}.sql").read_text(encoding="utf-8"))
            assert by_page == rows(store, f"SELECT * FROM {table.fullname}"), table.name


def test_the_command_writes_every_page_and_a_check_finds_what_is_not_as_it_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    document = str(tmp_path / "metrics.md")
    assert write_or_check_all([document]) == 0
    page, left = tmp_path / "sql" / FILE, tmp_path / "sql" / "of_no_metric.sql"
    as_written = page.read_text(encoding="utf-8")
    assert write_or_check_all(["--check", document]) == 0

    page.write_text(as_written.replace("SELECT", "SELECT DISTINCT"), encoding="utf-8")
    left.write_text("SELECT 1;\n", encoding="utf-8")
    assert write_or_check_all(["--check", document]) == 1
    said = capsys.readouterr().err
    assert f"{page} is out of date: run `make docs`." in said
    assert f"{left} is of no metric: run `make docs`." in said
    assert write_or_check_all([document]) == 0
    assert page.read_text(encoding="utf-8") == as_written
    assert not left.exists()

    statements = read(as_written)
    assert statements is not None
    page.write_text(as_written.replace(statements.statements, "0" * 32), encoding="utf-8")
    for refusing in (["--check", document], [document]):
        assert write_or_check_all(refusing) == 1
        assert f"The SQL of {NAME}, or" in capsys.readouterr().err
    assert write_or_check_all([document, "--accept-same-meaning", NAME]) == 0
    assert "rewritten 1 time" in page.read_text(encoding="utf-8")
