"""Disclosure control: what of the figures may be shown to everybody, so that nobody is told from them.

    edition = renewed(counts, changes)     # counts: what there is; changes: what each edition before changed
    edition.is_shown(key, "numerator")

**Small counts are hidden** by the strictest threshold of the sources a figure rests on (`THRESHOLDS`): of numerator,
complement and denominator alike. All and none are hidden too, for they say it of everybody. Nought cases are shown.

**Then whatever would give a hidden count away.** Everything is hidden to begin with, and shown one by one: nought
cases first, then figures that have no small count of their own (of the others no percentage can be shown whatever
comes), and of each what a board reads most (12 months before quarters before months, the partnership before its
agencies, the latest first). A count is shown only if, with all that is shown already, no hidden count follows from it
(`warehouse.deduction`, exactly, over all equations of `warehouse.equations`). What was shown in an edition before
stays known, with the numbers of then; what was hidden before stays hidden for as long as it is the same number.

The same figures and editions give the same pattern. It is not the smallest: nobody finds that one in time.

Equations bind figures of one metric, and of one unit. Metrics that are bound by neither are islands: where nothing
has changed on one, the edition before is what would be worked out again, and is taken over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.codes import AGENCY_GROUPS
from warehouse.deduction import Deduction
from warehouse.equations import PARTS, Count, Equations, Key, Part


@dataclass(frozen=True)
class Threshold:
    """Counts from 1 to ``hides_up_to`` are hidden where a figure rests on this source."""

    source: str
    hides_up_to: int
    why: str


THRESHOLDS: Final = (
    Threshold("any", 5, "domain §6: hide 1–5, show 0"),
    Threshold("nhs", 7, "domain §6: data of the NHS hide 1–7 (NHS England's rule for counts of small groups)"),
)
HIDES_ALL_AND_NONE: Final = True
"""0% and 100% say it of everybody in the group. [domain §6: "0% and 100% also disclose"]"""
NHS_GROUPS: Final = ("health", "sarc")
"""Groups of agencies whose returns are data of the NHS. The Havens is a service of an NHS trust."""

ORDER_OF_PERIODS: Final = ("rolling_12_months", "quarter", "year_to_date", "month")
"""What a board reads most comes first: CSA counts in a quarter are tiny [domain §6]."""


def sources_of(key: Key) -> frozenset[str]:
    """The sources whose threshold a figure has to keep; of a metric that we do not know, all of them.

    A confirmed view rests on a second agency's word, a figure of all agencies on all of theirs: Health is among them.
    """
    from warehouse.metric import all_metrics  # noqa: PLC0415 - this module is arithmetic, and needs no database

    everything = frozenset(one.source for one in THRESHOLDS)
    metric = all_metrics().get(key.metric)
    if metric is None or key.view == "confirmed":
        return everything
    told_by = {key.agency_code} if key.agency_code else {agency for agency, _ in metric.returns}
    if any(agency == "*" or AGENCY_GROUPS.get(agency) in NHS_GROUPS for agency in told_by):
        return everything
    return frozenset({"any"})


def limit_of(key: Key) -> int:
    """Counts from 1 to this are hidden."""
    sources = sources_of(key)
    return max(one.hides_up_to for one in THRESHOLDS if one.source in sources)


Line = tuple[Count, frozenset[Part]]
"""A figure's counts, and which parts of it were hidden."""
Change = tuple[Mapping[Key, Line], Collection[Key]]
"""What an edition changed of the one before it: figures that are new, other or hidden otherwise, and those gone."""


def overlaid(known: dict[Key, Line], change: Change) -> dict[Key, Line]:
    """What stood published after an edition, given what stood before; that is written over."""
    lines, gone = change
    for key in gone:
        known.pop(key, None)
    known.update(lines)
    return known


@dataclass(frozen=True)
class Edition:
    """What was, or is to be, shown: all counts there were, and which of them were hidden."""

    counts: tuple[Count, ...]
    hidden: frozenset[tuple[Key, Part]]

    @property
    def lines(self) -> dict[Key, Line]:
        """Each figure with the parts of it that are hidden."""
        hidden: dict[Key, set[Part]] = defaultdict(set)
        for key, part in self.hidden:
            hidden[key].add(part)
        return {one.key: (one, frozenset(hidden.get(one.key, ()))) for one in self.counts}

    def is_shown(self, key: Key, part: Part) -> bool:
        """Whether the count stands in the edition."""
        return (key, part) not in self.hidden

    def shows_percentage(self, key: Key) -> bool:
        """No percentage whose numerator, complement or denominator is hidden: with two of them goes the third."""
        return self.is_shown(key, "numerator") and self.is_shown(key, "denominator")


class History:
    """What was shown, edition after edition, oldest first; each costs what it changed of the one before."""

    def __init__(self, limit_of: Callable[[Key], int] = limit_of) -> None:
        """``limit_of``: counts from 1 to this are hidden."""
        self.limit_of = limit_of
        self.equations = Equations()
        self.lines: dict[Key, Line] = {}
        """The latest edition."""
        self.told: list[list[int]] = []
        """Of each edition, the cells that it was the first to show."""
        self.hidden: set[int] = set()
        """Cells that some edition hid."""
        self._known: set[int] = set()

    def add(self, lines: Mapping[Key, Line], gone: Collection[Key] = ()) -> None:
        """Take in the next edition: the figures that are new or other in it, or hidden otherwise, and those gone."""
        changed = [one for key, (one, _) in lines.items() if key not in self.lines or self.lines[key][0] != one]
        self.equations.change(changed, [key for key in gone if key in self.lines], self.limit_of)
        self.told.append([])
        for key, (_, hidden) in lines.items():
            for part in PARTS:
                cell = self.equations.cells.get((key, part))
                if cell is not None and part in hidden:
                    self.hidden.add(cell)
                elif cell is not None and cell not in self._known:
                    self._known.add(cell)
                    self.told[-1].append(cell)
        overlaid(self.lines, (lines, gone))


def control(
    counts: Iterable[Count], history: History | None = None, *, hides_all_and_none: bool = HIDES_ALL_AND_NONE
) -> Edition:
    """Decide what of the figures may be shown.

    Args:
        counts: the figures that have numbers, each key once.
        history: what was shown before; it is used up.
        hides_all_and_none: numerators and complements of nought are hidden where there were cases.
    """
    figures = sorted(counts, key=lambda one: one.key)
    before = history or History()
    equations, told = before.equations, before.told
    cells = equations.add(figures, before.limit_of)
    hidden = small(equations, hides_all_and_none=hides_all_and_none) | before.hidden
    readers = [_well_informed(equations, told, hidden), *([_sober(equations, told)] if told else [])]
    spoilt = {key for (key, _), those in equations.versions.items() if those and those[-1] in hidden}
    shown = _show(sorted(figures, key=lambda one: (one.key in spoilt, _weight(one))), cells, readers, hidden)
    return Edition(tuple(figures), frozenset(which for which, cell in cells.items() if cell not in shown))


def renewed(counts: Iterable[Count], changes: Sequence[Change], limit_of: Callable[[Key], int] = limit_of) -> Edition:
    """Decide what of the figures may be shown, of the islands on which something has changed; the rest stays as it was.

    Args:
        counts: the figures that have numbers, each key once.
        changes: what each edition before changed, oldest first.
        limit_of: counts from 1 to this are hidden.
    """
    figures = {one.key: one for one in counts}
    before: dict[Key, Line] = {}
    for change in changes:
        overlaid(before, change)
    everything = [*figures.values(), *(count for lines, _ in changes for count, _ in lines.values())]
    changed = _bound_to(_other_now(figures, before, limit_of), everything)
    history = History(limit_of)
    for lines, gone in changes:
        history.add(
            {key: line for key, line in lines.items() if key.metric in changed},
            [key for key in gone if key.metric in changed],
        )
    worked_out = control((one for key, one in figures.items() if key.metric in changed), history)
    stays = {(key, part) for key, (_, hidden) in before.items() if key.metric not in changed for part in hidden}
    return Edition(tuple(figures[key] for key in sorted(figures)), worked_out.hidden | stays)


def _other_now(figures: Mapping[Key, Count], before: Mapping[Key, Line], limit_of: Callable[[Key], int]) -> set[str]:
    """Metrics with a figure that is new, other or gone, or shown though it is to be hidden by what holds now."""
    other = {key.metric for key in before.keys() - figures.keys()}
    for key, count in figures.items():
        if key.metric not in other and (
            key not in before or before[key][0] != count or _is_small(count, limit_of(key), before[key][1])
        ):
            other.add(key.metric)
    return other


def _is_small(count: Count, limit: int, hidden: Collection[Part]) -> bool:
    """One of its numbers that are not hidden is to be hidden for what it counts."""
    numbers = [number for part in PARTS if part not in hidden and (number := count.part(part)) is not None]
    says_it_of_all = HIDES_ALL_AND_NONE and count.denominator and not count.numerator and "numerator" not in hidden
    return bool(says_it_of_all) or any(1 <= number <= limit for number in numbers)


def _bound_to(metrics: Collection[str], counts: Iterable[Count]) -> set[str]:
    """These metrics, and all that share a unit with them, whatever the unit of a metric was in an edition before."""
    units: dict[str, set[str]] = defaultdict(set)
    counting: dict[str, set[str]] = defaultdict(set)
    for one in counts:
        units[one.key.metric].add(one.unit)
        counting[one.unit].add(one.key.metric)
    found, looked_at = set(metrics), list(metrics)
    while looked_at:
        for unit in units[looked_at.pop()]:
            looked_at += counting[unit] - found
            found |= counting[unit]
    return found


def _sober(equations: Equations, told: Sequence[Sequence[int]]) -> Deduction:
    """Who knows what the figures are, and every edition before."""
    reader = Deduction(len(equations.values))
    for certain, _ in equations.editions:
        for relation in certain:
            reader.learn(relation)
    for cell in (cell for cells in told for cell in cells):
        reader.learn({cell: 1})
    return reader


def _well_informed(equations: Equations, told: Sequence[Sequence[int]], hidden: set[int]) -> Deduction:
    """Who takes for one what is equal, too.

    Where that would give a hidden count away together with an edition before, it is chance (or too late), and this
    reader does not take it so: or there would be nothing left to be kept from it.
    """
    reader = Deduction(len(equations.values))
    for number, (certain, by_chance) in enumerate(equations.editions):
        for relation in (*certain, *by_chance):
            if not number or not reader.would_reveal(relation, hidden):
                reader.learn(relation)
        for cell in told[number] if number < len(told) else ():
            reader.learn({cell: 1})
    return reader


def small(equations: Equations, *, hides_all_and_none: bool = HIDES_ALL_AND_NONE) -> set[int]:
    """The cells that are hidden for what they count."""
    found = {
        cell
        for cell, (value, limit) in enumerate(zip(equations.values, equations.limits, strict=True))
        if 1 <= (abs(value) if cell in equations.changes else value) <= limit
    }
    return found | equations.all_or_none if hides_all_and_none else found


def _show(
    figures: Sequence[Count], cells: Mapping[tuple[Key, Part], int], readers: Sequence[Deduction], hidden: set[int]
) -> set[int]:
    """Show one count after the other, unless a hidden one would follow for a reader; returns the cells shown.

    ``figures``: in the order in which they are tried.
    """
    shown: set[int] = set()
    without_cases = [(figure.key, part) for figure in figures if not figure.denominator for part in PARTS[::2]]
    in_order = [(figure.key, part) for figure in figures for part in PARTS]
    for which in (*without_cases, *in_order):
        cell = cells.get(which)
        if cell is None or cell in hidden or cell in shown:
            continue
        if not any(reader.would_reveal({cell: 1}, hidden) for reader in readers):
            for reader in readers:
                reader.learn({cell: 1})
            shown.add(cell)
    return shown


def _weight(figure: Count) -> tuple[object, ...]:
    """What is to be shown first is least."""
    key = figure.key
    return (
        bool(key.agency_code) + 2 * bool(key.breakdown),
        ORDER_OF_PERIODS.index(key.period_kind) if key.period_kind in ORDER_OF_PERIODS else len(ORDER_OF_PERIODS),
        not figure.is_headline,
        -figure.ends_on.toordinal(),
        key,
    )
