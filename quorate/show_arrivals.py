"""What the terminal shows of how files arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from quorate.show import _json, _table, say


def fetched(done: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """What each remote place had."""
    if as_json:
        _json(done)
        return
    columns = ("remote", "feed", ">new", ">known", ">bytes")
    _table(columns, ([one["remote"], one["feed"], *(f"{one[n]:,}" for n in ("new", "known", "bytes"))] for one in done))
    for one in done:
        for note in one["notes"]:
            say(f"[yellow]to do[/yellow] {escape(one['remote'])}: {escape(note)}")
        if one["trouble"]:
            say(f"[red]not fetched[/red] {escape(one['remote'])}: {escape(one['trouble'])}")


def tokens(lines: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Who may send files by HTTP."""
    if as_json:
        _json(lines)
        return
    _table(
        ("token", "feed", "part", "holder", "made"), ([escape(str(value)) for value in line.values()] for line in lines)
    )
