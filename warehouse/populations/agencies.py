"""Which agencies are meant: by code, by group, and the partners that Working Together names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, and_, or_

from schemas.codes import AGENCY_GROUPS
from warehouse.parameters import parameter

Agencies = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A column of agency codes → whether it is one of them."""


def among(*codes: str) -> Agencies:
    """The agencies of these codes."""
    return lambda code: code.in_(codes)


def group(name: str) -> Agencies:
    """The agencies of a group, such as "police" (`schemas.codes.AGENCY_GROUPS`)."""
    return among(*(code for code, of in AGENCY_GROUPS.items() if of == name))


def _health(code: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(group("health")(code), or_(code != "sarc", parameter("sarc_is_health")))


CSC: Final = among("csc")
POLICE: Final = group("police")
EDUCATION: Final = group("education")
PRACTICES: Final = among("health_gp")
HEALTH: Final[Agencies] = _health
"""Health, and by ``sarc_is_health`` the sexual assault referral centre with it."""

Word = Literal["csc", "own"]
"""Whose word: Children's Social Care's, or each agency's own."""
