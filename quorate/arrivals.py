"""Commands about how files arrive: fetch them from where agencies leave them, and load them as they land."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from quorate.exits import Exit
from quorate.options import AsJson, Home, Warehouse, settings_of

PAUSE: Final = 15.0
"""Seconds until a burst is tried again that found the warehouse taken."""

# Everything heavy is imported where it is used: `quorate --help` answers within half a second.


def fetch(
    remotes: Annotated[list[str] | None, typer.Argument(metavar="[REMOTE]...", help="Default: all of them.")] = None,
    *,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Bring what is new at remote places (SFTP, S3, Azure, shares) into the landing zone; nothing is loaded."""
    from flows.fetching import fetch_all
    from quorate import show_arrivals

    settings = settings_of(home)
    unknown = sorted(set(remotes or ()) - settings.remotes.keys())
    if unknown or not settings.remotes:
        there = ", ".join(sorted(settings.remotes)) or "none: docs/landing.md says how to declare one"
        raise typer.BadParameter(f"no such remote place is in quorate.toml; there are: {there}", param_hint="REMOTE")
    done = fetch_all(settings, remotes or ())
    show_arrivals.fetched([asdict(one) for one in done], as_json)
    raise typer.Exit(Exit.INFRASTRUCTURE if any(one.trouble for one in done) else Exit.OK)


def watch(home: Home = None, warehouse: Warehouse = None) -> None:
    """Load what lands as soon as it is whole, until Ctrl-C; needs no server. Keep `quorate nightly` beside it."""
    from datetime import datetime
    from threading import Event

    from flows import sweep
    from flows.watching import watch as bursts
    from quorate import show
    from warehouse.store import Locked

    settings, stop = settings_of(home, warehouse), Event()
    show.say(f"Watching {settings.landing}. Ctrl-C ends it.")
    for seen in bursts(settings, stop):
        while True:
            try:
                with show.deliveries_progress(len(seen.ready)) as progress, sweep.open_warehouse(settings) as store:
                    now = datetime.now()
                    outcomes = sweep.deliver_all(seen.ready, store, settings, now, progress)
                    run = sweep.conclude(store, settings, outcomes, list(seen.unknown), now)
                break
            except Locked as taken:
                show.say(f"{taken} It is tried again in {PAUSE:.0f} seconds.")
                stop.wait(PAUSE)
        show.run(run, as_json=False)


COMMANDS: Final[tuple[tuple[Callable[..., Any], str], ...]] = (
    (fetch, "Bring what is new at remote places into the landing zone."),
    (watch, "Load what lands, as it lands, without a server."),
)
"""Command → what the list of commands says of it."""
