"""What of the events that a channel was not told of is still so: a message says what is true now, and not what was.

A return that came meanwhile, a delivery that was released, a figure that fell short and recovered again are no news any
more. They count as told, so that nobody is told of them later either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows import agreements
from flows.settings import Settings
from warehouse import dossier, publications
from warehouse.notices import Event
from warehouse.store import Connection

OVERDUE: Final = "quorate.delivery.overdue"
MISSING: Final = "quorate.delivery.missing"
HELD: Final = "quorate.delivery.held"
HELD_BACK: Final = "quorate.pack.held"
BREACHED: Final = "quorate.assurance.breached"
RECOVERED: Final = "quorate.assurance.recovered"

RETURNS: Final = (OVERDUE, MISSING)
FIGURES: Final = (BREACHED, RECOVERED)


@dataclass(frozen=True)
class Waiting:
    """What a channel was not told of yet, oldest first."""

    news: tuple[Event, ...] = ()
    """What is so, each once."""
    over: tuple[Event, ...] = ()
    """What is not so any more, or was overtaken by a newer event of the same."""


def sift(connection: Connection, settings: Settings, events: Iterable[Event], today: date) -> Waiting:
    """Part what is still so on a day from what is not."""
    events = tuple(events)
    is_so = _still_so(connection, settings, events, today)
    by_matter: dict[tuple[str, ...], list[Event]] = {}
    for one in events:
        by_matter.setdefault(_matter(one), []).append(one)
    news = {one.event_id for told in by_matter.values() for one in _last(told) if is_so(one)}
    return Waiting(
        tuple(one for one in events if one.event_id in news), tuple(one for one in events if one.event_id not in news)
    )


def _matter(one: Event) -> tuple[str, ...]:
    """What an event is about: a feed's return, a headline figure, a delivery, a publication."""
    if one.name in RETURNS:
        return ("return", str(one.payload["feed"]))
    if one.name in FIGURES:
        return ("figure", *(str(one.payload[name]) for name in ("metric", "view", "agency_code", "because")))
    return (one.name, one.subject)


def _last(told: list[Event]) -> list[Event]:
    """The last of one matter; of a figure none, where it stands as it stood when its channel was told last.

    A figure falls short and recovers by turns. So whoever was not told that it fell short takes it to be well.
    """
    if told[-1].name in FIGURES and told[-1].name != told[0].name:
        return []
    return told[-1:]


def _still_so(
    connection: Connection, settings: Settings, events: tuple[Event, ...], today: date
) -> Callable[[Event], bool]:
    """Whether what an event says holds: asked of register and ledger, as far as there are such events."""
    names = {one.name for one in events}
    owed = agreements.standings(connection, settings, today) if names & set(RETURNS) else []
    chased = {(one.feed, one.began_with) for one in owed if one.is_chased}
    held = {one.delivery_id for one in dossier.held(connection)} if HELD in names else set()
    waits = publications.waiting(connection) if HELD_BACK in names else None

    def is_so(one: Event) -> bool:
        if one.name in RETURNS:
            return (one.payload["feed"], one.payload["period"]) in chased
        if one.name == HELD:
            return one.subject in held
        return one.name != HELD_BACK or (waits is not None and waits.publication_id == one.subject)

    return is_so
