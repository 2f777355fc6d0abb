"""Telling people what they should know: one message for each channel and run, of counts and a link.

Never a value, never a child, and no name of a metric: who wants to know more follows the link. What is not so any more
is not told (`flows.news`). A channel that is down is told the next time, and never fails the night.

    for note in tell(store, settings, now, channels(settings)): ...      # whom it could not reach, and what to do
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import SecretStr

from flows import news
from flows.news import BREACHED, HELD, HELD_BACK, MISSING, OVERDUE, RECOVERED, Waiting
from flows.settings import Settings
from warehouse import notices
from warehouse.notices import Event
from warehouse.store import Store

NOT_SHOWN: Final = "not shown to fall short"
"""What is told of a figure that the report hides since: whether it meets its standard is not for a message to say."""
SAID: Final = {
    OVERDUE: ("return is overdue", "returns are overdue"),
    MISSING: ("return has never come", "returns have never come"),
    HELD: ("delivery is held until a person decides", "deliveries are held until a person decides"),
    HELD_BACK: ("publication is held until a person decides", "publications are held until a person decides"),
    BREACHED: ("figure falls short", "figures fall short"),
    RECOVERED: ("figure meets its standard again", "figures meet their standard again"),
    NOT_SHOWN: ("figure is no longer shown to fall short", "figures are no longer shown to fall short"),
}
"""Event → what is said of one, and of several; in the order they are said."""
TOLD: Final = tuple(name for name in SAID if name != NOT_SHOWN)
"""The events that people are told of."""
AGAIN: Final = "The next run tries again; `quorate notify` does at once."


class Untold(Exception):
    """A channel did not take a message; what it says holds nothing of the channel's address."""


@dataclass(frozen=True)
class Message:
    """What people are told."""

    title: str
    body: str


@dataclass(frozen=True)
class Channel:
    """Where people are told."""

    name: str
    send: Callable[[Message], None]
    """Raises `Untold` where the message was not taken."""
    again: str = AGAIN
    """When it is tried again."""


def channels(settings: Settings) -> list[Channel]:
    """The channels of the settings (``QUORATE_NOTIFY``); `flows.notice_blocks` has those of Prefect."""
    return [_by_apprise(name, address) for name, address in settings.notify.items()]


def waiting(store: Store, settings: Settings, now: datetime, channel: str) -> Waiting:
    """What a channel has not been told yet. What is older than ``notify_days`` is not news any more."""
    with store.reading() as connection:
        events = notices.untold(connection, channel, TOLD, now - timedelta(days=settings.notify_days))
        return news.sift(connection, settings, events, now.date())


def compose(events: Iterable[Event], settings: Settings) -> Message:
    """One message of all events: how many of what, before whom, and where to look."""
    events = list(events)
    counted = Counter(NOT_SHOWN if one.payload.get("shown") == "hidden" else one.name for one in events)
    lines = [f"{counted[name]} {said[counted[name] > 1]}" for name, said in SAID.items() if counted[name]]
    levels = Counter(one.payload["level"] for one in events if one.name in (OVERDUE, MISSING))
    before = ", ".join(f"{number} for the level {_level(settings, level)}" for level, number in sorted(levels.items()))
    body = [f"{line}." for line in lines]
    if before:
        body.append(f"Of the returns: {before}.")
    body.append(f"The report: {settings.report_url}" if settings.report_url else "More: `quorate status`")
    body += ["Who owes what: `quorate owed`"] if levels else []
    return Message(f"{settings.partnership}: {'; '.join(lines)}", "\n".join(body))


def tell(store: Store, settings: Settings, now: datetime, to: Iterable[Channel]) -> tuple[str, ...]:
    """Tell every channel what it has not been told; returns whom it could not reach. A quiet night writes nothing."""
    notes = []
    for channel in to:
        waits = waiting(store, settings, now, channel.name)
        if waits.news and (failure := _sent(channel, compose(waits.news, settings))):
            notes.append(f"{channel.name} was not told of {len(waits.news)} events: {failure} {channel.again}")
        elif waits.news or waits.over:
            with store.writing() as connection:
                notices.mark(connection, (*waits.news, *waits.over), channel.name, now)
    return tuple(notes)


def _sent(channel: Channel, message: Message) -> str:
    """Why a channel did not take a message; empty: it did."""
    try:
        channel.send(message)
    except Untold as failure:
        return str(failure)
    return ""


def _level(settings: Settings, number: int) -> str:
    """A level's name; levels may be others than when it was told."""
    known = settings.escalation
    return known[number - 1].name if 1 <= number <= len(known) else str(number)


def _by_apprise(name: str, address: SecretStr) -> Channel:
    def send(message: Message) -> None:
        with _unheard("apprise"):
            import apprise  # noqa: PLC0415 - only where somebody is told

            asset = apprise.AppriseAsset(app_id="Quorate", app_desc="Quorate", app_url="", image_url_mask="")
            told = apprise.Apprise(asset=asset)
            if not told.add(address.get_secret_value()):
                raise Untold("its address is not one that apprise can write to; mend QUORATE_NOTIFY.")
            if not told.notify(title=message.title, body=message.body, body_format=apprise.NotifyFormat.TEXT):
                raise Untold("it does not answer, or refuses.")

    return Channel(name, send)


@contextmanager
def _unheard(logger: str) -> Iterator[None]:
    """What a library logs of a failure may hold an address, and so a password; what it warns of is not ours to mend."""
    log = logging.getLogger(logger)
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        log.disabled = before
