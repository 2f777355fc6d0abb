"""What the terminal shows of deliveries: lists, one dossier, and what a decision changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from quorate.show import STATES, _json, _results, _table, held_back, say

if TYPE_CHECKING:
    from flows.sweep import Run
    from warehouse.dossier import Changed, Held, Waiting

SHORT = 8
"""Characters of an id that are shown; enough to be unique among tens of thousands."""


@dataclass(frozen=True)
class Dossier:
    """All that the ledger has of one delivery."""

    line: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    members: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]]
    quarantined: Mapping[str, int]
    waiting: Waiting | None
    """The rows of a held delivery; None: it is not held."""


def release_command(delivery_id: str) -> str:
    """What a person types to let a held delivery through."""
    return f"quorate delivery release {delivery_id[:SHORT]} --by NAME --why TEXT"


def held(waiting: Sequence[Held]) -> None:
    """Each delivery that waits for a person: why, and the command that releases it."""
    for one in waiting:
        since = f"{one.received_at:%Y-%m-%d}"
        say(f"[red]held[/red] {one.feed}/{escape(one.file_name)}, since {since}. {escape(one.held_because or '')}")
        say(f"     Let it through: [bold]{release_command(one.delivery_id)}[/bold]")


def listed(lines: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Deliveries, newest first."""
    if as_json:
        _json(list(lines))
        return
    rows = []
    for one in lines:
        until = f"{one['period_to']:%b %Y}" if one["period_to"] else "–"
        numbers = (f"{one[name]:,}" for name in ("rows_in", "rows_loaded", "rows_refused"))
        received = f"{one['received_at']:%Y-%m-%d %H:%M}"
        rows.append(
            [one["delivery_id"][:SHORT], one["feed"], escape(one["file_name"]), received, until, _state(one), *numbers]
        )
    _table(
        ("id", "feed", "~file", "~received", "speaks for", "state", ">rows", ">loaded", ">refused"),
        rows,
    )


def shown(told: Dossier, as_json: bool) -> None:
    """One delivery."""
    if as_json:
        _json(asdict(told))
        return
    line = told.line
    _tell(f"{line['feed']}/{line['file_name']}, from {line['agency_code']}", "")
    for name, value in _facts_of(line, told.waiting):
        _tell(value, name)
    _table(
        ("step", "when", "by", "why"),
        (
            (
                _coloured(one["to_state"]),
                f"{one['at']:%Y-%m-%d %H:%M}",
                escape(one["by"] or ""),
                escape(one["why"] or ""),
            )
            for one in told.steps
        ),
    )
    if told.members:
        counts = ("rows_in", "loaded", "unchanged", "refused", "ignored")
        _table(
            ("table", "~member", ">rows", ">loaded", ">same", ">refused", ">ignored"),
            (
                (
                    one["table_name"] or "ignored by name",
                    escape(one["source_member"]),
                    *(f"{one[name]:,}" for name in counts),
                )
                for one in told.members
            ),
        )
    if told.findings:
        _table(
            ("rule", "severity", ">rows"),
            (
                (f"{one['table_name']}.{one['rule']}" if one["table_name"] else one["rule"], one["severity"],
                 f"{one['rows']:,}")
                for one in told.findings
            ),
        )  # fmt: skip
    if told.quarantined:
        states = ", ".join(f"{count:,} {state}" for state, count in told.quarantined.items())
        _tell(f"{states}: `quorate quarantine show {line['delivery_id'][:SHORT]}`", "quarantine")


def decided(line: Mapping[str, Any], changed: Changed, run: Run, as_json: bool) -> None:
    """What a decision changed."""
    if as_json:
        _json({"delivery": dict(line), "changed": asdict(changed), "figures": run.measures, "held_back": run.held_back})
        return
    said = f"{line['feed']}/{escape(line['file_name'])} is {_state(line)} ({line['delivery_id'][:SHORT]})"
    again = "back" if line["state"] == "withdrawn" else "new"
    _results.print(
        f"{said}: rows closed {changed.closed:,}, rows {again} {changed.back:,}.", highlight=False, soft_wrap=True
    )
    if line["refused_because"]:
        say(f"It could not be read: {line['refused_because']}.")
    if run.held_back:
        held_back(run.held_back)
    elif run.measures:
        say(f"{run.measures:,} figures were worked out again, and the report written.")
    else:
        say("No figure depends on it: figures and report stand as they were.")


def _facts_of(line: Mapping[str, Any], waiting: Waiting | None) -> list[tuple[str, str]]:
    period = f"{line['period_from']:%d %b %Y} to {line['period_to']:%d %b %Y}" if line["period_to"] else "no period"
    parts = [f"{line[f'rows_{name}']:,} {name}" for name in ("loaded", "unchanged", "refused", "ignored")]
    rows = f"{line['rows_in']:,} in = {' + '.join(parts)}"
    if waiting is not None:
        rows = f"nothing is loaded: {waiting.sound:,} wait, and {waiting.refused:,} break rules"
    again = f", read {line['attempt']} times" if line["attempt"] > 1 else ""
    facts = [
        ("id", line["delivery_id"]),
        ("speaks for", f"{period}, revision {line['revision']}{again}"),
        ("rows", rows),
        ("bytes", f"{line['bytes']:,}, sha256 {line['sha256'][:16]}…"),
    ]
    if line["replaces"]:
        facts.append(("replaced", line["replaces"]))
    if line["refused_because"]:
        facts.append(("refused by", line["refused_because"]))
    if line["held_because"]:
        facts.append(("gates", line["held_because"]))
    if line["state"] == "held":
        facts.append(("let through", f"`{release_command(line['delivery_id'])}`"))
    return facts


def _tell(value: str, name: str) -> None:
    _results.print(
        f"[bold]{name:<12}[/bold]{escape(value)}" if name else f"[bold]{escape(value)}[/bold]", highlight=False
    )


def _state(line: Mapping[str, Any]) -> str:
    return _coloured(line["state"])


def _coloured(state: str) -> str:
    return f"[{STATES[state]}]{state}[/]" if state in STATES else state
