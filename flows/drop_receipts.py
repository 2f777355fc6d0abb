"""Receipts of files that were sent by HTTP, and what became of them: ``drops/<receipt>.json`` in the home folder.

Whoever takes files in has neither key nor warehouse: the run that loads a file writes the verdict beside its receipt.
Counts, rules and states; never a value.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from connectors.archive import ARRIVING, sync_folder
from flows.locks import locked

if TYPE_CHECKING:
    from warehouse.store import Connection

FOLDER: Final = "drops"
"""In the home folder."""
ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COUNTS: Final = ("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")


@dataclass(frozen=True)
class DropReceipt:
    """That a file was sent, and by whom."""

    receipt_id: str
    feed: str
    holder: str
    file_name: str
    """In the landing zone."""
    sha256: str
    bytes: int
    landed_at: str
    verdict: Mapping[str, Any] | None = None
    """What became of it; None: no run has seen it yet."""
    rows: int | None = None
    """How many the sender said there are; None: it did not say."""


def receipt_id_of(feed: str, holder: str, sha256: str) -> str:
    """The same bytes of the same sender have the same receipt."""
    return str(uuid5(NAMESPACE_URL, f"quorate:drop:{feed}:{holder}:{sha256}"))


def find(folder: Path, receipt_id: str) -> DropReceipt | None:
    """A receipt, or None: nobody has been given it."""
    if not ID.fullmatch(receipt_id):
        return None
    try:
        return DropReceipt(**json.loads((folder / f"{receipt_id}.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def changing(folder: Path) -> AbstractContextManager[None]:
    """Nobody else changes a receipt for as long as this lasts: who takes files in and who loads them both write."""
    return locked(folder.with_name(f".{folder.name}.lock"))


def keep(folder: Path, receipt: DropReceipt) -> None:
    """Write a receipt, or write it again."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with NamedTemporaryFile("w", dir=folder, prefix=ARRIVING, delete=False, encoding="utf-8") as file:
        json.dump(asdict(receipt), file)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(folder / f"{receipt.receipt_id}.json")
    sync_folder(folder)


def write_verdicts(folder: Path, connection: Connection) -> int:
    """Write down what the ledger says of every file that was sent by HTTP; returns how many changed."""
    receipts = list(every(folder))
    if not receipts:
        return 0
    from warehouse import ledger  # noqa: PLC0415 - whoever takes files in knows no database

    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for line in ledger.list_deliveries(connection):  # the newest first
        newest.setdefault((line["feed"], line["sha256"]), dict(line))
    changed = 0
    for receipt in receipts:
        line_of = newest.get((receipt.feed, receipt.sha256))
        verdict = _verdict(line_of) if line_of else None
        if verdict and verdict != {name: (receipt.verdict or {}).get(name) for name in verdict}:
            findings = [dict(one) for one in ledger.count_findings(connection, verdict["delivery_id"])]
            with changing(folder):
                current = find(folder, receipt.receipt_id) or receipt
                keep(folder, replace(current, verdict={**verdict, "findings": findings}))
            changed += 1
    return changed


def every(folder: Path, *, but: Container[str] = ()) -> Iterator[DropReceipt]:
    """All receipts, without those of the ids in ``but``."""
    for path in sorted(folder.glob("*.json")):
        receipt = find(folder, path.stem) if path.stem not in but else None
        if receipt is not None:
            yield receipt


def _verdict(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("delivery_id", "state", *COUNTS, "refused_because", "held_because")
    return {name: line[name] for name in names}
