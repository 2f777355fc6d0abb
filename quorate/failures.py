"""What a failure means to the person at the terminal: an exit code, a line, and where it happened."""

from __future__ import annotations

import os
import traceback

from pydantic import ValidationError

from connectors.read import Unreadable
from quorate.exits import Exit
from warehouse.store import Locked, Unavailable


def explain(failure: Exception) -> tuple[Exit, str, list[str]]:
    """(exit code, one line with the next step, the steps of the program that led there).

    Only a mistake of ours has steps, and they are file names and lines alone: the text of an unexpected error
    may quote data. ``QUORATE_DEBUG=1`` shows it in full, for use on synthetic data.
    """
    match failure:
        case Locked():
            return Exit.LOCKED, f"quorate: {failure}", []
        case Unavailable():
            return Exit.INFRASTRUCTURE, f"quorate: {failure}", []
        case OSError():
            return Exit.INFRASTRUCTURE, f"quorate: {failure.strerror} ({failure.filename}). Check disk and rights.", []
        case ValidationError():
            names = ", ".join(str(error["loc"][0]) for error in failure.errors() if error["loc"])
            return Exit.USAGE, f"quorate: these settings have values they cannot have: {names}.", []
        case Unreadable():
            return Exit.REFUSED, f"quorate: {failure.rule}: {failure.says} {failure.hint}", []
    if os.environ.get("QUORATE_DEBUG"):
        return Exit.BUG, "quorate: a mistake of ours.", traceback.format_exception(failure)
    steps = [f"  {step.filename}:{step.lineno} in {step.name}" for step in traceback.extract_tb(failure.__traceback__)]
    line = (
        f"quorate: a mistake of ours ({type(failure).__name__}). Nothing half-done was kept. Please report the steps:"
    )
    return Exit.BUG, line, steps[-8:]
