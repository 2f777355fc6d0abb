"""The way of one delivery: archive, receipt, read, judge, gates, and one transaction with everything it changes.

Plain functions over plain values: the command line calls them directly and the Prefect flow wraps them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from connectors.agency import Feed
from connectors.archive import Archived, locate
from connectors.archive import store as archive
from connectors.isolation import ReaderProcess
from connectors.read import Unreadable
from connectors.receipts import Receipt, find_receipt, record_receipt
from flows.judging import Examined, examine, period_of
from warehouse import history, ledger, quarantine
from warehouse.delivery_gates import Limits, Told, gates
from warehouse.keys import Key
from warehouse.ledger import Delivery, Line
from warehouse.standing import STANDS
from warehouse.store import Connection, Store
from warehouse.vault import Vault

UNDECLARED: Final = ("file.extra_column", "file.extra_member", "file.absent_column")
"""Notes of a reading that say: the file has not the shape that was declared."""


@dataclass(frozen=True)
class Place:
    """Where deliveries go, and how they are read: what all deliveries of a run share."""

    store: Store
    archive: Path
    reader: ReaderProcess
    vault: Vault
    """Where what identifies a child goes."""
    key: Key
    """What pseudonyms are made with."""
    limits: Mapping[str, Limits] = field(default_factory=dict)
    """Feed → what its deliveries may differ by before they are held; a feed that is not named has the defaults."""
    ahead: Callable[[Path, Feed], Examined] | None = None
    """Who else judges files: `flows.ahead`."""

    def examine(self, archived: Path, feed: Feed) -> Examined:
        """Read and judge a file of the archive.

        Raises:
            connectors.read.Unreadable: the file as a whole cannot be read.
        """
        if self.ahead is not None:
            return self.ahead(archived, feed)
        return examine(archived, feed, self.reader, self.key)


@dataclass(frozen=True)
class Decided:
    """A person lets a delivery through whatever the gates say: one that was held, or one that is read again."""

    by: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """What became of one file: the line that a person reads."""

    feed: str
    agency: str
    file_name: str
    state: str
    """``loaded`` · ``duplicate``: it says what was loaded before · ``held``: it waits for a person · ``withdrawn``: a
    person took it back · ``refused``: the file could not be read · ``failed``: a mistake of ours stopped it."""
    delivery_id: str = ""
    rows_in: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    rows_ignored: int = 0
    refused_because: str = ""
    """The rule by its name."""
    says: str = ""
    """For a file that was refused, held or failed: what, where and what to do."""
    notes: tuple[str, ...] = field(default=())
    is_new: bool = True
    """False where an earlier run had found out the same already."""


@dataclass(frozen=True)
class Arrival:
    """A delivery that has been read and judged, and not yet let in."""

    delivery: Delivery
    feed: Feed
    examined: Examined
    outcome: Outcome
    control_totals: Mapping[str, int]
    now: datetime

    def told(self) -> Told:
        """What it says of itself, for the gates."""
        first, last = self.delivery.period_from, self.delivery.period_to
        return Told(
            feed=self.feed.name,
            carries=self.feed.carries,
            chain=self.delivery.chain,
            revision=self.delivery.revision,
            period=(first, last) if first and last else None,
            rows=self.examined.table_rows(),
            filled=self.examined.filled(),
            noted=tuple(note.rule for note in self.examined.notes),
            control_totals={**self.examined.control_totals, **self.control_totals},
        )


def deliver(
    path: Path, feed: Feed, place: Place, *, now: datetime, control_totals: Mapping[str, int] | None = None
) -> Outcome:
    """Take one file all the way into the warehouse, or refuse or hold it; the ledger is written either way.

    What is read is the archived copy, so that what was judged is what is kept. A file refused on an earlier night is
    tried again, because a connector may have been mended since. Any step may be cut short: the next call goes on.

    Args:
        path: the file.
        feed: its connector.
        place: where it goes.
        now: when it was received, if this is the first time.
        control_totals: member → rows the agency says there are (``*``: in the whole file).

    Raises:
        warehouse.ledger.Unbalanced: a row is unaccounted for; nothing of the file is loaded.
        warehouse.ledger.Overtaken, warehouse.store.Locked: another process is at it.
    """
    archived = archive(path, place.archive)
    with place.store.reading() as connection:
        attempts = ledger.attempts_at(connection, feed.name, archived.sha256)
    if attempts and attempts[-1]["state"] not in ledger.UNFINISHED:
        return _dealt_with(attempts[-1], feed, path.name)
    attempt = attempts[-1]["attempt"] if attempts else 1
    receipt = record_receipt(
        place.archive, _receipt(archived, feed, path.name, attempt=attempt, now=now, control_totals=control_totals)
    )
    return take_in(receipt, feed, place, now=max(now, receipt.received_at))


def read_again(line: Line, feed: Feed, place: Place, *, now: datetime, decided: Decided) -> Outcome:
    """Another attempt at a delivery of the ledger, from its archived bytes: it takes the place of the one before.

    Raises:
        KeyError: the archive has no receipt of it.
    """
    first = find_receipt(place.archive, line["delivery_id"])
    if first is None:
        raise KeyError(line["delivery_id"])
    attempt = line["attempt"] + 1
    again = replace(
        first,
        sequence=time.time_ns(),
        attempt=attempt,
        delivery_id=ledger.delivery_id_of(feed.name, first.sha256, attempt),
    )
    return take_in(record_receipt(place.archive, again), feed, place, now=now, decided=decided)


def take_in(receipt: Receipt, feed: Feed, place: Place, *, now: datetime, decided: Decided | None = None) -> Outcome:
    """From a receipt on: the ledger, the reading of the archived bytes, and the one transaction.

    ``now`` is from when on its rows are known. A ``decided`` delivery passes no gates.
    """
    delivery = _received(receipt)
    with place.store.reading() as connection:
        attempts = ledger.attempts_at(connection, feed.name, receipt.sha256)
    earlier = next((line for line in attempts if line["delivery_id"] == receipt.delivery_id), None)
    if attempts:
        # the file arrived once, however often it is read
        delivery = replace(delivery, sequence=attempts[0]["sequence"])
    if earlier is None:
        with place.store.writing() as connection:
            ledger.receive(connection, delivery, now if receipt.attempt > 1 else None)
    outcome = Outcome(feed.name, feed.agency, receipt.file_name, "loaded", receipt.delivery_id)
    try:
        examined = place.examine(locate(place.archive, receipt.sha256), feed)
    except Unreadable as refusal:
        return _refuse(place.store, delivery, earlier, outcome, refusal=refusal, now=now)
    period = period_of(receipt.file_name, feed, examined.judged, receipt.received_at.date())
    delivery = replace(
        delivery,
        period_from=period[0] if period else None,
        period_to=period[1] if period else None,
        chain=chain_of(feed, receipt, period),
        content_hash=examined.content_hash(),
        held_because=earlier["held_because"] if earlier else None,
    )
    place.vault.keep(examined.vaulted(), place.key)  # before the warehouse: see warehouse.vault
    with place.store.writing() as connection:
        again = ledger.attempts_at(connection, feed.name, delivery.sha256) if attempts else []
        delivery = replace(delivery, revision=_revision(connection, delivery, feed, again))
        known_at = ledger.moment(connection, now)
        arrival = Arrival(delivery, feed, examined, outcome, receipt.control_totals or {}, known_at)
        return _settle(connection, arrival, place.limits.get(feed.name, Limits()), decided)


def chain_of(feed: Feed, receipt: Receipt, period: tuple[date, date] | None) -> str:
    """The name of the deliveries that replace one another: `connectors.agency.Feed.carries`."""
    if feed.carries == "changes":
        return f"{feed.name}:{receipt.sha256}"
    part = re.search(feed.part, receipt.file_name) if feed.part else None
    when = period[1].isoformat() if period else "always"
    return f"{feed.name}:{when}" + (f":{part[1]}" if part else "")


def _dealt_with(line: Line, feed: Feed, file_name: str) -> Outcome:
    outcome = Outcome(feed.name, feed.agency, file_name, "duplicate", line["delivery_id"], is_new=False)
    if line["state"] == "held":
        return replace(outcome, state="held", says=_how_to_release(line["held_because"], line["delivery_id"]))
    if line["state"] == "withdrawn":
        again = f"`quorate delivery reprocess {line['delivery_id']}` takes it in again."
        return replace(outcome, state="withdrawn", says=f"It was withdrawn and has no effect. {again}")
    return outcome


def _how_to_release(because: str, delivery_id: str) -> str:
    return f"{because} To let it through: `quorate delivery release {delivery_id} --by NAME --why TEXT`."


def _receipt(
    archived: Archived,
    feed: Feed,
    file_name: str,
    *,
    attempt: int,
    now: datetime,
    control_totals: Mapping[str, int] | None,
) -> Receipt:
    return Receipt(
        sequence=time.time_ns(),
        delivery_id=ledger.delivery_id_of(feed.name, archived.sha256, attempt),
        feed=feed.name,
        agency_code=feed.agency,
        file_name=file_name,
        sha256=archived.sha256,
        bytes=archived.bytes,
        attempt=attempt,
        received_at=now,
        control_totals=control_totals,
    )


def _received(receipt: Receipt) -> Delivery:
    names = ("delivery_id", "sequence", "feed", "agency_code", "file_name", "sha256", "bytes", "attempt", "received_at")
    return Delivery(**{name: getattr(receipt, name) for name in names}, finished_at=receipt.received_at)


def _refuse(
    store: Store, delivery: Delivery, earlier: Line | None, outcome: Outcome, *, refusal: Unreadable, now: datetime
) -> Outcome:
    is_new = earlier is None or earlier["refused_because"] != refusal.rule
    if is_new:
        with store.writing() as connection:
            ledger.move(connection, delivery.delivery_id, ledger.UNFINISHED, "refused", at=now)
            refused = replace(delivery, state="refused", refused_because=refusal.rule, finished_at=datetime.now())
            ledger.write_outcome(connection, refused)
    says = f"{refusal.says} {refusal.hint}"
    return replace(outcome, state="refused", refused_because=refusal.rule, says=says, is_new=is_new)


def _revision(connection: Connection, delivery: Delivery, feed: Feed, attempts: Iterable[Line]) -> int:
    """Which of its chain the delivery is: its name says; else an attempt before it; else it follows what had come."""
    named = re.search(feed.revision, delivery.file_name)
    if named:
        return int(named[1])
    known = [int(line["revision"]) for line in attempts if line["chain"] == delivery.chain]
    if known:
        return known[-1]
    return ledger.highest_revision(connection, delivery.chain or "", delivery.sequence) + 1


def _settle(connection: Connection, arrival: Arrival, limits: Limits, decided: Decided | None) -> Outcome:
    """Decide, in the transaction that loads: a duplicate, held, or loaded."""
    delivery, now = arrival.delivery, arrival.now
    expected: tuple[ledger.State, ...] = (*ledger.UNFINISHED, "held") if decided else ledger.UNFINISHED
    standing = ledger.chain_of(connection, delivery.chain or "")
    if standing and delivery.attempt == 1 and _says_the_same(delivery, standing[-1]):
        ledger.move(connection, delivery.delivery_id, expected, "read", "judged", "duplicate", at=now)
        return _load(connection, replace(arrival, delivery=replace(delivery, state="duplicate")))
    told = arrival.told()
    stopped = () if decided else gates(connection, told, limits)
    _tell_of_judgement(connection, arrival, told, drifted=any(one.gate == "drift" for one in stopped))
    if stopped:
        because = " ".join(f"{one.gate}: {one.says}" for one in stopped)
        ledger.move(connection, delivery.delivery_id, expected, "read", "judged", "held", at=now)
        # Nothing of it is in the warehouse to make a hash of its content anew from, should the key change; it is in no
        # account of rows yet either, and the profiles say how many wait.
        held = replace(delivery, state="held", held_because=because, content_hash=None, finished_at=datetime.now())
        profiles = [asdict(one) for one in arrival.examined.filled()]
        ledger.write_outcome(connection, held, findings=arrival.examined.findings(), profiles=profiles)
        return replace(arrival.outcome, state="held", says=_how_to_release(because, delivery.delivery_id))
    by, why = (decided.by, decided.why) if decided else (None, None)
    ledger.move(connection, delivery.delivery_id, expected, "read", "judged", "loaded", at=now, by=by, why=why)
    replaces = standing[-1]["delivery_id"] if standing else None
    return _load(connection, replace(arrival, delivery=replace(delivery, state="loaded", replaces=replaces)))


def _tell_of_judgement(connection: Connection, arrival: Arrival, told: Told, *, drifted: bool) -> None:
    """What the judgement was, in rows; and that the shape of the file is not what it was."""
    delivery, at = arrival.delivery, arrival.now
    of = {"feed": delivery.feed, "agency_code": delivery.agency_code, "attempt": delivery.attempt}
    rows = {name: sum(getattr(one, name) for one in told.rows) for name in ("rows_in", "accepted", "refused")}
    ledger.tell(connection, "quorate.delivery.validated", delivery.delivery_id, at, of | rows)
    undeclared = sum(rule in UNDECLARED for rule in told.noted)
    if drifted or undeclared:
        said = {"undeclared": undeclared, "is_held": drifted}
        ledger.tell(connection, "quorate.delivery.drifted", delivery.delivery_id, at, of | said)


def _says_the_same(delivery: Delivery, newest: Line) -> bool:
    """The delivery follows the newest of its chain word for word: the agency exported the same once more."""
    follows = (delivery.revision, delivery.sequence) > (newest["revision"], newest["sequence"])
    return follows and newest["content_hash"] == delivery.content_hash


def _replace_attempts(connection: Connection, arrival: Arrival) -> None:
    """The attempts before this one say nothing any more, wherever they stood."""
    delivery, feed, now = arrival.delivery, arrival.feed, arrival.now
    for line in ledger.attempts_at(connection, feed.name, delivery.sha256) if delivery.attempt > 1 else ():
        state, chain = line["state"], line["chain"]
        if line["attempt"] < delivery.attempt and state in ("held", *STANDS):
            ledger.move(connection, line["delivery_id"], (state,), "replaced", at=now)
            if state in STANDS and chain != delivery.chain:
                history.withdraw(connection, feed=feed.name, chain=chain, carries=feed.carries, known_at=now)


def _load(connection: Connection, arrival: Arrival) -> Outcome:
    """Rows, history and quarantine; then the account of them."""
    delivery, feed, now = arrival.delivery, arrival.feed, arrival.now
    ledger.place(connection, delivery)
    _replace_attempts(connection, arrival)
    loading = history.Loading(
        delivery.delivery_id, feed.name, feed.carries, delivery.chain or "", delivery.period_from, now
    )
    by_table = arrival.examined.to_load()
    merged = history.apply(connection, loading, by_table)
    if delivery.state != "duplicate":  # of which the same rows are in quarantine already
        quarantine.open_rows(connection, delivery.delivery_id, arrival.examined.refused(), now)
        for name in sorted(quarantine.waiting_in(connection, feed.name) & by_table.keys()):
            quarantine.close_by_key(connection, delivery.delivery_id, name, by_table[name].select(["row_key"]), now)
        quarantine.settle(connection, delivery.delivery_id, now)
    return _close(connection, arrival, merged)


def _close(connection: Connection, arrival: Arrival, merged: Mapping[tuple[str, str], history.Merged]) -> Outcome:
    """Account for every row."""
    examined, delivery = arrival.examined, arrival.delivery
    members = list(examined.passed_over)
    for one in examined.judged:
        of = merged.get((one.table, one.member), history.Merged(0, 0))
        members.append(one.as_member(of.loaded, of.unchanged))
    finished = replace(
        delivery,
        rows_in=sum(member.rows_in for member in members),
        rows_loaded=sum(member.loaded for member in members),
        rows_unchanged=sum(member.unchanged for member in members),
        rows_refused=sum(member.refused for member in members),
        rows_ignored=sum(member.ignored for member in members),
        finished_at=datetime.now(),
    )
    profiles = [asdict(one) for one in examined.filled()]
    ledger.write_outcome(connection, finished, members, examined.findings(), profiles)
    return replace(
        arrival.outcome,
        state=delivery.state,
        rows_in=finished.rows_in,
        rows_loaded=finished.rows_loaded,
        rows_unchanged=finished.rows_unchanged,
        rows_refused=finished.rows_refused,
        rows_ignored=finished.rows_ignored,
        notes=tuple(note.says for note in examined.notes),
    )
