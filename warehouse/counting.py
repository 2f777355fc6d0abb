"""What each row of a metric adds: to the numerator, the denominator and the units of every view and category."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, case, func, literal, select

from warehouse.metric import Metric, View, is_flag


def view_of(metric: Metric) -> Select[Any]:
    """The rows of a metric, with ``<view>_numerator`` and ``<view>_denominator`` (and ``_<category>``) of each."""
    columns: list[Any] = [column for column in metric.rows.c if not _is_technical(column.name)]
    for view, categories in metric.numerators.items():
        for category in categories:
            ending = f"_{category.replace(':', '_')}" if category else ""
            numerator, denominator, _ = counts_of(metric, view, category)
            columns += [
                numerator.label(f"{view}_numerator{ending}"),
                denominator.label(f"{view}_denominator{ending}"),
            ]
    if metric.covered is not None:
        columns.append(metric.covered.label("is_covered"))
    return select(*columns)


def _is_technical(name: str) -> bool:
    return name in ("row_key", "row_hash")


def counts_of(metric: Metric, view: View, category: str) -> tuple[ColumnElement[Any], ...]:
    """What a row adds to the numerator, to the denominator, and to the units, of a view and category."""
    numerator, units = metric.numerators[view][category], metric.denominator(view, category)
    counts = [units] if is_flag(units) else []
    within = [*counts, metric.covered] if view == "confirmed" and metric.covered is not None else counts
    return _amount(numerator, within), _amount(units, within), _amount(units, counts)


def _amount(expression: ColumnElement[Any], within: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    """1 for yes, the number itself for a number, and 0 for rows that are not within."""
    conditions = [*within, expression] if is_flag(expression) else within
    amount = literal(1) if is_flag(expression) else expression
    if conditions:
        return case((and_(*conditions), amount), else_=0)
    return amount if isinstance(amount, BindParameter) else func.coalesce(amount, 0)
