"""What the terminal shows of a back-test: which figures a change would move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from quorate.show import _json, _of, _percent, _results, _table, say

if TYPE_CHECKING:
    from flows.back_test import Back
    from warehouse.back_test import Figure, Move


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
