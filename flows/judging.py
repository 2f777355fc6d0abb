"""Reading and judging one file without touching the warehouse: what would be loaded, what refused, and why."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connectors.agency import Feed, Stream
from connectors.isolation import ReaderProcess
from connectors.read import Member, Note, Reading
from connectors.reading import Unreadable
from connectors.translate import prepare, translate
from schemas.table import columns, counted_on, table_name
from schemas.verdict import FINDINGS, JudgementBrokenError, Mask, compare, findings_of, judge, sum_of
from warehouse.content import content_hash
from warehouse.delivery_gates import Filled, TableRows
from warehouse.keys import Key
from warehouse.ledger import DeliveryMember
from warehouse.pseudonyms import Vaulted, in_words, protect

MONTHS = {"month": 1, "quarter": 3, "year": 12, "once": 1}
"""How many months a file speaks for that is named after its last."""
REFUSED = pa.schema([("source_row", pa.int64()), ("row_key", pa.string())])


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
    refused: pa.Table
    """`REFUSED`: rows that are not loaded because of an error; no key where the row could not be taken apart."""
    ignored: int
    """Blank rows, rows the stream leaves out, and later copies of a row."""
    blank: int
    in_file: int
    """Rows as they stand in the file, blank ones not counted: what a manifest counts."""
    vaulted: Vaulted
    """What was taken out of the rows, accepted and refused: for the vault only."""

    @property
    def table(self) -> str:
        """Name of the canonical table."""
        return table_name(self.stream.table)

    def as_member(self, loaded: int = 0, unchanged: int = 0) -> DeliveryMember:
        """The ledger's line for this stream."""
        return DeliveryMember(
            self.member, self.table, self.rows_in, loaded, unchanged, self.refused.num_rows, self.ignored
        )

    def placed(self, rows: pa.Table) -> pa.Table:
        """Rows with the member and the table they belong to."""
        return rows.append_column("source_member", pa.repeat(self.member, rows.num_rows)).append_column(
            "table_name", pa.repeat(self.table, rows.num_rows)
        )


@dataclass(frozen=True)
class Examined:
    """A whole file, judged and not yet loaded."""

    judged: tuple[Judged, ...]
    passed_over: tuple[DeliveryMember, ...]
    """Members ignored by name; their rows are counted all the same."""
    notes: tuple[Note, ...]
    control_totals: Mapping[str, int] = field(default_factory=dict)
    """What a manifest inside the file says: `connectors.manifest`."""
    silent: Mapping[str, pa.Table] = field(default_factory=dict)
    """Table → no rows, of every table whose optional member did not come."""

    def to_load(self) -> dict[str, pa.Table]:
        """Table → its accepted rows, of every table of the feed: the silence of one that did not come counts too."""
        return {**self.silent, **self.by_table()}

    def by_table(self) -> dict[str, pa.Table]:
        """Table → its accepted rows from all members, with ``source_member``."""
        parts: dict[str, list[pa.Table]] = {}
        for one in self.judged:
            member = pa.repeat(one.member, one.accepted.num_rows)
            parts.setdefault(one.table, []).append(one.accepted.append_column("source_member", member))
        return {name: pa.concat_tables(found) for name, found in parts.items()}

    def refused(self) -> pa.Table:
        """Every refused row: source_row, row_key, source_member, table_name."""
        parts = [one.placed(one.refused) for one in self.judged]
        return pa.concat_tables(parts) if parts else REFUSED.empty_table()

    def findings(self) -> pa.Table:
        """Every finding of the file, cells and rows first, then what was noted of the file as a whole."""
        of_rows = [one.placed(one.findings) for one in self.judged]
        rules = [note.rule for note in self.notes]
        nothing = pa.nulls(len(rules), pa.string())
        of_file = pa.table(
            [pa.nulls(len(rules), pa.int64()), nothing, pa.array(rules, pa.string()), pa.repeat("query", len(rules))],
            schema=FINDINGS,
        )
        of_file = of_file.append_column("source_member", nothing).append_column("table_name", nothing)
        return pa.concat_tables([*of_rows, of_file])

    def table_rows(self) -> tuple[TableRows, ...]:
        """What each member has, for the gates."""
        return tuple(
            TableRows(
                one.member, one.table, one.rows_in, one.accepted.num_rows, one.refused.num_rows, one.blank, one.in_file
            )
            for one in self.judged
        ) + tuple(TableRows(one.source_member, None, one.rows_in, 0, 0) for one in self.passed_over)

    def filled(self) -> tuple[Filled, ...]:
        """How many cells of each column the accepted rows fill."""
        return tuple(
            Filled(name, column.name, rows.num_rows, rows.num_rows - rows[column.name].null_count)
            for name, rows in self.by_table().items()
            for column in columns(next(one.stream.table for one in self.judged if one.table == name))
            if column.name in rows.column_names
        )

    def vaulted(self) -> Vaulted:
        """What was taken out of all rows."""
        return Vaulted.of(one.vaulted for one in self.judged)

    def content_hash(self) -> str:
        """Of all rows as we read them, in any order: two files with the same hash say the same to us."""
        rows = {name: (rows.num_rows, sum_of(rows["row_hash"])) for name, rows in self.by_table().items()}
        broken = self.findings().group_by(["table_name", "rule"], use_threads=False).aggregate([([], "count_all")])
        counted = ((one["table_name"], one["rule"], one["count_all"]) for one in broken.to_pylist())
        return content_hash(rows, counted, sum_of(self.refused()["row_key"].drop_null()))


class TooMany(Exception):
    """A file has more rows than are wanted at once."""


def examine(path: Path, feed: Feed, reader: ReaderProcess, key: Key, *, at_most: int | None = None) -> Examined:
    """Read and judge a file; what identifies a child is taken out of its rows with the key.

    Args:
        path, feed: the file, and whose it is.
        reader: the process that reads it, within its time and memory.
        key: the partnership's.
        at_most: rows; a file with more is read and not judged. None: however many.

    Raises:
        connectors.read.Unreadable: the file as a whole cannot be read; it refuses itself alone.
        schemas.verdict.JudgementBrokenError: a rule or the connector has a mistake of ours; it fails this file alone.
        TooMany: see ``at_most``.
    """
    reading = reader.read(path, feed)
    if at_most is not None and sum(member.rows.num_rows for member in reading.members) > at_most:
        raise TooMany
    judged = [_judge_in(member, feed, reading, key) for member in reading.members if member.stream >= 0]
    passed_over = tuple(
        DeliveryMember(member.name, None, rows, 0, 0, 0, rows)
        for member in reading.members
        if member.stream < 0
        for rows in [member.rows.num_rows + member.blank]
    )
    alone = tuple(_alone(judged, feed))
    return Examined(alone, passed_over, reading.notes, reading.control_totals or {}, _silent(judged, feed, key))


def _silent(judged: Iterable[Judged], feed: Feed, key: Key) -> dict[str, pa.Table]:
    spoken = {one.table for one in judged}
    found = {}
    for stream in feed.streams:
        if table_name(stream.table) not in spoken:
            said = [(column.name, column.arrow_type) for column in columns(stream.table)]
            nothing = pa.schema([*said, ("source_row", pa.int64())]).empty_table()
            rows = protect(nothing, stream.table, feed.name, key).rows
            found[table_name(stream.table)] = rows.append_column("source_member", pa.array([], pa.string()))
    return found


def period_of(file_name: str, feed: Feed, judged: Iterable[Judged], today: date) -> tuple[date, date] | None:
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


def _judge_in(member: Member, feed: Feed, reading: Reading, key: Key) -> Judged:
    """`_judge_member`; what a connector's own function may raise is told without its text, which may quote the data."""
    try:
        return _judge_member(member, feed, reading, key)
    except (Unreadable, JudgementBrokenError, MemoryError):
        raise
    except Exception as failure:  # noqa: BLE001 - whatever it is, the other files must not wait for it to be mended
        raise JudgementBrokenError(f"connector {feed.name}: {type(failure).__name__}{where(failure)}") from None


def where(failure: BaseException) -> str:
    """The line of the program that raised it, in words; empty where there is none."""
    steps = traceback.extract_tb(failure.__traceback__)
    return f" at {Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""


def _judge_member(member: Member, feed: Feed, reading: Reading, key: Key) -> Judged:
    stream = feed.streams[member.stream]
    prepared = prepare(member.rows, stream)
    misshapen = pa.array(member.misshapen, pa.int64())
    unkeyed = pa.table([misshapen, pa.nulls(len(misshapen), pa.string())], schema=REFUSED)
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
        refused=pa.concat_tables([unkeyed, left_behind.rows.select(REFUSED.names)]),
        ignored=member.blank + prepared.left_out,
        blank=member.blank,
        vaulted=Vaulted.of([loadable.vaulted, left_behind.vaulted]),
        in_file=member.rows.num_rows + len(misshapen),
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
    copies = one.accepted["source_row"].filter(pa.array(repeated))
    quarrels = one.accepted.select(REFUSED.names).filter(pa.array(contradicted))
    words = in_words(one.accepted.filter(pa.array(contradicted)), one.stream.table, feed.name)
    said = (
        findings_of(copies, "row.repeated", "correction"),
        findings_of(quarrels["source_row"], "row.contradicted", "error"),
    )
    return replace(
        one,
        accepted=one.accepted.filter(pa.array(~(repeated | contradicted))),
        findings=pa.concat_tables([one.findings, *said]),
        refused=pa.concat_tables([one.refused, quarrels]),
        ignored=one.ignored + len(copies),
        vaulted=Vaulted.of([one.vaulted, words]),
    )


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
