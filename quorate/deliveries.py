"""`quorate delivery …`: what was delivered and what became of it, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from quorate.exits import Exit
from quorate.options import AsJson, AsKnownAt, By, Home, Warehouse, Why, Yes, confirm, settings_of

if TYPE_CHECKING:
    from flows.delivery import Place
    from flows.settings import Settings
    from warehouse.store import Connection

app = typer.Typer(
    help="What was delivered, what became of it, and what a person decides about it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Id = Annotated[str, typer.Argument(metavar="ID", help="The delivery's id, or as much of its beginning as is unique.")]


@app.command("list", short_help="Every delivery, newest first.")
def list_all(
    *,
    feed: Annotated[str | None, typer.Option(help="Of this feed only.")] = None,
    state: Annotated[str | None, typer.Option(help="In this state only: held, loaded, refused …")] = None,
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Every delivery, newest first: what it is, its state and its rows."""
    from quorate import reading, show_deliveries
    from warehouse import ledger

    states = get_args(ledger.State)
    if state is not None and state not in states:
        raise typer.BadParameter(f"there is no such state; there are: {', '.join(states)}", param_hint="--state")
    with reading.whole(settings_of(home, warehouse), reading.instant_of(as_known_at)) as connection:
        lines = [dict(one) for one in ledger.list_deliveries(connection, feed=feed)]
    show_deliveries.listed([one for one in lines if state in (None, one["state"])], as_json)


@app.command(short_help="One delivery: its steps, its rows, what was said about it.")
def show(
    delivery: Id,
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """One delivery: its steps with their times, where each row went, and the findings by rule."""
    from quorate import reading, show_deliveries
    from warehouse import dossier, ledger

    with reading.whole(settings_of(home, warehouse), reading.instant_of(as_known_at)) as connection:
        delivery_id = meant(connection, delivery)
        line = ledger.find(connection, delivery_id)
        told = show_deliveries.Dossier(
            dict(line or {}),
            [dict(one) for one in ledger.list_steps(connection, delivery_id)],
            dossier.members_of(connection, delivery_id),
            [dict(one) for one in ledger.count_findings(connection, delivery_id)],
            dossier.quarantined(connection, delivery_id),
            dossier.waiting_in(connection, delivery_id) if line and line["state"] == "held" else None,
        )
    show_deliveries.shown(told, as_json)


@app.command(short_help="Take a delivery back, as if it had never come.")
def withdraw(
    delivery: Id,
    *,
    by: By,
    why: Why,
    yes: Yes = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Take a delivery back: everything is as if it had never come. Its file stays in the archive."""
    from flows import decisions

    def decide(place: Place, delivery_id: str, at: datetime) -> str:
        decisions.withdraw(place, delivery_id, by=by, why=why, at=at)
        return delivery_id

    _decide(settings_of(home, warehouse), delivery, "withdraw", decide, yes=yes, as_json=as_json)


@app.command(short_help="Let a held delivery through as it is.")
def release(
    delivery: Id,
    *,
    by: By,
    why: Why,
    yes: Yes = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Let a held delivery through as it is: its rows are loaded, those that break rules stay refused."""
    from flows import decisions

    def decide(place: Place, delivery_id: str, at: datetime) -> str:
        return decisions.release(place, delivery_id, by=by, why=why, at=at).delivery_id

    _decide(settings_of(home, warehouse), delivery, "release", decide, yes=yes, as_json=as_json)


@app.command(short_help="Read a delivery again from the archive.")
def reprocess(
    delivery: Id,
    *,
    by: By,
    why: Why,
    yes: Yes = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Read a delivery again from the archive, by the connectors and rules of today; it replaces what it said before."""
    from flows import decisions

    def decide(place: Place, delivery_id: str, at: datetime) -> str:
        return decisions.reprocess(place, delivery_id, by=by, why=why, at=at).delivery_id

    _decide(settings_of(home, warehouse), delivery, "reprocess", decide, yes=yes, as_json=as_json)


def _decide(
    settings: Settings,
    beginning: str,
    word: str,
    decide: Callable[[Place, str, datetime], str],
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Ask, decide, work the figures out again, and say what changed."""
    from flows import sweep
    from flows.decisions import Undecidable
    from quorate import reading, show_deliveries
    from warehouse import dossier, ledger

    now = datetime.now()
    with reading.existing(settings) as store:
        with store.reading() as connection:
            delivery_id = meant(connection, beginning)
            line = dict(ledger.find(connection, delivery_id) or {})
        confirm(f"{word.capitalize()} {line['feed']}/{line['file_name']} ({line['state']})?", yes=yes)
        try:
            with sweep.place_of(store, settings) as place:
                decided_on = decide(place, delivery_id, now)
        except Undecidable:  # it may be decided already, by a run that was cut short before its figures
            sweep.conclude(store, settings, [], [], now)
            raise
        with store.reading() as connection:
            changed = dossier.changed_by_last_step(connection, decided_on)
        run = sweep.conclude(store, settings, [], [], now)
        with store.reading() as connection:  # only now: it may be published by this
            after = dict(ledger.find(connection, decided_on) or {})
    show_deliveries.decided(after, changed, run, as_json)
    if run.held_back:
        raise typer.Exit(Exit.GATE)
    raise typer.Exit(Exit.REFUSED if after["state"] == "refused" else Exit.OK)


def meant(connection: Connection, beginning: str) -> str:
    """The one delivery whose id begins like this."""
    from warehouse import dossier

    found = dossier.named_like(connection, beginning)
    if not found:
        raise typer.BadParameter("no delivery's id begins like this: `quorate delivery list` has them all")
    if len(found) > 1 and beginning not in found:
        raise typer.BadParameter(f"{len(found)} deliveries' ids begin like this: give more of it")
    return beginning if beginning in found else found[0]
