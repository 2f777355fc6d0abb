"""A warehouse that is not where it was is never begun anew.

Receipts are written only into a warehouse that is made, so an archive that has some had a warehouse. To begin another
one would load what lies in the landing zone and publish it: withdrawn deliveries would be back, and feeds whose files
were taken out of the landing zone would be gone. A first run that was killed is no such case: before its first
receipt the archive has none, and after it the warehouse is made.
"""

from __future__ import annotations

from connectors.receipts import has_receipts
from flows.backups import warehouse_file
from flows.settings import Settings
from warehouse.schema_version import version_of
from warehouse.store import Connection, Unavailable


class Lost(Unavailable):
    """The archive has receipts, and their warehouse is not there. Command line: exit code 5."""


def refuse_where_gone(settings: Settings) -> None:
    """Go on if the file is there, or is on a server, or nothing has ever arrived; asked before anything makes it.

    Raises:
        Lost: see there.
    """
    file = warehouse_file(settings)
    if file is not None and has_receipts(settings.archive) and not file.exists():
        raise _lost(settings, f"is not at {file}", "quorate rebuild")


def refuse_where_empty(connection: Connection, settings: Settings) -> None:
    """Go on if a warehouse is in the database, or nothing has ever arrived.

    Receipts are looked for first: a run that makes the warehouse meanwhile writes its first receipt after that.

    Raises:
        Lost: see there.
    """
    if has_receipts(settings.archive) and version_of(connection) is None:
        file = warehouse_file(settings)
        where = f"is not in {file or 'the database'}: there is nothing in it"
        raise _lost(settings, where, "quorate rebuild" if file else "quorate rebuild --into ADDRESS")


def _lost(settings: Settings, where: str, rebuild: str) -> Lost:
    return Lost(
        f"{settings.archive} has receipts, and the warehouse they belong to {where}. Nothing was begun. Put it back, "
        f"or say where it is (--warehouse or QUORATE_WAREHOUSE). If it is lost: `{rebuild}` makes it anew from the "
        "archive, `quorate restore` brings a backup back."
    )
