"""What a revision needs to know that the database does not: what feeds carry, and the key of the pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

Rekey = Callable[["pa.Table", str, str], "pa.Table"]
"""(rows, canonical table, feed) → the same rows with other identifiers, ``row_key`` and ``row_hash``."""


@dataclass(frozen=True)
class Outside:
    """Given to every revision."""

    chain_of: Callable[[str, str, date | None, date | None], str | None]
    """(feed, sha256, period's first day, its last day) → the chain of a delivery."""
    revision_of: Callable[[str], int | None]
    """A file's name → the revision that it says it is."""
    protect: Rekey
    """Identifiers in clear → pseudonyms, with the clear values put into the vault."""
    reveal: Rekey
    """Pseudonyms → identifiers in clear, from the vault."""
    progress: Callable[[str], None] = lambda _: None
    """Told what has been done: names of tables and numbers of rows."""
