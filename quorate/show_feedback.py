"""What the terminal shows of the feedback to agencies: whose delivery, how many rows, which file. Never a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from quorate.show import _json, _results, say


def issued(lines: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """What was issued, the oldest first."""
    if as_json:
        _json(lines)
        return
    if not lines:
        say("No delivery has anything to be told of.")
        return
    agency, feed = (max(len(one[name]) for one in lines) for name in ("agency_code", "feed"))
    for one in lines:
        counts = f"{one['rows_refused']:>6,} rows refused {one['findings']:>6,} findings"
        named = f"{one['agency_code']:{agency}}  {one['feed']:{feed}}  {one['delivery_id'][:8]}  {one['state']:7}"
        file = escape(str(one["file"] or "taken away"))
        _results.print(f"{named} {counts}  {file}", highlight=False, soft_wrap=True)  # a path is there to be copied
    if any(one["file"] is None for one in lines):
        say("What was taken away and still stands is written again by `quorate feedback --again`.")
