"""What the terminal shows of who owes what, and of who is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from quorate.show import _json, _results, _table, say

if TYPE_CHECKING:
    from flows.notices import Message
    from warehouse.owing import Owed

COLOURS = {"overdue": "yellow", "missing": "bold yellow", "snoozed": "dim", "excused": "dim", "here": "green"}


def listed(found: Sequence[Owed], why: Mapping[str, str], *, everything: bool, as_json: bool) -> None:
    """Who owes what; with ``everything`` the whole register. ``why``: feed → why it is owed."""
    if as_json:
        _json([plain(one) | {"why": why[one.feed]} for one in found])
        return
    shown = [one for one in found if everything or one.standing not in ("here", "due") or one.excused]
    if not shown:
        say("Nobody owes anything that is overdue. `quorate owed --all` has the whole register.")
        return
    headings = ["~why"] if everything else []
    _table(
        ("feed", "agency", "every", "standing", "owed", "since", "level", "~contact", *headings),
        (
            (one.feed, one.agency, one.agreement.every, _standing(one), _owed(one), str(one.since or "–"),
             escape(one.level_name or "–"), escape(one.agreement.contact),
             *([escape(why[one.feed])] if everything else []))
            for one in shown
        ),
    )  # fmt: skip
    _terms(found)


def decided(found: Sequence[Owed], *, as_json: bool) -> None:
    """How a feed stands after a decision."""
    if as_json:
        _json(plain(found[0]))
        return
    listed(found, {}, everything=False, as_json=False)
    say("It is kept with name and reason. Figures without the return stay not assured; only nobody is chased.")


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
            {"channel": name, "is_told": name in reached, "events": events, **asdict(message)}
            for name, events, message in messages
        ]
        _json({"messages": told, "failed": failed})
        return
    if not messages:
        say("There is nothing that anybody has not been told.")
    for name, events, message in messages:
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
    if one.standing == "snoozed" and one.snoozed is not None:
        word = f"snoozed until {one.snoozed.until}"
    elif one.standing == "due" and one.next_period is not None:
        word = f"due by {one.agreement.due_on(one.next_period)}"
    return f"[{COLOURS.get(one.standing, 'default')}]{word}[/]"


def _owed(one: Owed) -> str:
    excused = f"excused: {', '.join(one.excused)}" if one.excused else ""
    waits = one.next_period.label if one.standing == "due" and one.next_period else ""
    return escape("; ".join(filter(None, (", ".join(one.labels), waits, excused)))) or "–"


def _periods(one: Owed) -> str:
    """The latest that is due, and how many there are before it."""
    if not one.periods:
        return "its one file"
    earlier = len(one.periods) - 1
    return f"{one.periods[-1].label}{f' (and {earlier} before it)' if earlier else ''}"


def _terms(found: Sequence[Owed]) -> None:
    for source in sorted({period.source for one in found for period in one.periods if period.source}):
        _results.print(f"Terms {source} ([[terms]] in quorate.toml).", highlight=False, markup=False)
