"""Showing something anew every few seconds, until Ctrl-C, which is how it is meant to end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import typer

EVERY: Final = 2.0
"""Seconds."""


def repeat(show: Callable[[], object], times: int | None = None) -> None:
    """Show it, wait, and show it anew in its place; ``times`` None: until Ctrl-C."""
    from rich.console import Console

    console, shown = Console(), 0
    with _until_ctrl_c():
        while times is None or shown < times:
            if console.is_terminal:
                console.clear()
            with suppress(typer.Exit):  # its code says what is wrong, and so does what it shows
                show()
            shown += 1
            time.sleep(EVERY)


@contextmanager
def _until_ctrl_c() -> Iterator[None]:
    """End the block quietly at Ctrl-C. What fails after it fails because of it: DuckDB raises a bare RuntimeError."""
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # who started us may have said that we do not listen: that stays
        signal.signal(signal.SIGINT, end)
    try:
        yield
    except (Exception, KeyboardInterrupt):
        if not asked:
            raise
    finally:
        signal.signal(signal.SIGINT, before)
