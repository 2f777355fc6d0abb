"""The way of one delivery: archive, read, translate, judge, load, and count every row.

Plain functions over plain values: the command line calls them directly and the Prefect flow wraps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pyarrow as pa
import pyarrow.compute as pc

from connectors.agency import Feed, Stream
from connectors.archive import Archived
from connectors.archive import store as archive
from connectors.isolation import ReaderProcess
from connectors.read import Member, Note, Reading, Unreadable
from connectors.translate import prepare, translate
from schemas.table import counted_on, table_name
from schemas.verdict import FINDINGS, Mask, compare, findings_of, judge
from warehouse import ledger
from warehouse.keys import Key
from warehouse.ledger import Delivery, DeliveryMember
from warehouse.load import merge
from warehouse.pseudonyms import Vaulted, in_words, protect
from warehouse.store import Connection, Store
from warehouse.vault import Vault

MONTHS = {"month": 1, "quarter": 3, "year": 12, "once": 1}
"""How many months a file speaks for that is named after its last."""


@dataclass(frozen=True)
class Judged:
    """One stream of a file, judged and not yet loaded."""

    stream: Stream
    member: str
    rows_in: int
    accepted: pa.Table
    """The facts' columns, ``source_row``, ``row_key`` and ``row_hash``."""
    findings: pa.Table
    """`schemas.verdict.FINDINGS`."""
    refused: pa.Array
    """Source rows that are not loaded because of an error."""
    ignored: int
    """Blank rows, rows the stream leaves out, and later copies of a row."""
    vaulted: Vaulted
    """What was taken out of the rows, accepted and refused: for the vault only."""

    def as_member(self, loaded: int = 0, unchanged: int = 0) -> DeliveryMember:
        """The ledger's line for this stream."""
        name = table_name(self.stream.table)
        return DeliveryMember(self.member, name, self.rows_in, loaded, unchanged, len(self.refused), self.ignored)


@dataclass(frozen=True)
class Examined:
    """A whole file, judged and not yet loaded."""

    judged: tuple[Judged, ...]
    passed_over: tuple[DeliveryMember, ...]
    """Members ignored by name; their rows are counted all the same."""
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one file: the line that a person reads."""

    feed: str
    agency: str
    file_name: str
    state: str
    """``loaded`` · ``duplicate``: the same bytes were loaded before · ``refused``: the file could not be read ·
    ``failed``: a mistake of ours stopped it."""
    delivery_id: str = ""
    rows_in: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    rows_ignored: int = 0
    refused_because: str = ""
    """The rule by its name."""
    says: str = ""
    """For a file that was refused or failed: what, where and what to do."""
    notes: tuple[str, ...] = field(default=())


def examine(path: Path, feed: Feed, reader: ReaderProcess, key: Key) -> Examined:
    """Read and judge a file without touching the warehouse.

    Raises:
        Unreadable: the file as a whole cannot be read; it refuses itself alone.
    """
    reading = reader.read(path, feed)
    judged = [_judge_member(member, feed, reading, key) for member in reading.members if member.stream >= 0]
    passed_over = tuple(
        DeliveryMember(member.name, None, rows, 0, 0, 0, rows)
        for member in reading.members
        if member.stream < 0
        for rows in [member.rows.num_rows + member.blank]
    )
    return Examined(tuple(_alone(judged, feed)), passed_over, reading.notes)


def deliver(
    path: Path,
    feed: Feed,
    *,
    store: Store,
    vault: Vault,
    key: Key,
    archive_root: Path,
    reader: ReaderProcess,
    now: datetime,
) -> Outcome:
    """Take one file all the way into the warehouse, or refuse it; the ledger is written either way.

    What is read is the archived copy, so that what was judged is what is kept. Rows, provenance and ledger are
    one transaction: a file is in the warehouse with its whole account, or not at all. A file refused on an
    earlier night is tried again, because a connector may have been mended since.

    Raises:
        warehouse.ledger.Unbalanced: a row is unaccounted for; nothing of the file is loaded.
        warehouse.store.Locked: another process is writing.
    """
    archived = archive(path, archive_root)
    delivery_id = str(uuid5(NAMESPACE_URL, f"quorate:{feed.name}:{archived.sha256}"))
    outcome = Outcome(feed.name, feed.agency, path.name, "loaded", delivery_id)
    with store.reading() as connection:
        earlier = ledger.find(connection, delivery_id)
    if earlier is not None and earlier["state"] == "loaded":
        return replace(outcome, state="duplicate")
    try:
        examined = examine(archived.path, feed, reader, key)
    except Unreadable as refusal:
        outcome = replace(outcome, state="refused", refused_because=refusal.rule, says=f"{refusal.says} {refusal.hint}")
        if earlier is None or earlier["refused_because"] != refusal.rule:
            with store.writing() as connection:
                ledger.forget(connection, delivery_id)
                ledger.record_delivery(connection, _entry(outcome, archived, None, now))
        return outcome
    vault.keep(Vaulted.of(one.vaulted for one in examined.judged), key)  # before the warehouse: see warehouse.vault
    period = _period(path.name, feed, examined.judged, now.date())
    with store.writing() as connection:
        if earlier is not None:
            ledger.forget(connection, delivery_id)
        return _load(connection, outcome, archived, examined, period=period, now=now)


def _judge_member(member: Member, feed: Feed, reading: Reading, key: Key) -> Judged:
    stream = feed.streams[member.stream]
    prepared = prepare(member.rows, stream)
    misshapen = pa.array(member.misshapen, pa.int64())
    accepted, refused, findings = [], [], [findings_of(misshapen, "row.shape", "error")]
    for chunk in translate(prepared.rows, stream, feed, reading.date_system):
        verdict = judge(chunk.rows, stream.table, chunk.uncast, chunk.corrected)
        accepted.append(chunk.rows.filter(pa.array(verdict.accepted)))
        refused.append(chunk.rows.filter(pa.array(~verdict.accepted)))
        findings.append(verdict.findings)
    # The whole member at once: a number that comes again in another chunk is hashed once.
    loadable = protect(pa.concat_tables(accepted), stream.table, feed.name, key)
    left_behind = protect(pa.concat_tables(refused), stream.table, feed.name, key, refused=True)
    return Judged(
        stream,
        member.name,
        rows_in=prepared.rows.num_rows + prepared.left_out + len(misshapen) + member.blank,
        accepted=loadable.rows,
        findings=pa.concat_tables(findings),
        refused=pa.concat_arrays([misshapen, *left_behind.rows["source_row"].chunks]),
        ignored=member.blank + prepared.left_out,
        vaulted=Vaulted.of([loadable.vaulted, left_behind.vaulted]),
    )


def _alone(judged: list[Judged], feed: Feed) -> list[Judged]:
    """Take out rows that repeat or contradict another of the same table, over the whole delivery."""
    result = list(judged)
    for table in {one.stream.table for one in judged}:
        places = [place for place, one in enumerate(judged) if one.stream.table is table]
        keys = pa.concat_tables(judged[place].accepted.select(["row_key", "row_hash"]) for place in places)
        unique = compare(keys["row_key"], keys["row_hash"])
        end = 0
        for place in places:
            start, end = end, end + judged[place].accepted.num_rows
            result[place] = _without(judged[place], feed, unique.repeated[start:end], unique.contradicted[start:end])
    return result


def _without(one: Judged, feed: Feed, repeated: Mask, contradicted: Mask) -> Judged:
    if not (repeated.any() or contradicted.any()):
        return one
    table = one.stream.table
    copies, quarrels = (one.accepted["source_row"].filter(pa.array(mask)) for mask in (repeated, contradicted))
    said = findings_of(copies, "row.repeated", "correction"), findings_of(quarrels, "row.contradicted", "error")
    return replace(
        one,
        accepted=one.accepted.filter(pa.array(~(repeated | contradicted))),
        findings=pa.concat_tables([one.findings, *said]),
        refused=pa.concat_arrays([one.refused, quarrels.combine_chunks()]),
        ignored=one.ignored + len(copies),
        vaulted=Vaulted.of([one.vaulted, in_words(one.accepted.filter(pa.array(contradicted)), table, feed.name)]),
    )


def _load(
    connection: Connection,
    outcome: Outcome,
    archived: Archived,
    examined: Examined,
    *,
    period: tuple[date, date] | None,
    now: datetime,
) -> Outcome:
    members = list(examined.passed_over)
    for one in examined.judged:
        merged = merge(connection, table_name(one.stream.table), _with_provenance(one, outcome.delivery_id, now))
        members.append(one.as_member(merged.loaded, merged.unchanged))
    outcome = replace(
        outcome,
        rows_in=sum(member.rows_in for member in members),
        rows_loaded=sum(member.loaded for member in members),
        rows_unchanged=sum(member.unchanged for member in members),
        rows_refused=sum(member.refused for member in members),
        rows_ignored=sum(member.ignored for member in members),
        notes=tuple(note.says for note in examined.notes),
    )
    entry = _entry(outcome, archived, period, now)
    ledger.record_delivery(connection, entry, members, _findings(examined), _refused(examined))
    return outcome


def _entry(outcome: Outcome, archived: Archived, period: tuple[date, date] | None, now: datetime) -> Delivery:
    return Delivery(
        delivery_id=outcome.delivery_id,
        feed=outcome.feed,
        agency_code=outcome.agency,
        file_name=outcome.file_name,
        sha256=archived.sha256,
        bytes=archived.bytes,
        received_at=now,
        finished_at=datetime.now(),
        state="refused" if outcome.state == "refused" else "loaded",
        rows_in=outcome.rows_in,
        rows_loaded=outcome.rows_loaded,
        rows_unchanged=outcome.rows_unchanged,
        rows_refused=outcome.rows_refused,
        rows_ignored=outcome.rows_ignored,
        period_from=period[0] if period else None,
        period_to=period[1] if period else None,
        refused_because=outcome.refused_because or None,
    )


def _with_provenance(one: Judged, delivery_id: str, now: datetime) -> pa.Table:
    count = one.accepted.num_rows
    return (
        one.accepted.append_column("delivery_id", pa.repeat(delivery_id, count))
        .append_column("source_member", pa.repeat(one.member, count))
        .append_column("loaded_at", pa.repeat(pa.scalar(now, pa.timestamp("us")), count))
    )


def _findings(examined: Examined) -> pa.Table:
    """Every finding of the file, cells and rows first, then what was noted of the file as a whole."""
    of_rows = [_placed(one, one.findings) for one in examined.judged]
    rules = [note.rule for note in examined.notes]
    nothing = pa.nulls(len(rules), pa.string())
    of_file = pa.table(
        [pa.nulls(len(rules), pa.int64()), nothing, pa.array(rules, pa.string()), pa.repeat("query", len(rules))],
        schema=FINDINGS,
    )
    of_file = of_file.append_column("source_member", nothing).append_column("table_name", nothing)
    return pa.concat_tables([*of_rows, of_file])


def _refused(examined: Examined) -> pa.Table:
    return pa.concat_tables(_placed(one, pa.table({"source_row": one.refused})) for one in examined.judged)


def _placed(one: Judged, rows: pa.Table) -> pa.Table:
    return rows.append_column("source_member", pa.repeat(one.member, rows.num_rows)).append_column(
        "table_name", pa.repeat(table_name(one.stream.table), rows.num_rows)
    )


def _period(file_name: str, feed: Feed, judged: Iterable[Judged], today: date) -> tuple[date, date] | None:
    """First and last day of the months a file speaks for: its name says, else the months of its own rows.

    By its rows a quarterly or yearly file speaks for whole quarters or years (to March), and none for days to come.
    """
    named = re.search(feed.period, file_name)
    if named:
        ends = int(named[1]) * 12 + int(named[2]) - 1
        starts = ends - MONTHS[feed.every] + 1
        return date(starts // 12, starts % 12 + 1, 1), _last_of_month(date(ends // 12, ends % 12 + 1, 1))
    days: list[date] = []
    for one in judged:
        column = counted_on(one.stream.table)
        if column and one.accepted.num_rows:
            bounds = pc.min_max(pc.cast(one.accepted[column], pa.date32(), safe=False)).as_py()
            days += [day for day in bounds.values() if day is not None]
    if not days:
        return None
    last = min(max(days), today)
    while (feed.every == "quarter" and last.month % 3) or (feed.every == "year" and last.month != 3):
        last = _last_of_month(last) + timedelta(days=1)
    return min(*days, last).replace(day=1), _last_of_month(last)


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
