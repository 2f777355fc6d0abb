"""Which of the figures that the published report shows fall short of their target, or are worse than chance.

Read from the published edition and from nothing else: of what the report hides it is told that it is hidden, which
everybody sees, and no event can give more of it away. What is not assured or counts on few cases says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import pandas as pd

from reports.cards import agencies_of
from reports.concealing import conceal
from reports.figures import Figure, Figures, read_figures
from reports.trend import chart_of
from warehouse.breaches import Says, Shown
from warehouse.disclosure import Edition

COLOURS: Final[dict[str, Says]] = {"green": "met", "amber": "short", "red": "short"}
"""Green is "can be assured of", amber and red are the standard not met, and the others say nothing."""
MEANINGS: Final[dict[str, Says]] = {
    "special cause, concerning": "short",
    "special cause, improving": "met",
    "common cause": "met",
}
"""What the chart says → whether that is a concern; it may say nothing."""


def shown(measures: pd.DataFrame, edition: Edition, *, as_of: date) -> list[Shown]:
    """What the headline figures of the partnership and its agencies say in an edition.

    Args:
        measures: ``reporting.measures``, with every number.
        edition: what of it is shown.
        as_of: the day the report speaks for.
    """
    figures = read_figures(conceal(measures, edition), as_of=as_of)
    return [told for metric in figures.metrics for told in _of_metric(figures, metric)]


def _of_metric(figures: Figures, metric: str) -> Iterator[Shown]:
    view = figures.headline_view(metric)
    for figure in (figures.headline(metric, view), *agencies_of(figures, metric, view)):
        says = _of_target(figure) if figure is not None else None
        if figure is not None and says is not None:
            yield Shown(metric, figure.view, figure.agency_code, "target", says)
    months = figures.trend(metric, view, "month")
    meaning = MEANINGS.get(chart_of(figures.months, months, figures.declared(metric)).variation)
    if meaning is not None and not _latest(months).is_low_base:
        yield Shown(metric, view, "", "signal", meaning)


def _of_target(figure: Figure) -> Says | None:
    """What a figure says of its target. A base that is shown to be low says nothing, hidden figure or not."""
    if figure.is_low_base:
        return None
    if figure.is_hidden:
        return "hidden"
    return COLOURS.get(figure.status) if figure.has_figure else None


def _latest(months: dict[date, Figure]) -> Figure:
    """The month that the chart's last word is about."""
    return months[max(month for month, figure in months.items() if figure.has_figure)]
