"""The equations that bind published figures: what a reader can add up and take away.

Cells are counts. Of each figure: numerator, denominator, complement (the denominator without the numerator) and, in
the confirmed view, the units that could have been confirmed. Relations are taken where they hold in the numbers: one
that does not hold tells a reader nothing, and one that happens to hold at worst hides too much.

- numerator + complement = denominator; confirmed denominator + units nobody confirmed = units;
- a quarter, a year to date, twelve months = the sum of their months (of a stock: the same as the latest);
- the partnership = its agencies and what is left; a total = its breakdown values and what is left; likewise
  categories (`CATEGORIES_ADD_UP`). What is left is a cell too, never shown: agencies that are not named;
- denominators of one unit that are equal in every month are one population, whatever the metric, and numerators one
  number; denominators that are equal here and there may be by chance, and are taken for one as far as they can be;
- a figure that was published with another number: the change between them is a cell, never shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from warehouse.deduction import Form

Part = Literal["numerator", "denominator", "units"]
PARTS: Final[tuple[Part, ...]] = ("denominator", "units", "numerator")
CATEGORIES_ADD_UP: Final[Mapping[str, tuple[tuple[str | None, tuple[str, ...]], ...]]] = {
    "audit_rating": (
        (None, ("outstanding", "good", "requires_improvement", "inadequate")),
        ("good_or_outstanding", ("outstanding", "good")),
    ),
    "genogram_effective": (("present", ("current",)), ("current", ("used",))),
}
"""Metric → totals with their parts; None: the denominator. A part that lies within another leaves the difference.
All categories of a metric that add up to their denominator in every period are found without being named here."""
FEWEST_ALIKE: Final = 3
"""Months with a count above nought before two numerators that are always equal are taken for one."""


class Key(NamedTuple):
    """Which figure."""

    metric: str
    view: str
    category: str
    agency_code: str
    breakdown: str
    breakdown_value: str
    period_kind: str
    period_label: str


@dataclass(frozen=True, slots=True)
class Count:
    """A figure's counts. One that is not assured has none, and is no Count."""

    key: Key
    unit: str
    starts_on: date
    ends_on: date
    numerator: int
    denominator: int
    units: int | None = None
    """Of the confirmed view: with or without the second agency's return."""
    is_headline: bool = True

    @property
    def series(self) -> tuple[str, ...]:
        """All but the period."""
        return self.key[:6]

    @property
    def dates(self) -> tuple[date, date]:
        """The period, whatever it is called: the first quarter is the year to date in June."""
        return (self.starts_on, self.ends_on)

    def part(self, part: Part) -> int | None:
        """One of its numbers."""
        return {"numerator": self.numerator, "denominator": self.denominator, "units": self.units}[part]


Name = tuple[Any, ...]


@dataclass
class Equations:
    """Cells by number, with what they count and how they are bound. Filled by `add`, edition after edition."""

    names: dict[Name, int] = field(default_factory=dict)
    values: list[int] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    """The strictest threshold of any figure that the cell is part of."""
    editions: list[tuple[list[Form], list[Form]]] = field(default_factory=list)
    """The relations that each edition brought and none before it had (sums that are nought): those that hold by what
    the figures are, and those that hold in the numbers and may be chance."""
    bound: set[tuple[tuple[int, int], ...]] = field(default_factory=set)
    all_or_none: set[int] = field(default_factory=set)
    """Numerators and complements of 0 where there were cases."""
    changes: set[int] = field(default_factory=set)
    """Cells that are a change between two editions: they may be negative."""
    versions: dict[tuple[Key, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, counts: Sequence[Count], limit_of: Callable[[Key], int]) -> dict[tuple[Key, Part], int]:
        """Take in one edition of figures; returns the cell of each part of each."""
        cells: dict[tuple[Key, Part], int] = {}
        self.editions.append(([], []))
        for count in counts:
            cells.update(self._take(count, limit_of(count.key)))
        months = _by_place(counts, lambda one: one.series, lambda one: one.key.period_kind == "month")
        for count in counts:
            if count.key.period_kind != "month":
                self._periods(count, months.get(count.series, []), cells)
        for wholes, parts in (_agencies(counts), _breakdowns(counts)):
            for place, whole in wholes.items():
                self._adds_up(whole, parts.get(place, []), cells)
        self._categories(counts, cells)
        self._alike(counts, cells, "denominator", "units")
        self._alike(counts, cells, "numerator")
        self._same_number(counts, cells)
        return cells

    def _cell(self, name: Name, value: int, limit: int) -> int:
        """The number of a cell; the same name with another value is another cell."""
        cell = self.names.setdefault((*name, value), len(self.values))
        if cell == len(self.values):
            self.values.append(value)
            self.limits.append(limit)
        self.limits[cell] = max(self.limits[cell], limit)
        return cell

    def bind(self, form: Form, *, by_chance: bool = False) -> None:
        """A relation: the sum is nought."""
        written = tuple(sorted(form.items()))
        if written not in self.bound:
            self.bound.add(written)
            self.editions[-1][by_chance].append(form)

    def _take(self, count: Count, limit: int) -> dict[tuple[Key, Part], int]:
        # If one of its numbers has changed, nobody can know that the others have not: all are new cells.
        whose = (*count.key[:6], *count.dates, count.numerator, count.denominator, count.units)
        complement = count.denominator - count.numerator
        numerator = self._cell(("numerator", *whose), count.numerator, limit)
        denominator = self._cell(("denominator", *whose), count.denominator, limit)
        rest = self._cell(("complement", *whose), complement, limit)
        self.bind({denominator: 1, numerator: -1, rest: -1})
        if count.denominator:
            self.all_or_none |= {cell for cell in (numerator, rest) if not self.values[cell]}
        cells: dict[tuple[Key, Part], int] = {
            (count.key, "numerator"): numerator,
            (count.key, "denominator"): denominator,
        }
        if count.units is not None:
            units = self._cell(("units", *whose), count.units, limit)
            silent = self._cell(("unconfirmed", *whose), count.units - count.denominator, limit)
            self.bind({units: 1, denominator: -1, silent: -1})
            cells[count.key, "units"] = units
        for part, cell in (*((part, cell) for (_, part), cell in cells.items()), ("complement", rest)):
            self._version(count.key, part, cell, limit)
        return cells

    def _version(self, key: Key, part: str, cell: int, limit: int) -> None:
        """Where the figure had another number in an edition before, the change is a cell."""
        before = self.versions[key, part]
        if cell in before:
            return
        for other in before:
            if self.values[cell] == self.values[other]:
                continue
            change = self._cell(("change", cell, other), self.values[cell] - self.values[other], limit)
            self.changes.add(change)
            self.bind({cell: 1, other: -1, change: -1})
        before.append(cell)

    def _periods(self, count: Count, months: Sequence[Count], cells: Mapping[tuple[Key, Part], int]) -> None:
        """The sum of its months, or the latest of them."""
        within = [one for one in months if count.starts_on <= one.starts_on and one.ends_on <= count.ends_on]
        for part in PARTS:
            number = count.part(part)
            known = [one for one in within if one.part(part) is not None]
            if number is None or not known:
                continue
            if sum(one.part(part) or 0 for one in known) == number:
                self._sum(cells[count.key, part], [cells[one.key, part] for one in known])
            elif known[-1].part(part) == number:
                self._sum(cells[count.key, part], [cells[known[-1].key, part]], by_chance=True)

    def _sum(self, whole: int, parts: Iterable[int], *, by_chance: bool = False) -> None:
        form: Form = defaultdict(int, {whole: 1})
        for part in parts:
            form[part] -= 1
        form = {cell: number for cell, number in form.items() if number}
        if form:
            self.bind(form, by_chance=by_chance)

    def _adds_up(self, whole: Count, parts: Sequence[Count], cells: Mapping[tuple[Key, Part], int]) -> None:
        """A whole is its parts and what is left."""
        known = {part: [one for one in parts if one.part(part) is not None] for part in PARTS}
        rests = {
            part: (whole.part(part) or 0) - sum(one.part(part) or 0 for one in found) for part, found in known.items()
        }
        for part, found in known.items():
            if whole.part(part) is not None and found:
                of = (found[0].key.breakdown, bool(found[0].key.agency_code))
                name = (part, *whole.key[:6], *whole.dates, *of, *rests.values())
                self._whole(cells[whole.key, part], [cells[one.key, part] for one in found], name)

    def _whole(self, whole: int, parts: Sequence[int], name: Name) -> None:
        rest = self.values[whole] - sum(self.values[part] for part in parts)
        if rest == 0:
            self._sum(whole, parts)
        elif rest > 0:
            self._sum(whole, [*parts, self._cell(("left", *name), rest, self.limits[whole])])

    def _categories(self, counts: Sequence[Count], cells: Mapping[tuple[Key, Part], int]) -> None:
        places = _by_place(counts, lambda one: (*one.key[:2], *one.key[3:]), lambda one: bool(one.key.category))
        complete = {place[:2]: True for place in places}
        for place, found in places.items():
            complete[place[:2]] &= len({sum(one.numerator for one in found)} | {one.denominator for one in found}) == 1
        for place, found in places.items():
            of = {one.key.category: one for one in found}
            sums = CATEGORIES_ADD_UP.get(str(place[0]), ())
            for total, names in (*sums, *([(None, tuple(of))] if complete[place[:2]] and len(of) > 1 else [])):
                parts = [of[name] for name in names if name in of]
                whole = of.get(total) if total is not None else next(iter(parts), None)
                if whole is None or len(parts) < len(names):
                    continue
                cell = cells[whole.key, "denominator" if total is None else "numerator"]
                found_cells = [cells[one.key, "numerator"] for one in parts]
                self._whole(cell, found_cells, ("categories", total, *names, *place))

    def _alike(self, counts: Sequence[Count], cells: Mapping[tuple[Key, Part], int], *parts: Part) -> None:
        """Numbers that are equal in every month are one number, in whatever period."""
        groups: dict[Name, list[dict[Name, int]]] = defaultdict(list)
        fewest = FEWEST_ALIKE if "numerator" in parts else 1
        for found in _by_place(counts, lambda one: one.series).values():
            for part in parts:
                numbers = {(one.key.period_kind, *one.dates): cells.get((one.key, part)) for one in found}
                series: dict[Name, int] = {period: cell for period, cell in numbers.items() if cell is not None}
                group = groups[(found[0].unit, *found[0].series[3:])]
                like = next((one for one in group if self._are_alike(one, series, fewest)), None)
                if like is None:
                    group.append(series)
                    continue
                for period in sorted(series.keys() & like.keys()):
                    if self.values[series[period]] == self.values[like[period]]:
                        self._sum(series[period], [like[period]])

    def _are_alike(self, one: Mapping[Name, int], other: Mapping[Name, int], fewest: int) -> bool:
        """They are equal in every month that both have, and not only in months without any."""
        months = [
            (self.values[one[at]], self.values[other[at]]) for at in one.keys() & other.keys() if at[0] == "month"
        ]
        return all(a == b for a, b in months) and sum(a > 0 for a, _ in months) >= fewest

    def _same_number(self, counts: Sequence[Count], cells: Mapping[tuple[Key, Part], int]) -> None:
        """Denominators of one unit, place and period that are equal may be of one population."""
        first: dict[Name, int] = {}
        for count in counts:
            for part in ("denominator", "units"):
                cell = cells.get((count.key, part))
                if cell is not None:
                    place = (count.unit, *count.key[3:6], *count.dates, self.values[cell])
                    self._sum(first.setdefault(place, cell), [cell], by_chance=True)


def _by_place(
    counts: Iterable[Count], place: Callable[[Count], Name], is_meant: Callable[[Count], bool] = lambda _: True
) -> dict[Name, list[Count]]:
    found: dict[Name, list[Count]] = defaultdict(list)
    for count in counts:
        if is_meant(count):
            found[place(count)].append(count)
    for those in found.values():
        those.sort(key=lambda one: (one.starts_on, one.key))
    return found


def _agencies(counts: Sequence[Count]) -> tuple[dict[Name, Count], dict[Name, list[Count]]]:
    """The partnership's figures, and those of its agencies, by all but the agency."""
    wholes: dict[Name, Count] = {one.key: one for one in counts if not one.key.agency_code}
    parts = _by_place(counts, lambda one: one.key._replace(agency_code=""), lambda one: bool(one.key.agency_code))
    return wholes, parts


def _breakdowns(counts: Sequence[Count]) -> tuple[dict[Name, Count], dict[Name, list[Count]]]:
    """Totals, and the values of each breakdown, by all but the value."""
    names = {one.key.breakdown for one in counts if one.key.breakdown}
    wholes: dict[Name, Count] = {
        one.key._replace(breakdown=name): one for one in counts if not one.key.breakdown for name in sorted(names)
    }
    parts = _by_place(counts, lambda one: one.key._replace(breakdown_value=""), lambda one: bool(one.key.breakdown))
    return wholes, parts
