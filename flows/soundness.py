"""Whether archive and warehouse tell the same story: receipts, files, decisions, and the ledger's lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.archive import DamagedArchiveError, locate
from connectors.receipts import Decision, Receipt, read_all
from warehouse import ledger, owing
from warehouse.soundness import REBUILD, Unsound
from warehouse.store import Connection

UNDONE = {"withdraw": ("held", "duplicate", "loaded", "published"), "release": ("held",)}
"""Kind of decision → states of its delivery in which it has not been carried out."""


def disagreements(connection: Connection, archive: Path) -> Iterator[Unsound]:
    """Everything in which the two differ; where they agree there is nothing."""
    try:
        entries = read_all(archive)
    except DamagedArchiveError as damaged:
        yield Unsound("receipts", str(damaged))
        return
    receipts = {entry.delivery_id: entry for entry in entries if isinstance(entry, Receipt)}
    lines = {line["delivery_id"]: line for line in ledger.in_order(connection)}
    yield from _receipts(receipts, lines, archive)
    decisions = [entry for entry in entries if isinstance(entry, Decision)]
    yield from _decisions(decisions, lines)
    carried_out = owing.carried_out(connection)
    for one in decisions:
        if one.kind in owing.WORDS and one.sequence not in carried_out:
            yield _repeat(f"`quorate owed {one.kind} {one.details['feed']}`")


def _receipts(
    receipts: Mapping[str, Receipt], lines: Mapping[str, Mapping[str, Any]], archive: Path
) -> Iterator[Unsound]:
    gone = [one for one in receipts.values() if not locate(archive, one.sha256).is_file()]
    if gone:
        yield Unsound("archive", f"{_named(one.delivery_id for one in gone)} lack their file: restore it from a backup")
    unknown = receipts.keys() - lines.keys()
    if unknown:
        again = "the next `quorate nightly` takes them in if they still lie in the landing zone; if not,"
        yield Unsound("ledger", f"{_named(unknown)} have a receipt and no line in the ledger: {again} {REBUILD}")
    without = lines.keys() - receipts.keys()
    if without:
        yield Unsound("receipts", f"{_named(without)} have no receipt in the archive: restore it from a backup")
    # A file has arrived once, however often it was read: every attempt at it has the place of the first.
    arrived: dict[tuple[str, str], int] = {}
    for one in receipts.values():
        file = one.feed, one.sha256
        arrived[file] = min(one.sequence, arrived.get(file, one.sequence))
    other = [
        name
        for name, one in receipts.items()
        if name in lines
        and (arrived[one.feed, one.sha256], one.sha256, one.feed, one.attempt)
        != tuple(lines[name][field] for field in ("sequence", "sha256", "feed", "attempt"))
    ]
    if other:
        yield Unsound("ledger", f"{_named(other)} are not what their receipts say: {REBUILD}")


def _decisions(decisions: list[Decision], lines: Mapping[str, Mapping[str, Any]]) -> Iterator[Unsound]:
    """A decision is written before it is carried out; one that a crash came before is to be repeated."""
    for one in decisions:
        line = lines.get(one.subject)
        if one.kind == "reprocess" and line is not None:
            attempt = int(one.details.get("attempt", "0"))
            is_undone = not any(
                (other["feed"], other["sha256"]) == (line["feed"], line["sha256"]) and other["attempt"] >= attempt
                for other in lines.values()
            )
        else:
            is_undone = line is not None and line["state"] in UNDONE.get(one.kind, ())
        if is_undone:
            yield _repeat(f"`quorate delivery {one.kind} {one.subject}`")


def _repeat(command: str) -> Unsound:
    return Unsound("decisions", f"{command} was decided and not carried out: repeat it, with the same words")


def _named(ids: Any) -> str:
    """A number of deliveries, and the first of them by name."""
    names = sorted(ids)
    return f"{len(names)} deliveries ({', '.join(names[:3])})"
