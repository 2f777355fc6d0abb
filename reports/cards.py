"""One metric as a card of the board report: its figure, its change, both agencies' word, its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports import trend, words
from reports.figures import Figure, Figures
from reports.words import Standing
from schemas.codes import RECOMMENDATIONS
from warehouse.categories import CATEGORIES, REASON
from warehouse.trend import Chart


@dataclass(frozen=True)
class View:
    """One agency's word, or two: the figure that rests on it."""

    title: str
    figure: Figure | None


@dataclass(frozen=True)
class Group:
    """Figures of one kind side by side: the steps, the grades, the reasons."""

    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Month:
    """A month behind the picture, for those who want the numbers; the first is the first that has a row."""

    starts_on: date
    figure: Figure | None


@dataclass(frozen=True)
class Card:
    """A metric as the board reads it."""

    anchor: str
    metric: str
    declared: Figure
    figure: Figure | None
    """The current figure, in the view that assurance rests on; None: no row at all."""
    standing: Standing
    change: str
    recommendations: tuple[tuple[str, str], ...]
    views: tuple[View, ...]
    gap: str
    groups: tuple[Group, ...]
    agencies: tuple[Figure, ...]
    chart: Chart
    trend: str | None
    months: tuple[Month, ...]

    @property
    def has_missing_months(self) -> bool:
        """Whether the picture has a band."""
        return any(month.figure is not None and month.figure.assurance == "not_assured" for month in self.months)

    @property
    def has_low_base_months(self) -> bool:
        """Whether the picture has an open dot."""
        return any(month.figure.is_low_base and month.figure.has_figure for month in self.months if month.figure)

    @property
    def has_limits(self) -> bool:
        """Whether the picture has a mean and limits."""
        return any(point.mean is not None for point in self.chart.points)

    @property
    def meanings(self) -> tuple[str, ...]:
        """Which marks the picture has: improvement, concern."""
        return tuple(sorted({point.meaning for point in self.chart.points if point.meaning}, reverse=True))

    @property
    def order(self) -> tuple[int, float, str]:
        """Worst first: by standing, within it by distance from the target, then by name."""
        shortfall = self.figure.shortfall if self.figure is not None and self.figure.has_figure else 0.0
        return (self.standing.rank, -shortfall, self.metric)


def recommendation_codes(text: str) -> tuple[str, ...]:
    """``"R2, R7"`` → ``("R2", "R7")``."""
    return tuple(code.strip() for code in text.split(",") if code.strip())


def cards(figures: Figures) -> list[Card]:
    """Every metric as a card, worst first."""
    made = [_card(figures, metric) for metric in figures.metrics]
    return sorted(made, key=lambda card: card.order)


def _card(figures: Figures, metric: str) -> Card:
    view = figures.headline_view(metric)
    declared = figures.declared(metric)
    now = figures.headline(metric, view)
    anchor = re.sub(r"[^A-Za-z0-9_-]", "-", metric)
    monthly = figures.trend(metric, view, "month")
    chart = trend.chart_of(figures.months, monthly, declared)
    views = _views(figures, metric)
    agencies = agencies_of(figures, metric, view)
    return Card(
        anchor=anchor,
        metric=metric,
        declared=declared,
        figure=now,
        standing=words.standing(now),
        change=words.change(now, figures.headline(metric, view, months_earlier=12)),
        recommendations=tuple(
            (code, words.sentence(RECOMMENDATIONS.get(code, "")))
            for code in recommendation_codes(declared.recommendations)
        ),
        views=views,
        gap=_gap(views),
        groups=_groups(figures.categories(metric, view)),
        agencies=tuple(sorted(agencies, key=_worst_agency_first)),
        chart=chart,
        trend=trend.draw(anchor, figures.months, monthly, figures.trend(metric, view, "rolling_12_months"), chart),
        months=tuple(Month(at, monthly.get(at)) for at in figures.months if monthly and at >= min(monthly)),
    )


def agencies_of(figures: Figures, metric: str, view: str) -> list[Figure]:
    """The agencies' figures that stand beside the partnership's: of its view, or else by the record."""
    return figures.agencies(metric, view) or figures.agencies(metric, "recorded")


def _worst_agency_first(row: Figure) -> tuple[int, float, str]:
    return (words.standing(row).rank, -row.shortfall if row.has_figure else 0.0, words.agency(row.agency_code))


def _views(figures: Figures, metric: str) -> tuple[View, ...]:
    """Both views side by side where a metric has both; nothing where it has one."""
    if not {"recorded", "confirmed"} <= set(figures.views(metric)):
        return ()
    return (
        View(words.record(metric), figures.headline(metric, "recorded")),
        View("Confirmed by both agencies", figures.headline(metric, "confirmed")),
    )


def _gap(views: Sequence[View]) -> str:
    """How far apart the two views are, in words; empty where either has no figure."""
    found = [view.figure for view in views]
    if len(found) != 2:
        return ""
    recorded, confirmed = found
    if recorded is None or not recorded.has_figure or (confirmed is not None and confirmed.is_hidden):
        return ""
    if confirmed is None or not confirmed.has_figure or confirmed.percentage is None or recorded.percentage is None:
        return "The record stands alone: the other agency has not confirmed it, so it is not assurance."
    size = words.rounded(abs(recorded.percentage - confirmed.percentage))
    if size == "0.0":
        return "The two agree."
    less = "lower" if confirmed.percentage < recorded.percentage else "higher"
    return f"Confirmed by both agencies, the figure is {size} points {less} than the record alone."


def _groups(categories: Sequence[Figure]) -> tuple[Group, ...]:
    """Steps or grades in their own order, then the reasons, most frequent first; nothing where nothing is known."""
    order = list(CATEGORIES)
    parts = sorted(
        (row for row in categories if not row.category.startswith(REASON)),
        key=lambda row: (order.index(row.category) if row.category in order else len(order), row.category),
    )
    reasons = sorted(
        (row for row in categories if row.category.startswith(REASON)),
        key=lambda row: (-(row.numerator or 0), row.category),
    )
    title = {"good_or_outstanding": "Ratings", "present": "Step by step"}.get(parts[0].category if parts else "")
    found = (Group(title or "In parts", tuple(parts)), Group("Reasons given", tuple(reasons)))
    return tuple(group for group in found if any(row.has_figure for row in group.figures))
