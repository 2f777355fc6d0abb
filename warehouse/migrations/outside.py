"""What a revision needs to know that the database does not: what feeds carry, and the key of the pseudonyms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Rekey = Callable[["pa.Table", str, str], "pa.Table"]
"""(rows, canonical table, feed) → the same rows with other identifiers, ``row_key`` and ``row_hash``."""
Line = Mapping[Any, Any]
"""A row of ``ledger.deliveries`` as revision 0001 has it."""


@dataclass(frozen=True)
class Outside:
    """Given to every revision."""

    chain_of: Callable[[Line], str]
    """A loaded delivery → its chain."""
    revision_of: Callable[[Line], int | None]
    """A loaded delivery → the revision that its file's name says it is."""
    protect: Rekey
    """Identifiers in clear → pseudonyms, with the clear values put into the vault."""
    reveal: Rekey
    """Pseudonyms → identifiers in clear, from the vault."""
    progress: Callable[[str], None] = lambda _: None
    """Told what has been done: names of tables and numbers of rows."""
