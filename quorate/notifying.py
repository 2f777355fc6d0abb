"""`quorate notify`: tell people what they have not been told, or show what they would be."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from quorate.exits import Exit
from quorate.options import AsJson, Home, Warehouse, settings_of


def notify(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be told; tell nobody.")] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Tell every channel what it has not been told yet: overdue, held, fallen short, recovered. Counts and a link."""
    from flows import notices
    from quorate import reading, show_owed

    settings, now = settings_of(home, warehouse), datetime.now()
    to = notices.channels(settings)
    with reading.existing(settings) as store:
        asked = [one.name for one in to] or ["(no channel: QUORATE_NOTIFY is not set)"]
        told = [(name, notices.waiting(store, settings, now, name)) for name in asked]
        messages = [(name, len(events), notices.compose(events, settings)) for name, events in told if events]
        failed = () if dry_run else notices.tell(store, settings, now, to)
        reached = {one.name for one in to if not notices.waiting(store, settings, now, one.name)}
    show_owed.notified(messages, reached, failed, as_json=as_json)
    raise typer.Exit(Exit.INFRASTRUCTURE if failed else Exit.OK)
