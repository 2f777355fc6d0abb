"""Published figures of other areas beside our own: conferences within 15 working days, assessments within 45.

England, the region and the area stand by name; the statistical neighbours as the median of those that published a
figure, with the lowest and the highest, as the Department for Education's own dashboards compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import pandas as pd

from reports import words
from schemas.codes import STATISTICS, STATISTICS_MARKS

CONFERENCES: Final = "icpc_within_15_working_days"
METRICS: Final = {"icpc_on_time": CONFERENCES, "assessment_on_time": "assessments_within_45_working_days"}
"""Our metric → the published measure beside it. [domain §5: metrics 10 and 11]"""
SOURCE: Final = "Department for Education, Characteristics of children in need (Open Government Licence v3.0)"

BANDS: Final = (
    "icpc_0_to_10_working_days",
    "icpc_11_to_15_working_days",
    "icpc_16_to_20_working_days",
    "icpc_21_or_more_working_days",
)
"""The bands the Department for Education publishes; the measure is the sum of the first two."""

WIDEST_FIRST: Final = ("E92", "E12", "E13")
"""How codes of the Office for National Statistics begin: England, a region, a part of London; then authorities."""

NAMES: Final = ["measure_code", "year", "area_code", "area_name", "numerator", "denominator", "numerator_mark"]


@dataclass(frozen=True)
class Neighbours:
    """The statistical neighbours of the area, and what was published of them."""

    codes: tuple[str, ...]
    """Every one that is named, whether or not anything was published of it."""
    source: str
    """Who says that these are neighbours."""
    benchmarks: pd.DataFrame
    """Their published figures, with the columns of `NAMES`."""


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
class Among:
    """The neighbours' figures of one year together, percent. One that is hidden is not among them, and is no zero."""

    middle: float | None
    """The median of those that published a figure; None: none did."""
    lowest: float | None
    highest: float | None
    published: int
    named: int


@dataclass(frozen=True)
class Line:
    """A row of a table of published figures: a year or a band, and one figure an area."""

    title: str
    figures: tuple[Published, ...]
    neighbours: Among | None = None


@dataclass(frozen=True)
class Beside:
    """What was published of one of our metrics, by year, latest first."""

    metric: str
    says: str
    latest: int
    years: tuple[Line, ...]


@dataclass(frozen=True)
class Benchmarks:
    """Tables by metric and year and, for the latest year of conferences, by band."""

    areas: tuple[str, ...]
    tables: tuple[Beside, ...]
    bands: tuple[Line, ...]
    marks: tuple[tuple[str, str], ...]
    """Every mark on the page with what it means."""
    neighbours: tuple[str, ...]
    """Names of the neighbours of which anything was published."""
    neighbours_source: str

    def beside(self, metric: str) -> Beside | None:
        """What was published beside one of our metrics."""
        return next((one for one in self.tables if one.metric == metric), None)


Found = dict[tuple[str, int, str], Published]
"""Measure, year and area → what was published."""


def read_benchmarks(benchmarks: pd.DataFrame, neighbours: Neighbours | None = None) -> Benchmarks:
    """The published figures, latest year first and widest area first; a hidden figure stays its mark, never a number.

    Every area of the frame gets a column: the caller picks the few that are worth comparing with.
    """
    found, called = _read(benchmarks)
    theirs, their_names = _read(neighbours.benchmarks) if neighbours is not None else ({}, {})
    named = neighbours.codes if neighbours is not None else ()
    shown = tuple(sorted(called, key=lambda code: (_width(code), called[code])))
    tables = [_beside(metric, found, shown, theirs, named) for metric in METRICS]
    latest = next((one.latest for one in tables if one and one.metric == "icpc_on_time"), 0)
    bands = tuple(
        Line(_band(band), _figures(found, band, latest, shown))
        for band in BANDS
        if any((band, latest, code) in found for code in shown)
    )
    lines = [line for one in tables if one for line in one.years] + list(bands)
    marks = {figure.mark for line in lines for figure in line.figures if figure.mark}
    return Benchmarks(
        areas=tuple(called[code] for code in shown),
        tables=tuple(one for one in tables if one),
        bands=bands,
        marks=tuple(
            (mark, STATISTICS_MARKS.get(mark, "a mark the publisher has not explained")) for mark in sorted(marks)
        ),
        neighbours=tuple(their_names[code] for code in named if code in their_names),
        neighbours_source=neighbours.source if neighbours is not None else "",
    )


def _read(benchmarks: pd.DataFrame) -> tuple[Found, dict[str, str]]:
    """The figures, and what each area is called."""
    found: Found = {}
    called: dict[str, str] = {}
    for measure, year, code, area, numerator, denominator, mark in benchmarks[NAMES].itertuples(index=False, name=None):
        if measure not in (*METRICS.values(), *BANDS):
            continue
        called[code] = str(area)
        said = "" if pd.isna(mark) else str(mark)
        found[measure, int(year), code] = Published(_whole(numerator), _whole(denominator), said)
    return found, called


def _beside(metric: str, found: Found, shown: Iterable[str], theirs: Found, named: tuple[str, ...]) -> Beside | None:
    """Years that any area of the table has something of; None: there is none."""
    measure = METRICS[metric]
    years = sorted({year for code, year, _ in found if code == measure}, reverse=True)
    if not years:
        return None
    lines = tuple(
        Line(
            f"Year to 31 March {year}",
            _figures(found, measure, year, shown),
            _among([theirs.get((measure, year, code)) for code in named]) if named else None,
        )
        for year in years
    )
    return Beside(metric, words.sentence(STATISTICS[measure]), years[0], lines)


def _figures(found: Found, measure: str, year: int, shown: Iterable[str]) -> tuple[Published, ...]:
    missing = Published(None, None, "")
    return tuple(found.get((measure, year, code), missing) for code in shown)


def _among(figures: list[Published | None]) -> Among:
    rates = [one.percentage for one in figures if one is not None and one.percentage is not None]
    if not rates:
        return Among(None, None, None, 0, len(figures))
    return Among(median(rates), min(rates), max(rates), len(rates), len(figures))


def _width(area_code: str) -> int:
    beginning = area_code[:3]
    return WIDEST_FIRST.index(beginning) if beginning in WIDEST_FIRST else len(WIDEST_FIRST)


def _band(measure: str) -> str:
    return words.sentence(STATISTICS[measure].removeprefix("conferences "))


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
