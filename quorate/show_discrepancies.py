"""What the terminal shows of two agencies' words: in numbers, and line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape

from quorate.show import _json, _table, say

if TYPE_CHECKING:
    from warehouse.discrepancies import Discrepancy, Line


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
