"""What the terminal shows of the catalogue of metrics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quorate.show import _json, _table

if TYPE_CHECKING:
    from warehouse.metric import Metric


def listed(metrics: Iterable[Metric], as_json: bool) -> None:
    """Every metric: version, target and its source, what it evidences, and the question."""
    if as_json:
        _json([_as_data(metric) for metric in metrics])
        return
    _table(
        ("metric", ">version", ">target", "for", "~source", "question"),
        (
            (metric.name, str(metric.version), f"{metric.target.percent:g}%" if metric.target else "",
             ", ".join(metric.recommendations), metric.target.source if metric.target else "", metric.question)
            for metric in metrics
        ),
    )  # fmt: skip


def _as_data(metric: Metric) -> dict[str, object]:
    target = metric.target
    return {
        "metric": metric.name,
        "version": metric.version,
        "question": metric.question,
        "unit": metric.unit,
        "recommendations": metric.recommendations,
        "findings": metric.findings,
        "views": list(metric.numerators),
        "direction": metric.direction,
        "target": None if target is None else target.percent,
        "target_source": None if target is None else target.source,
        "green_from": None if target is None else target.green,
        "amber_from": None if target is None else target.amber,
    }
