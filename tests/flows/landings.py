"""Small files that land: learning platforms' exports of several agencies, a month each."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

FEEDS: Final = {"csc_learning": ",", "police_learning": ";", "la_early_help_learning": ",", "probation_learning": ","}
"""Feed → what its columns are separated by."""
COLUMNS: Final = (
    "role_group", "snapshot_date", "course_title", "learners_required", "csa_course_in_date",
    "csa_protocol_briefing", "completion_rate", "is_mandatory",
)  # fmt: skip


def owe(home: Path) -> None:
    """Make every feed owed."""
    for feed in FEEDS:
        (home / "landing" / feed).mkdir(parents=True, exist_ok=True)


def drop(home: Path, count: int, rows: int = 2) -> list[Path]:
    """Put so many files into the landing zone, feed after feed and month after month; each home has numbers of its own.

    The same deliveries and figures are the same events, and a server that has heard of them elsewhere drops them.
    """
    owe(home)
    staff = 1_000 + zlib.crc32(str(home).encode()) % 9_000
    trained = str(staff * 4 // 5)
    written = []
    for number in range(count):
        feed = list(FEEDS)[number % len(FEEDS)]
        months = number // len(FEEDS)
        year, month = 2012 + months // 12, months % 12 + 1
        lines = [FEEDS[feed].join(COLUMNS)]
        for row in range(rows):
            cells = (f"Group {row}", f"{year}-{month:02}-01", "CSA", str(staff), trained, "20", "0.8", "true")
            lines.append(FEEDS[feed].join(cells))
        path = home / "landing" / feed / f"learning_{year}-{month:02}.csv"
        arriving = path.with_suffix(".part")
        arriving.write_text("\n".join(lines) + "\n", encoding="utf-8")
        arriving.rename(path)
        written.append(path)
    return written
