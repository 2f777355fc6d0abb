"""What was published and later said otherwise, as the board reads it: newest first, by publication and cause.

The published edition says of a restatement no more than earlier editions and this one show by themselves: both
numbers where each was shown when it was published and the figure is not hidden now; else that it changed, and the mark.
So nobody learns from it what a subtraction of two editions would not tell, and those are kept from telling already
(`warehouse.disclosure`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Final

from reports.figures import HIDDEN, month_start
from warehouse.disclosure import ORDER_OF_PERIODS, Line
from warehouse.equations import Key
from warehouse.restatements import CAUSES, Change, Said

MONTHS_BACK: Final = 24
"""Restatements published in so many months are told, as many as the trends show."""
PUBLICATIONS_SHOWN: Final = 12
"""Publications that the page tells of one by one; all others are in the file beside it."""
FIGURES_SHOWN: Final = 40
"""Figures of one publication and cause that the page lists; those that a board reads most come first. Hidden ones are
counted by metric, and are one by one in the file."""

NUMBERS: Final = frozenset({"numerator", "denominator"})
"""Parts of a figure that must both be shown where its percentage is."""


@dataclass(frozen=True)
class Told:
    """What a publication said of a figure. Where that is hidden there is nothing in it."""

    assurance: str = ""
    numerator: int | None = None
    denominator: int | None = None
    percentage: float | None = None


@dataclass(frozen=True)
class Restated:
    """One figure that a later publication said otherwise."""

    key: Key
    starts_on: date
    ends_on: date
    publication_id: str
    published_at: datetime
    published_before_at: datetime
    was: Told
    now: Told
    points: float | None
    """Percentage points it moved by; None: there was no percentage on one side, or it is hidden."""
    cause: str
    agencies: tuple[str, ...]
    """Codes of those whose deliveries changed it, where any did."""
    mark: str = ""
    """`HIDDEN`: only that it changed is told."""

    @property
    def order(self) -> tuple[object, ...]:
        """What a board reads most comes first: the partnership, twelve months, the latest."""
        key = self.key
        return (
            bool(key.agency_code) + 2 * bool(key.breakdown),
            ORDER_OF_PERIODS.index(key.period_kind),
            -self.ends_on.toordinal(),
            -abs(self.points or 0.0),
            key,
        )


@dataclass(frozen=True)
class ForOneCause:
    """What changed for one cause, in one publication."""

    cause: str
    agencies: tuple[str, ...]
    figures: int
    metrics: int
    hidden: Mapping[str, int]
    """Metric → how many of its figures are hidden, most first."""
    largest: float | None
    """Of the changes that are shown, the largest, up or down; None: none has a percentage on both sides."""
    shown: tuple[Restated, ...]
    """Of those that are shown the first, in order."""

    @property
    def says(self) -> str:
        """The cause in words."""
        return CAUSES[self.cause]

    @property
    def left_out(self) -> int:
        """Figures that are neither listed nor hidden."""
        return self.figures - sum(self.hidden.values()) - len(self.shown)


@dataclass(frozen=True)
class Anew:
    """A publication that said earlier figures otherwise."""

    published_at: datetime
    figures: int
    causes: tuple[ForOneCause, ...]


@dataclass(frozen=True)
class Restatements:
    """What the page tells."""

    figures: int
    publications: int
    """How many there are; of them the newest are told one by one."""
    newest: tuple[Anew, ...]


def told_since(as_of: date) -> datetime:
    """Restatements published before this are not told any more."""
    return datetime.combine(month_start(as_of, MONTHS_BACK), datetime.min.time())


def restated(changes: Iterable[Change], agency_of: Mapping[str, str]) -> list[Restated]:
    """Every restatement with all its numbers, in the order of the changes.

    Args:
        changes: the restatements of the warehouse, newest first.
        agency_of: delivery → code of the agency that sent it.
    """
    return [_restated(change, agency_of) for change in changes]


def asked_of_editions(changes: Iterable[Change], publication_id: str) -> dict[str, set[Key]]:
    """Which lines of which editions say what may be told; ``publication_id``: the edition that tells it."""
    asked: dict[str, set[Key]] = {publication_id: set()}
    for change in changes:
        key = Key(*change.key)
        for publication in (change.before.publication_id, change.after.publication_id, publication_id):
            asked.setdefault(publication, set()).add(key)
    return asked


def conceal_restated(
    changes: Sequence[Change], found: Sequence[Restated], lines: Mapping[tuple[str, Key], Line], publication_id: str
) -> list[Restated]:
    """The same restatements, without a number that was hidden on either side, or is of a figure that is hidden now.

    Args:
        changes: the restatements of the warehouse.
        found: the same, as `restated` gives them.
        lines: what stood in the editions, of all that `asked_of_editions` asks for.
        publication_id: the edition that they are told in.
    """
    concealed = []
    for change, one in zip(changes, found, strict=True):
        now = lines.get((publication_id, one.key))
        sides = ((said, lines.get((said.publication_id, one.key))) for said in (change.before, change.after))
        is_told = all(_was_shown(said, line) for said, line in sides) and (now is None or not now[1] & NUMBERS)
        concealed.append(one if is_told else _without_numbers(one))
    return concealed


def read_restatements(found: Iterable[Restated]) -> Restatements:
    """Restatements by publication and cause.

    Args:
        found: newest first.
    """
    lines = list(found)
    by_publication = [list(those) for _, those in groupby(lines, key=lambda one: one.published_at)]
    newest = tuple(_anew(those) for those in by_publication[:PUBLICATIONS_SHOWN])
    return Restatements(len(lines), len(by_publication), newest)


def _restated(change: Change, agency_of: Mapping[str, str]) -> Restated:
    return Restated(
        Key(*change.key), change.starts_on, change.ends_on,
        change.after.publication_id, change.after.published_at, change.before.published_at,
        _told(change.before), _told(change.after), change.points, change.cause,
        tuple(sorted({agency_of[one] for one in change.deliveries if one in agency_of})),
    )  # fmt: skip


def _told(said: Said) -> Told:
    return Told(said.assurance, said.numerator, said.denominator, said.percentage)


def _was_shown(said: Said, line: Line | None) -> bool:
    """Whether the edition of that publication showed the numbers; that there were none was shown in any case."""
    if said.denominator is None:
        return True
    if line is None:
        return False
    count, hidden = line
    is_the_same = (count.numerator, count.denominator) == (said.numerator, said.denominator)
    return is_the_same and not hidden & NUMBERS


def _without_numbers(one: Restated) -> Restated:
    return replace(one, was=Told(), now=Told(), points=None, mark=HIDDEN)


def _anew(those: Sequence[Restated]) -> Anew:
    causes = [
        _for_one_cause(cause, [one for one in those if one.cause == cause])
        for cause in CAUSES
        if any(one.cause == cause for one in those)
    ]
    return Anew(those[0].published_at, len(those), tuple(causes))


def _for_one_cause(cause: str, those: Sequence[Restated]) -> ForOneCause:
    shown = sorted((one for one in those if one.mark != HIDDEN), key=lambda one: one.order)
    hidden = Counter(one.key.metric for one in those if one.mark == HIDDEN)
    moved = [one.points for one in those if one.points is not None]
    return ForOneCause(
        cause,
        tuple(sorted({agency for one in those for agency in one.agencies})),
        len(those),
        len({one.key.metric for one in those}),
        dict(hidden.most_common()),
        max(moved, key=abs, default=None),
        tuple(shown[:FIGURES_SHOWN]),
    )
