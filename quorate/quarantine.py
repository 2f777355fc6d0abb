"""`quorate quarantine …`: refused rows, what to do about each, and what a person decides about them."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated

import typer

from quorate.exits import Exit
from quorate.options import AsJson, AsKnownAt, By, Home, Warehouse, Why, Yes, confirm, settings_of

app = typer.Typer(
    help="Refused rows: what to do about them, and what a person decides. Never a value.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Feed = Annotated[str, typer.Option(help="Of this feed only.")]
Rule = Annotated[str, typer.Option(help="Refused by this rule only, as `list` names it.")]


@app.command("list", short_help="Refused rows by feed, rule and state.")
def list_all(
    *,
    feed: Feed = "",
    rule: Rule = "",
    state: Annotated[str, typer.Option(help="open (and expired), waived, resolved, superseded, or all.")] = "open",
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Refused rows by feed, rule and state, with their number and the age of the oldest."""
    from quorate import reading, show_quarantine
    from warehouse import waivers

    if state not in (*waivers.STATES, "all"):
        raise typer.BadParameter(
            f"there is no such state; there are: {', '.join(waivers.STATES)} and all", param_hint="--state"
        )
    states = {"all": (), "open": waivers.COUNT_AS_OPEN}.get(state, (state,))
    instant = reading.instant_of(as_known_at)
    with reading.whole(settings_of(home, warehouse), instant) as connection:
        told = waivers.count_rows(connection, waivers.Chosen(feed=feed, rule=rule, states=states))
    show_quarantine.listed([dict(one) for one in told], (instant or datetime.now()).date(), as_json)


@app.command(short_help="The refused rows of one delivery, and what to do.")
def show(
    delivery: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id, or its unique beginning.")],
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """The refused rows of one delivery: where they stand in the file, by which rule, and what to do."""
    from quorate import reading, show_quarantine
    from quorate.deliveries import meant
    from warehouse import ledger, waivers

    with reading.whole(settings_of(home, warehouse), reading.instant_of(as_known_at)) as connection:
        delivery_id = meant(connection, delivery)
        line = dict(ledger.find(connection, delivery_id) or {})
        told = waivers.rows_of(connection, waivers.Chosen(delivery_id=delivery_id))
    show_quarantine.shown(line, [dict(one) for one in told], as_json)


@app.command(short_help="Let refused rows be, for a time.")
def waive(
    delivery: Annotated[str, typer.Argument(metavar="[ID]", help="A delivery; or give --rule and --feed.")] = "",
    row: Annotated[int | None, typer.Option(help="With ID: this row of the file only.")] = None,
    member: Annotated[str, typer.Option(help="With ID: the member that the row stands in.")] = "",
    rule: Rule = "",
    feed: Feed = "",
    *,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The waiver's last day: 2026-12-31.")],
    by: By,
    why: Why,
    yes: Yes = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Let refused rows be, for a time: those of a delivery, or those that one rule refused of one feed.

    They stay refused. Until the last day they do not count as open; after it they do again.
    """
    from flows import quarantine
    from quorate import reading
    from quorate.deliveries import meant
    from warehouse.waivers import Chosen, Waiver, count_waiting

    if bool(delivery) == bool(rule and feed):
        raise typer.BadParameter("give a delivery's ID (with --row for one row), or --rule and --feed together")
    if until.date() < date.today():
        raise typer.BadParameter("the last day lies in the past", param_hint="--until")
    settings = settings_of(home, warehouse)
    with reading.existing(settings) as store:
        with store.reading() as connection:
            delivery_id = meant(connection, delivery) if delivery else ""
            chosen = Chosen(feed, rule, delivery_id=delivery_id, source_row=row, source_member=member)
            count = count_waiting(connection, chosen)
        confirm(f"Waive {count:,} {'row' if count == 1 else 'rows'} until {until:%d %B %Y}?", yes=yes)
        waiver = Waiver(by, why, until.date())
        waived = quarantine.waive(store, settings.archive, chosen, waiver, at=datetime.now())
    if as_json:
        typer.echo(json.dumps({"waived": waived, "until": until.date().isoformat()}))
        return
    typer.echo(
        f"{waived:,} {'row' if waived == 1 else 'rows'} waived until {until:%d %B %Y}; figures are as they were."
    )


@app.command(short_help="Read again what a rule refused, after it was mended.")
def replay(
    rule: Annotated[str, typer.Option(help="The rule, as `list` names it.")],
    by: By,
    why: Why,
    feed: Feed = "",
    *,
    yes: Yes = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Read again from the archive every delivery with open rows of a rule, after the rule or a connector was mended."""
    from flows import quarantine, sweep
    from quorate import reading, show

    settings, now = settings_of(home, warehouse), datetime.now()
    with reading.existing(settings) as store:
        confirm(f"Read again every delivery with open rows of {rule}?", yes=yes)
        with sweep.place_of(store, settings) as place:
            outcomes = quarantine.replay(place, rule, feed, by=by, why=why, at=now)
        run = sweep.conclude(store, settings, outcomes, [], now)
    show.run(run, as_json)
    if run.held_back:
        raise typer.Exit(Exit.GATE)
    raise typer.Exit(Exit.REFUSED if any(one.state == "refused" for one in outcomes) else Exit.OK)
