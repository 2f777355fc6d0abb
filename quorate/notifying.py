"""`quorate notify`: tell people what they have not been told, or show what they would be."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from quorate.exits import Exit
from quorate.options import AsJson, Home, Warehouse, settings_of

if TYPE_CHECKING:
    from flows.notices import Channel
    from flows.settings import Settings


def notify(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be told; tell nobody.")] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Tell every channel what it has not been told yet: overdue, held, fallen short, recovered. Counts and a link.

    Prefect's notification blocks are told too, where PREFECT_API_URL is set.
    """
    from flows import notices
    from quorate import reading, show_owed

    settings, now = settings_of(home, warehouse), datetime.now()
    to = _channels(settings)
    with reading.existing(settings) as store:
        asked = [one.name for one in to] or [show_owed.NOBODY]
        told = [(name, notices.waiting(store, settings, now, name).news) for name in asked]
        messages = [(name, len(events), notices.compose(events, settings)) for name, events in told if events]
        failed = () if dry_run else notices.tell(store, settings, now, to)
        reached = {one.name for one in to if not notices.waiting(store, settings, now, one.name).news}
    show_owed.notified(messages, reached, failed, as_json=as_json)
    raise typer.Exit(Exit.INFRASTRUCTURE if failed else Exit.OK)


def _channels(settings: Settings) -> list[Channel]:
    """Blocks lie on Prefect's server: who asked for one without an address would start a server to look in."""
    from flows import notice_blocks, notices
    from quorate.show import say

    blocks = notice_blocks.channels(settings)
    if blocks and not os.environ.get("PREFECT_API_URL"):
        say("notify_blocks are told where PREFECT_API_URL is set, and by the runs under Prefect.")
        blocks = []
    return [*notices.channels(settings), *blocks]
