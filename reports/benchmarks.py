"""Published figures of other areas beside our own: conferences within 15 working days of the section 47 start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from reports import words
from schemas.codes import STATISTICS, STATISTICS_MARKS

MEASURE: Final = "icpc_within_15_working_days"

BANDS: Final = (
    "icpc_0_to_10_working_days",
    "icpc_11_to_15_working_days",
    "icpc_16_to_20_working_days",
    "icpc_21_or_more_working_days",
)
"""The bands the Department for Education publishes; the measure is the sum of the first two."""

WIDEST_FIRST: Final = ("E92", "E12", "E13")
"""How codes of the Office for National Statistics begin: England, a region, a part of London; then authorities."""


@dataclass(frozen=True)
class Published:
    """One published figure, or the mark that stands in its place."""

    numerator: int | None
    denominator: int | None
    mark: str

    @property
    def percentage(self) -> float | None:
        """0–100; None where any part is hidden."""
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator


@dataclass(frozen=True)
class Line:
    """A row of a table of published figures: a year or a band, and one figure an area."""

    title: str
    figures: tuple[Published, ...]


@dataclass(frozen=True)
class Benchmarks:
    """Tables by year and, for the latest year, by band."""

    areas: tuple[str, ...]
    years: tuple[Line, ...]
    latest: int | None
    bands: tuple[Line, ...]
    marks: tuple[tuple[str, str], ...]
    """Every mark on the page with what it means."""


def read_benchmarks(benchmarks: pd.DataFrame) -> Benchmarks:
    """The published figures, latest year first and widest area first; a hidden figure stays its mark, never a number.

    Every area of the frame gets a column: the caller picks the few that are worth comparing with.
    """
    names = ["measure_code", "year", "area_code", "area_name", "numerator", "denominator", "numerator_mark"]
    found: dict[tuple[str, int, str], Published] = {}
    called: dict[str, str] = {}
    for measure, year, code, area, numerator, denominator, mark in benchmarks[names].itertuples(index=False, name=None):
        if measure not in (MEASURE, *BANDS):
            continue
        called[code] = str(area)
        said = "" if pd.isna(mark) else str(mark)
        found[measure, int(year), code] = Published(_whole(numerator), _whole(denominator), said)
    shown = tuple(sorted(called, key=lambda code: (_width(code), called[code])))
    years = sorted({year for measure, year, _ in found if measure == MEASURE}, reverse=True)
    missing = Published(None, None, "")
    by_year = tuple(
        Line(f"Year to 31 March {year}", tuple(found.get((MEASURE, year, code), missing) for code in shown))
        for year in years
    )
    by_band = tuple(
        Line(_band(band), tuple(found.get((band, years[0], code), missing) for code in shown))
        for band in BANDS
        if years and any((band, years[0], code) in found for code in shown)
    )
    marks = {figure.mark for line in (*by_year, *by_band) for figure in line.figures if figure.mark}
    return Benchmarks(
        areas=tuple(called[code] for code in shown),
        years=by_year,
        latest=years[0] if years else None,
        bands=by_band,
        marks=tuple(
            (mark, STATISTICS_MARKS.get(mark, "a mark the publisher has not explained")) for mark in sorted(marks)
        ),
    )


def _width(area_code: str) -> int:
    beginning = area_code[:3]
    return WIDEST_FIRST.index(beginning) if beginning in WIDEST_FIRST else len(WIDEST_FIRST)


def _band(measure: str) -> str:
    return words.sentence(STATISTICS[measure].removeprefix("conferences "))


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
