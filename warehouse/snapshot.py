"""What analysts open: an immutable copy of the DuckDB file, put in place as a whole after every publication.

An analyst's open session on the warehouse itself would stop the night, and a run would show half of it. The copy
is complete, closed and readable only; replacing it does not disturb who still reads the one before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from warehouse import files
from warehouse.children import CHILD_DECISIONS
from warehouse.standing import REPLACED, STANDS
from warehouse.store import Locked, Store, Unavailable, open_store
from warehouse.tables import KEYS, PUBLICATIONS, TRANSITIONS

FOLDER_MODE: Final = 0o750
"""The folder's group reads: give it to the analysts (``chgrp``), and nobody else need be let in."""
FILE_MODE: Final = 0o440
SEEN: Final = (*STANDS, REPLACED, "withdrawn")
"""States of a delivery with which the rows that analysts see change."""


def put_in_place(store: Store, target: Path) -> Path:
    """Copy the warehouse as it stands to ``target``, at once and as a whole.

    Readers see the copy before or this one, and never a part of either. If it fails, the one before stays.

    Raises:
        OSError: the copy could not be written; the system's reason is in it.
        Unavailable: what was written cannot be opened.
    """
    target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    arriving = target.with_name(f".{target.name}.arriving")
    arriving.unlink(missing_ok=True)  # of a run that was killed
    try:
        with store.at_rest() as source:
            files.copy(source, arriving, mode=FILE_MODE)
        latest_publication(arriving)
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)
    files.sync(target.parent)
    return target


def is_current(store: Store, target: Path) -> bool:
    """``target`` shows the warehouse as it stands: its latest publication, rows, links and pseudonyms.

    Not so after a run that was killed before its end. The same figures over other rows are no new publication, and a
    rotation of the key none at all: they are looked at for themselves.
    """
    if not target.exists():
        return False
    with store.reading() as connection:
        standing = _stand(connection)
    try:
        with open_store(str(target), read_only=True) as copy, copy.reading() as connection:
            return _stand(connection) == standing
    except (Locked, Unavailable, DBAPIError):
        return False


def latest_publication(path: Path) -> str | None:
    """The id of the latest publication that a snapshot shows.

    Raises:
        Unavailable: there is none, or it is not a whole DuckDB file.
    """
    if not path.exists():
        raise Unavailable(f"There is no snapshot at {path} yet: `quorate nightly` or `quorate publish` puts one there.")
    with open_store(str(path), read_only=True) as snapshot, snapshot.reading() as connection:
        return _latest(connection)


def _latest(connection: Connection) -> str | None:
    of = PUBLICATIONS.c
    newest = select(of.publication_id).where(of.state == "published").order_by(of.published_at.desc()).limit(1)
    return connection.execute(newest).scalars().one_or_none()


def _stand(connection: Connection) -> tuple[object, ...]:
    """What tells one state of the warehouse from another, as far as analysts can see it."""
    changed = select(func.max(TRANSITIONS.c.at), func.count()).where(TRANSITIONS.c.to_state.in_(SEEN))
    linked = select(func.max(CHILD_DECISIONS.c.decided_at), func.count()).select_from(CHILD_DECISIONS)
    key = select(KEYS.c.fingerprint).order_by(KEYS.c.version.desc()).limit(1)
    counted = [*connection.execute(changed).one(), *connection.execute(linked).one()]
    return _latest(connection), connection.scalar(key), *counted
