"""Who may send files by HTTP: a token for each sender, of which only the hash is kept (``drop-tokens.json``).

A token is 256 random bits, so its plain SHA-256 gives nothing away.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from connectors.agency import Feed
from connectors.archive import sync_folder
from flows.locks import locked

FEED_IS_TAKEN: Final = (
    "somebody else sends this feed's files already, and of one month the later file takes the place of the earlier: "
    "give the feed a part in its connector (connectors/agency.py), or revoke the other's tokens first"
)
PART_IS_TAKEN: Final = "somebody else sends this part of the feed already: name another, or revoke their tokens first"
ASKS_FOR_A_PART: Final = (
    "several send this feed's files: say with --part whose they may send, as the names of files say it"
)
HAS_NO_PARTS: Final = "this feed has one file a period and no parts: leave --part out, or declare them in its connector"


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
    part: str = ""
    """Which of the files of a period it may send, where the feed has `connectors.agency.Feed.part`."""


class NotGiven(Exception):
    """A token would let one sender's file take the place of another's; what to do is said."""


def tokens(file: Path) -> list[Token]:
    """All tokens that hold, the oldest first."""
    try:
        return [Token(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def make(file: Path, feed: Feed, holder: str, now: datetime, part: str = "") -> tuple[Token, str]:
    """Make a token; the second is the token itself, which cannot be had again.

    Raises:
        NotGiven: the feed has parts and none is named, or none and one is; or somebody else sends the same files.
    """
    if bool(part) != bool(feed.part):
        raise NotGiven(ASKS_FOR_A_PART if feed.part else HAS_NO_PARTS)
    said = secrets.token_urlsafe(32)
    made = Token(secrets.token_hex(4), feed.name, holder, _hash(said), now.isoformat(timespec="seconds"), part)
    with _changing(file):
        known = tokens(file)
        if any((one.feed, one.part) == (feed.name, part) and one.holder != holder for one in known):
            raise NotGiven(PART_IS_TAKEN if part else FEED_IS_TAKEN)
        _write(file, [*known, made])
    return made, said


def revoke(file: Path, token_id: str) -> bool:
    """Take a token's rights away; False: there is none of this id."""
    with _changing(file):
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


def _changing(file: Path) -> AbstractContextManager[None]:
    """Two commands at once both count: nobody else reads what is about to be written over."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return locked(file.with_name(f".{file.name}.lock"))


def _hash(said: str) -> str:
    return hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()


def _write(file: Path, kept: Iterable[Token]) -> None:
    with NamedTemporaryFile("w", dir=file.parent, prefix=".drop-tokens-", delete=False, encoding="utf-8") as new:
        json.dump([asdict(one) for one in kept], new, indent=1)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(file)
    sync_folder(file.parent)
