"""The checks a column may name, vectorised, each with the sentence an agency reads when it fails.

Every check gets a whole column and answers True where a value is right; a null is right everywhere but
in ``required``. pandera calls them by the names they are registered under.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar, cast

import nhs_number as nhs
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera import extensions

from schemas.codes import LISTS

Check = TypeVar("Check", bound=Callable[..., pd.Series])

CAST: Final = "castable"
"""Name of the check that a cell's text could be read as its type; made while casting, not by pandera."""

FIRST_PLAUSIBLE: Final = date(1990, 1, 1)
LAST_PLAUSIBLE: Final = date(2049, 12, 31)

SAYS: Final = {
    "required": "Fill this in: the row means nothing without it.",
    "in_code_list": "Use a word of the code list {list}.",
    "all_in_code_list": "Use only words of the code list {list}.",
    "is_reference": "Use up to 64 letters, digits and - _ / . : only; a formula or free text is not a reference.",
    "is_label": "Use up to 120 characters, and do not begin with = + - or @: a spreadsheet would run it as a formula.",
    "is_plausible_date": "Check the year: dates from 1990 to 2049 are accepted.",
    "not_in_future": "Check the date: it lies in the future.",
    "is_not_negative": "Give a whole number of zero or more.",
    "is_nhs_number": "Check the NHS number: its check digit does not fit.",
    "is_upn": "Check the unique pupil number: its check letter does not fit.",
}
"""Check name → what the agency should do."""

WRONG: Final = {
    CAST: "It cannot be read.",
    "corrected": "It was not written as agreed; we read it all the same.",
    "required": "It is empty.",
    "in_code_list": "It is no word that we know.",
    "all_in_code_list": "It has a word that we do not know.",
    "is_reference": "It is not a reference.",
    "is_label": "It is too long, or not a name.",
    "is_plausible_date": "Its year cannot be right.",
    "not_in_future": "It lies in the future.",
    "is_not_negative": "It is less than zero.",
    "is_nhs_number": "It is no NHS number.",
    "is_upn": "It is no unique pupil number.",
    "shape": "It has more or fewer cells than the header.",
    "repeated": "It stands in this delivery already.",
    "contradicted": "Another row has the same key and says something else.",
}
"""Check name → what is wrong with a cell, or a row, that fails it."""

CASTS: Final = {
    "date": "Write a date that exists, in the way agreed for this file (03/04/2021 is 3 April where day comes first).",
    "instant": "Write a date, with a time if there is one, in the way agreed for this file.",
    "flag": "Write yes or no; leave it empty if it is not recorded.",
    "count": "Write a whole number, without words or thousands separators.",
    "number": "Write a number, without words or thousands separators.",
}
"""Kind of a column → what the agency should do where a cell's text cannot be read as it."""

CORRECTIONS: Final = {
    "date": "A date came as a spreadsheet's serial number; it was read as the date it stands for. Format the cell.",
    "instant": "A date came as a spreadsheet's serial number; it was read as the date it stands for. Format the cell.",
    "nhs_number": "Blanks or dashes were taken out of the NHS number.",
    "upn": "The unique pupil number was put in capitals.",
}
"""Kind or name of a column → what we mended in its cells."""


ROW_RULES: Final = (
    ("row.shape", "error", "This line has more or fewer cells than the header: check its quotes and commas."),
    ("row.repeated", "correction", "The same row stands in this delivery already; one copy was loaded."),
    ("row.contradicted", "error", "Two rows have the same key and say different things: keep the right one."),
)
"""(name, severity, what to do) of the rules that only a whole delivery can break."""


def _registered(check: Check) -> Check:
    """Make a check known to pandera under its own name; a column turns it on by that name."""
    extensions.register_check_method(statistics=[check.__name__])(check)
    return check


def _series(column: pd.Series, answer: Any) -> pd.Series:
    """Arrow answer → pandas mask on the column's own index; null means right."""
    filled = pc.fill_null(answer, True)
    return pd.Series(filled.to_numpy(zero_copy_only=False), index=column.index, dtype=bool)


def _per_distinct(column: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    """Apply a Python test once per distinct value."""
    encoded = pc.dictionary_encode(_array(column))
    if not len(encoded):
        return _series(column, pa.array([], pa.bool_()))
    right = pa.array([test(value) for value in encoded.dictionary.to_pylist()], pa.bool_())
    return _series(column, pc.take(right, encoded.indices))


def _array(column: pd.Series) -> Any:
    array = pa.array(column)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def is_upn_right(value: str) -> bool:
    """True if the 13 characters carry their own check letter: digits × weights 2–13, mod 23 (DfE)."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    digits = value[1:]
    if len(value) != 13 or not value.isascii():
        return False
    if not (digits[:-1].isdigit() and (digits[-1].isdigit() or digits[-1] in letters)):
        return False
    numbers = [int(character) if character.isdigit() else letters.index(character) for character in digits]
    return letters[int(np.dot(numbers, range(2, 14))) % 23] == value[0]


@_registered
def required(column: pd.Series, *, required: bool) -> pd.Series:
    return cast("pd.Series", column.notna())


@_registered
def in_code_list(column: pd.Series, *, in_code_list: str) -> pd.Series:
    array = _array(column)
    known = pc.is_in(array, value_set=pa.array(list(LISTS[in_code_list]), pa.string()))
    return _series(column, pc.or_(known, pc.is_null(array)))


@_registered
def all_in_code_list(column: pd.Series, *, all_in_code_list: str) -> pd.Series:
    known = LISTS[all_in_code_list].keys()
    return _per_distinct(column, lambda value: set(value.strip("|").split("|")) <= known)


@_registered
def is_reference(column: pd.Series, *, is_reference: bool) -> pd.Series:
    return _series(column, pc.match_substring_regex(_array(column), r"^[A-Za-z0-9][A-Za-z0-9_/.: -]{0,63}$"))


@_registered
def is_label(column: pd.Series, *, is_label: bool) -> pd.Series:
    return _series(column, pc.match_substring_regex(_array(column), r"^[^=+\-@\x00-\x1f][^\x00-\x1f]{0,119}$"))


@_registered
def is_plausible_date(column: pd.Series, *, is_plausible_date: bool) -> pd.Series:
    array = pc.cast(_array(column), pa.date32(), safe=False)
    return _series(column, pc.and_(pc.greater_equal(array, FIRST_PLAUSIBLE), pc.less_equal(array, LAST_PLAUSIBLE)))


@_registered
def not_in_future(column: pd.Series, *, not_in_future: bool) -> pd.Series:
    array = pc.cast(_array(column), pa.date32(), safe=False)
    return _series(column, pc.less_equal(array, date.today()))


@_registered
def is_not_negative(column: pd.Series, *, is_not_negative: bool) -> pd.Series:
    return _series(column, pc.greater_equal(_array(column), 0))


@_registered
def is_nhs_number(column: pd.Series, *, is_nhs_number: bool) -> pd.Series:
    # Ten times the same digit satisfies the arithmetic, and is what people type where they know no number.
    return _per_distinct(column, lambda value: len(set(value)) > 1 and nhs.is_valid(value))


@_registered
def is_upn(column: pd.Series, *, is_upn: bool) -> pd.Series:
    return _per_distinct(column, is_upn_right)
