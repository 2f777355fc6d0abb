"""The figures, and what was said of them before, as tidy CSVs for analysts, each with a description of its columns.

The description is the W3C's "CSV on the Web", in a file beside the CSV.

UTF-8 with a byte order mark: without it Excel reads the file in the computer's old code page. Readers of CSV
(pandas, R, DuckDB) skip the mark. No cell begins as a formula would.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from reports.figures import COLUMNS, columns_of
from reports.files import harmless, write_in_one_step
from reports.restated import Restated
from warehouse.restatements import CAUSES

FILE_NAME: Final = "measures.csv"

DESCRIPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "metric": ("string", "Short name of the metric."),
    "question": ("string", "What the metric asks, in plain words."),
    "recommendations": ("string", "The recommendations it evidences, comma-separated; F is a finding without one."),
    "unit": ("string", "What is counted."),
    "view": ("string", "recorded: the recording agency's word; confirmed: the word of two agencies."),
    "category": ("string", "The step, grade or reason; empty where the metric has none."),
    "is_headline": ("boolean", "Whether the target applies to this category."),
    "agency_code": ("string", "The agency; empty for the whole partnership."),
    "breakdown": ("string", "What the figure is broken down by, such as sex; empty for the whole."),
    "breakdown_value": ("string", "The part it is of; unknown where the record does not say."),
    "period_kind": ("string", "month, quarter, year_to_date or rolling_12_months."),
    "period_label": ("string", "The period as people write it."),
    "starts_on": ("date", "First day of the period."),
    "ends_on": ("date", "Last day of the period."),
    "numerator": ("integer", "Units that meet the standard; empty where not known."),
    "denominator": ("integer", "Units that count; empty where not known."),
    "percentage": ("double", "Numerator in 100 of the denominator, unrounded; empty where there is none."),
    "low": ("double", "Lower end of the 95% Wilson interval, percent."),
    "high": ("double", "Upper end of the 95% Wilson interval, percent."),
    "coverage_numerator": ("integer", "Returns received, or units whose second agency sent a return."),
    "coverage_denominator": ("integer", "Returns owed, or units."),
    "coverage": ("double", "The one in 100 of the other."),
    "target": ("double", "Target, percent."),
    "direction": ("string", "higher or lower: which way is better."),
    "target_source": ("string", "Where the target comes from."),
    "status": ("string", "green, amber, red, grey (too few cases, or a return is missing) or none (no target)."),
    "assurance": ("string", "assured, partly_assured, not_assured (a return is missing: no figure) or no_cases."),
    "is_low_base": ("boolean", "Whether the denominator is under 10."),
    "definition": ("string", "How it was counted: ledger.definitions in the warehouse; the same, counted alike."),
    "mark": (
        "string",
        "c: hidden, so that nobody is told from it; : not assured; z no cases; empty: the numbers stand.",
    ),
}
"""Column → its type and meaning, in the words of the file beside the CSV."""
TIDY: Final = (*COLUMNS, "mark")

RESTATED_FILE: Final = "restatements.csv"
RESTATED: Final[Mapping[str, tuple[str, str]]] = {
    **{
        name: DESCRIPTIONS[name]
        for name in (
            "metric", "view", "category", "agency_code", "breakdown", "breakdown_value", "period_kind", "period_label",
            "starts_on", "ends_on",
        )
    },
    "publication_id": ("string", "The publication that said it anew: ledger.publications in the warehouse."),
    "published_on": ("date", "When it was said anew."),
    "published_before_on": ("date", "When it had been said before."),
    "was_assurance": ("string", "What it was: assured, partly_assured, not_assured, no_cases, or withdrawn."),
    "was_numerator": ("integer", "What the numerator was."),
    "was_denominator": ("integer", "What the denominator was."),
    "was_percentage": ("double", "What the percentage was, unrounded."),
    "assurance": ("string", "What it is since."),
    "numerator": ("integer", "What the numerator is since."),
    "denominator": ("integer", "What the denominator is since."),
    "percentage": ("double", "What the percentage is since, unrounded."),
    "points": ("double", "Percentage points it moved by, unrounded."),
    "cause": ("string", f"Why: {'; '.join(f'{cause}: {says}' for cause, says in CAUSES.items())}."),
    "agencies": ("string", "Whose deliveries changed it, where any did; codes, between bars."),
    "mark": ("string", "c: hidden, and only that it changed is told; empty: the numbers stand."),
}  # fmt: skip
"""The columns of the restatements, with type and meaning."""


def write_tidy(measures: pd.DataFrame, folder: Path) -> Path:
    """Write ``measures.csv`` and ``measures.csv-metadata.json`` into a folder and return the path of the CSV.

    Dates are ISO, instants do not occur, yes and no are ``true`` and ``false``, null is an empty cell, percentages
    are unrounded. A text that a spreadsheet would run as a formula gets an apostrophe before it.

    Raises:
        ValueError: a column of the contract is missing.
    """
    columns = columns_of(measures)
    title = "Assurance figures, one row a metric, view, category, agency or breakdown, and period"
    described = {name: DESCRIPTIONS[name] for name in TIDY}
    return _write([columns[name] for name in TIDY], described, folder / FILE_NAME, title)


def write_restatements(restated: Iterable[Restated], folder: Path) -> Path:
    """Write ``restatements.csv`` and its description into a folder, as `write_tidy` does; returns the CSV's path."""
    lines = [
        (
            *one.key, one.starts_on, one.ends_on, one.publication_id, one.published_at.date(),
            one.published_before_at.date(),
            *(getattr(told, name) for told in (one.was, one.now)
              for name in ("assurance", "numerator", "denominator", "percentage")),
            one.points, one.cause, f"|{'|'.join(one.agencies)}|" if one.agencies else "", one.mark,
        )
        for one in restated
    ]  # fmt: skip
    title = "Figures that were published and later said otherwise, one row a restatement, newest first"
    columns = list(zip(*lines, strict=True)) or [()] * len(RESTATED)
    return _write(columns, RESTATED, folder / RESTATED_FILE, title)


def _write(
    columns: Sequence[Sequence[object]], described: Mapping[str, tuple[str, str]], path: Path, title: str
) -> Path:
    table = pd.DataFrame({name: _cells(column) for name, column in zip(described, columns, strict=True)})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_in_one_step(path, "\ufeff" + table.to_csv(index=False, lineterminator="\r\n"))
    metadata = json.dumps(_metadata(described, path.name, title), indent=2, ensure_ascii=False)
    write_in_one_step(path.with_name(f"{path.name}-metadata.json"), f"{metadata}\n")
    return path


def _cells(column: Sequence[object]) -> list[str]:
    """A column as it stands in the file. It has the same few values again and again: each is written once."""
    written = {value: _cell(value) for value in set(column)}
    return [written[value] for value in column]


def _cell(value: object) -> str:
    """A value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return harmless(value)
    return repr(value) if isinstance(value, float) else str(value)


def _metadata(described: Mapping[str, tuple[str, str]], name: str, title: str) -> dict[str, object]:
    """Metadata as the W3C's "CSV on the Web" has it: https://www.w3.org/TR/tabular-metadata/."""
    columns = [
        {"name": column, "titles": column, "datatype": kind, "dc:description": says}
        for column, (kind, says) in described.items()
    ]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        "dc:title": title,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ","},
        "tableSchema": {"columns": columns},
    }
