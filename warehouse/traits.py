"""What figures are broken down by: a child's age, sex and ethnicity, and a meeting's mode and the abuse's place.

Where agencies do not say the same of a child's sex or ethnicity, it is not known.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, select

from schemas.codes import ETHNIC_GROUPS
from warehouse.evidence import CHILD_TRAITS, CSA_MEETINGS
from warehouse.matching import children_of
from warehouse.tables import FACTS

BREAKDOWNS: Final = ("family", "mode", "age_band", "sex", "ethnicity")
"""Columns of a population that its metrics are broken down by, where it has them. [domain §5]"""
AGE_BANDS: Final = {"0-4": 5, "5-9": 10, "10-15": 16, "16-17": 18}
"""Band → the age in years that is beyond it. [domain §5, as the DfE's children in need census has them]"""
NOT_SAID: Final = ("U", "REFU", "NOBT")
"""Codes that say that it is not known."""


def child_traits() -> Any:
    """Rows of ``facts.child_traits``."""
    known = children_of(FACTS["children"], "born_on", "expected_on", "sex_code", "ethnicity_code").c
    agreed = (_agreed(known.sex_code), _agreed(known.ethnicity_code))
    return select(known.child, func.min(known.born_on), func.min(known.expected_on), *agreed).group_by(known.child)


def _agreed(code: ColumnElement[Any]) -> ColumnElement[Any]:
    """What all say who know it; null where they differ."""
    said = case((code.not_in(NOT_SAID), code))
    return case((func.min(said) == func.max(said), func.min(said)))


def of_child(day: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Of a child in ``facts.child_traits``: age band on a day, sex and ethnic group; null: not known."""
    child = CHILD_TRAITS.c
    groups = [
        (child.ethnicity_code.in_([code for code, of in ETHNIC_GROUPS.items() if of == group]), group)
        for group in dict.fromkeys(ETHNIC_GROUPS.values())
    ]
    return [
        _age_band(child.born_on, child.expected_on, day).label("age_band"),
        child.sex_code.label("sex"),
        case(*groups).label("ethnicity"),
    ]


def of_meeting() -> list[ColumnElement[Any]]:
    """Of a meeting: whether the abuse was feared in the family, and how it was held."""
    family = case((CSA_MEETINGS.c.is_family, "in the family"), else_="elsewhere or not said")
    return [family.label("family"), CSA_MEETINGS.c.mode_code.label("mode")]


def _age_band(born_on: ColumnElement[Any], expected_on: ColumnElement[Any], day: ColumnElement[Any]) -> Any:
    """By months, because facts keep only the month of birth: a child has its birthday on the first of it."""

    def months(of: ColumnElement[Any]) -> Any:
        return func.extract("year", of) * 12 + func.extract("month", of)

    age = months(day) - months(born_on)
    unborn = case((born_on.is_(None), expected_on.is_not(None)), else_=born_on > day)
    return case((unborn, "unborn"), *((and_(age >= 0, age < 12 * years), band) for band, years in AGE_BANDS.items()))
