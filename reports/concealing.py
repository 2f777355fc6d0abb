"""From the figures to what may be published of them: hidden numbers, and all that would tell them, become a mark.

A percentage goes with its interval, its colour and the flag of a low base; a confirmed view's coverage with the counts
it is made of. What is left of a hidden figure is which it is, and the mark ``c``.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from reports.figures import HIDDEN, MARKS
from warehouse.disclosure import Edition
from warehouse.equations import Count, Key

KEY: Final = (
    "metric",
    "view",
    "category",
    "agency_code",
    "breakdown",
    "breakdown_value",
    "period_kind",
    "period_label",
)
"""Of these a frame may lack the breakdown: then every figure is a total."""
RATES: Final = ("percentage", "low", "high")


def counts_of(measures: pd.DataFrame) -> list[Count]:
    """The figures of ``reporting.measures`` that are counts: what is not assured has none, but units may be told."""
    names = ("unit", "starts_on", "ends_on", "numerator", "denominator", "coverage_denominator", "is_headline")
    found = []
    for key, cells in zip(
        keys_of(measures), zip(*(_plain(measures, name) for name in names), strict=True), strict=True
    ):
        unit, starts_on, ends_on, numerator, denominator, owed, is_headline = cells
        units = None if key.view != "confirmed" or owed is None else int(owed)
        if denominator is None and units is None:
            continue
        numbers = (int(numerator or 0), int(denominator or 0), units, bool(is_headline))
        found.append(Count(key, str(unit), _day(starts_on), _day(ends_on), *numbers))
    return found


def keys_of(measures: pd.DataFrame) -> list[Key]:
    """Which figure each row is."""
    columns = [
        [str(cell or "") for cell in _plain(measures, name)] if name in measures.columns else [""] * len(measures)
        for name in KEY
    ]
    return [Key(*cells) for cells in zip(*columns, strict=True)]


def conceal(measures: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """The same figures with nothing in them that the edition hides, and a ``mark`` where a number is missing."""
    keys = keys_of(measures)
    no_numerator, no_denominator, no_units = (
        [(key, part) in edition.hidden for key in keys] for part in ("numerator", "denominator", "units")
    )
    no_rate = [a or b for a, b in zip(no_numerator, no_denominator, strict=True)]
    confirmed = [key.view == "confirmed" for key in keys]
    no_coverage = [(a or b) and c for a, b, c in zip(no_denominator, no_units, confirmed, strict=True)]
    concealed = measures.copy()
    for name, gone in (
        ("numerator", no_numerator),
        ("denominator", no_denominator),
        *((name, no_rate) for name in RATES),
        ("coverage_numerator", [a and b for a, b in zip(no_denominator, confirmed, strict=True)]),
        ("coverage_denominator", no_units),
        ("coverage", no_coverage),
    ):
        concealed[name] = _without(measures, name, gone, None)
    concealed["status"] = _without(measures, "status", no_rate, "grey")
    concealed["is_low_base"] = _without(measures, "is_low_base", no_denominator, False)
    nought = [a and said == "no_cases" for a, said in zip(no_denominator, _plain(measures, "assurance"), strict=True)]
    concealed["assurance"] = _without(measures, "assurance", nought, "assured")
    hidden = [a or b for a, b in zip(no_rate, no_units, strict=True)]
    said = [MARKS.get(str(cell), "") for cell in concealed["assurance"]]
    concealed["mark"] = [mark or (HIDDEN if is_hidden else "") for mark, is_hidden in zip(said, hidden, strict=True)]
    return concealed


def _plain(frame: pd.DataFrame, name: str) -> list[Any]:
    """A column as it is, with None for null."""
    cells = zip(frame[name].tolist(), frame[name].isna().tolist(), strict=True)
    return [None if is_null else cell for cell, is_null in cells]


def _without(frame: pd.DataFrame, name: str, gone: list[bool], instead: object) -> pd.Series[Any]:
    cells = [instead if is_gone else cell for cell, is_gone in zip(_plain(frame, name), gone, strict=True)]
    return pd.Series(cells, index=frame.index, dtype=object)


def _day(value: Any) -> Any:
    """A date, whatever the frame holds days as."""
    return value.date() if hasattr(value, "date") else value
