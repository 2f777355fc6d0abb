"""What a person decides about refused rows: let them be for a time, or read them again after a rule was mended."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from connectors.receipts import Decision, record_decision
from flows import decisions
from flows.decisions import Undecidable
from flows.delivery import Outcome, Place
from warehouse import ledger, waivers
from warehouse.store import Connection, Store
from warehouse.waivers import COUNT_AS_OPEN, Chosen, Waiver


def waive(store: Store, archive: Path, chosen: Chosen, waiver: Waiver, *, at: datetime) -> int:
    """Let the chosen rows be until the waiver's last day; returns how many. The archive is told first.

    Raises:
        Undecidable: no such row waits.
    """
    with store.reading() as connection:
        if not waivers.count_waiting(connection, chosen):
            raise Undecidable(
                "No refused row that is meant waits for anything: `quorate quarantine list` has them all."
            )
    details = {name: str(value) for name, value in asdict(chosen).items() if value}
    subject = "waive:" + ":".join(f"{name}={value}" for name, value in details.items())
    said = details | {"until": waiver.until.isoformat()}
    kept = record_decision(archive, Decision(time.time_ns(), "waive", subject, waiver.by, waiver.why, at, said))
    with store.writing() as connection:
        return apply_waiver(connection, kept)


def apply_waiver(connection: Connection, decision: Decision) -> int:
    """Carry a decision of kind ``waive`` out, now or when the warehouse is rebuilt; returns how many rows it waived."""
    said = dict(decision.details)
    until = date.fromisoformat(said.pop("until"))
    row = said.pop("source_row", None)
    chosen = Chosen(**said, source_row=int(row) if row else None)  # type: ignore[arg-type] # only text is left
    waived = waivers.waive(connection, chosen, Waiver(decision.by, decision.why, until), decision.at)
    told = {"rows": waived, "until": until.isoformat()}
    ledger.tell(connection, "quorate.quarantine.waived", decision.subject, decision.at, told)
    return waived


def expire(store: Store, today: date) -> int:
    """Waivers whose day is over have expired; nothing is written where there is none. Returns how many rows."""
    with store.reading() as connection:
        if not waivers.has_past(connection, today):
            return 0
    with store.writing() as connection:
        return waivers.expire(connection, today)


def replay(place: Place, rule: str, feed: str, *, by: str, why: str, at: datetime) -> list[Outcome]:
    """Read again from the archive every delivery with open rows of a rule, after the rule or a connector was mended.

    Raises:
        Undecidable: no delivery has an open row of that rule.
    """
    with place.store.reading() as connection:
        meant = waivers.deliveries_with(connection, Chosen(feed=feed, rule=rule, states=COUNT_AS_OPEN))
    if not meant:
        raise Undecidable(
            f"No open row was refused by {rule}: `quorate quarantine list` has the rules that refused some."
        )
    return [decisions.reprocess(place, delivery_id, by=by, why=why, at=at) for delivery_id in meant]
