"""What the terminal shows of refused rows: where they stand, by which rule, and what to do. Never a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.markup import escape

from quorate.show import _json, _results, _table, say

FIRST = 12
"""Row numbers that are shown of a rule; --json has all of them."""


def listed(lines: Sequence[Mapping[str, Any]], today: date, as_json: bool) -> None:
    """Refused rows by feed, rule and state."""
    if as_json:
        _json(list(lines))
        return
    if not lines:
        say("No refused row is in that state.")
        return
    _table(
        ("feed", "rule", "state", ">rows", "~>deliveries", ">days", "~waived until"),
        (
            (one["feed"], f"{one['table_name']}.{one['rule']}", one["state"], f"{one['rows']:,}",
             f"{one['deliveries']:,}", f"{(today - one['oldest'].date()).days:,}", str(one["waived_until"] or ""))
            for one in lines
        ),
    )  # fmt: skip


def shown(line: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """The refused rows of one delivery, by rule and state."""
    says = _what_to_do()
    if as_json:
        _json(
            {
                "delivery_id": line["delivery_id"],
                "feed": line["feed"],
                "file_name": line["file_name"],
                "rows": [dict(one) | {"says": says.get((one["table_name"], one["rule"]), "")} for one in rows],
            }
        )
        return
    if not rows:
        say(f"{line['feed']}/{escape(line['file_name'])} has no refused row.")
        return
    _results.print(f"[bold]{line['feed']}/{escape(line['file_name'])}[/bold]", highlight=False)
    grouped: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for one in rows:
        grouped.setdefault((one["table_name"], one["source_member"], one["rule"], one["state"]), []).append(one)
    for (table, member, rule, state), those in grouped.items():
        numbers = [one["source_row"] for one in those]
        more = f" and {len(numbers) - FIRST:,} more" if len(numbers) > FIRST else ""
        _results.print(
            f"{table}.{rule}: {len(numbers):,} {state}, of {escape(member)} row "
            f"{', '.join(map(str, numbers[:FIRST]))}{more}",
            highlight=False,
        )
        for text in dict.fromkeys(_life(one) for one in those):
            if text:
                _results.print(f"  {escape(text)}", highlight=False)
        _results.print(f"  {escape(says.get((table, rule), 'Ask who wrote the connector.'))}", highlight=False)


def _life(one: Mapping[str, Any]) -> str:
    if one["state"] in ("waived", "expired"):
        return f"{one['state']}: until {one['waived_until']} by {one['waived_by']}: {one['waived_because']}"
    return f"{one['state']} by delivery {one['closed_by'][:8]}" if one["closed_by"] else ""


def _what_to_do() -> dict[tuple[str, str], str]:
    from schemas.table import rules
    from schemas.tables import all_tables

    return {(name, rule.name): rule.says for name, table in all_tables().items() for rule in rules(table)}
