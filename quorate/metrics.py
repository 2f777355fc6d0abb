"""`quorate metrics …`: the figures, the catalogue they come from, and which of them a change would move."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from quorate.exits import Exit
from quorate.options import AsJson, AsKnownAt, Home, Warehouse, settings_of


class _Figures(TyperGroup):
    """What is no command here is the name of a metric, or an option of `show`: the figures are asked for most."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        is_said = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if is_said else ["show", *args])


app = typer.Typer(
    cls=_Figures,
    help="The figures, the catalogue they come from, and which of them a change would move. "
    "`quorate metrics [METRIC]` is short for `quorate metrics show [METRIC]`.",
    rich_markup_mode=None,
)

PERIODS = ("month", "quarter", "year_to_date", "rolling_12_months")


@app.command(short_help="The figures: n of N, interval, coverage, status.")
def show(
    metric: Annotated[str | None, typer.Argument(help="One metric; default: all of them.")] = None,
    *,
    period: Annotated[
        str, typer.Option(help="month, quarter, year_to_date or rolling_12_months.")
    ] = "rolling_12_months",
    agency: Annotated[str, typer.Option(help="Code of an agency; default: the whole partnership.")] = "",
    by: Annotated[str, typer.Option(help="A breakdown, such as sex; default: the whole.")] = "",
    all_periods: Annotated[bool, typer.Option("--all", help="Every period, not only the latest.")] = False,
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """The figures as published: n of N, interval, coverage, target and status."""
    from quorate import reading
    from quorate import show as showing

    figures = reading.figures(settings_of(home, warehouse), reading.instant_of(as_known_at))
    if as_known_at and figures.empty:
        showing.say(
            f"At {as_known_at} nothing was known: no delivery had been loaded. `quorate delivery list` has them."
        )
        if as_json:
            showing.measures(figures, as_json)
        return
    of_agency = sorted(set(figures["agency_code"]) - {""})
    for name, wanted, known in (
        ("metric", metric, sorted(set(figures["metric"]))),
        ("--period", period, PERIODS),
        ("--agency", agency, of_agency),
        ("--by", by, sorted(set(figures["breakdown"]) - {""})),
    ):
        if wanted and wanted not in known:
            raise typer.BadParameter(f"{wanted!r} is not known; there are: {', '.join(known)}", param_hint=name)
    of_cut = (figures["agency_code"] == agency) & (figures["breakdown"] == by)
    chosen = figures[(figures["period_kind"] == period) & of_cut]
    if metric is not None:
        chosen = chosen[chosen["metric"] == metric]
    if not all_periods:
        chosen = chosen[chosen["ends_on"] == chosen.groupby("metric")["ends_on"].transform("max")]
    if chosen.empty:
        showing.say(f"There is no such figure by {period} yet: try --period month, or another --agency.")
    showing.measures(chosen, as_json)


@app.command("list", short_help="The catalogue: every metric with version, target and source.")
def list_all(home: Home = None, as_json: AsJson = False) -> None:
    """The catalogue: every metric with its version, and its target as the partnership has agreed it."""
    from quorate import show_catalogue
    from warehouse.metric import all_metrics
    from warehouse.parameters import using

    with using(settings_of(home).parameters):
        show_catalogue.listed(all_metrics().values(), as_json)


@app.command(short_help="Which figures other parameters, or another revision, would move.")
def diff(
    *,
    against: Annotated[str, typer.Option(metavar="FILE|REV", help="A TOML file with [parameters], or a git revision.")],
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Which figures a changed parameter or definition would move, on what is known now. Nothing is changed.

    FILE says, like quorate.toml, what might be agreed instead: from the figures as they are to those by it. REV is a
    revision of the program, where it runs from a git checkout: from the figures by it to those by the program here.
    Exit code 1: a figure moves, or a metric appears or goes, so that a check can stop there; 0: none does.
    """
    from flows import back_test, sweep
    from quorate import reading, show_back_test

    settings = settings_of(home, warehouse)
    expected = sweep.owed_tables(sweep.owed(settings))
    with reading.warehouse_or_copy(settings) as store:
        file = Path(against)
        now = datetime.now()
        if file.is_file():
            done = back_test.against_file(store, file, expected, now)
        else:
            done = back_test.against_revision(store, against, expected, now)
    show_back_test.back_tested(done, as_json)
    raise typer.Exit(Exit.REFUSED if done.test.moves_any else Exit.OK)
