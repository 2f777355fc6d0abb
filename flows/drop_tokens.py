"""Who may send files by HTTP: a token for each sender, of which only the hash is kept (``drop-tokens.json``).

A token is 256 random bits, so its plain SHA-256 gives nothing away.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from tempfile import NamedTemporaryFile

from connectors.archive import sync_folder


@dataclass(frozen=True)
class Token:
    """What is kept of a token."""

    token_id: str
    """By which it is revoked; no secret."""
    feed: str
    holder: str
    """Who sends with it: receipts are for its eyes alone. Two tokens of one holder see the same."""
    sha256: str
    made_at: str


def tokens(file: Path) -> list[Token]:
    """All tokens that hold, the oldest first."""
    try:
        return [Token(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def make(file: Path, feed: str, holder: str, now: datetime) -> tuple[Token, str]:
    """Make a token; the second is the token itself, which cannot be had again."""
    said = secrets.token_urlsafe(32)
    made = Token(secrets.token_hex(4), feed, holder, _hash(said), now.isoformat(timespec="seconds"))
    _write(file, [*tokens(file), made])
    return made, said


def revoke(file: Path, token_id: str) -> bool:
    """Take a token's rights away; False: there is none of this id."""
    known = tokens(file)
    left = [one for one in known if one.token_id != token_id]
    _write(file, left)
    return len(left) < len(known)


def recognise(file: Path, said: str) -> Token | None:
    """Whose token it is; every token is compared, whichever it is."""
    found, hashed = None, _hash(said)
    for one in tokens(file):
        if compare_digest(one.sha256, hashed):
            found = one
    return found


def _hash(said: str) -> str:
    return hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()


def _write(file: Path, kept: Iterable[Token]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=".drop-tokens-", delete=False, encoding="utf-8") as new:
        json.dump([asdict(one) for one in kept], new, indent=1)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(file)
    sync_folder(file.parent)
