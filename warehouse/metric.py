"""How a metric is declared: a value that says what is counted, what it is counted against, and what is expected.

A metric file imports nothing but this module, and holds one ``METRIC``. Its view, its rows in
``reporting.measures``, its tests and its page of docs follow from it. Files are found by scanning
``warehouse/metrics``; the file's name is the metric's name.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, Literal

from sqlalchemy import Boolean, ColumnElement, Subquery, and_, case, func, literal, not_, or_

from schemas.codes import AUDIT_REASONS, RATINGS
from warehouse.evidence import PAIRS
from warehouse.parameters import all_parameters, number, parameter
from warehouse.populations.agencies import CSC, EDUCATION, HEALTH, POLICE, among, group
from warehouse.populations.children import children_known_to_others, children_with_a_practice, has_school_age_child
from warehouse.populations.meetings import (
    ACTIONS,
    attended,
    begins_sequence,
    by_sequence,
    csa_meetings,
    every_action,
    every_relevant_agency,
    has_action,
    has_relevant_agency,
    heard_from,
    in_time_for_sequence,
    invited,
    meeting_agency_pairs,
    meeting_facts,
    specialist_heard_from,
    specialist_took_part,
    took_part,
)
from warehouse.populations.offers import agreed_support
from warehouse.populations.pathway import (
    closed_investigations,
    completed_csa_assessments,
    concluded_csa_enquiries,
    csa_assessments_due,
    csa_conferences_due,
    csa_referrals,
)
from warehouse.populations.units import rows_of, working_days
from warehouse.tables import FACTS
from warehouse.traits import BREAKDOWNS

View = Literal["recorded", "confirmed"]
"""recorded: the recording agency's word · confirmed: the word of two agencies."""


@dataclass(frozen=True)
class Target:
    """What is expected, in percent, and the bands of its colours: names of `warehouse.parameters`."""

    standard: str
    """The percentage that is expected, and its source: "targets.working_together"."""
    green_from: str = "bands.green"
    """Green at or above (at or below, where lower is better)."""
    amber_from: str = "bands.amber"
    """Amber at or above; red beyond."""

    @property
    def percent(self) -> float:
        return number(self.standard)

    @property
    def source(self) -> str:
        """Where the standard comes from, as a report says it."""
        return all_parameters()[self.standard].source

    @property
    def green(self) -> float:
        return number(self.green_from)

    @property
    def amber(self) -> float:
        return number(self.amber_from)


@dataclass(frozen=True)
class Metric:
    """One metric of the catalogue."""

    name: str
    question: str
    """The question of the board that it answers."""
    unit: str
    """What is counted, in the singular: "meeting"."""
    recommendations: tuple[str, ...]
    """The audit's recommendations it evidences: "R1"; "F" for a finding without one."""
    rows: Subquery
    """The population: one row a unit, with unit_ref, counted_on and agency_code. See `warehouse.populations`."""
    numerators: Mapping[View, Mapping[str, ColumnElement[Any]]]
    """View → category ("" if there is one only) → what is counted: a yes or no of each row, or a number to add up."""
    returns: tuple[tuple[str, str], ...]
    """What must have come for a month before anything can be said of it: (agency code, table). "*": every agency
    that owes the table."""
    target: Target | None = None
    """For the headline category; None: watched for its trend, not coloured."""
    denominators: Mapping[View, Mapping[str, ColumnElement[Any]]] = field(default_factory=dict)
    """As numerators; a view or category that is not named counts every row."""
    covered: ColumnElement[bool] | None = None
    """For the confirmed view: the second agency's return for the unit's month is there."""
    headline: str = ""
    """The category that stands for the metric."""
    by_agency: bool = False
    """Also figured for each agency_code of its rows."""
    accumulates: Literal["flow", "stock"] = "flow"
    """flow: units of a period add up · stock: of a period only the latest row of each unit_ref is true."""
    due: Literal["monthly", "as_it_happens"] = "monthly"
    """monthly: a month without a return is not assured · as_it_happens: an audit is not held every month, so
    a month without rows has no cases, once the table has been returned at all."""
    direction: Literal["higher", "lower"] = "higher"
    findings: tuple[str, ...] = ()
    """What the audits found wrong and this answers: codes of `schemas.codes.AUDIT_REASONS`."""
    version: int = 1
    """Raised when what is counted changes; with parameters and SQL it makes the definition that a figure records."""

    @property
    def breakdowns(self) -> Mapping[str, ColumnElement[Any]]:
        """Name, such as "sex" → a text of the rows; null: the record does not say. Also figured for each value."""
        return {name: self.rows.c[name] for name in BREAKDOWNS if name in self.rows.c}

    @property
    def notes(self) -> str:
        """What its file says beyond the question: what counts, and what does not."""
        module = sys.modules.get(f"warehouse.metrics.{self.name}")
        return ((module and module.__doc__) or "").strip().partition("\n")[2].strip()

    def denominator(self, view: View, category: str) -> ColumnElement[Any]:
        """What the numerator of a view and category is counted against."""
        return self.denominators.get(view, {}).get(category, literal(1))


@cache
def all_metrics() -> dict[str, Metric]:
    """Metric name → metric, in alphabetical order.

    Raises:
        ValueError: a file and the metric in it have different names.
    """
    from warehouse import metrics  # noqa: PLC0415 - the metrics import this module

    found: dict[str, Metric] = {}
    for module in sorted(info.name for info in iter_modules(metrics.__path__)):
        metric: Metric = import_module(f"{metrics.__name__}.{module}").METRIC
        if metric.name != module:
            raise ValueError(f"warehouse/metrics/{module}.py declares {metric.name}: give both the same name")
        found[module] = metric
    return found


WORKING_TOGETHER: Final = Target("targets.working_together")


def local(standard: str) -> Target:
    """What the partnership expects of itself, where no guidance gives a number: with bands of its own."""
    return Target(standard, "bands.local_green", "bands.local_amber")


def flagged(column: ColumnElement[Any], amount: ColumnElement[Any]) -> ColumnElement[Any]:
    """``amount`` where the column says yes, else 0."""
    return case((column, amount), else_=0)


def is_flag(expression: ColumnElement[Any]) -> bool:
    """The expression is a yes or no, to be counted, and not a number to be added up."""
    return isinstance(expression.type, Boolean)


__all__ = [
    "ACTIONS",
    "AUDIT_REASONS",
    "CSC",
    "EDUCATION",
    "FACTS",
    "HEALTH",
    "PAIRS",
    "POLICE",
    "RATINGS",
    "WORKING_TOGETHER",
    "Metric",
    "Target",
    "View",
    "agreed_support",
    "all_metrics",
    "among",
    "and_",
    "attended",
    "begins_sequence",
    "by_sequence",
    "case",
    "children_known_to_others",
    "children_with_a_practice",
    "closed_investigations",
    "completed_csa_assessments",
    "concluded_csa_enquiries",
    "csa_assessments_due",
    "csa_conferences_due",
    "csa_meetings",
    "csa_referrals",
    "every_action",
    "every_relevant_agency",
    "flagged",
    "func",
    "group",
    "has_action",
    "has_relevant_agency",
    "has_school_age_child",
    "heard_from",
    "in_time_for_sequence",
    "invited",
    "is_flag",
    "local",
    "meeting_agency_pairs",
    "meeting_facts",
    "not_",
    "or_",
    "parameter",
    "rows_of",
    "specialist_heard_from",
    "specialist_took_part",
    "took_part",
    "working_days",
]
