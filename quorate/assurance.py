"""`quorate explain | source | restatements | discrepancies`: why a figure is what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from quorate.exits import Exit
from quorate.options import AsJson, AsKnownAt, By, Home, Warehouse, Why, settings_of

if TYPE_CHECKING:
    import pandas as pd

    from warehouse.explain import Asked

KINDS: Final = ("rolling_12_months", "year_to_date", "quarter", "month")


def explain(
    metric: Annotated[str, typer.Argument(help="The metric, as `quorate metrics` names it.")],
    *,
    period: Annotated[str, typer.Option(help="Such as 2026-10 or '2026-27 Q2'; default: the latest 12 months.")] = "",
    view: Annotated[str, typer.Option(help="recorded or confirmed; default: confirmed where there is one.")] = "",
    category: Annotated[
        str | None, typer.Option(help="'' is the whole; default: the one that the target is for.")
    ] = None,
    agency: Annotated[str, typer.Option(help="Code of an agency; default: the whole partnership.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME=VALUE", help="A part of a breakdown, such as sex=F.")] = "",
    rows: Annotated[bool, typer.Option("--rows", help="Every row, those counted in as well.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="The statement that it is counted by.")] = False,
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """One figure to the row: what was counted in and out, on whose word, what was refused, and how it changed.

    The rows are worked out again and held against the hash that was stored with the figure. Exit code 70: they are
    not those it was made of.
    """
    from quorate import reading, show_assurance
    from warehouse import explain as explaining
    from warehouse.metric import all_metrics
    from warehouse.publications import is_due
    from warehouse.restatements import changes

    wanted = {"metric": metric, "agency_code": agency, "period_label": period, "view": view, "category": category}
    breakdown, _, value = by.partition("=")
    wanted |= {"breakdown": breakdown, "breakdown_value": value}
    with reading.figured(settings_of(home, warehouse), reading.instant_of(as_known_at)) as (connection, returns):
        asked = _asked(reading.measures(connection), wanted)
        told = explaining.explain(connection, asked, returns)
        units = told.units if rows else [unit for unit in told.units if unit.counts == "out"]
        lines = explaining.lines(connection, all_metrics()[metric], units)
        changed = [] if as_known_at else changes(connection, asked.key)
        moved_on = not as_known_at and not told.is_proved and is_due(connection)
    shown = show_assurance.Shown(told, units, lines, changed, moved_on=moved_on, sql=sql)
    show_assurance.explained(shown, as_json)
    raise typer.Exit(Exit.OK if told.is_proved else Exit.GATE if moved_on else Exit.BUG)


def source(
    line: Annotated[
        str, typer.Argument(metavar="DELIVERY:ROW", help="Such as 4f1c2a9b:12, as `quorate explain` has it.")
    ],
    *,
    by: By,
    why: Why,
    member: Annotated[str, typer.Option(help="File of the zip, sheet or element, where several have the row.")] = "",
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """One line as it stands in the agency's file, column by column, read from the archive. It may name a child.

    It is for those who may read and write the archive: each look is kept there, with name and reason, before the line
    is shown. Rows that were refused are there as well.
    """
    from flows.source_line import Asked as AskedLine
    from flows.source_line import look_up
    from quorate import reading, show_assurance
    from quorate.deliveries import meant
    from warehouse import ledger

    beginning, _, row = line.rpartition(":")
    if not beginning or not row.isascii() or not row.isdecimal():
        raise typer.BadParameter("write the delivery's id, a colon and the row, such as 4f1c2a9b:12")
    settings = settings_of(home, warehouse)
    with reading.whole(settings) as connection:
        delivery = ledger.find(connection, meant(connection, beginning))
    if delivery is None:
        raise typer.BadParameter("no delivery has this id: `quorate delivery list` has them all")
    asked = AskedLine(int(row), member, by, why)
    show_assurance.source(delivery, asked, look_up(settings, delivery, asked, datetime.now()), as_json)


def restatements(
    metric: Annotated[str, typer.Argument(help="One metric; default: all of them.")] = "",
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Published on that day or later.")
    ] = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Figures of a period that was over when they were published, and that a later publication says otherwise."""
    from quorate import reading, show_assurance
    from warehouse import restatements as stated

    with reading.whole(settings_of(home, warehouse)) as connection:
        found = stated.restatements(connection)
    chosen = [
        one
        for one in found
        if (not metric or one.key[0] == metric) and (since is None or one.after.published_at >= since)
    ]
    show_assurance.restated(chosen, as_json)


def discrepancies(
    agency: Annotated[str, typer.Argument(help="Code of an agency; default: all, in numbers.")] = "",
    *,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Meetings held from that day.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Until that day.")] = None,
    as_known_at: AsKnownAt = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Where an agency and Children's Social Care do not say the same of an attendance or a plan, line by line.

    The list names no child: day, meeting and lines of files are enough for both to look it up.
    """
    from quorate import reading, show_discrepancies
    from warehouse import discrepancies as differing

    between = (first.date() if first else date.min, last.date() if last else date.max)
    with reading.figured(settings_of(home, warehouse), reading.instant_of(as_known_at)) as (connection, _):
        numbers = differing.counted(connection, *between)
        if agency and agency not in numbers:
            raise typer.BadParameter(f"nobody speaks of {agency!r}; there are: {', '.join(numbers)}")
        found = differing.discrepancies(connection, agency, *between) if agency else []
    if agency:
        show_discrepancies.differing(found, as_json)
    else:
        show_discrepancies.counted(numbers, as_json)


def _asked(figures: pd.DataFrame, wanted: dict[str, Any]) -> Asked:
    """The figure that is meant; what is not said is the headline, confirmed where there is such a view, and latest.

    Raises:
        typer.BadParameter: there is none; it says what there is.
    """
    from warehouse.explain import Asked
    from warehouse.sums import Cut

    chosen = figures
    for name in ("metric", "agency_code", "breakdown", "breakdown_value", "period_label", "view", "category"):
        said = wanted[name]
        if said or name in ("agency_code", "breakdown", "breakdown_value") or (name == "category" and said is not None):
            known = sorted(set(chosen[name]))
            chosen = chosen[chosen[name] == said]
            if chosen.empty:
                raise typer.BadParameter(f"no figure has {name} {said!r}; there are: {', '.join(map(repr, known))}")
    if wanted["category"] is None:
        chosen = chosen[chosen["is_headline"]]
    if not wanted["view"]:
        chosen = chosen[chosen["view"] == min(chosen["view"])]  # confirmed comes before recorded
    order = chosen["period_kind"].map(KINDS.index)
    one = chosen.assign(order=order).sort_values(["order", "ends_on"], ascending=[True, False]).iloc[0]
    cut = Cut(one["agency_code"], one["breakdown"], one["breakdown_value"])
    return Asked(one["metric"], one["view"], one["category"], cut, one["period_kind"], one["period_label"])


COMMANDS: Final[tuple[tuple[Callable[..., Any], str], ...]] = (
    (explain, "One figure to the row, with its proof."),
    (source, "One line as it stands in the agency's file; it is logged."),
    (restatements, "What was published and later changed, and why."),
    (discrepancies, "Where two agencies do not say the same."),
)
"""Command → what the list of commands says of it."""
