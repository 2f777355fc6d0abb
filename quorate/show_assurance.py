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
    from flows.back_test import Back
    from flows.source_line import Asked, SourceLine
    from warehouse.back_test import Figure, Move
    from warehouse.discrepancies import Discrepancy, Line
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


def back_tested(done: Back, as_json: bool) -> None:
    """Which figures a change would move: by metric, then one by one."""
    test = done.test
    if as_json:
        _json(_back_test_as_data(done))
        return
    say(f"From the figures by {escape(done.before)} to those by {escape(done.after)}:")
    for metric in test.appear:
        _results.print(f"{metric} appears", highlight=False)
    for metric in test.go:
        _results.print(f"{metric} goes", highlight=False)
    if not test.moves:
        say(f"No figure moves, of {test.compared:,}.")
        return
    _table(
        ("metric", ">figures that move", ">largest, points"),
        ((metric, f"{number:,}", _points(largest)) for metric, number, largest in _by_metric(test.moves)),
    )
    _table(
        ("figure", "period", ">from", ">to", ">points"),
        (
            (", ".join(part for part in (*one.key[:4], one.key[5]) if part), one.key[7], _said(one.before),
             _said(one.after), _points(one.points))
            for one in test.moves
        ),
    )  # fmt: skip


def _by_metric(moves: Sequence[Move]) -> list[tuple[str, int, float | None]]:
    """Metric, how many of its figures move, and the move that is largest, up or down."""
    found: dict[str, list[float | None]] = defaultdict(list)
    for move in moves:
        found[move.key[0]].append(move.points)
    return [
        (metric, len(points), max((one for one in points if one is not None), key=abs, default=None))
        for metric, points in found.items()
    ]


def _points(points: float | None) -> str:
    return "" if points is None else f"{points:+.1f}"


def _said(figure: Figure | None) -> str:
    if figure is None:
        return "none"
    return f"{_of(figure.numerator, figure.denominator)} {_percent(figure.percentage)} {figure.status}"


def _back_test_as_data(done: Back) -> dict[str, Any]:
    from warehouse.back_test_child import NAMED

    test = done.test
    return {
        "before": done.before,
        "after": done.after,
        "compared": test.compared,
        "metrics": [
            {"metric": metric, "figures": number, "largest_points": largest}
            for metric, number, largest in _by_metric(test.moves)
        ],
        "appear": test.appear,
        "go": test.go,
        "moves": [
            dict(zip(NAMED, one.key, strict=True))
            | {"before": one.before and asdict(one.before), "after": one.after and asdict(one.after)}
            | {"points": one.points}
            for one in test.moves
        ],
    }


def counted(numbers: Mapping[str, Mapping[str, int]], as_json: bool) -> None:
    """For each agency, on how many meetings the two say the same, and on how many not."""
    from warehouse.triangulation import MATTERS, STATUSES

    if as_json:
        _json(numbers)
        return
    for matter in MATTERS:
        say(f"{matter}:")
        _table(
            ("agency", *(f">{status.replace('_', ' ')}" for status in STATUSES)),
            (
                (agency, *(f"{found.get(f'{matter} {status}', 0):,}" for status in STATUSES))
                for agency, found in numbers.items()
            ),
        )


def differing(found: Sequence[Discrepancy], as_json: bool) -> None:
    """One agency's discrepancies, line by line."""
    if as_json:
        _json([asdict(one) | {"says": one.says} for one in found])
    elif found:
        _table(
            ("day", "meeting", "what", "your line", "Children's Social Care's line"),
            ((f"{one.held_on}", one.meeting_ref, one.says, _line(one.agency), _line(one.csc)) for one in found),
        )
    else:
        say("The two say the same of every meeting.")


def _line(line: Line) -> str:
    if not line.file_name:
        return "none"
    member = "" if line.source_member == line.file_name else f", {line.source_member}"
    return escape(f"{line.file_name}{member}, row {line.source_row}")
