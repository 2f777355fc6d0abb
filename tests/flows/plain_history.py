"""What deliveries come to, by hand: the words of `warehouse.history`, `connectors.agency.Feed.carries` and
`warehouse.ledger` in plain Python, over lists and dicts.

Nothing of the warehouse is used here, so that whoever misreads those words has to misread them twice, and in the same
way. A row is a key and what it says; everything is worked out anew from all deliveries, every time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

STANDS = ("loaded", "duplicate")
DEALT_WITH = (*STANDS, "held", "withdrawn")


@dataclass
class Told:
    """One attempt at one file of a feed."""

    delivery_id: str
    text: str
    """The same text is the same file."""
    month: date
    version: int | None
    """Which version its name says it is."""
    arrived: int
    """The place of the file among all that arrived."""
    attempt: int = 1
    state: str = "received"
    rows: dict[str, str] = field(default_factory=dict)
    """Accepted rows."""
    faults: tuple[int, int, frozenset[str]] = (0, 0, frozenset())
    """Rows refused, rows that stood there twice, and the keys of those refused."""
    revision: int = 0


class Version(NamedTuple):
    """What a row says, who said so first, and from when to when it is so."""

    key: str
    says: str
    origin: str
    valid_from: date
    valid_to: date | None


class PlainFeed:
    """Everything that came of one feed, in the order in which it was dealt with."""

    def __init__(self, carries: str) -> None:
        self.carries = carries
        self.told: list[Told] = []

    def chain(self, one: Told) -> object:
        """Of the deliveries of a chain the newest counts: a month's, or a file's where files carry changes."""
        return one.text if self.carries == "changes" else one.month

    def attempts(self, text: str) -> list[Told]:
        return [one for one in self.told if one.text == text]

    def chains(self) -> list[list[Told]]:
        """The deliveries that stand, in chains; the chain of the latest month comes last, in a chain the newest."""
        live = {one.text for one in self.told if one.state in STANDS}
        chains = defaultdict(list)
        for one in sorted(self.told, key=lambda one: (one.revision, one.arrived, one.attempt)):
            # an attempt that was replaced stands behind the one that took its place: it said the same words first
            if one.state in STANDS or (one.state == "replaced" and one.text in live):
                chains[self.chain(one)].append(one)
        return sorted(chains.values(), key=lambda chain: (chain[-1].month, chain[-1].revision, chain[-1].arrived))

    def versions(self) -> set[Version]:
        """What every row says, and said: all that is known now."""
        keys = {key for one in self.told for key in one.rows}
        return {version for key in keys for version in self._versions_of(key)}

    def _versions_of(self, key: str) -> Iterator[Version]:
        current: Version | None = None
        for chain in self.chains():
            month, says = chain[-1].month, chain[-1].rows.get(key)
            if current and says == current.says:
                continue
            if says is None and self.carries != "everything":
                continue  # other months, and files of changes, say nothing by being silent
            if current:
                yield current._replace(valid_to=month)
            origin = next((one.delivery_id for one in chain if one.rows.get(key) == says), "")
            current = Version(key, says, origin, month, None) if says is not None else None
        if current:
            yield current

    def settle(self, one: Told, *, is_complete: bool, by_person: bool = False) -> None:
        """Decide what becomes of a delivery that has been read: ``one`` has its rows, and stands in `told`."""
        earlier = [other for other in self.told if other is not one and self.chain(other) == self.chain(one)]
        before = [other.revision for other in earlier if other.arrived < one.arrived]
        again = [other.revision for other in earlier if other.text == one.text and other.revision]
        one.revision = one.version or one.revision or (again or [max(before, default=0) + 1])[-1]
        newest = next((chain[-1] for chain in self.chains() if self.chain(chain[-1]) == self.chain(one)), None)
        follows = newest and (one.revision, one.arrived) > (newest.revision, newest.arrived)
        if newest and follows and one.attempt == 1 and (newest.rows, newest.faults) == (one.rows, one.faults):
            one.state = "duplicate"
        elif not (is_complete or by_person):
            one.state = "held"
        else:
            one.state = "loaded"
            for other in self.attempts(one.text):
                if other.attempt < one.attempt and other.state in ("held", *STANDS):
                    other.rows = {} if other.state == "held" else other.rows  # nobody had heard of them yet
                    other.state = "replaced"
