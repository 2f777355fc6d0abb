"""Published figures of the statistical neighbours: the median of those that published one; a mark is never a zero."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pandas as pd
import pytest

from reports.benchmarks import Among, Neighbours, read_benchmarks
from reports.board import write_board_report
from tests.reports.conftest import AS_OF, GENERATED_AT, TITLE
from tests.reports.test_board import cards, one, select, text

NAMES = ["measure_code", "year", "area_code", "area_name", "numerator", "denominator", "numerator_mark"]
WITHIN = "icpc_within_15_working_days"


def published(drawn: str, measure: str = WITHIN) -> pd.DataFrame:
    """A drawn table of year, area, numerator (or its mark) and denominator."""
    rows = []
    for line in drawn.strip().splitlines():
        year, code, area, numerator, denominator = (cell.strip() for cell in line.split("|"))
        number, mark = (int(numerator), None) if numerator.isdecimal() else (None, numerator)
        rows.append((measure, int(year), code, area, number, int(denominator) if denominator else None, mark))
    return pd.DataFrame(rows, columns=NAMES)


SUTTON = published("2024 | E09000029 | Sutton | 285 | 298\n2023 | E09000029 | Sutton | 230 | 289")
NEAR = Neighbours(
    ("near", "far", "hidden", "silent", "middle"),
    "a model",
    published("""
        2024 | near   | Near   | 50 | 100
        2024 | far    | Far    | 90 | 100
        2024 | hidden | Hidden | c  | 100
        2024 | middle | Middle | 60 | 80
        2023 | near   | Near   | :  |
        2023 | hidden | Hidden | z  |
    """),
)


def test_neighbours_are_the_median_of_those_that_published_with_the_lowest_and_the_highest() -> None:
    table = read_benchmarks(SUTTON, NEAR).beside("icpc_on_time")
    assert table is not None
    assert [line.neighbours for line in table.years] == [Among(75.0, 50.0, 90.0, 3, 5), Among(None, None, None, 0, 5)]


def test_of_an_even_number_the_median_lies_between_the_two_in_the_middle() -> None:
    two = Neighbours(("near", "far"), "a model", NEAR.benchmarks)
    table = read_benchmarks(SUTTON, two).beside("icpc_on_time")
    assert table is not None
    assert table.years[0].neighbours == Among(70.0, 50.0, 90.0, 2, 2)


def test_neighbours_get_no_column_and_are_named_with_who_says_so() -> None:
    read = read_benchmarks(SUTTON, NEAR)
    assert (read.areas, read.neighbours, read.neighbours_source) == (
        ("Sutton",), ("Near", "Far", "Hidden", "Middle"), "a model",
    )  # fmt: skip


def test_a_neighbour_that_stands_beside_the_area_as_well_keeps_its_column() -> None:
    beside = pd.concat([SUTTON, NEAR.benchmarks[NEAR.benchmarks["area_code"] == "far"]])
    read = read_benchmarks(beside, NEAR)
    assert read.areas == ("Far", "Sutton")
    assert read.neighbours == ("Near", "Far", "Hidden", "Middle")


@pytest.fixture
def page(measures: pd.DataFrame, deliveries: pd.DataFrame, tmp_path: Path) -> lxml.html.HtmlElement:
    path = write_board_report(
        measures[measures.metric == "icpc_on_time"], deliveries, SUTTON, tmp_path,
        title=TITLE, as_of=AS_OF, generated_at=GENERATED_AT, synthetic=True, neighbours=NEAR,
    )  # fmt: skip
    return lxml.html.parse(str(path)).getroot()


def test_the_page_shows_them_beside_the_area_with_year_and_source(page: lxml.html.HtmlElement) -> None:
    lines = [[text(cell) for cell in row] for row in select(page, "table.published tbody tr")]
    assert lines == [
        ["Year to 31 March 2024", "95.6% (285 of 298)", "75.0% (median; 50.0% to 90.0%, 3 of 5 published)"],
        ["Year to 31 March 2023", "79.6% (230 of 289)", "– (0 of 5 published)"],
    ]
    said = text(page)
    assert (
        "Source: Department for Education, Characteristics of children in need (Open Government Licence v3.0)." in said
    )
    assert "Statistical neighbours: Near; Far; Hidden; Middle (a model)." in said


def test_the_metrics_own_card_says_how_others_do(page: lxml.html.HtmlElement) -> None:
    assert text(one(cards(page)["icpc_on_time"], ".elsewhere")) == (
        "Sutton 95.6%, statistical neighbours 75.0%, all children, year to 31 March 2024: published figures"
    )


def test_without_named_neighbours_the_page_says_that_there_are_none(
    measures: pd.DataFrame, deliveries: pd.DataFrame, tmp_path: Path
) -> None:
    path = write_board_report(
        measures.head(0), deliveries, SUTTON, tmp_path,
        title=TITLE, as_of=AS_OF, generated_at=GENERATED_AT, synthetic=True,
    )  # fmt: skip
    page = lxml.html.parse(str(path)).getroot()
    assert "No statistical neighbours are named in the settings." in text(page)
    assert "Statistical neighbours" not in [text(head) for head in select(page, "table.published th")]
