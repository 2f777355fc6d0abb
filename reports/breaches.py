"""Which of the figures that the published report shows fall short of their target, or are worse than chance.

Read from the published edition and from nothing else: what the report hides, says is not assured or counts on few
cases is in neither list, and no event can give it away.
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
from warehouse.breaches import Shown
from warehouse.disclosure import Edition

MET: Final = "green"
"""The colour of "can be assured of"; amber and red are the standard not met, and the others say nothing."""
NOT_MET: Final = ("amber", "red")
MEANINGS: Final = {"special cause, concerning": True, "special cause, improving": False, "common cause": False}
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
        if figure is not None and figure.status in (MET, *NOT_MET) and figure.has_figure and not figure.is_low_base:
            yield Shown(metric, figure.view, figure.agency_code, "target", figure.status in NOT_MET)
    months = figures.trend(metric, view, "month")
    meaning = MEANINGS.get(chart_of(figures.months, months, figures.declared(metric)).variation)
    if meaning is not None and not _latest(months).is_low_base:
        yield Shown(metric, view, "", "signal", meaning)


def _latest(months: dict[date, Figure]) -> Figure:
    """The month that the chart's last word is about."""
    return months[max(month for month, figure in months.items() if figure.has_figure)]
