"""Commands that look after the warehouse itself: migrate, rebuild, backup, restore."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from quorate.options import AsJson, Home, Warehouse, settings_of

# Everything heavy is imported where it is used: `quorate --help` answers within half a second.


def migrate(
    *,
    to: Annotated[str | None, typer.Option(metavar="REVISION", help="Default: the schema of this release.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try all of it, then undo it.")] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Bring a warehouse that another release made to this one's schema, with all its rows; or back, with --to."""
    from flows.upgrading import migrate as do
    from quorate import show, show_upkeep
    from warehouse.schema_version import HEAD

    done = do(settings_of(home, warehouse), datetime.now(), to or HEAD, dry_run=dry_run, progress=show.say)
    show_upkeep.migrated(done, is_tried=dry_run, as_json=as_json)


def rebuild(
    *,
    into: Annotated[str, typer.Option(metavar="ADDRESS", help="An empty database; default: replace the file.")] = "",
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Make the warehouse anew from the archive: every file and every decision once more, in order."""
    from flows.rebuilding import rebuild as do
    from quorate import show_upkeep

    with show_upkeep.progress("Replaying") as tell:
        done = do(settings_of(home, warehouse), datetime.now(), into, tell)
    show_upkeep.rebuilt(done, as_json)


def backup(
    target: Annotated[Path, typer.Argument(help="A new folder.")],
    *,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Copy warehouse, vault, archive and settings, all of one instant, with the hash of every file."""
    from flows.backups import backup as do
    from quorate import show_upkeep

    with show_upkeep.progress("Copying") as tell:
        done = do(settings_of(home, warehouse), target, datetime.now(), tell)
    show_upkeep.backed_up(done, as_json)


def restore(
    source: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder of a backup.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Keep what is there beside it, and take its place.")
    ] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Prove every hash of a backup, then bring it back."""
    from flows.restoring import restore as do
    from quorate import show_upkeep

    with show_upkeep.progress("Restoring") as tell:
        done = do(source, settings_of(home, warehouse), datetime.now(), replace=replace, progress=tell)
    show_upkeep.restored(done, as_json)


COMMANDS: Final[tuple[tuple[Callable[..., Any], str], ...]] = (
    (migrate, "Bring an older release's warehouse to this one."),
    (rebuild, "Make the warehouse anew from the archive."),
    (backup, "Copy warehouse, vault, archive and settings."),
    (restore, "Bring a backup back."),
)
"""Command → what the list of commands says of it."""
