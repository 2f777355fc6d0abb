"""What was fetched from a remote place: ``fetched/<remote>.jsonl`` in the home folder, a line a file; the last counts.

It saves fetching twice, and nothing rests on it: without it, or without its last line, the same bytes are fetched
again, and the same bytes again have no effect (decision 0023).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from connectors.fetch import Offered


@dataclass(frozen=True)
class Kept:
    """What was fetched: a file as the place said of it, for which feed, from where."""

    offered: Offered
    feed: str
    url: str
    """See `flows.remotes.Remote.address`."""
    manifest: str | None
    """The version of the manifest that lay beside it; None: there was none."""


def remembered(file: Path) -> dict[str, Kept]:
    """Name → what was fetched under it last; lines that a crash tore are passed over."""
    known = {}
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    for line in lines:
        try:
            one = json.loads(line)
            offered = Offered(one["name"], one["size"], one["version"], one["changed_at"])
            known[offered.name] = Kept(offered, one["feed"], one["url"], one["manifest"])
        except (ValueError, KeyError, TypeError):
            continue
    return known


def remember(file: Path, kept: Kept, sha256: str, at: datetime) -> None:
    """Write down that a file was fetched, after it lies in the landing zone."""
    of = {"feed": kept.feed, "url": kept.url, "manifest": kept.manifest}
    line = json.dumps({**asdict(kept.offered), **of, "sha256": sha256, "fetched_at": at.isoformat(timespec="seconds")})
    with file.open("ab") as out:
        out.write(b"\n" + line.encode())  # the line before may have been torn
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Whether nobody else is fetching from the same place; as long as this lasts nobody else will."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
