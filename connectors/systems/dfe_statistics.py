"""The Department for Education's published statistics on children in need: wide CSVs, made long here.

A row of the file is an area in a year with a column a figure. Each figure of ours becomes a row of its
own, so **several rows share one source row**. A figure is a number or a mark (c hidden, u low reliability,
x and in older releases a colon: not available, z not applicable); a sum with a marked part has the mark and no
number: never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from connectors.agency import Csv, Feed, Source, Stream
from connectors.systems.needs import need
from schemas.tables.published_benchmarks import PublishedBenchmarks


@dataclass(frozen=True)
class Figure:
    """One of our measures as columns of the file: the numerator is their sum."""

    parts: tuple[str, ...]
    whole: str = ""
    """Column of the denominator; empty where the measure is a plain count."""


SECTION_47: Final = {
    "section_47_enquiries": Figure(("Section47",)),
    "icpc_within_15_working_days": Figure(("Duration_0-10_days", "Duration_11-15_days"), "ICPC"),
    "icpc_0_to_10_working_days": Figure(("Duration_0-10_days",), "ICPC"),
    "icpc_11_to_15_working_days": Figure(("Duration_11-15_days",), "ICPC"),
    "icpc_16_to_20_working_days": Figure(("Duration_16-20_days",), "ICPC"),
    "icpc_21_or_more_working_days": Figure(("Duration_21+_days",), "ICPC"),
}
WITHIN_45: Final = ("Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days", "41-45_days")
ASSESSMENTS: Final = {"assessments_within_45_working_days": Figure(WITHIN_45, "Assessments_completed")}
FACTORS: Final = {
    "factor_sexual_abuse_child_on_child": Figure(("Sexual_Abuse_child_on_child",), "Episodes_with_assessment_factor"),
    "factor_sexual_abuse_adult_on_child": Figure(("Sexual_Abuse_adult_on_child",), "Episodes_with_assessment_factor"),
}

LEVELS: Final = {"National": "national", "Regional": "regional", "Local authority": "local_authority"}
AREAS: Final = {"National": "country", "Regional": "region", "Local authority": "la"}
"""Level → beginning of the two columns that name the area: each row names the areas above it too."""
NAMES: Final = ("country_code", "country_name", "region_code", "region_name", "new_la_code", "la_name")
MARKS: Final = ("c", "u", "x", "z", ":")
LONG: Final[dict[str, Source]] = {
    name: name
    for name in (
        "measure_code",
        "year",
        "area_level_code",
        "area_code",
        "area_name",
        "numerator",
        "denominator",
        "numerator_mark",
        "denominator_mark",
    )
}


def unpivot(rows: pa.Table, figures: Mapping[str, Figure]) -> pa.Table:
    """One row a figure of ours, every column text; the rows of one area and year share its source row."""
    parts = [part for figure in figures.values() for part in (*figure.parts, figure.whole) if part]
    need(rows, ["time_period", "geographic_level", *NAMES, *parts])
    area = {
        "year": rows["time_period"],
        "area_level_code": _by_level(rows, {level: pa.scalar(code) for level, code in LEVELS.items()}),
        "area_code": _by_level(rows, {at: rows[_code(name)] for at, name in AREAS.items()}),
        "area_name": _by_level(rows, {at: rows[f"{name}_name"] for at, name in AREAS.items()}),
    }
    pieces = []
    for measure, figure in figures.items():
        numerator, numerator_mark = _sum(rows, figure.parts)
        denominator, denominator_mark = _sum(rows, (figure.whole,) if figure.whole else ())
        pieces.append(
            pa.table(
                {
                    "measure_code": pa.repeat(measure, rows.num_rows),
                    **area,
                    "numerator": numerator,
                    "denominator": denominator,
                    "numerator_mark": numerator_mark,
                    "denominator_mark": denominator_mark,
                    "source_row": rows["source_row"],
                }
            )
        )
    return pa.concat_tables(pieces)


def _code(area: str) -> str:
    return "new_la_code" if area == "la" else f"{area}_code"


def _by_level(rows: pa.Table, choices: Mapping[str, pa.Array | pa.Scalar]) -> pa.Array:
    """The value for each row's own level; an unknown level is passed through for the schema to refuse."""
    level = rows["geographic_level"]
    conditions = pa.StructArray.from_arrays(
        [pc.equal(level, name).combine_chunks() for name in choices], names=list(choices)
    )
    return pc.case_when(conditions, *choices.values(), level)


def _sum(rows: pa.Table, parts: tuple[str, ...]) -> tuple[pa.Array, pa.Array]:
    """The parts added up as text, and the first mark among them; a marked part leaves the sum empty."""
    total, mark = pa.repeat(0, rows.num_rows), pa.repeat("", rows.num_rows)
    unreadable = pa.repeat("", rows.num_rows)
    for part in parts:
        text = pc.utf8_trim_whitespace(rows[part]).combine_chunks()
        is_number = pc.match_substring_regex(text, r"^\d{1,15}$")
        total = pc.add(total, pc.cast(pc.if_else(is_number, text, "0"), pa.int64()))
        marked = pc.is_in(text, value_set=pa.array(MARKS))
        mark = pc.if_else(pc.and_(marked, pc.equal(mark, "")), text, mark)
        # Neither a number nor a mark: passed on as it is, for the row to be refused.
        unreadable = pc.if_else(pc.or_(is_number, marked), unreadable, text)
    number = pc.cast(total, pa.string()) if parts else pa.repeat("", rows.num_rows)
    sound = pc.and_(pc.equal(mark, ""), pc.equal(unreadable, ""))
    return pc.if_else(sound, number, unreadable), mark


def feed(name: str, figures: Mapping[str, Figure], files: str) -> Feed:
    """One of the Department's files; of its many columns only those that ``figures`` names are read.

    Args:
        figures: our measures and the columns they are made of.
        files: glob of the names the Department gives the file.
    """
    return Feed(
        name=name,
        agency="dfe",
        system="Explore education statistics",
        reads=Csv(),
        files=files,
        every="year",
        # "2013_to_2024" in a name is the reach of the table; each row carries its own year.
        period=r"(?!)",
        carries="everything",  # each release has all years, earlier ones as revised
        streams=(Stream(PublishedBenchmarks, LONG, prepare=partial(unpivot, figures=figures)),),
    )
