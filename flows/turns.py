"""Whose turn it is to write: a global limit of Prefect's that makes runs wait, and the warehouse's own lock beneath it.

The limit is a convenience: a run that was killed gives its place back when its lease ends, and a server that does not
know the limit yet is told of it here. The truth is the warehouse's lock, which refuses a second writer whatever a
server says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from prefect.client.orchestration import get_client
from prefect.concurrency.asyncio import AcquireConcurrencySlotTimeoutError, concurrency

from flows import sweep
from flows.patience import patiently
from flows.settings import Settings, settings_of
from warehouse.store import Store

WRITER: Final = "warehouse-writer"
"""Name of the global limit."""
LEASE: Final = 60.0
"""Seconds after which a killed run's place is free: the least that Prefect allows."""
WAIT: Final = 900.0
"""Seconds that a run waits for its turn."""


class NoTurn(Exception):
    """Another run has been at work all the while; the next sweep goes on."""


def here(home: str) -> Settings:
    """The partnership's settings; ``home`` empty: ``QUORATE_HOME`` of the worker, else its working folder."""
    return settings_of(Path(home) if home else None)


@asynccontextmanager
async def place_in_line(wait: float = WAIT) -> AsyncIterator[None]:
    """The place of the one run that may write, for the length of the block.

    Raises:
        NoTurn: others had it for ``wait`` seconds.
    """
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(WRITER, 1)
    try:
        # A lease that cannot be renewed, because the server is being restarted, ends nobody's work: see above.
        async with concurrency(
            WRITER, timeout_seconds=wait, lease_duration=LEASE, strict=True, raise_on_lease_renewal_failure=False
        ):
            yield
    except AcquireConcurrencySlotTimeoutError:
        raise NoTurn("Another run has been at work all the while; the next sweep goes on.") from None


@asynccontextmanager
async def turn(settings: Settings, wait: float = WAIT) -> AsyncIterator[Store]:
    """The warehouse, open, for the length of the block; nobody else writes meanwhile.

    Within a turn of the same run it is the same turn: asking for another costs a second or two.

    Raises:
        NoTurn: others had it for ``wait`` seconds.
        warehouse.store.Locked, warehouse.store.Unavailable, warehouse.keys.KeyTrouble, flows.lost.Lost: see there.
    """
    ours = _turn_of_this_run.get()
    if ours is not None and ours[0] == settings.warehouse_url:
        yield ours[1]
        return
    async with place_in_line(wait):
        store = await asyncio.to_thread(patiently, lambda: sweep.open_warehouse(settings))
        token = _turn_of_this_run.set((settings.warehouse_url, store))
        try:
            yield store
        finally:
            _turn_of_this_run.reset(token)
            await asyncio.to_thread(store.close)


_turn_of_this_run: Final[ContextVar[tuple[str, Store] | None]] = ContextVar("turn", default=None)
"""The warehouse whose turn it is, and the warehouse."""
