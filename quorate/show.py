"""What the terminal shows: results on standard output, messages and progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from quorate.exits import Exit
from quorate.tables import drawn

if TYPE_CHECKING:
    import pandas as pd

    from connectors.read import Unreadable
    from flows.delivery import Outcome
    from flows.judging import Examined
    from flows.publication import Published
    from flows.sweep import Run
    from quorate.examination import Examined as Symptom
    from warehouse.dossier import Held
    from warehouse.owing import Owed
    from warehouse.publications import HeldBack

WIDTH = None if sys.stdout.isatty() else 160
"""Where no terminal says how wide it is, wide enough that a table's cells stay on a line."""

_results = Console(width=WIDTH)
_messages = Console(stderr=True, width=WIDTH)

STATES = {
    "published": "green", "loaded": "green", "duplicate": "dim", "withdrawn": "dim", "held": "bold red",
    "refused": "red", "failed": "bold red",
}  # fmt: skip


def say(line: str) -> None:
    """One message for the person, on standard error."""
    _messages.print(line, highlight=False)


@contextmanager
def deliveries_progress(files: int) -> Iterator[Callable[[Outcome], None]]:
    """A progress bar over deliveries where a terminal is there; refused and failed files are said at once."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_messages, disable=not _messages.is_terminal, transient=True) as bar:
        task = bar.add_task("Loading", total=files)

        def tell(outcome: Outcome) -> None:
            bar.update(task, advance=1, description=f"Loading {outcome.feed}")
            if bar.finished:
                bar.update(task, description="Working out the figures")
            if outcome.state in ("refused", "failed"):
                say(f"[red]{outcome.state}[/red] {outcome.feed}/{outcome.file_name}: {_why(outcome)}")

        yield tell


def _why(outcome: Outcome) -> str:
    return escape(f"{outcome.refused_because}: {outcome.says}" if outcome.refused_because else outcome.says)


def exit_of(run: Run) -> Exit:
    """The exit code of a run: the worst of what happened."""
    states = {outcome.state for outcome in run.outcomes}
    if "failed" in states:
        return Exit.BUG
    if run.unreached:
        return Exit.INFRASTRUCTURE
    if run.held_back or run.held:
        return Exit.GATE
    if "refused" in states or any(outcome.rows_refused for outcome in run.outcomes):
        return Exit.REFUSED
    return Exit.MISSING if run.missing else Exit.OK


def run(done: Run, as_json: bool) -> None:
    """What a run did, feed by feed."""
    if as_json:
        _json(
            {
                "exit_code": int(exit_of(done)),
                "deliveries": [asdict(outcome) for outcome in done.outcomes],
                "missing": [_owed(one) for one in done.missing],
                "unknown_folders": done.unknown,
                "measures": done.measures,
                "report": done.report,
                "held_back": done.held_back,
                "notes": done.notes,
                "held": [asdict(one) for one in done.held],
                "unreached": done.unreached,
                "feedback": done.feedback,
            }
        )
        return
    _by_feed(done.outcomes)
    for name in done.unknown:
        say(f"[yellow]No connector is named {name}[/yellow]: nothing in that folder of the landing zone was read.")
    late(done.missing)
    _held(done.held)
    for note in done.notes:
        say(f"[yellow]to do[/yellow] {escape(note)}")
    for place in done.unreached:
        say(f"[red]not fetched[/red] {escape(place)}")
    if done.feedback:
        count = len(done.feedback)
        say(
            f"Feedback to agencies: {count:,} {'file' if count == 1 else 'files'} to send; `quorate feedback` has them."
        )
    if done.measures:
        say(f"{done.measures:,} figures worked out.")
        if done.held_back:
            held_back(done.held_back)
            return
        say("The report:")
        _results.print(str(done.report), soft_wrap=True)
    else:
        if done.report:
            say("The report was not finished before; it was written again:")
            _results.print(str(done.report), soft_wrap=True)
        is_known = bool(done.outcomes) and all(outcome.state == "duplicate" for outcome in done.outcomes)
        why = "every file was loaded before" if is_known else "no file was loaded"
        say(f"Nothing has changed: {why}; the figures and the report stand as they were.")


def late(missing: Sequence[Owed]) -> None:
    """Who is late, one line each."""
    from quorate.show_owed import late

    late(missing)


def _let_be(owed: Sequence[Owed]) -> None:
    from quorate.show_owed import let_be

    let_be(owed)


def _owed(one: Owed) -> dict[str, Any]:
    from quorate.show_owed import plain

    return plain(one)


def _by_feed(outcomes: Sequence[Outcome]) -> None:
    rows = []
    held = ">held" if any(outcome.state == "held" for outcome in outcomes) else "~>held"
    for feed in dict.fromkeys(outcome.feed for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.feed == feed]
        states = [outcome.state for outcome in mine]
        sums = [
            sum(getattr(one, f"rows_{name}") for one in mine)
            for name in ("in", "loaded", "unchanged", "refused", "ignored")
        ]
        unread = states.count("refused") + states.count("failed")
        known = states.count("duplicate") + states.count("withdrawn")
        counts = (states.count("loaded"), known, unread, states.count("held"))
        rows.append([feed, *(f"{number:,}" for number in (len(mine), *counts, *sums))])
    _table(
        ("feed", "~>files", ">new", ">known", ">unread", held, ">rows", ">loaded", ">same", ">refused", ">ignored"),
        rows,
    )


def examined(file: Path, found: Examined, as_json: bool) -> None:
    """What is wrong with a file, by rule: how often, in which rows, and what to do. Never the values."""
    from schemas.table import rules, table_name

    says = {
        (table_name(one.stream.table), rule.name): rule.says for one in found.judged for rule in rules(one.stream.table)
    }
    lines = []
    for one in found.judged:
        name = table_name(one.stream.table)
        grouped = one.findings.to_pandas().groupby(["severity", "rule"], sort=True)["source_row"]
        for (severity, rule), rows in grouped:
            lines.append(
                {
                    "table": name, "member": one.member, "rule": rule, "severity": severity, "count": len(rows),
                    "rows": sorted(rows)[:10],
                    "says": says.get((name, rule), "We mended this; please mend it at the source."),
                }
            )  # fmt: skip
    counts = [
        {"table": table_name(one.stream.table), "member": one.member, "rows_in": one.rows_in,
         "accepted": one.accepted.num_rows, "refused": len(one.refused), "ignored": one.ignored}
        for one in found.judged
    ]  # fmt: skip
    notes = [note.says for note in found.notes]
    if as_json:
        _json({"file": file.name, "refused_because": None, "streams": counts, "findings": lines, "notes": notes})
        return
    _table(
        ("table", "member", ">rows in", ">accepted", ">refused", ">ignored"),
        ([f"{value:,}" if isinstance(value, int) else escape(value) for value in count.values()] for count in counts),
    )
    if lines:
        _table(
            ("severity", "rule", ">count", "rows (first ten)", "what to do"),
            (
                (line["severity"], f"{line['table']}.{line['rule']}", f"{line['count']:,}",
                 ", ".join(map(str, line["rows"])), line["says"])
                for line in lines
            ),
        )  # fmt: skip
    for note in notes:
        _results.print(f"note: {note}", highlight=False, markup=False)


def unreadable(file: Path, refusal: Unreadable, as_json: bool) -> None:
    """Why a file refuses itself as a whole: the result of its check."""
    if as_json:
        _json({"file": file.name, "refused_because": refusal.rule, "says": str(refusal)})
    else:
        _results.print(
            f"[red]refused[/red] {escape(file.name)}: {refusal.rule}: {escape(str(refusal))}", soft_wrap=True
        )


def _held(waiting: Sequence[Held]) -> None:
    from quorate.show_deliveries import held

    held(waiting)


def held_back(because: str, since: str = "") -> None:
    """Why a publication waits for a person: lines that are never broken, a figure each."""
    _messages.print(f"[red]held back[/red] {since}{escape(because)}", highlight=False, soft_wrap=True)


def status(
    latest: Sequence[Mapping[str, Any]],
    owed: Sequence[Owed],
    waiting: Sequence[Held],
    publication: HeldBack | None,
    as_json: bool,
) -> None:
    """The latest delivery of every feed, who is late or let be, and what waits for a person."""
    if as_json:
        _json(
            {
                "latest": [dict(one) for one in latest],
                "missing": [_owed(one) for one in owed if one.is_chased],
                "let_be": [_owed(one) for one in owed if one.snoozed or one.excused],
                "held": [asdict(one) for one in waiting],
                "held_back": asdict(publication) if publication else None,
            }
        )
        return
    rows = []
    for one in sorted(latest, key=lambda line: str(line["feed"])):
        until = f"{one['period_to']:%b %Y}" if one["period_to"] else "–"
        state = f"[{STATES.get(one['state'], 'default')}]{one['state']}[/]"
        numbers = (f"{one[name]:,}" for name in ("rows_in", "rows_loaded", "rows_refused"))
        received = f"{one['received_at']:%Y-%m-%d %H:%M}"
        rows.append([one["feed"], escape(one["file_name"]), received, until, state, *numbers])
    _table(("feed", "…file", "~received", "=speaks for", "=state", "~>rows in", ">loaded", ">refused"), rows)
    late([one for one in owed if one.is_chased])
    _let_be(owed)
    _held(waiting)
    if publication is not None:
        held_back(publication.held_because, f"the figures to {publication.as_of}, since {publication.since:%Y-%m-%d}: ")


def measures(figures: pd.DataFrame, as_json: bool) -> None:
    """Figures with n of N, interval, coverage, target and status."""
    if as_json:
        counts = {name: "Int64" for name in figures.columns if name.endswith(("numerator", "denominator"))}
        _json(json.loads(figures.astype(counts).to_json(orient="records", date_format="iso")))
        return
    _table(
        ("metric", "view", "category", "period", ">figure", ">n of N", "~>95% interval", "~>coverage", "~>target",
         "status"),
        (
            (one["metric"], one["view"], one["category"] or one["breakdown_value"], one["period_label"],
             _percent(one["percentage"]),
             _of(one["numerator"], one["denominator"]), _interval(one["low"], one["high"]), _percent(one["coverage"]),
             _percent(one["target"]), _assured(one))
            for one in figures.to_dict(orient="records")
        ),
    )  # fmt: skip


def _assured(one: Mapping[Hashable, Any]) -> str:
    assurance = str(one["assurance"])
    return str(one["status"]) if assurance == "assured" else f"{one['status']} · {assurance.replace('_', ' ')}"


def published(done: Published, *, is_accepted: bool, as_json: bool) -> None:
    """Where the report is, or why nothing was published; ``is_accepted``: a person let through what was held."""
    if as_json:
        names = ("measures", "report", "held_back", "was_accepted", "notes")
        _json({name: getattr(done, name) for name in names})
    if done.held_back:
        held_back(done.held_back)
        if is_accepted:
            say("Nothing was accepted: what is held now was not held before, and nobody can have seen it.")
    elif is_accepted and not done.was_accepted:
        say("Nothing is held: there was nothing to accept, and name and reason were not kept.")
    for note in done.notes:
        say(escape(note))
    if done.report is not None and not as_json:
        _results.print(str(done.report), soft_wrap=True)


def reported(written: Path, *, is_restricted: bool, as_json: bool) -> None:
    """Where the report is."""
    if as_json:
        _json({"report": written, "is_restricted": is_restricted})
        return
    if is_restricted:
        say("This edition has small numbers: for the partnership only. That it was made is in the archive.")
    _results.print(str(written), soft_wrap=True)


def doctor(found: Sequence[Symptom], as_json: bool) -> None:
    """What was examined, whether it is well, and what to do about it."""
    if as_json:
        _json([asdict(one) for one in found])
        return
    for one in found:
        mark = "[green]well[/green]" if one.is_well else "[red]ill[/red] "
        _results.print(f"{mark}  {one.what}: {one.says}", highlight=False, soft_wrap=True)


def _percent(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.1f}%"  # noqa: PLR0124 - not a number


def _of(numerator: float | None, denominator: float | None) -> str:
    if numerator is None or numerator != numerator or denominator is None:  # noqa: PLR0124 - not a number
        return "–"
    return f"{int(numerator):,} of {int(denominator):,}"


def _interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or low != low else f"{low:.1f}–{high:.1f}"  # noqa: PLR0124 - not a number


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a plain table; `quorate.tables` has what marks before a heading mean."""
    _results.print(drawn(headings, rows, _results.width))


def _json(value: Any) -> None:
    def plain(one: Any) -> Any:
        if isinstance(one, date | datetime):
            return one.isoformat()
        return str(one)

    print(json.dumps(value, default=plain, indent=2, ensure_ascii=False))
