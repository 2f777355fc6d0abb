"""What the reading process does with one file: rows into Arrow files, everything else into plain values."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.read import find
from connectors.reading import Layout, Unreadable


class Files:
    """Keeps rows in numbered Arrow files as they are read, so that a large file never stands in memory."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._written = 0

    def __call__(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> str:
        """Write a file and return its path."""
        self._written += 1
        path = str(self._place / f"{self._written}.arrow")
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return path


def answered(path: Path, layout: Layout, place: Path, seconds: float) -> dict[str, Any]:
    """Read a file: what was found, with paths for rows, or the rule and words of its refusal."""
    # Should the parent die meanwhile, nobody else ends a parser that never does.
    signal.alarm(math.ceil(seconds) + 5)
    try:
        return asdict(find(path, layout, Files(place)))
    except Unreadable as refusal:
        return {"rule": refusal.rule, "says": refusal.says, "hint": refusal.hint}
    finally:
        signal.alarm(0)
