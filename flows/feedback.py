"""Agencies get their own errors back: a file for each delivery with something to say, in the rows of the agency's file.

A person sends them: they carry rows, columns, rules and what to do, and never a value or a child's number. The outbox
says what was issued: each delivery once in each state, whatever becomes of the file or, later, of the rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from connectors.agency import Said, all_feeds
from connectors.read_csv import ITSELF
from connectors.reading import shown
from flows.delivery import Outcome
from flows.refusals import says as refused
from flows.settings import Settings
from reports.files import harmless, write_in_one_step
from schemas.checks import WRONG
from schemas.table import Rule, Table, code_meaning, columns, rules, table_name
from schemas.tables import all_tables
from warehouse import feedback
from warehouse.feedback import Due, Issued
from warehouse.store import Connection, Store

HEADER: Final = ("file", "part", "row", "column", "rule", "severity", "what is wrong", "what to do")
WORDS: Final = 40
"""Words of a list that are named to whom used another; a longer list is sent by itself."""
ROW: Final = {
    "error": "The row was refused.",
    "query": "The row was taken in, and something in it is unlikely.",
    "correction": "The row was taken in, and mended.",
}
"""Severity → what became of the row, where `schemas.checks.WRONG` does not say what is wrong with it."""
UNKNOWN: Final = "Ask the partnership."

Line = tuple[str, str, str, str, str, str, str, str]
"""What `HEADER` says."""


def issue(
    store: Store, settings: Settings, now: datetime, outcomes: Iterable[Outcome] = (), *, again: bool = False
) -> tuple[Path, ...]:
    """Write the feedback that was not issued yet, and tell the outbox of it; returns the files.

    Args:
        store: the warehouse.
        settings: where the files go.
        now: when.
        outcomes: of this run: they say why a file was refused whole. One without such words waits for the night, which
            tries the file again.
        again: write what was issued too, where its file is gone and something of it still stands; of a file that was
            refused whole by its rule (`flows.refusals`).
    """
    refusals = {one.delivery_id: one.says for one in outcomes if one.state == "refused"}
    with store.reading() as connection:
        told = {(one.delivery_id, one.state) for one in feedback.issued(connection)}
        due = feedback.due(connection)
        new = [one for one in due if (one.delivery_id, one.state) not in told]
        fresh = [one for one in new if one.state != "refused" or one.delivery_id in refusals]
        gone = [one for one in due if again and one not in new and not path_of(settings, one).exists()]
        for one in (*fresh, *gone):
            refusal = refusals.get(one.delivery_id) or refused(one.refused_because or "")
            _write(path_of(settings, one), _lines(connection, one, refusal), settings)
    if fresh:
        with store.writing() as connection:
            for one in fresh:
                feedback.tell(connection, one, now)
    return tuple(path_of(settings, one) for one in (*fresh, *gone))


def path_of(settings: Settings, one: Due | Issued) -> Path:
    """Where the feedback on a delivery is."""
    return settings.feedback / one.agency_code / f"{one.received_at:%Y-%m-%d}_{one.feed}_{one.delivery_id}.csv"


def _write(path: Path, lines: Iterable[Line], settings: Settings) -> None:
    """UTF-8 with the mark without which Excel reads the computer's old code page; its owner alone may read it."""
    for folder in (settings.feedback, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = io.StringIO("\ufeff", newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    write_in_one_step(path, text.getvalue(), 0o600)


def _lines(connection: Connection, one: Due, refusal: str) -> Iterator[Line]:
    """What is said of the whole file, and then of its rows."""
    name = _named(one)
    if one.state == "refused":
        todo = "Nothing of it was taken in. Send it again when it is mended."
        yield (name, "", "", "", "file", "error", refusal, todo)
        return
    if one.state == "held":
        todo = "Nothing of it counts yet. Send it again if it is not whole; if it is right as it is, say so."
        yield (name, "", "", "", "file", "query", one.held_because or "", todo)
    for found in feedback.findings(connection, one):
        part = "" if found.member == ITSELF else shown(found.member)
        column, words = _theirs(one.feed, found.table, found.column)
        rule = _rules().get((found.table, found.rule))
        says = (rule.says if rule else UNKNOWN, words if found.rule.endswith("_code_list") else "")
        said = (column, f"{found.table}.{found.rule}", found.severity)
        wrong, todo = WRONG.get(found.rule.rpartition(".")[2], ROW[found.severity]), " ".join(filter(None, says))
        yield (name, part, str(found.row), *said, wrong, todo)
        if found.more:
            yield (name, part, "", *said, f"The same in {found.more:,} more rows, which are not listed.", todo)


def _named(one: Due) -> str:
    """The file as its sender called it, with the month it speaks for, and without other long numbers."""
    feed = all_feeds().get(one.feed)
    month = re.search(feed.period, one.file_name) if feed else None
    if month is None:
        return shown(one.file_name)
    without = f"{one.file_name[: month.start()]}\0{one.file_name[month.end() :]}"
    return shown(without).replace("\0", month[0])


@cache
def _rules() -> dict[tuple[str, str], Rule]:
    return {(name, rule.name): rule for name, table in all_tables().items() for rule in rules(table)}


@cache
def _theirs(feed: str, table: str, column: str | None) -> tuple[str, str]:
    """A column as the agency calls it, or as we do where its file has none; and, of a code list, the words we know."""
    if column is None or feed not in all_feeds():
        return column or "", ""
    names, words = [], set[str]()
    for stream in all_feeds()[feed].streams:
        source = stream.columns.get(column) if table_name(stream.table) == table else None
        if isinstance(source, str | Said):
            names.append(source if isinstance(source, str) else source.column)
            theirs = source.means if isinstance(source, Said) else {}
            words |= set(theirs or _codes(stream.table, column))
    known = "; ".join(sorted(filter(None, words))) if len(words) <= WORDS else ""
    return " or ".join(dict.fromkeys(names)) or column, f"We know: {known}." if known else ""


def _codes(table: type[Table], column: str) -> Iterable[str]:
    return (code for one in columns(table) if one.name == column for code in code_meaning(one))
