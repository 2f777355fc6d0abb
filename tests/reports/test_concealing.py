"""What is published of the drawn partnership: nothing hidden is left in it, and what was hidden once stays hidden."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import lxml.html
import pandas as pd
import pytest

from connectors.archive import DamagedArchiveError
from reports.board import write_board_report
from reports.concealing import conceal, counts_of, keys_of
from reports.editions import edition_of
from reports.tidy import write_tidy
from warehouse.disclosure import limit_of

NUMBERS = ("numerator", "denominator", "percentage", "low", "high")
COVERAGE = ("coverage_numerator", "coverage_denominator", "coverage")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive")


@pytest.fixture(scope="module")
def published(measures: pd.DataFrame, archive: Path) -> pd.DataFrame:
    return conceal(measures, edition_of(archive, "first", counts_of(measures)))


def test_no_small_number_and_no_percentage_of_one_is_left(measures: pd.DataFrame, published: pd.DataFrame) -> None:
    hidden = shown = 0
    for key, true, said in zip(keys_of(measures), measures.itertuples(), published.itertuples(), strict=True):
        if pd.isna(true.numerator) or not true.denominator:
            continue
        of_all = (true.numerator, true.denominator - true.numerator)
        is_small = any(1 <= number <= limit_of(key) for number in (*of_all, true.denominator)) or 0 in of_all
        if is_small:
            assert said.mark == "c"
            assert pd.isna(said.percentage)
            assert pd.isna(said.low)
            assert pd.isna(said.high)
            assert said.status == "grey"
            assert pd.isna(said.numerator) or pd.isna(said.denominator)
            hidden += 1
        elif said.mark == "":
            assert (said.numerator, said.denominator, said.percentage) == (
                true.numerator, true.denominator, true.percentage,
            )  # fmt: skip
            shown += 1
    assert hidden > 500
    assert shown > 100


def test_a_hidden_denominator_stands_in_no_other_column(measures: pd.DataFrame, published: pd.DataFrame) -> None:
    confirmed = published[(published["view"] == "confirmed") & published["denominator"].isna()]
    gone = confirmed[confirmed["mark"] == "c"]
    assert len(gone)
    assert gone["coverage_numerator"].isna().all()
    assert gone["coverage"].isna().all()
    assert not gone["is_low_base"].any()


def test_the_tidy_file_says_why_a_number_is_missing(published: pd.DataFrame, tmp_path: Path) -> None:
    with write_tidy(published, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["mark"] for line in lines} == {"", "c", ":", "z"}
    for line in lines:
        assert line["percentage"] or line["mark"]
        hidden = {name for name in NUMBERS + COVERAGE if not line[name]}
        assert (line["mark"] == "") == (not hidden)
        assert (line["mark"] == ":") == (line["assurance"] == "not_assured")
        assert (line["mark"] == "z") == (line["assurance"] == "no_cases")


def test_the_published_page_says_that_it_hides_and_shows_nothing_hidden(
    published: pd.DataFrame, deliveries: pd.DataFrame, benchmarks: pd.DataFrame, tmp_path: Path
) -> None:
    path = write_board_report(
        published, deliveries, benchmarks, tmp_path, title="T", as_of=date(2026, 10, 31),
        generated_at=datetime(2026, 11, 2), synthetic=True, is_restricted=False,
    )  # fmt: skip
    page = lxml.html.parse(str(path)).getroot()
    text = page.text_content()
    assert "Published edition: small numbers are hidden" in text
    assert "For the partnership only" not in text
    assert "Hidden: small numbers" in text
    assert "291" not in text, "how many rows an agency sent"
    months_hidden = page.xpath("//article[@data-metric='plan_shared_with_all']")[0]
    assert months_hidden.xpath(".//*[@class='trend']"), "12 months to each month are drawn where the months are hidden"
    assert "No direction can be told yet" in months_hidden.text_content()
    audit = page.xpath("//article[@data-metric='audit_rating']")[0].text_content()
    assert "6 of 12" not in audit


def test_an_edition_is_worked_out_once(measures: pd.DataFrame, archive: Path, published: pd.DataFrame) -> None:
    files = sorted((archive / "editions").iterdir())
    again = conceal(measures.sample(frac=1, random_state=1), edition_of(archive, "first", counts_of(measures)))
    pd.testing.assert_frame_equal(again.sort_index(), published)
    assert sorted((archive / "editions").iterdir()) == files
    assert (files[0].stat().st_mode & 0o777, len(files)) == (0o400, 1)


def test_the_next_edition_hides_a_total_that_a_single_case_more_would_be_told_by(
    measures: pd.DataFrame, tmp_path: Path
) -> None:
    edition_of(tmp_path, "first", counts_of(measures))
    later = measures.copy()
    year = (later["metric"] == "csa_training") & (later["agency_code"] == "") & (later["period_kind"] != "month")
    later.loc[year, ["numerator", "denominator"]] += 1
    first = edition_of(tmp_path, "first", [])
    second = edition_of(tmp_path, "second", counts_of(later))
    keys = [key for key, is_meant in zip(keys_of(measures), year, strict=True) if is_meant]
    were_shown = [key for key in keys if first.is_shown(key, "numerator")]
    assert were_shown
    assert not any(second.is_shown(key, "numerator") for key in were_shown)


def test_an_edition_that_was_changed_is_refused(measures: pd.DataFrame, tmp_path: Path) -> None:
    edition_of(tmp_path, "first", counts_of(measures.head(50)))
    (file,) = (tmp_path / "editions").iterdir()
    file.chmod(0o600)
    file.write_text(file.read_text(encoding="utf-8")[:-10], encoding="utf-8")
    with pytest.raises(DamagedArchiveError, match="restore it from a backup"):
        edition_of(tmp_path, "second", counts_of(measures.head(50)))
