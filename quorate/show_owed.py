"""What the terminal shows of who owes what, and of who is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from quorate.show import _json, _results, _table, say

if TYPE_CHECKING:
    from flows.notices import Message
    from warehouse.owing import Owed

COLOURS = {
    "overdue": "yellow", "missing": "bold yellow", "held": "bold red", "snoozed": "dim", "excused": "dim",
    "here": "green",
}  # fmt: skip
NOBODY = ""
"""Name of a channel where there is none: what it would be told."""
CLOSING = {
    "snooze": "Nobody is chased for it until the end of that day. Figures without the return stay not assured.",
    "unsnooze": "From now on it is chased again where it is overdue.",
    "excuse": "Nobody is asked for that period any more. Figures without the return stay not assured.",
    "unexcuse": "That period is owed again as any other.",
}
"""What a decision means, said after it."""


def listed(found: Sequence[Owed], why: Mapping[str, str], *, everything: bool, as_json: bool) -> None:
    """Who owes what; with ``everything`` the whole register. ``why``: feed → why it is owed."""
    if as_json:
        _json([plain(one) | {"why": why[one.feed]} for one in found])
        return
    shown = [one for one in found if everything or one.standing not in ("here", "due") or one.excused]
    if not shown:
        say("Nobody owes anything that is overdue. `quorate owed --all` has the whole register.")
        return
    _lines(shown, why if everything else {})
    _terms(found)
    if any(one.standing == "held" for one in shown):
        say("What is held has come, and waits for a person here: `quorate delivery list --state held`.")


def _lines(found: Sequence[Owed], why: Mapping[str, str]) -> None:
    """The register; ``why`` empty: without the reasons."""
    _table(
        ("feed", "~agency", "~every", "standing", "owed", "=since", "-level", "contact", *(["~why"] if why else [])),
        (
            (one.feed, one.agency, one.agreement.every, _standing(one), _owed(one), str(one.since or "–"),
             escape(one.level_name or "–"), escape(one.agreement.contact), *([escape(why[one.feed])] if why else []))
            for one in found
        ),
    )  # fmt: skip


def decided(one: Owed, word: str, until: date | str, *, by: str, why: str, as_json: bool) -> None:
    """What was decided of a feed, by whom, and how it stands now.

    Args:
        one: the feed as it stands.
        word: what was decided, such as ``snooze``.
        until: the last day of a snooze, or the period by name; empty: it was taken back.
        by: who decided.
        why: the reason.
        as_json: for programs.
    """
    if as_json:
        _json(plain(one))
        return
    _lines([one], {})
    _terms([one])
    what = f"until {until:%d %B %Y}, " if isinstance(until, date) else f"{until}, " if until else ""
    say(f"[bold]{word}[/bold] {one.feed} ({one.agency}) {escape(f'{what}by {by}: {why}')}")
    say(f"{CLOSING[word]} It is kept with name and reason.")


def late(owed: Sequence[Owed]) -> None:
    """Who is late, a line each."""
    for one in owed:
        last = f"last spoke for {one.last_period:%B %Y}" if one.last_period else "has never delivered"
        before = f"; {one.level_name}" if one.level_name else ""
        say(f"[yellow]late[/yellow] {one.feed} ({one.agency}) {last}; {_periods(one)} is due{escape(before)}.")


def let_be(found: Sequence[Owed]) -> None:
    """Who is not chased, and by whose word."""
    for one in found:
        if one.snoozed is not None:
            who = f"until {one.snoozed.until:%d %B %Y}, by {one.snoozed.by}: {one.snoozed.why}"
            say(f"[dim]snoozed[/dim] {one.feed} ({one.agency}) {escape(who)}")
        for label, word in one.excused.items():
            say(f"[dim]excused[/dim] {one.feed} ({one.agency}) {escape(f'{label}, by {word.by}: {word.why}')}")


def notified(
    messages: Sequence[tuple[str, int, Message]], reached: Collection[str], failed: Sequence[str], *, as_json: bool
) -> None:
    """What each channel was told, or would be."""
    if as_json:
        told = [
            {"channel": name or None, "is_told": name in reached, "events": events, **asdict(message)}
            for name, events, message in messages
        ]
        _json({"messages": told, "failed": failed})
        return
    if not messages:
        say("There is nothing that anybody has not been told.")
    for name, events, message in messages:
        if name == NOBODY:
            say(f"Nobody is told: QUORATE_NOTIFY is not set. A channel would be told of {events} events:")
        else:
            say(f"[bold]{escape(name)}[/bold] {'was' if name in reached else 'would be'} told of {events} events:")
        _results.print(f"{message.title}\n\n{message.body}", highlight=False, markup=False, soft_wrap=True)
    for note in failed:
        say(f"[yellow]to do[/yellow] {escape(note)}")


def plain(one: Owed) -> dict[str, Any]:
    """A line of the register for programs."""
    said = one.agreement
    return {
        "feed": one.feed,
        "agency": one.agency,
        "standing": one.standing,
        "last_period": one.last_period,
        "due_for": one.due_for,
        "owed": one.labels,
        "held": one.held,
        "since": one.since,
        "level": one.level,
        "level_name": one.level_name,
        "every": said.every,
        "contact": said.contact,
        "due_working_day": said.due_working_day,
        "grace_working_days": said.grace_working_days,
        "begins_on": said.begins_on,
        "next": one.next_period and {"period": one.next_period.label, "due_on": said.due_on(one.next_period)},
        "snoozed": one.snoozed and {"until": one.snoozed.until, "by": one.snoozed.by, "why": one.snoozed.why},
        "excused": [{"period": label, "by": word.by, "why": word.why} for label, word in one.excused.items()],
        "terms": sorted({period.source for period in one.periods if period.source}),
    }


def _standing(one: Owed) -> str:
    word: str = one.standing
    if one.standing == "due" and one.next_period is not None:
        word = f"due by {one.agreement.due_on(one.next_period)}"
    if one.snoozed is not None:
        until = f"snoozed until {one.snoozed.until}"
        word = until if one.standing == "snoozed" else f"{word}, {until}"
    return f"[{COLOURS.get(one.standing, 'default')}]{word}[/]"


def _owed(one: Owed) -> str:
    excused = f"excused: {', '.join(one.excused)}" if one.excused else ""
    held = f"held: {', '.join(one.held)}" if one.held else ""
    waits = one.next_period.label if one.standing == "due" and one.next_period else ""
    return escape("; ".join(filter(None, (", ".join(one.labels), held, waits, excused)))) or "–"


def _periods(one: Owed) -> str:
    """The latest that is due, and how many there are before it."""
    if one.agreement.every == "once":
        return "its one file"
    earlier = len(one.periods) - 1
    return f"{one.periods[-1].label}{f' (and {earlier} before it)' if earlier else ''}"


def _terms(found: Sequence[Owed]) -> None:
    for source in sorted({period.source for one in found for period in one.periods if period.source}):
        _results.print(f"Terms {source} ([[terms]] in quorate.toml).", highlight=False, markup=False)
