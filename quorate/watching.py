"""Showing something anew every few seconds, until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import typer

EVERY: Final = 2.0
"""Seconds."""


def repeat(show: Callable[[], object], times: int | None = None) -> None:
    """Show it, wait, and show it anew in its place; ``times`` None: until Ctrl-C."""
    from rich.console import Console

    console, shown = Console(), 0
    while times is None or shown < times:
        if console.is_terminal:
            console.clear()
        with suppress(typer.Exit):  # its code says what is wrong, and so does what it shows
            show()
        shown += 1
        time.sleep(EVERY)
