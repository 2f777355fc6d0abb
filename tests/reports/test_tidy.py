"""The tidy CSV reads back as the frame it was."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from reports.figures import COLUMNS, rows
from reports.tidy import write_tidy

FLAGS = {"true": True, "false": False}


def read_back(path: Path) -> pd.DataFrame:
    """As an analyst reads it: types as the file beside it says."""
    described = json.loads((path.parent / "measures.csv-metadata.json").read_text(encoding="utf-8"))
    types = {column["name"]: column["datatype"] for column in described["tableSchema"]["columns"]}
    kinds = {"integer": "Int64", "double": "Float64"}
    frame = pd.read_csv(
        path,
        dtype={name: kinds.get(kind, "str") for name, kind in types.items()},
        keep_default_na=False,
        na_values={name: [""] for name, kind in types.items() if kind in kinds},
    )
    for name, kind in types.items():
        if kind == "date":
            frame[name] = pd.to_datetime(frame[name]).dt.date
        if kind == "boolean":
            frame[name] = frame[name].map(FLAGS)
    return frame


def test_the_file_reads_back_identical(measures: pd.DataFrame, tmp_path: Path) -> None:
    path = write_tidy(measures, tmp_path)
    back = read_back(path)
    assert tuple(back.columns) == (*COLUMNS, "mark")
    assert len(back) == len(measures)
    assert rows(back) == rows(measures)


def test_a_spreadsheet_sees_utf_8_and_plain_lines(measures: pd.DataFrame, tmp_path: Path) -> None:
    raw = write_tidy(measures, tmp_path).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfmetric,question,")
    assert raw.endswith(b"\r\n")


def test_what_is_not_known_is_an_empty_cell_and_never_a_zero(measures: pd.DataFrame, tmp_path: Path) -> None:
    with write_tidy(measures, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["assurance"] == "not_assured"]
    assert lines
    assert {line[name] for line in lines for name in ("numerator", "denominator", "percentage", "low", "high")} == {""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_begins_as_a_formula_would(start: str, measures: pd.DataFrame, tmp_path: Path) -> None:
    hostile = measures.head(3).assign(question=f'{start}HYPERLINK("x","y")', agency_code=f"{start}1")
    with write_tidy(hostile, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))]


def test_a_frame_without_a_column_of_the_contract_is_refused(measures: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="coverage"):
        write_tidy(measures.drop(columns="coverage"), tmp_path)
