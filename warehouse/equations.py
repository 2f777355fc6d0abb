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

An edition is mostly the one before it, so what is looked at is what changed: the groups of figures that bind one
another (`_groups_of`) and have a member that is new, other or gone. All others brought their relations before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    """Cells by number, with what they count and how they are bound. Filled edition after edition."""

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
    cells: dict[tuple[Key, Part], int] = field(default_factory=dict)
    """The cell of each part of each figure of the latest edition."""
    _now: dict[Key, Count] = field(default_factory=dict)
    _members: dict[Name, dict[Key, Count]] = field(default_factory=lambda: defaultdict(dict))
    """Group → its figures in the latest edition."""

    def add(self, counts: Iterable[Count], limit_of: Callable[[Key], int]) -> dict[tuple[Key, Part], int]:
        """Take in one edition of figures; returns the cell of each part of each."""
        new = {one.key: one for one in counts}
        changed = [one for one in new.values() if self._now.get(one.key) != one]
        self.change(changed, self._now.keys() - new.keys(), limit_of)
        return dict(self.cells)

    def change(self, changed: Iterable[Count], gone: Collection[Key], limit_of: Callable[[Key], int]) -> None:
        """Take in the next edition by what in it is new or other than in the one before, and what is gone from that."""
        self.editions.append(([], []))
        touched: set[Name] = set()
        for key in sorted(gone):
            touched |= self._forget(key)
        for count in sorted(changed, key=lambda one: one.key):
            touched |= self._forget(count.key)
            self.cells.update(self._take(count, limit_of(count.key)))
            self._now[count.key] = count
            for group in _groups_of(count):
                self._members[group][count.key] = count
                touched.add(group)
        groups = [(name, sorted(self._members[name].values(), key=_in_time)) for name in sorted(touched)]
        for kind, bind in (
            ("series", self._of_series), ("agencies", self._of_agencies), ("breakdowns", self._of_breakdowns),
            ("categories", self._of_categories), ("place", self._of_place),
        ):  # fmt: skip
            for (its_kind, *name), members in groups:
                if its_kind == kind and members:
                    bind(members, tuple(name))

    def _forget(self, key: Key) -> set[Name]:
        """A figure is not in the next edition as it was in the one before; returns the groups it was in."""
        was = self._now.pop(key, None)
        if was is None:
            return set()
        groups = set(_groups_of(was))
        for group in groups:
            del self._members[group][key]
        for part in PARTS:
            self.cells.pop((key, part), None)
        return groups

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

    def _of_series(self, members: Sequence[Count], _name: Name) -> None:
        months = [one for one in members if one.key.period_kind == "month"]
        for count in members:
            if count.key.period_kind != "month":
                self._periods(count, months)

    def _periods(self, count: Count, months: Sequence[Count]) -> None:
        """The sum of its months, or the latest of them."""
        within = [one for one in months if count.starts_on <= one.starts_on and one.ends_on <= count.ends_on]
        for part in PARTS:
            number = count.part(part)
            known = [one for one in within if one.part(part) is not None]
            if number is None or not known:
                continue
            if sum(one.part(part) or 0 for one in known) == number:
                self._sum(self.cells[count.key, part], [self.cells[one.key, part] for one in known])
            elif known[-1].part(part) == number:
                self._sum(self.cells[count.key, part], [self.cells[known[-1].key, part]], by_chance=True)

    def _sum(self, whole: int, parts: Iterable[int], *, by_chance: bool = False) -> None:
        form: Form = defaultdict(int, {whole: 1})
        for part in parts:
            form[part] -= 1
        form = {cell: number for cell, number in form.items() if number}
        if form:
            self.bind(form, by_chance=by_chance)

    def _of_agencies(self, members: Sequence[Count], _name: Name) -> None:
        """The partnership's figure, and those of its agencies."""
        for whole in [one for one in members if not one.key.agency_code]:
            self._adds_up(whole, [one for one in members if one.key.agency_code])

    def _of_breakdowns(self, members: Sequence[Count], _name: Name) -> None:
        """A total, and the values of each breakdown."""
        names = sorted({one.key.breakdown for one in members if one.key.breakdown})
        for whole in [one for one in members if not one.key.breakdown]:
            for name in names:
                self._adds_up(whole, [one for one in members if one.key.breakdown == name])

    def _adds_up(self, whole: Count, parts: Sequence[Count]) -> None:
        """A whole is its parts and what is left."""
        known = {part: [one for one in parts if one.part(part) is not None] for part in PARTS}
        rests = {
            part: (whole.part(part) or 0) - sum(one.part(part) or 0 for one in found) for part, found in known.items()
        }
        for part, found in known.items():
            if whole.part(part) is not None and found:
                of = (found[0].key.breakdown, bool(found[0].key.agency_code))
                name = (part, *whole.key[:6], *whole.dates, *of, *rests.values())
                self._whole(self.cells[whole.key, part], [self.cells[one.key, part] for one in found], name)

    def _whole(self, whole: int, parts: Sequence[int], name: Name) -> None:
        rest = self.values[whole] - sum(self.values[part] for part in parts)
        if rest == 0:
            self._sum(whole, parts)
        elif rest > 0:
            self._sum(whole, [*parts, self._cell(("left", *name), rest, self.limits[whole])])

    def _of_categories(self, members: Sequence[Count], name: Name) -> None:
        """The categories of one view of a metric, in every place and period."""
        places: dict[Name, list[Count]] = defaultdict(list)
        for one in members:
            if one.key.category:
                places[one.key[3:]].append(one)
        is_complete = all(
            len({sum(one.numerator for one in found)} | {one.denominator for one in found}) == 1
            for found in places.values()
        )
        for place, found in places.items():
            of = {one.key.category: one for one in found}
            sums = CATEGORIES_ADD_UP.get(str(name[0]), ())
            for total, names in (*sums, *([(None, tuple(of))] if is_complete and len(of) > 1 else [])):
                parts = [of[name] for name in names if name in of]
                whole = of.get(total) if total is not None else next(iter(parts), None)
                if whole is None or len(parts) < len(names):
                    continue
                cell = self.cells[whole.key, "denominator" if total is None else "numerator"]
                found_cells = [self.cells[one.key, "numerator"] for one in parts]
                self._whole(cell, found_cells, ("categories", total, *names, *name, *place))

    def _of_place(self, members: Sequence[Count], _name: Name) -> None:
        """Figures of one unit in one place, whatever the metric."""
        series: dict[Name, list[Count]] = defaultdict(list)
        for one in sorted(members, key=lambda one: one.key):
            series[one.series].append(one)
        self._alike(series.values(), "denominator", "units")
        self._alike(series.values(), "numerator")
        self._same_number(one for found in series.values() for one in found)

    def _alike(self, all_series: Iterable[Sequence[Count]], *parts: Part) -> None:
        """Numbers that are equal in every month are one number, in whatever period."""
        group: list[dict[Name, int]] = []
        fewest = FEWEST_ALIKE if "numerator" in parts else 1
        for found in all_series:
            for part in parts:
                numbers = {(one.key.period_kind, *one.dates): self.cells.get((one.key, part)) for one in found}
                series: dict[Name, int] = {period: cell for period, cell in numbers.items() if cell is not None}
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

    def _same_number(self, counts: Iterable[Count]) -> None:
        """Denominators of one period that are equal may be of one population."""
        first: dict[Name, int] = {}
        for count in counts:
            for part in ("denominator", "units"):
                cell = self.cells.get((count.key, part))
                if cell is not None:
                    self._sum(first.setdefault((*count.dates, self.values[cell]), cell), [cell], by_chance=True)


def _groups_of(count: Count) -> tuple[Name, ...]:
    """The groups of figures whose relations a figure has a part in; the first word says which relations."""
    key = count.key
    return (
        ("series", *count.series),
        ("agencies", *key._replace(agency_code="")),
        ("breakdowns", *key._replace(breakdown="", breakdown_value="")),
        ("categories", key.metric, key.view),
        ("place", count.unit, *key[3:6]),
    )


def _in_time(count: Count) -> tuple[date, Key]:
    return (count.starts_on, count.key)
