"""Changing the key of a partnership: which two keys, and what becomes of their files.

`key_file`.new is the key to come; it is made once and stays until the rotation is whole, so that a run after a crash
goes on with the same two keys. The earlier key is kept as `key_file`.<number>: a backup of its time needs it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from flows import publication
from flows.settings import Settings
from warehouse import keys
from warehouse.keys import VARIABLE, KeyTrouble, find_key, make_key
from warehouse.rotation import Rotated, rotate
from warehouse.store import Store
from warehouse.vault import open_vault

NEW_VARIABLE: Final = "QUORATE_NEW_KEY"


def rotate_key(settings: Settings, store: Store, now: datetime) -> Rotated:
    """Change the key of the partnership's warehouse, or finish a change that was interrupted.

    A key of the environment is changed to that of ``QUORATE_NEW_KEY``; a key file to a new one that is made here.

    The analysts' copy follows at once, or with the publication that is due: a child has one pseudonym.

    Raises:
        warehouse.keys.KeyTrouble: a key is missing or wrong, or the warehouse cannot be given new pseudonyms.
        warehouse.store.Locked: another process is writing.
    """
    is_file = not os.environ.get(VARIABLE)
    coming = next_file(settings.key_path)
    old = find_key(settings.key_path)
    if is_file and not coming.exists():
        with store.reading() as connection:
            keys.recognise(connection, old)
        make_key(coming)
    if not is_file and not os.environ.get(NEW_VARIABLE):
        raise KeyTrouble(f"The key comes from {VARIABLE}: set {NEW_VARIABLE} to the new one, then run it again.")
    new = find_key(coming) if is_file else find_key(coming, NEW_VARIABLE)
    with open_vault(store) as vault:
        rotated = rotate(store, vault, old, new, now)
    if is_file:
        _put_in_place(settings.key_path, coming, rotated.version - 1)
    return replace(rotated, is_copied=publication.renew_copy(store, settings))


def next_file(key_file: Path) -> Path:
    """Where the key to come lies while a rotation is under way."""
    return key_file.with_name(f"{key_file.name}.new")


def _put_in_place(key_file: Path, coming: Path, earlier: int) -> None:
    kept = key_file.with_name(f"{key_file.name}.{earlier}")
    if not kept.exists():
        kept.hardlink_to(key_file)
    keys.sync_folder(key_file.parent)
    coming.replace(key_file)
    keys.sync_folder(key_file.parent)
