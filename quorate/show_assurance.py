"""What the terminal shows of one figure's making, of restatements and of discrepancies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from quorate.show import _interval, _json, _of, _percent, _results, _table, say
from quorate.show_deliveries import SHORT

if TYPE_CHECKING:
    from flows.source_line import Asked, SourceLine
    from warehouse.explain import Explained, Unit
    from warehouse.restatements import Change

WHOLE_FILE = "file"
"""Member of a file that has no parts."""
ROWS_SHOWN = 20
"""Units of a figure that are listed without ``--rows``."""


@dataclass(frozen=True)
class Shown:
    """A figure explained, and which rows of it are listed."""

    told: Explained
    units: Sequence[Unit]
    lines: Sequence[Mapping[str, Any]]
    changed: Sequence[Change]
    moved_on: bool
    """Not proved, because something was loaded since that is not published yet."""
    sql: bool


def explained(shown: Shown, as_json: bool) -> None:
    """A figure to the row."""
    if as_json:
        _json(_as_data(shown))
        return
    figure, told = shown.told.figure, shown.told
    _results.print(f"[bold]{figure['metric']}[/bold] ({_whose(figure)})", highlight=False)
    _results.print(escape(figure["question"]), highlight=False)
    _table(
        (">figure", ">n of N", ">95% interval", ">coverage", ">target", "status", "assurance"),
        [
            (_percent(figure["percentage"]), _of(figure["numerator"], figure["denominator"]),
             _interval(figure["low"], figure["high"]), _percent(figure["coverage"]), _percent(figure["target"]),
             figure["status"], figure["assurance"].replace("_", " "))
        ],
    )  # fmt: skip
    _tell_reach(told)
    _tell_proof(shown)
    _tell_rows(shown)
    _tell_definition(told.definition, shown.sql)
    if shown.changed:
        say("Published before:")
        _changes(shown.changed)


def _whose(figure: Mapping[str, Any]) -> str:
    parts = [figure["view"], figure["category"], figure["agency_code"], figure["breakdown_value"]]
    return ", ".join([*(part for part in parts if part), figure["period_label"]])


def _tell_reach(told: Explained) -> None:
    refused = sum(one.rows for one in told.refused)
    if not refused:
        say("No row that it rests on is refused.")
        return
    rows = "1 refused row" if refused == 1 else f"{refused:,} refused rows"
    if told.reach is None:
        say(f"It rests on {rows} as well; how far they could move it cannot be said.")
    else:
        low, high = told.reach
        say(f"Between {_percent(low)} and {_percent(high)} if {rows} were resolved: at the utmost one case each.")
    for one in told.refused:
        say(f"     {one.rows:,} of {one.table_name}: `quorate quarantine show {one.delivery_id[:SHORT]}`")


def _tell_proof(shown: Shown) -> None:
    told = shown.told
    if told.is_proved:
        say(f"[green]proved[/green] {len(told.units):,} rows, worked out again, are those of it: {told.rows_hash}")
    elif shown.moved_on:
        say("[yellow]not proved[/yellow] Something was loaded since that is not published yet: `quorate publish`.")
    else:
        say("[red]not proved[/red] The rows are not those of the figure: `quorate doctor`, then `quorate rebuild`.")


def _tell_rows(shown: Shown) -> None:
    counts: dict[str, int] = defaultdict(int)
    for unit in shown.told.units:
        counts[unit.counts] += 1
    say(f"{counts['in']:,} rows counted in, {counts['out']:,} counted out, {counts['not']:,} not counted.")
    by_unit = defaultdict(list)
    for line in shown.lines:
        by_unit[line["unit_ref"]].append(line)
    listed = shown.units[:ROWS_SHOWN]
    _table(
        ("unit", "day", "~agency", "counts", "lines that speak of it"),
        (
            (unit.unit_ref, f"{unit.counted_on}", unit.agency_code, unit.counts,
             "\n".join(_places(by_unit[unit.unit_ref], unit.agency_code)))
            for unit in listed
        ),
    )  # fmt: skip
    if len(shown.units) > len(listed):
        say(f"… and {len(shown.units) - len(listed):,} more: --json has them all.")


def _places(lines: Sequence[Mapping[str, Any]], agency: str) -> list[str]:
    """``participation.csv rows 12, 13 of 4f1c2a9b``: what `quorate delivery show` and the agency can look up."""
    rows: dict[str, list[str]] = defaultdict(list)
    of = dict[str, str]()
    for line in lines:
        if not agency or line["agency_code"] in (None, agency):
            within = line["source_member"] if line["source_member"] not in (None, "", WHOLE_FILE) else line["file_name"]
            place = f"{line['table_name']}: {within}"
            rows[place].append(str(line["source_row"]))
            of[place] = line["delivery_id"][:SHORT]
    return [f"{place}, row {', '.join(found)} of {of[place]}" for place, found in rows.items()]


def _tell_definition(definition: Mapping[str, Any], with_sql: bool) -> None:
    if not definition:
        return
    agreed = ", ".join(f"{name} {value}" for name, value in definition["parameters"].items())
    version, short = definition["version"], definition["definition"][:SHORT]
    say(f"Counted by version {version}, definition {short}; {agreed or 'no parameters'}.")
    say(f"It reads {', '.join(name.partition('.')[2] for name in definition['reads'])}.")
    if with_sql:
        _results.print(definition["sql"], highlight=False, markup=False, soft_wrap=True)


def _as_data(shown: Shown) -> dict[str, Any]:
    told = shown.told
    return {
        "figure": dict(told.figure),
        "definition": dict(told.definition),
        "is_proved": told.is_proved,
        "rows_hash": told.rows_hash,
        "reach": told.reach,
        "refused": [asdict(one) for one in told.refused],
        "units": [asdict(unit) for unit in shown.units],
        "lines": [dict(line) for line in shown.lines],
        "changes": [_change_as_data(one) for one in shown.changed],
    }


def source(delivery: Mapping[str, Any], asked: Asked, line: SourceLine, as_json: bool) -> None:
    """A line of an agency's file, column by column: it may name a child, so on standard output alone."""
    if as_json:
        told = {name: delivery[name] for name in ("delivery_id", "feed", "file_name")}
        _json(told | {"member": line.member, "source_row": asked.source_row, "cells": dict(line.cells)})
        return
    within = "" if line.member == WHOLE_FILE else f", {line.member}"
    _results.print(
        f"{delivery['file_name']}{within}, row {asked.source_row} of {delivery['delivery_id'][:SHORT]}",
        highlight=False, markup=False,
    )  # fmt: skip
    _table(("column", "cell"), ((escape(_visible(name)), escape(_visible(cell))) for name, cell in line.cells.items()))
    say("That you looked is kept in the archive, with your reason.")


def _visible(text: str) -> str:
    """What cannot be seen (a tab, a no-break space) or would steer the terminal, as its escape: ``\\xa0``."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def restated(found: Sequence[Change], as_json: bool) -> None:
    """What was published and later changed, the newest first."""
    if as_json:
        _json([_change_as_data(one) for one in found])
    elif found:
        from warehouse.restatements import CAUSES

        _changes(found, named=True)
        for cause in sorted({one.cause for one in found}):
            say(f"{cause}: {CAUSES[cause]}.")
    else:
        say("No published figure of a period that was over has changed since.")


def _changes(found: Sequence[Change], *, named: bool = False) -> None:
    head = ("figure", "period") if named else ()
    rows = []
    for one in found:
        metric, view, category, agency, _, value, _, label = one.key
        name = (", ".join(part for part in (metric, view, category, agency, value) if part), label) if named else ()
        moved = "" if one.points is None else f"{one.points:+.1f}"
        by = ", ".join(delivery[:SHORT] for delivery in one.deliveries[:3])
        before, after = (
            f"{_percent(said.percentage)} ({_of(said.numerator, said.denominator)})" for said in (one.before, one.after)
        )
        rows.append((*name, f"{one.after.published_at:%Y-%m-%d}", before, after, moved, one.cause, by))
    _table((*head, "published", ">was", ">is", ">points", "why", "~deliveries"), rows)


def _change_as_data(one: Change) -> dict[str, Any]:
    from warehouse.bands import KEY

    return dict(zip(KEY, one.key, strict=True)) | {
        "was_over": one.was_over,
        "before": asdict(one.before),
        "after": asdict(one.after),
        "points": one.points,
        "cause": one.cause,
        "deliveries": one.deliveries,
    }
