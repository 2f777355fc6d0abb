"""What happens to the partnership: a first night, a correction, a late file, a withdrawal, a night without news."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.quorate.command import FIXTURES, partnership

CPOMS, NICHE = "edu_school_cpoms", "police_niche"
APRIL, FIRST = "cpoms_export_2026-04.csv", FIXTURES / CPOMS / "cpoms_export_2026-04.csv"


@dataclass(frozen=True)
class Step:
    """Files that land, and the command that deals with them."""

    name: str
    words: Callable[[Path, str], tuple[str, ...]]
    """(home, the delivery to take back) → the command."""
    lands: Mapping[str, bytes] = field(default_factory=dict)
    """Path below the landing zone → bytes."""


def begin(home: Path) -> Path:
    """The partnership's folder before anything has landed."""
    for feed in (CPOMS, NICHE):
        (home / "landing" / feed).mkdir(parents=True)
    return partnership(home)


def land(home: Path, step: Step) -> None:
    """Put a step's files in the landing zone."""
    for name, content in step.lands.items():
        (home / "landing" / name).write_bytes(content)


def steps() -> list[Step]:
    """The story, in the order it happens."""
    april = FIRST.read_bytes()
    corrected = april.replace(b"DSL attended,,Plan", b"Apologies,,Plan", 1)
    march = re.sub(rb"\d\d/04/2026", b"10/03/2026", april).replace(b"SM-", b"SM-9")
    niche = next((FIXTURES / NICHE).iterdir())
    return [
        Step("first night", _nightly, {f"{CPOMS}/{APRIL}": april, f"{NICHE}/{niche.name}": niche.read_bytes()}),
        Step("correction", _ingest("cpoms_export_2026-04_v2.csv"), {f"{CPOMS}/cpoms_export_2026-04_v2.csv": corrected}),
        Step("late file", _ingest("cpoms_export_2026-03.csv"), {f"{CPOMS}/cpoms_export_2026-03.csv": march}),
        Step("withdrawal", _withdraw),
        Step("no news", _nightly),
    ]


def _nightly(home: Path, _taken_back: str) -> tuple[str, ...]:
    return ("nightly", "--home", str(home))


def _ingest(name: str) -> Callable[[Path, str], tuple[str, ...]]:
    return lambda home, _: ("ingest", str(home / "landing" / CPOMS / name), "--home", str(home))


def _withdraw(home: Path, taken_back: str) -> tuple[str, ...]:
    return (
        "delivery",
        "withdraw",
        taken_back,
        "--by",
        "tester",
        "--why",
        "sent by mistake",
        "--yes",
        "--home",
        str(home),
    )
