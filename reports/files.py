"""Writing a file so that nobody ever reads half of it."""

import os
from pathlib import Path


def write_in_one_step(path: Path, text: str) -> None:
    """Write UTF-8 text beside the path, then put it in place; line ends are kept as they are."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="")
    os.replace(unfinished, path)  # noqa: PTH105 - the one call that is a replacement on every system
