"""Writing a file so that nobody ever reads half of it, and text so that no spreadsheet runs it."""

import os
from pathlib import Path
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet runs a cell that begins so; the wide forms are read as the narrow ones (OWASP, CSV injection)."""


def harmless(text: str) -> str:
    """A cell's text as a spreadsheet will show it: one that it would run as a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_in_one_step(path: Path, text: str, mode: int = 0o666) -> None:
    """Write UTF-8 text beside the path, then put it in place; line ends are kept as they are.

    ``mode``: who may read it, as far as the process's own mask lets them.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode)
    unfinished.write_text(text, encoding="utf-8", newline="")
    os.replace(unfinished, path)  # noqa: PTH105 - the one call that is a replacement on every system
