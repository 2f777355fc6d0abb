"""Receipts and decisions: what arrived and what people decided, in the archive, in the order it happened.

Each is a small JSON file that is never changed, written and on disk before the warehouse is told of it. With the
archived bytes they are all that `quorate rebuild` needs. They hold ids, counts, names and reasons, and two
values of rows alone: the numbers of a ``confirm`` or ``reject``, in clear as in the archived files beside them,
because after a change of the key nothing else could name them.

    kept = record_receipt(root, Receipt(sequence=time_ns(), …))   # use what comes back: it may be an earlier one
    for entry in read_all(root): …
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from hashlib import sha256 as hash_of
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, Literal

from connectors.archive import ARRIVING, DamagedArchiveError, sync_folder

DecisionKind = Literal[
    "withdraw",
    "release",
    "reprocess",
    "waive",
    "accept",
    "confirm",
    "reject",
    "restricted",
    "source",
    "snooze",
    "unsnooze",
    "excuse",
    "unexcuse",
]
FORMAT: Final = 1
"""Version of the files; a newer one is refused, not guessed at."""


@dataclass(frozen=True)
class Receipt:
    """A file that arrived."""

    sequence: int
    """The order of everything that arrived or was decided; grows, with gaps."""
    delivery_id: str
    feed: str
    agency_code: str
    file_name: str
    sha256: str
    bytes: int
    attempt: int
    """1, and more where a person had the same bytes read again."""
    received_at: datetime
    control_totals: Mapping[str, int] | None = None
    """Member → rows that the agency says there are; None: it does not say."""


@dataclass(frozen=True)
class Decision:
    """What a person decided about a delivery, a refused row, a publication, a match, a return, or asked to see."""

    sequence: int
    kind: DecisionKind
    subject: str
    """The id of what it is about."""
    by: str
    why: str
    at: datetime
    details: Mapping[str, str] = field(default_factory=dict)
    """What else the decision needs, such as ``until``; for ``reprocess`` the attempt, or two would be taken for one."""


Entry = Receipt | Decision


def record_receipt(root: Path, receipt: Receipt) -> Receipt:
    """Keep a receipt and return what is kept.

    A delivery has one receipt: where there is one already, that one is returned and nothing is written, so that
    a delivery tried again after a crash keeps its place. Otherwise it is kept with a sequence above all others.

    Raises:
        DamagedArchiveError: the receipt that is there cannot be read.
        OSError: the archive cannot be written.
    """
    with _alone(root) as last:
        known = _find(_receipts(root), f"-{receipt.delivery_id}.json")
        if known is not None:
            return _read_receipt(known)
        kept = replace(receipt, sequence=max(receipt.sequence, last + 1))
        _write(_receipts(root) / f"{kept.sequence}-{kept.delivery_id}.json", kept)
        return kept


def record_decision(root: Path, decision: Decision) -> Decision:
    """Keep a decision and return what is kept.

    Where the newest decision about the same subject says the same, by the same person, that one is returned and
    nothing is written: a command repeated after a crash is one decision, made when it was first made.

    Raises:
        DamagedArchiveError: a decision about the same subject cannot be read.
        OSError: the archive cannot be written.
    """
    with _alone(root) as last:
        earlier = _about(root, decision.subject)
        if earlier and replace(earlier[-1], sequence=decision.sequence, at=decision.at) == decision:
            return earlier[-1]
        kept = replace(decision, sequence=max(decision.sequence, last + 1))
        _write(_decisions(root) / f"{kept.sequence}-{kept.kind}-{_short(kept.subject)}.json", kept)
        return kept


def find_receipt(root: Path, delivery_id: str) -> Receipt | None:
    """The receipt of a delivery, or None: it never arrived."""
    known = _find(_receipts(root), f"-{delivery_id}.json")
    return None if known is None else _read_receipt(known)


def has_receipts(root: Path) -> bool:
    """Something has arrived; as dear as one look into the folder, however much it holds."""
    folder = _receipts(root)
    if not folder.is_dir():
        return False
    with os.scandir(folder) as found:
        return any(one.name.endswith(".json") and not one.name.startswith(".") for one in found)


def read_all(root: Path) -> list[Entry]:
    """Every receipt and decision of an archive, in the order they were made.

    Raises:
        DamagedArchiveError: one of them cannot be read, or is not the file it is named after.
    """
    entries: list[Entry] = [_read_receipt(path) for path in _files(_receipts(root))]
    entries += [_read_decision(path) for path in _files(_decisions(root))]
    return sorted(entries, key=lambda entry: entry.sequence)


def _receipts(root: Path) -> Path:
    return root / "receipts"


def _decisions(root: Path) -> Path:
    return root / "decisions"


@contextmanager
def _alone(root: Path) -> Iterator[int]:
    """Hold the archive's turn for the block, among all processes; gives the highest sequence so far."""
    for folder in (root, _receipts(root), _decisions(root)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # let go of by the system when the process ends, however it ends
        yield max((_sequence(path) for folder in (_receipts, _decisions) for path in _files(folder(root))), default=0)
    finally:
        os.close(handle)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as found:
        return [Path(one.path) for one in found if one.name.endswith(".json") and not one.name.startswith(".")]


def _find(folder: Path, ending: str) -> Path | None:
    return next((path for path in _files(folder) if path.name.endswith(ending)), None)


def _sequence(path: Path) -> int:
    digits = path.name.partition("-")[0]
    if not digits.isdecimal():
        raise _damaged(path)
    return int(digits)


def _about(root: Path, subject: str) -> list[Decision]:
    ending = f"-{_short(subject)}.json"
    known = [_read_decision(path) for path in _files(_decisions(root)) if path.name.endswith(ending)]
    return sorted((one for one in known if one.subject == subject), key=lambda one: one.sequence)


def _short(subject: str) -> str:
    """A subject as part of a file's name, whatever characters it has."""
    return hash_of(subject.encode()).hexdigest()[:16]


def _write(path: Path, entry: Entry) -> None:
    written = {"format": FORMAT} | asdict(entry)
    text = json.dumps(written, default=datetime.isoformat, ensure_ascii=False, indent=1)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=ARRIVING, delete=False) as file:
        arriving = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o400)
            os.fsync(file.fileno())
            arriving.replace(path)
            sync_folder(path.parent)
        finally:
            arriving.unlink(missing_ok=True)


def _read_receipt(path: Path) -> Receipt:
    said = _read(path, Receipt)
    try:
        receipt = Receipt(**said | {"received_at": datetime.fromisoformat(said["received_at"])})
    except (TypeError, ValueError):
        raise _damaged(path) from None
    if path.name != f"{receipt.sequence}-{receipt.delivery_id}.json":
        raise _damaged(path)
    return receipt


def _read_decision(path: Path) -> Decision:
    said = _read(path, Decision)
    try:
        decision = Decision(**said | {"at": datetime.fromisoformat(said["at"])})
    except (TypeError, ValueError):
        raise _damaged(path) from None
    if path.name != f"{decision.sequence}-{decision.kind}-{_short(decision.subject)}.json":
        raise _damaged(path)
    return decision


def _read(path: Path, kind: type[Entry]) -> dict[str, Any]:
    try:
        said = json.loads(path.read_bytes())
    except ValueError:
        raise _damaged(path) from None
    if not isinstance(said, dict) or set(said) != {"format", *(one.name for one in fields(kind))}:
        raise _damaged(path)
    if said.pop("format") != FORMAT:
        raise _damaged(path)
    return said


def _damaged(path: Path) -> DamagedArchiveError:
    return DamagedArchiveError(
        f"{path.parent.name}/{path.name} of the archive is not as it was written: restore it from a backup, or install "
        "the version of Quorate that wrote it."
    )
