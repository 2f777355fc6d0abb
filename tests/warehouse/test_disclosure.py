"""Disclosure control against an attacker who solves what was published as linear equations, edition after edition.

The attacker shares nothing with the program: it knows how a partnership's counts are made (of agencies' and areas'
months), writes every number that was ever shown as a sum of those, and eliminates. It knows, too, which of the months
have changed from one edition to the next, though not by how much.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from warehouse.calendar import add_months
from warehouse.disclosure import Change, Edition, History, control, renewed
from warehouse.equations import PARTS, Count, Equations, Key, Part

PRIME = 2**31 - 1
FIRST = date(2026, 4, 1)
MONTHS, AREAS = 7, ("north", "south")
AGENCIES = ("police", "health_gp", "edu_school")
OFFICE = "lscp"
"""Counts in the whole, and is not shown by itself."""
LIMIT = 5

WHAT = ("units", "present", "invited", "answered", "confirmed")
Case = tuple[str, str, str, int]
"""What is counted, agency, area, month: what only the partnership knows."""
Slot = tuple[str, str, int]
"""What is counted, agency or area, month: the smallest thing there is a figure of."""
Term = tuple[Slot, int]
"""A slot, and which of its values: a later edition may know another."""


@dataclass(frozen=True)
class Partnership:
    """What is true, as known at one edition. ``known[slot]`` has the slot's values, one after the other."""

    cases: Mapping[Case, int]
    known: Mapping[Slot, Sequence[int]]
    months: int
    agencies: tuple[str, ...]

    def sum_of(self, what: str, places: Sequence[str], months: Sequence[int]) -> dict[Term, int]:
        """Which slots a number is the sum of."""
        slots = [(what, place, month) for place in places for month in months]
        return {(slot, len(self.known[slot]) - 1): 1 for slot in slots}

    def value(self, terms: Mapping[Term, int]) -> int:
        return sum(factor * self.known[slot][version] for (slot, version), factor in terms.items())

    def links(self) -> Iterator[dict[Term, int]]:
        """Agencies and areas add up to the same: sums that are nought."""
        for what in WHAT:
            for month in range(self.months):
                yield self.sum_of(what, self.agencies, [month]) | dict.fromkeys(self.sum_of(what, AREAS, [month]), -1)


def slots_of(cases: Mapping[Case, int]) -> dict[Slot, int]:
    found: Counter[Slot] = Counter()
    for (what, agency, area, month), number in cases.items():
        found[what, agency, month] += number
        found[what, area, month] += number
    return found


def drawn(chance: random.Random) -> Partnership:
    """Two metrics over the same meetings, one of them confirmed for a part of them; few cases everywhere."""
    agencies = AGENCIES[: chance.randint(2, 3)] + ((OFFICE,) if chance.random() < 0.3 else ())
    busy = chance.choice([1, 2, 4, 7])
    cases: dict[Case, int] = {}
    for agency in agencies:
        for area in AREAS:
            for month in range(MONTHS):
                units = chance.randint(0, busy)
                answered = chance.randint(0, units) if chance.random() < 0.5 else units
                invited = chance.randint(units // 2, units)
                numbers = (units, chance.randint(0, units), invited, answered, chance.randint(0, answered))
                cases |= {(what, agency, area, month): number for what, number in zip(WHAT, numbers, strict=True)}
    return Partnership(cases, {slot: [number] for slot, number in slots_of(cases).items()}, MONTHS - 2, agencies)


def grown(before: Partnership, chance: random.Random) -> Partnership:
    """A month later: one month more, and of some a case more is known."""
    cases = dict(before.cases)
    for _ in range(chance.choice([0, 1, 1, 2])):
        agency, area, month = chance.choice(before.agencies), chance.choice(AREAS), chance.randrange(before.months)
        more = chance.choice([1, 1, 9])
        for what in WHAT:
            cases[what, agency, area, month] += more
    now = slots_of(cases)
    known = {slot: [*values, now[slot]] if now[slot] != values[-1] else values for slot, values in before.known.items()}
    return Partnership(cases, known, min(before.months + 1, MONTHS), before.agencies)


FIGURES = {
    ("present", "recorded"): ("present", "units", None),
    ("invited", "recorded"): ("invited", "units", None),
    ("present", "confirmed"): ("confirmed", "answered", "units"),
}
"""Metric and view → numerator, denominator, units."""


def periods(months: int) -> Iterator[tuple[str, str, list[int]]]:
    """Months, quarters as far as they have come, years to date, and windows of three months that overlap."""
    for month in range(months):
        yield "month", f"{month}", [month]
        yield "year_to_date", f"to {month}", list(range(month + 1))
        if month >= 2:
            yield "rolling_12_months", f"3 to {month}", [month - 2, month - 1, month]
    for quarter in range(0, months, 3):
        yield "quarter", f"q{quarter}", list(range(quarter, min(quarter + 3, months)))


Number = tuple[Key, str]
"""A figure, and which of its numbers."""


def published(partnership: Partnership) -> tuple[list[Count], dict[Number, dict[Term, int]]]:
    """All figures there are, and which slots each of their numbers is the sum of."""
    counts, made = [], {}
    places = [("", "", "")] + [(one, "", "") for one in partnership.agencies if one != OFFICE]
    places += [("", "area", area) for area in AREAS]
    for (metric, view), (top, bottom, wide) in FIGURES.items():
        for agency, breakdown, area in places:
            for kind, label, months in periods(partnership.months):
                key = Key(metric, view, "", agency, breakdown, area, kind, label)
                where = ([agency or area] if agency or area else partnership.agencies, months)
                numerator, denominator = (partnership.sum_of(what, *where) for what in (top, bottom))
                made[key, "numerator"], made[key, "denominator"] = numerator, denominator
                made[key, "complement"] = denominator | dict.fromkeys(numerator, -1)
                units = None
                if wide is not None:
                    made[key, "units"] = partnership.sum_of(wide, *where)
                    units = partnership.value(made[key, "units"])
                starts_on, after = add_months(FIRST, months[0]), add_months(FIRST, months[-1] + 1)
                numbers = (partnership.value(numerator), partnership.value(denominator), units)
                counts.append(Count(key, "meeting", starts_on, after - timedelta(days=1), *numbers))
    return counts, made


@dataclass(frozen=True)
class Seen:
    """One edition: what there was, and what of it was hidden."""

    partnership: Partnership
    made: Mapping[Number, Mapping[Term, int]]
    edition: Edition

    def is_small(self, number: Number) -> bool:
        """To be hidden for what it is: a small count, or all or none of some."""
        value = self.partnership.value(self.made[number])
        cases = self.partnership.value(self.made[number[0], "denominator"])
        return 1 <= value <= LIMIT or (value == 0 and cases > 0 and number[1] in ("numerator", "complement"))

    def is_shown(self, number: Number) -> bool:
        return number[1] != "complement" and self.edition.is_shown(number[0], number[1])  # type: ignore[arg-type]


def secrets(seen: Sequence[Seen]) -> dict[str, Mapping[Term, int]]:
    """What nobody may find out: all that is hidden, small complements, small counts of what is not named, and small
    changes of a figure from one edition to the next."""
    found: dict[str, Mapping[Term, int]] = {}
    for at in seen:
        for number in at.made:
            if not at.is_shown(number) and (number[1] != "complement" or at.is_small(number)):
                found[f"{len(found)} {number}"] = at.made[number]
    for before, after in pairwise(seen):
        for number in before.made:
            change = dict(after.made[number])
            for term, factor in before.made[number].items():
                change[term] = change.get(term, 0) - factor
            size = after.partnership.value(after.made[number]) - before.partnership.value(before.made[number])
            if 1 <= abs(size) <= LIMIT:
                found[f"{len(found)} change of {number}"] = {term: factor for term, factor in change.items() if factor}
    return found


Known = tuple[Mapping[Term, int], Partnership]
"""A sum of slots that somebody told, and the partnership whose numbers they are."""


def recovered(seen: Sequence[Seen], told: Sequence[Known] = ()) -> dict[str, int]:
    """What an attacker finds out of the secrets: eliminate modulo a prime; a secret that nothing is left of is out.

    ``told``: what was said beside the editions.
    """
    shown = [(at.made[number], at.partnership) for at in seen for number in at.made if at.is_shown(number)]
    shown += told
    hidden = secrets(seen)
    shown += [(row, at.partnership) for at in seen for row in at.partnership.links()]
    terms = sorted({term for row, _ in shown for term in row} | {term for row in hidden.values() for term in row})
    column = {term: place for place, term in enumerate(terms)}
    table = np.zeros((len(shown) + len(hidden), len(terms) + 1), dtype=np.int64)
    for place, row in enumerate([*(row for row, _ in shown), *hidden.values()]):
        for term, factor in row.items():
            table[place, column[term]] = factor % PRIME
    for place, (row, partnership) in enumerate(shown):
        table[place, -1] = partnership.value(row)
    used = 0
    for at in range(len(terms)):
        candidates = np.flatnonzero(table[used : len(shown), at])
        if not len(candidates):
            continue
        table[[used, used + candidates[0]]] = table[[used + candidates[0], used]]
        table[used] = table[used] * pow(int(table[used, at]), -1, PRIME) % PRIME
        others = np.flatnonzero(table[:, at])
        others = others[others != used]
        table[others] = (table[others] - table[others, at][:, None] * table[used]) % PRIME
        used += 1
    left = table[len(shown) :]
    out = ~left[:, :-1].any(axis=1)
    signed = [int(-value) % PRIME for value in left[:, -1]]
    values = [value if value < PRIME // 2 else value - PRIME for value in signed]
    return {name: value for name, value, is_out in zip(hidden, values, out, strict=True) if is_out}


Hide = Callable[[Sequence[Count], Sequence[Edition]], Edition]


def five(_: Key) -> int:
    return LIMIT


def changes(earlier: Sequence[Edition]) -> Iterator[Change]:
    """What each edition changed of the one before."""
    for before, after in pairwise([Edition((), frozenset()), *earlier]):
        was, now = before.lines, after.lines
        yield {key: line for key, line in now.items() if was.get(key) != line}, was.keys() - now.keys()


def as_published(counts: Sequence[Count], earlier: Sequence[Edition]) -> Edition:
    return renewed(counts, list(changes(earlier)), five)


def in_full(counts: Sequence[Count], earlier: Sequence[Edition]) -> Edition:
    """All figures are worked out again, whether or not anything has changed near them."""
    history = History(five)
    for lines, gone in changes(earlier):
        history.add(lines, gone)
    return control(counts, history)


def small_ones_only(counts: Sequence[Count], earlier: Sequence[Edition]) -> Edition:
    """As many do it: hide the small numerators and denominators, and the numerator beside a small complement."""
    hidden: set[tuple[Key, Part]] = set()
    for one in counts:
        rest = one.denominator - one.numerator
        if 1 <= one.denominator <= LIMIT:
            hidden.add((one.key, "denominator"))
        if one.denominator and (one.numerator <= LIMIT or rest <= LIMIT):
            hidden.add((one.key, "numerator"))
        if one.units is not None and 1 <= one.units <= LIMIT:
            hidden.add((one.key, "units"))
    return Edition(tuple(counts), frozenset(hidden))


def lived(seed: int, hide: Hide, editions: int = 3) -> list[Seen]:
    chance = random.Random(seed)  # noqa: S311 - no secret
    partnership, seen = drawn(chance), []
    for _ in range(editions):
        counts, made = published(partnership)
        seen.append(Seen(partnership, made, hide(counts, [one.edition for one in seen])))
        partnership = grown(partnership, chance)
    return seen


@pytest.mark.parametrize("partnerships", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_an_attacker_with_all_editions_finds_out_nothing_that_is_hidden(partnerships: int) -> None:
    tried = shown = 0
    for seed in range(partnerships):
        seen = lived(seed, as_published)
        assert recovered(seen) == {}, seed
        tried += len(secrets(seen))
        shown += sum(at.is_shown(number) for at in seen for number in at.made)
    assert tried > 500 * partnerships
    assert shown > 50 * partnerships, "hiding everything would be easy"


@pytest.mark.parametrize("partnerships", [20, pytest.param(200, marks=pytest.mark.long)])
def test_the_same_attacker_finds_out_much_where_only_the_small_counts_are_hidden(partnerships: int) -> None:
    told = []
    for seed in range(partnerships):
        seen = lived(seed, small_ones_only)
        found = recovered(seen)
        true = secrets(seen)
        for name, value in found.items():
            assert value == seen[-1].partnership.value(true[name]), "what the attacker works out is so"
        told.append(len(found))
    assert sum(number > 0 for number in told) > 0.9 * partnerships
    assert sum(told) > 50 * partnerships


def of_another_unit(counts: Sequence[Count]) -> list[Count]:
    """The same numbers of other metrics, which count something else."""
    return [replace(one, key=one.key._replace(metric=f"{one.key.metric} asked"), unit="enquiry") for one in counts]


@pytest.mark.parametrize("seed", range(12))
def test_what_stands_apart_from_every_change_is_shown_as_if_all_were_worked_out_again(seed: int) -> None:
    """Two metrics of one unit, and others of another unit; each moves on when it likes, one comes later."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    one, other = ([at.edition.counts for at in lived(seed + more, small_ones_only, 4)] for more in (0, 100))
    of_each = ("present", "invited")
    present, invited = ([[count for count in at if count.key.metric == name] for at in one] for name in of_each)
    stand: list[list[Count]] = [[], [], []]
    editions: list[Edition] = []
    for number in range(4):
        for place, moves in enumerate((present, invited, [of_another_unit(at) for at in other])):
            if chance.random() < 0.5:
                stand[place] = moves[number]
        counts = [count for those in stand for count in those]
        edition = as_published(counts, editions)
        assert edition == in_full(counts, editions)
        editions.append(edition)


def test_a_count_that_was_shown_and_is_small_by_what_holds_now_is_hidden_though_nothing_else_has_changed() -> None:
    (seen,) = lived(1, as_published, 1)
    counts, before = seen.edition.counts, list(changes([seen.edition]))
    stricter = renewed(counts, before, lambda _: 9)
    shown = [
        (one.key, part, one.part(part))
        for one in counts
        for part in PARTS
        if one.part(part) is not None and seen.edition.is_shown(one.key, part)
    ]
    newly_small = [(key, part) for key, part, number in shown if LIMIT < (number or 0) <= 9]
    assert newly_small
    assert not any(stricter.is_shown(key, part) for key, part in newly_small)
    assert renewed(counts, before, five) == seen.edition


def test_editions_one_by_one_would_give_away_what_came_in_between() -> None:
    """Each by itself is safe; taken together the change of a total by a case or two stands there."""

    def forgetful(counts: Sequence[Count], earlier: Sequence[Edition]) -> Edition:
        return in_full(counts, [])

    found = [recovered(lived(seed, forgetful)) for seed in range(20)]
    assert sum(any("change of" in name for name in one) for one in found) > 5


def relations(equations: Equations) -> set[frozenset[tuple[object, int]]]:
    """What binds the cells, by what they are called; a change between two editions is another test's."""
    names = {cell: name for name, cell in equations.names.items()}
    return {
        frozenset((names[cell], factor) for cell, factor in form)
        for form in equations.bound
        if not any(cell in equations.changes for cell, _ in form)
    }


@pytest.mark.parametrize("seed", range(20))
def test_an_edition_taken_in_by_what_it_changed_binds_all_that_it_binds_by_itself(seed: int) -> None:
    grown_up, by_themselves, kept = Equations(), set(), random.Random(seed)  # noqa: S311 - no secret
    for seen in lived(seed, small_ones_only, editions=4):
        counts = [one for one in seen.edition.counts if kept.random() < 0.95]  # some are gone, or come back
        alone = Equations()
        cells = grown_up.add(counts, five)
        assert cells.keys() == alone.add(counts, five).keys()
        assert {which: grown_up.values[cell] for which, cell in cells.items()} == {
            which: alone.values[cell] for which, cell in alone.cells.items()
        }
        by_themselves |= relations(alone)
    assert relations(grown_up) == by_themselves
    assert len(by_themselves) > 500


def test_an_edition_in_which_one_figure_changed_is_not_looked_at_as_a_whole() -> None:
    (seen,) = lived(3, small_ones_only, editions=1)
    equations = Equations()
    equations.add(seen.edition.counts, five)
    first = equations.editions[0]
    last = max(seen.edition.counts, key=lambda one: (one.key.agency_code, one.ends_on, one.key))
    equations.change([replace(last, denominator=last.denominator + 9)], (), five)
    certain, by_chance = equations.editions[1]
    assert 0 < len(certain) + len(by_chance) < (len(first[0]) + len(first[1])) / 20
