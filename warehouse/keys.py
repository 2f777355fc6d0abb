"""The key that pseudonyms are made with: where it comes from, how it is made, and whether it is the warehouse's own.

The key is 32 bytes or more, from ``QUORATE_KEY`` (hex or base64) or from a file that only its owner may read. A
warehouse knows its keys by number and fingerprint (``ledger.keys``), never by content: with another key the same child
would have another pseudonym, so nothing is written or matched with one. Without the right key no delivery is taken in
or decided about, no child confirmed, nothing published, rebuilt or migrated; reading, waivers and backups need none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, RowMapping, insert, select

from warehouse.tables import DELIVERIES, KEYS

VARIABLE: Final = "QUORATE_KEY"
LEAST_BYTES: Final = 32
"""As many as the hash gives out: a shorter key would be the weakest part (RFC 2104)."""
BLOCK: Final = 64
"""Bytes that SHA-256 takes at a time."""


class KeyTrouble(Exception):
    """There is no key that this warehouse can be opened with. Command line: exit code 2."""


class NoKey(KeyTrouble):
    """No key was given, or it cannot be used as it lies there."""


class WrongKey(KeyTrouble):
    """A key was given, and the warehouse was written with another one."""


@dataclass(frozen=True)
class Key:
    """A secret and where it came from; it shows itself to nobody."""

    secret: bytes = field(repr=False)
    origin: str
    """The variable or the file, for messages."""

    @property
    def fingerprint(self) -> str:
        """Tells one key from another and says nothing of either: the HMAC of a fixed word, 32 hex digits."""
        return hmac.digest(self.secret, b"quorate key fingerprint", "sha256")[:16].hex()

    def tokens(self, kind: str, values: Iterable[str]) -> list[str]:
        """The pseudonym of each value: HMAC-SHA256 of ``kind:value``, its first 16 bytes as 32 hex digits.

        The two halves of HMAC are begun once and copied for each value: a third of the time of `hmac.digest`.
        """
        secret = self.secret if len(self.secret) <= BLOCK else hashlib.sha256(self.secret).digest()
        padded = secret.ljust(BLOCK, b"\0")
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + f"{kind}:".encode())
        outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        found = []
        for value in values:
            within, whole = inner.copy(), outer.copy()
            within.update(value.encode())
            whole.update(within.digest())
            found.append(whole.hexdigest()[:32])
        return found


def find_key(key_file: Path, variable: str = VARIABLE) -> Key:
    """The key of the environment's variable, else of the file.

    Raises:
        NoKey: there is none, it is too short, or others may read the file.
    """
    given = os.environ.get(variable)
    if given:
        return _read(given, variable)
    if not key_file.exists():
        raise NoKey(
            f"There is no key: {variable} is not set and {key_file} is not there. `quorate key make` makes one. If "
            "this partnership had one, put it back instead: with another key its warehouse cannot be opened."
        )
    about = key_file.stat()
    if about.st_mode & 0o077 or about.st_uid != os.geteuid():
        raise NoKey(f"{key_file} may be read by others, or belongs to somebody else: chown it to you and chmod 600 it.")
    return _read(key_file.read_text(encoding="ascii", errors="replace"), str(key_file))


def _read(text: str, origin: str) -> Key:
    compact = text.strip()
    try:
        is_hex = re.fullmatch(r"([0-9A-Fa-f]{2})+", compact)
        secret = bytes.fromhex(compact) if is_hex else base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) < LEAST_BYTES:
        raise NoKey(
            f"{origin} holds no key: {LEAST_BYTES} bytes or more are wanted, in hex or base64. "
            "`quorate key make` makes one."
        )
    return Key(secret, origin)


def make_key(key_file: Path) -> Key:
    """Make a key and keep it in a file that only its owner may read, on the disk when this returns.

    Raises:
        KeyTrouble: there is a file already; a key is never written over.
    """
    secret = secrets.token_bytes(LEAST_BYTES)
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyTrouble(
            f"{key_file} is there already: nothing was made. `quorate key rotate` changes a key."
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(key_file.parent)
    return Key(secret, str(key_file))


def throwaway_key() -> Key:
    """A key that is kept nowhere, for judging a file without loading it."""
    return Key(secrets.token_bytes(LEAST_BYTES), "a key for this once")


def sync_folder(folder: Path) -> None:
    """What was made, renamed or taken away in the folder is so after a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keys_of(connection: Connection) -> list[RowMapping]:
    """The keys of the warehouse, version, fingerprint and since, the one in use first."""
    return list(connection.execute(select(KEYS).order_by(KEYS.c.version.desc())).mappings())


def recognise(connection: Connection, key: Key) -> int | None:
    """The number of the key, if it is the one in use; None: the warehouse is new and has none yet.

    Raises:
        WrongKey: the warehouse was written with another key, or with none.
    """
    known = keys_of(connection)
    if not known:
        if connection.execute(select(DELIVERIES.c.delivery_id).limit(1)).first() is None:
            return None
        raise WrongKey(
            "The warehouse was written without a key: it is of an older version and holds numbers of children in "
            "clear. Build it anew from the archive: `quorate rebuild`."
        )
    if known[0]["fingerprint"] == key.fingerprint:
        return int(known[0]["version"])
    raise WrongKey(_says(key, known))


def _says(key: Key, known: list[RowMapping]) -> str:
    now = f"key {known[0]['version']}, in use since {known[0]['since']:%d %B %Y}"
    earlier = [one["version"] for one in known if one["fingerprint"] == key.fingerprint]
    if earlier:
        return (
            f"{key.origin} holds key {earlier[0]}, and the warehouse has {now}. If a rotation was interrupted, run "
            "`quorate key rotate` again: it finishes what is left. Else put the newer key there."
        )
    return (
        f"{key.origin} does not hold the key of this warehouse ({now}, fingerprint {known[0]['fingerprint'][:8]}). "
        "Put the right one there. If it is lost, make another and build the warehouse anew: docs/nightly.md says how."
    )


def register(connection: Connection, key: Key, now: datetime) -> int:
    """Recognise the key, or write it down as the first of a new warehouse; returns its number.

    Raises:
        WrongKey: see `recognise`.
    """
    version = recognise(connection, key)
    return add_key(connection, key, now) if version is None else version


def add_key(connection: Connection, key: Key, now: datetime) -> int:
    """Write the key down as the next one, in use from now on; returns its number."""
    version = 1 + max((int(one["version"]) for one in keys_of(connection)), default=0)
    connection.execute(insert(KEYS).values(version=version, fingerprint=key.fingerprint, since=now))
    return version
