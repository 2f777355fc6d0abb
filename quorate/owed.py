"""`quorate owed …`: who owes what, since when, at which level it is, and what a person decides about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from quorate.exits import Exit
from quorate.options import AsJson, AsKnownAt, By, Home, Warehouse, Why, settings_of

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(
    help="Who owes what, since when, and at which level it is.",
    rich_markup_mode=None,
    invoke_without_command=True,
)

Feed = Annotated[str, typer.Argument(metavar="FEED", help="The feed, as `quorate owed` names it.")]
Period = Annotated[str, typer.Option(help='The period: the month it ends in (2026-10), or its name ("Autumn 2026").')]


@app.callback()
def owed(
    context: typer.Context,
    *,
    everything: Annotated[bool, typer.Option("--all", help="The whole register, with what has come.")] = False,
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Who owes what, since when, and at which level it is. Exit code 3 where somebody has to be asked."""
    if context.invoked_subcommand:
        return
    from flows import agreements
    from quorate import reading, show_owed

    settings, instant = settings_of(home, warehouse), reading.instant_of(as_known_at)
    with reading.whole(settings, instant) as connection:
        found = agreements.standings(connection, settings, (instant or datetime.now()).date())
    why = agreements.reasons(found) if everything or as_json else {}
    show_owed.listed(found, why, everything=everything, as_json=as_json)
    raise typer.Exit(Exit.MISSING if any(one.is_chased for one in found) else Exit.OK)


@app.command(short_help="Chase nobody for a feed until a day.")
def snooze(
    feed: Feed,
    *,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of it: 2026-12-31.")],
    by: By,
    why: Why,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Chase nobody for a feed until the end of a day. What is owed stays owed, and figures without it not assured."""
    if until.date() < date.today():
        raise typer.BadParameter("the last day lies in the past", param_hint="--until")
    _snooze(feed, until.date(), home, warehouse, by=by, why=why, as_json=as_json)


@app.command(short_help="Take a snooze back.")
def unsnooze(
    feed: Feed, *, by: By, why: Why, home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False
) -> None:
    """Take a snooze back: from now on somebody is chased again."""
    _snooze(feed, None, home, warehouse, by=by, why=why, as_json=as_json)


@app.command(short_help="Ask for one period of a feed no more.")
def excuse(
    feed: Feed,
    *,
    period: Period,
    by: By,
    why: Why,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Ask for one period of a feed no more: it will not come. Its figures stay "not assured"; only nobody is chased."""
    _excuse(feed, period, home, warehouse, by=by, why=why, undo=False, as_json=as_json)


@app.command(short_help="Ask for an excused period again.")
def unexcuse(
    feed: Feed,
    *,
    period: Period,
    by: By,
    why: Why,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Take an excuse back: the period is owed as any other."""
    _excuse(feed, period, home, warehouse, by=by, why=why, undo=True, as_json=as_json)


def _snooze(
    feed: str, until: date | None, home: Path | None, warehouse: str | None, *, by: str, why: str, as_json: bool
) -> None:
    from flows import agreements
    from quorate import reading, show_owed

    settings, now = settings_of(home, warehouse), datetime.now()
    with reading.existing(settings) as store:
        agreements.snooze(store, settings, feed, until, by=by, why=why, at=now)
        stands = agreements.standing_of(store, settings, feed, now.date())
    word = "unsnooze" if until is None else "snooze"
    show_owed.decided(stands, word, until or "", by=by, why=why, as_json=as_json)


def _excuse(
    feed: str, period: str, home: Path | None, warehouse: str | None, *, by: str, why: str, undo: bool, as_json: bool
) -> None:
    from flows import agreements
    from quorate import reading, show_owed

    settings, now = settings_of(home, warehouse), datetime.now()
    with reading.existing(settings) as store:
        label = agreements.excuse(store, settings, feed, period, by=by, why=why, at=now, undo=undo)
        stands = agreements.standing_of(store, settings, feed, now.date())
    show_owed.decided(stands, "unexcuse" if undo else "excuse", label, by=by, why=why, as_json=as_json)
