"""What is usual: for every volume and figure that is about to be published, the band its own history gives it.

Nothing is decided here. A band is wide on purpose: a person is asked when something would be remarked upon in the
board's own room, not whenever a small count moves. What has been published as it stands is not asked about again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median
from typing import Any, ClassVar, Final, Literal

Kind = Literal["volume", "restated", "newest"]
FigureKey = tuple[str, ...]
PERIOD: Final = ("period_kind", "period_label")
KEY: Final = ("metric", "view", "category", "agency_code", "breakdown", "breakdown_value", *PERIOD)
"""What names a figure for good."""


@dataclass(frozen=True)
class Limits:
    """How far something may be from its own history before a person is asked. All are our proposals."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    """In the settings: a limit that is misspelt is an error."""

    earlier_deliveries: int = 6
    """Fewer than half a year of months is no history of a feed."""
    remembered: int = 12
    """Deliveries, and months of a figure, that make its history: a year, so that growth moves the band along."""
    fewest_rows: int = 20
    """Feeds that usually send fewer are not asked: in the made-up partnership such counts double by chance."""
    share: float = 0.6
    """Of the usual rows, that a delivery may differ by: twice or a tenth is outside, a month of holidays is not."""
    row_deviations: float = 5.0
    """…or so many square roots of the usual rows, if that is more: counts scatter by about one."""
    restated_points: float = 10.0
    """Percentage points a figure of a period that was over may move by: more than a late record or two explains."""
    least_cases: int = 10
    """The n from which a percentage is asked about: the low base of domain §6."""
    earlier_points: int = 6
    """Fewer months are no series. [the same]"""
    sigmas: float = 5.0
    """A control chart asks at 3; of hundreds of figures a night some are beyond 3 by chance, next to none beyond 5."""
    least_points: float = 10.0
    """Percentage points around a series that are never asked about, however steady it was."""


DEFAULT_LIMITS: Final = Limits()
MOVING_RANGE_PER_SIGMA: Final = 1.128
"""d2 of two values: the mean moving range divided by it estimates sigma. [XmR charts]"""
MATTERS: Final[Mapping[Kind, str]] = {
    "volume": "Part of an extract left out, or one sent twice, makes every figure that rests on it better or worse "
    "than it is: ask the agency.",
    "restated": "The board has read and acted on the earlier figures: find the delivery, the rule or the metric that "
    "changed them before others go out.",
    "newest": "So sudden a change is more often a changed extract than changed practice, and a board that is shown it "
    "will act on it: ask the agency before it does.",
}
"""Kind → why it matters, and what to do."""


@dataclass(frozen=True)
class Banded:
    """One number that is about to be published, and the band it is expected in."""

    kind: Kind
    name: str
    """What a person knows it by; never a value of the data."""
    value: float
    least: float
    most: float
    says: str
    """What it is, what it was, and on how many cases."""

    @property
    def is_unlikely(self) -> bool:
        """Outside its band."""
        return not self.least <= self.value <= self.most


def volumes(deliveries: Iterable[Mapping[str, Any]], limits: Limits = DEFAULT_LIMITS) -> list[Banded]:
    """Every delivery that is not published yet, against the up to twelve of its feed before it.

    Args:
        deliveries: lines of ``ledger.deliveries`` whose rows count, in any order.
    """
    of_feed: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in sorted(deliveries, key=lambda line: (str(line["period_to"] or ""), line["sequence"])):
        of_feed[one["feed"]].append(one)
    return [
        banded
        for lines in of_feed.values()
        for place, line in enumerate(lines)
        if line["state"] == "loaded"
        for banded in _volume(line, [_rows(before) for before in lines[:place]], limits)
    ]


def _rows(line: Mapping[str, Any]) -> int:
    return int(line["rows_in"]) - int(line["rows_ignored"])


def _volume(line: Mapping[str, Any], before: Sequence[int], limits: Limits) -> list[Banded]:
    before, rows = before[-limits.remembered :], _rows(line)
    if len(before) < limits.earlier_deliveries or median(before) < limits.fewest_rows:
        return []
    usual = median(before)
    apart = max(limits.share * usual, limits.row_deviations * sqrt(usual))
    name = f"{line['feed']} ({line['agency_code']}), {line['file_name']}"
    says = (
        f"{name}: {rows:,} rows; the {len(before)} deliveries before had {min(before):,} to {max(before):,} "
        f"(middle {usual:,.0f})."
    )
    return [Banded("volume", name, rows, max(usual - apart, 0.0), usual + apart, says)]


def restated(
    figures: Iterable[Mapping[str, Any]],
    published: Mapping[FigureKey, Mapping[str, Any]],
    limits: Limits = DEFAULT_LIMITS,
) -> list[Banded]:
    """Every figure published before for a period that was over then, against what was published.

    Args:
        figures: lines of ``reporting.measures``.
        published: the latest published line of each figure, with ``was_over``: its period had ended.
    """
    asked = []
    for figure in figures:
        was = published.get(key_of(figure))
        if was is None or not was["was_over"] or not _counts(was, limits):
            continue
        now = _percentage(figure)
        if now is None or int(figure["denominator"]) < limits.least_cases or now == was["percentage"]:
            continue
        before, name = float(was["percentage"]), name_of(figure)
        says = (
            f"{name}: {now:.1f}% (n = {int(figure['denominator']):,}), published as {before:.1f}% "
            f"(n = {int(was['denominator']):,})."
        )
        apart = limits.restated_points
        asked.append(Banded("restated", name, now, before - apart, before + apart, says))
    return asked


def newest(
    figures: Iterable[Mapping[str, Any]],
    published: Mapping[FigureKey, Mapping[str, Any]],
    limits: Limits = DEFAULT_LIMITS,
) -> list[Banded]:
    """The newest month of every series of figures, against the up to twelve months before it."""
    series: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for figure in figures:
        if figure["period_kind"] == "month" and _counts(figure, limits):
            series[key_of(figure)[: -len(PERIOD)]].append(figure)
    asked = []
    for months in series.values():
        *before, last = sorted(months, key=lambda figure: figure["starts_on"])
        was = published.get(key_of(last))
        if was is None or was["percentage"] != last["percentage"]:
            asked += _newest(last, [float(month["percentage"]) for month in before], limits)
    return asked


def _newest(last: Mapping[str, Any], before: Sequence[float], limits: Limits) -> list[Banded]:
    """A steady climb stays inside: the band reaches from the mean, or the last month, whichever is farther."""
    before = before[-limits.remembered :]
    if len(before) < limits.earlier_points:
        return []
    mean, previous, cases = fmean(before), before[-1], int(last["denominator"])
    moving = fmean(abs(one - other) for one, other in zip(before[1:], before, strict=False))
    by_chance = 100 * sqrt(mean / 100 * (1 - mean / 100) / cases)  # of a share counted on n cases
    apart = max(limits.sigmas * max(moving / MOVING_RANGE_PER_SIGMA, by_chance), limits.least_points)
    now, name = float(last["percentage"]), name_of(last)
    says = (
        f"{name}: {now:.1f}% (n = {cases:,}); the {len(before)} months before had {min(before):.1f}% to "
        f"{max(before):.1f}%, {mean:.1f}% on average."
    )
    return [Banded("newest", name, now, min(mean, previous) - apart, max(mean, previous) + apart, says)]


def key_of(figure: Mapping[str, Any]) -> FigureKey:
    """What names a figure for good."""
    return tuple(str(figure[name]) for name in KEY)


def name_of(figure: Mapping[str, Any]) -> str:
    """A figure as a person calls it: metric, category, view, whose, and when."""
    who = figure["agency_code"] or figure["breakdown_value"] or "the partnership"
    category = f" {figure['category']}" if figure["category"] else ""
    return f"{figure['metric']}{category} ({figure['view']}, {who}, {figure['period_label']})"


def _percentage(figure: Mapping[str, Any]) -> float | None:
    value = figure["percentage"]
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - not a number


def _counts(figure: Mapping[str, Any], limits: Limits) -> bool:
    return _percentage(figure) is not None and int(figure["denominator"]) >= limits.least_cases
