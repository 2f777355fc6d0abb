"""Passing events on: what the outbox holds becomes Prefect events, after the commit and never before.

Events only make things faster. A server that is down leaves them in the outbox, and that is said within two seconds;
one that dies after it took them loses them, and the next sweep finds what they would have told. Every event has every
key, as text, so that an automation may name any: a missing key, or a number where text is declared, fails silently.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import httpx
from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from warehouse import outbox
from warehouse.outbox import Told
from warehouse.store import Store

EVENTS: Final = (
    *(f"quorate.delivery.{name}" for name in (
        "landed", "received", "duplicate", "drifted", "validated", "held", "released", "rejected", "loaded",
        "withdrawn", "overdue", "missing",
    )),
    *(f"quorate.quarantine.{name}" for name in ("opened", "resolved", "waived")),
    *(f"quorate.metrics.{name}" for name in ("refreshed", "restated")),
    *(f"quorate.assurance.{name}" for name in ("breached", "recovered")),
    *(f"quorate.pack.{name}" for name in ("held", "published")),
    "quorate.feedback.issued",
)  # fmt: skip
"""Every event there is."""
TEMPLATED: Final = ("event_id", "subject", "occurred_at", "feed", "agency_code", "delivery_id", "sha256", "rows")
"""Keys that every payload has, as text; empty where there is nothing to say."""
ABOUT_A_DELIVERY: Final = ("quorate.delivery.", "quorate.quarantine.", "quorate.feedback.")
"""Events whose subject is a delivery's id, unless it is made of parts."""
TIMEOUT: Final = httpx.Timeout(5.0, connect=1.0)
"""Seconds: a server that is down is known at once, one that is busy may take a little."""
BATCH: Final = 200
AT_MOST: Final = 5_000
"""Events passed on by one call; the next call goes on."""
OLD_NEWS: Final = timedelta(days=7)
"""What is older is marked and not sent: Prefect keeps events for as long, and a warehouse may have had no server."""


@dataclass(frozen=True)
class Relayed:
    """What became of the events that waited."""

    sent: int
    waiting: int
    """Still in the outbox."""
    says: str = ""
    """Why they are; empty where all went out."""


def relay(store: Store, *, is_seen_to: bool, at_most: int = AT_MOST) -> Relayed:
    """Pass on what waits in the outbox, the oldest first, and mark what the server took.

    Args:
        store: the warehouse.
        is_seen_to: who calls does itself what follows; else the events say that it is wanted, and automations act.
        at_most: events of one call.

    Raises:
        warehouse.store.Locked: another process is writing.
    """
    with store.reading() as connection:
        told = outbox.waiting(connection, at_most)
    if not told:
        return Relayed(0, 0)
    sent, says = 0, ""
    now = datetime.now()
    old = [one.event_id for one in told if one.occurred_at < now - OLD_NEWS]
    fresh = iter([one for one in told if one.occurred_at >= now - OLD_NEWS])
    _mark(store, old, now)
    while batch := list(islice(fresh, BATCH)):
        says = post([event_of(one, is_seen_to=is_seen_to) for one in batch])
        if says:
            break
        _mark(store, [one.event_id for one in batch], now)
        sent += len(batch)
    with store.reading() as connection:
        return Relayed(sent, outbox.count_waiting(connection), says)


async def pass_on(store: Store, *, goes_on: bool = False) -> None:
    """Relay what the outbox holds; that it could not be is said, and no failure.

    ``goes_on``: who calls goes on to what follows.
    """
    relayed = await asyncio.to_thread(relay, store, is_seen_to=goes_on)
    if relayed.says:
        get_run_logger().warning("%s %s events wait.", relayed.says, relayed.waiting)


def post(events: Iterable[Mapping[str, Any]]) -> str:
    """Give events to the server in one request; returns why it did not take them, empty where it did."""
    if not PREFECT_API_URL.value():  # or the client would start a server of its own
        return "No server is named (PREFECT_API_URL): events stay in the outbox."
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        try:
            with get_client(sync_client=True, httpx_settings={"timeout": TIMEOUT}) as client:
                client.request("POST", "/events", json=list(events))
        except httpx.HTTPError as failure:
            return f"The server took no events ({type(failure).__name__}): they stay in the outbox for the next sweep."
    return ""


def event_of(told: Told, *, is_seen_to: bool = False) -> dict[str, Any]:
    """An event of the outbox as Prefect has it. It occurs when it is passed on; when it happened is in its payload."""
    payload = {name: str(value) for name, value in told.payload.items()}
    feed, agency = payload.get("feed", told.feed), payload.get("agency_code", told.agency_code)
    is_delivery = told.name.startswith(ABOUT_A_DELIVERY) and ":" not in told.subject
    said = {
        "event_id": told.event_id,
        "subject": told.subject,
        "occurred_at": told.occurred_at.isoformat(),
        "feed": feed,
        "agency_code": agency,
        "delivery_id": told.subject if is_delivery else "",
    }
    return event(told.name, told.subject, told.event_id, payload | said, is_seen_to=is_seen_to)


def event(name: str, subject: str, event_id: str, payload: Mapping[str, str], *, is_seen_to: bool) -> dict[str, Any]:
    """An event for the server: ``quorate.delivery.<id>``, with its agency and feed beside it.

    The label ``quorate.next`` says whether what follows is ``seen_to`` or ``wanted``: the triggers of ``prefect.yaml``
    start a run for the second alone, or every burst would be followed twice.
    """
    kind, following = name.split(".")[1], "seen_to" if is_seen_to else "wanted"
    return {
        "id": event_id,
        "event": name,
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {"prefect.resource.id": f"quorate.{kind}.{subject}", "quorate.next": following},
        "related": list(_related(payload)),
        "payload": dict.fromkeys(TEMPLATED, "") | dict(payload),
    }


def _related(payload: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for role, name in (("agency", "agency_code"), ("feed", "feed")):
        if payload.get(name):
            yield {"prefect.resource.id": f"quorate.{role}.{payload[name]}", "prefect.resource.role": role}


def _mark(store: Store, event_ids: list[str], at: datetime) -> None:
    if event_ids:
        with store.writing() as connection:
            outbox.mark_relayed(connection, event_ids, at)
