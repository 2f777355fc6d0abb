"""Deliveries, corrections, late files, withdrawals and crashes in any order leave what a small model says they leave.

Hypothesis makes the sequences; `tests.flows.plain_history` is the model; after every step both are compared to the row,
and so is what was known after every step before. Over three feeds, one for each thing that absence may mean.

A failing sequence is printed step by step, with a blob that plays it again:

    QUORATE_REPLAY=BLOB python -m pytest -n 0 tests/flows/test_any_order.py -k "few_sequences and duckdb"

``QUORATE_SEQUENCES`` is how many the long form runs on each engine; ``--hypothesis-seed`` gives the same ones again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import delete, event, select

from connectors.isolation import ReaderProcess
from connectors.receipts import find_receipt
from flows.decisions import Undecidable, release, reprocess, withdraw
from flows.delivery import Outcome, Place, deliver
from tests.flows.plain_history import DEALT_WITH, STANDS, PlainFeed, Told, Version
from tests.flows.small_feeds import A_DOZEN, CARRIES, TABLE, in_use, name_of, small_place, text_of
from warehouse.ledger import delivery_id_of
from warehouse.store import Store
from warehouse.tables import (
    DELIVERIES,
    DELIVERY_MEMBERS,
    FACTS,
    FINDINGS,
    HISTORY,
    OUTBOX,
    PROFILES,
    QUARANTINE,
    SIGHTINGS,
    TRANSITIONS,
)

BEGAN = datetime(2026, 6, 1)
MONTHS = [date(2026, month, 1) for month in (1, 2, 3)]
WRITTEN = (FACTS[TABLE], HISTORY[TABLE], SIGHTINGS, DELIVERIES, TRANSITIONS, DELIVERY_MEMBERS, FINDINGS, PROFILES,
           OUTBOX, QUARANTINE)  # fmt: skip
"""All that a delivery may change."""
SHRINKS = os.environ.get("QUORATE_SHRINK") == "1"
BY = {"by": "A. Officer", "why": "a test"}

ROWS = st.fixed_dictionaries({key: st.sampled_from([None, "10", "11", A_DOZEN]) for key in "ABCDE"}).map(
    lambda rows: {key: says for key, says in rows.items() if says}
)
FILES = st.fixed_dictionaries({
    "feed": st.sampled_from(["", "", "", *(f"small_{carries}" for carries in CARRIES)]),
    "month": st.sampled_from(MONTHS),
    "version": st.sampled_from([None, None, 1, 2, 3]),
    "rows": ROWS,
    "blank": st.integers(0, 1),
    "twice": st.booleans(),
    "is_complete": st.sampled_from([True] * 5 + [False]),
    "is_whole": st.sampled_from([True] * 6 + [False]),
})  # fmt: skip
"""What a file says and how: ``feed``: empty for the one that the sequence is most about; ``is_complete``: it has as
many rows as its sender counted; ``is_whole``: all columns."""
WHICH = st.integers(0, 30)
"""Which of the files that a rule may be about."""
POWER = st.sampled_from([0, 0, 0, 1]).flatmap(lambda fails: st.integers(1, 60) if fails else st.none())
"""Before which statement of a step the power fails; None: it does not."""


PHASES = [one for one in hypothesis.Phase if one.name != "explain" and (one.name != "shrink" or SHRINKS)]


class Crash(BaseException):
    """The power fails here."""


@contextmanager
def crashing(store: Store, statement: int | None) -> Iterator[None]:
    """The power fails before this statement of the block; None: it does not."""
    number = count(1)

    def fail(*_: Any) -> None:
        if next(number) == statement:
            raise Crash

    event.listen(store.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", fail)


def everything(store: Store) -> list[list[tuple[Any, ...]]]:
    """Every row that a delivery may change, in an order of its own."""
    with store.reading() as connection:
        return [sorted(map(tuple, connection.execute(select(table))), key=repr) for table in WRITTEN]


def empty(place: Place) -> None:
    """Begin anew."""
    with place.store.writing() as connection:
        for table in WRITTEN:
            connection.execute(delete(table))
    shutil.rmtree(place.archive, ignore_errors=True)


class AnyOrder(RuleBasedStateMachine):
    """Each rule does the same to the warehouse and to the model."""

    place: Place

    @initialize(
        about=st.sampled_from(CARRIES), mended_at=st.integers(2, 30), first=st.lists(FILES, min_size=2, max_size=3)
    )
    def begin(self, about, mended_at, first):
        empty(self.place)
        self.number, self.about, self.mended_at = count(1), f"small_{about}", mended_at
        self.uses = ExitStack()
        self.is_mended, self.feeds = False, self.uses.enter_context(in_use())
        self.plain = {name: PlainFeed(feed.carries) for name, feed in self.feeds.items()}
        self.raw: dict[str, dict[str, Any]] = {}
        self.known: list[tuple[datetime, dict[str, set[Version]]]] = []
        for file in first:
            self.a_file_comes(file, None)

    def teardown(self) -> None:
        if hasattr(self, "uses"):
            self.uses.close()

    # What may happen

    @rule(file=FILES, power=POWER)
    def a_file_comes(self, file, power):
        """New, late, a correction, or an older version after the newer; now and then cut short, or not to be read."""
        twice = min(file["rows"], default="") if file["twice"] else ""
        self._deliver({**file, "twice": twice, "feed": file["feed"] or self.about}, power)

    @rule(which=WHICH, version=st.sampled_from([None, None, 1, 2, 3]), blank=st.integers(0, 2), power=POWER)
    def one_is_exported_again(self, which, version, blank, power):
        """The same rows in another order, with blank lines and other notes: other bytes that say the same."""
        old = self._file(which, (*STANDS, "held"))
        rows = dict(reversed(old["rows"].items()))
        self._deliver({**old, "rows": rows, "version": version, "blank": blank, "is_complete": True}, power)

    @rule(which=WHICH, key=st.sampled_from("ABCDE"), says=st.sampled_from(["10", "11", "13"]), power=POWER)
    def one_is_corrected(self, which, key, says, power):
        """The next version of the same month's file, and one row is another, or there is one more."""
        old = self._file(which, STANDS)
        version = old["version"] and old["version"] + 1
        rows = {**old["rows"], key: says}
        self._deliver({**old, "rows": rows, "version": version, "is_complete": True}, power)

    @rule(which=WHICH, month=st.sampled_from(MONTHS), power=POWER)
    def the_same_bytes_come_again(self, which, month, power):
        """Under any name. What was loaded, held or withdrawn stays as it is, to the byte; what was not goes on."""
        file = self._file(which, ("received", "refused") if which % 2 else DEALT_WITH)
        is_dealt_with = self.plain[file["feed"]].attempts(file["text"])[-1].state in DEALT_WITH
        before = everything(self.place.store)
        self._deliver({**file, "month": month}, power, file["text"])
        if is_dealt_with:
            assert everything(self.place.store) == before

    @rule(which=WHICH, power=POWER)
    def one_is_withdrawn(self, which, power):
        self._decide(which, power, withdraw, ("held", *STANDS), lambda _, one: setattr(one, "state", "withdrawn"))

    @rule(which=WHICH, power=POWER)
    def one_is_released(self, which, power):
        self._decide(which, power, release, ("held",), lambda feed, one: self._settle(feed, one, by_person=True))

    @rule(which=WHICH, power=POWER)
    def one_is_read_again(self, which, power):
        """By a person's decision, from the archive: another attempt."""
        self._decide(which, power, reprocess, ("refused", *DEALT_WITH), self._again)

    # The same to both

    def _file(self, which: int, states: tuple[str, ...]) -> dict[str, Any]:
        """A file that is in one of these states; any, if none is."""
        fits = [
            file for file in self.raw.values() if self.plain[file["feed"]].attempts(file["text"])[-1].state in states
        ]
        files = fits or list(self.raw.values())
        return files[which % len(files)]

    def _deliver(self, file: dict[str, Any], power: int | None, text: str | None = None) -> None:
        feed, note = self.plain[file["feed"]], f"note {next(self.number)}"
        if text is None:
            text = text_of(file["rows"], note, **{name: file[name] for name in ("is_whole", "blank", "twice")})
            file = {**file, "text": text}
        path = self.place.archive.parent / name_of(file["month"], file["version"])
        path.write_text(text)
        arrived = self._tick()
        totals = None if file["is_complete"] else {"*": 99}
        attempts = feed.attempts(text)
        outcome = self._do(
            power,
            lambda: deliver(path, self.feeds[file["feed"]], self.place, now=self.now, control_totals=totals),
        )
        delivery_id = self._id(file["feed"], text)
        if not attempts and find_receipt(self.place.archive, delivery_id):
            attempts = [Told(delivery_id, text, file["month"], file["version"], arrived)]
            feed.told += attempts
            self.raw.setdefault(delivery_id, file)
        if outcome is not None:
            self._judge_outcome(feed, attempts[-1], outcome)
        self._compare()

    def _judge_outcome(self, feed: PlainFeed, one: Told, outcome: Outcome) -> None:
        before = one.state
        if before in ("received", "refused"):
            self._settle(feed, one)
        assert outcome.state == ("duplicate" if before in STANDS else one.state)

    def _settle(self, feed: PlainFeed, one: Told, *, by_person: bool = False) -> None:
        file = self.raw[self._id_of_first(feed, one)]
        if not file["is_whole"] and not self.is_mended:
            one.state = "refused"
            return
        known = {"10", "11", "13"} | ({A_DOZEN} if self.is_mended else set())
        read = {key: "12" if says == A_DOZEN else says for key, says in file["rows"].items() if says in known}
        refused = frozenset(file["rows"]) - frozenset(read)
        one.rows, copies = read, int(file["twice"] in read)
        one.faults = (len(refused) + int(file["twice"] in refused), copies, refused)
        feed.settle(one, is_complete=file["is_complete"], by_person=by_person)

    def _again(self, feed: PlainFeed, one: Told) -> None:
        attempts = feed.attempts(one.text)
        if attempts[-1].attempt == one.attempt:
            file = self.raw[attempts[0].delivery_id]
            again = delivery_id_of(file["feed"], self._sha(file["text"]), one.attempt + 1)
            attempts.append(replace(one, delivery_id=again, attempt=one.attempt + 1, state="received", revision=0))
            feed.told.append(attempts[-1])
        self._settle(feed, attempts[-1], by_person=True)

    def _decide(
        self,
        which: int,
        power: int | None,
        decide: Callable[..., Any],
        states: tuple[str, ...],
        model: Callable[[PlainFeed, Told], None],
    ) -> None:
        file = self._file(which, states)
        feed = self.plain[file["feed"]]
        attempts = feed.attempts(file["text"])
        one = attempts[-1]
        if one.state == "received" and len(attempts) > 1:
            one = attempts[-2]  # the attempt that was cut short is the same decision, carried out at last
        self._tick()
        if one.state not in states:
            with pytest.raises(Undecidable):
                decide(self.place, one.delivery_id, **BY, at=self.now)
            return
        done = self._do(power, lambda: decide(self.place, one.delivery_id, **BY, at=self.now))
        if done is not None:
            model(feed, one)
        elif decide is reprocess:
            self._begun(feed, one)
        self._compare()

    def _begun(self, feed: PlainFeed, one: Told) -> None:
        """An attempt that was cut short may have been received before it was."""
        file = self.raw[self._id_of_first(feed, one)]
        again = delivery_id_of(file["feed"], self._sha(file["text"]), one.attempt + 1)
        if again in self._lines() and feed.attempts(one.text)[-1].attempt == one.attempt:
            feed.told.append(replace(one, delivery_id=again, attempt=one.attempt + 1, state="received", revision=0))

    def _do(self, power: int | None, act: Callable[[], Any]) -> Any:
        """Do it; None where the power failed before it was done."""
        try:
            with crashing(self.place.store, power):
                return act()
        except Crash:
            return None

    def _tick(self) -> int:
        number = next(self.number)
        self.now = BEGAN + timedelta(hours=number)
        if number >= self.mended_at and not self.is_mended:  # what could not be read is read from now on
            self.is_mended, self.feeds = True, self.uses.enter_context(in_use(is_mended=True))
        return number

    @staticmethod
    def _sha(text: str) -> str:
        from hashlib import sha256

        return sha256(text.encode()).hexdigest()

    def _id(self, feed: str, text: str) -> str:
        return delivery_id_of(feed, self._sha(text))

    def _id_of_first(self, feed: PlainFeed, one: Told) -> str:
        return feed.attempts(one.text)[0].delivery_id

    # Are they the same?

    def _lines(self) -> dict[str, dict[str, Any]]:
        with self.place.store.reading() as connection:
            lines = [dict(line) for line in connection.execute(select(DELIVERIES)).mappings()]
        found = {line["delivery_id"]: line for line in lines}
        assert len(found) == len(lines)
        return found

    def _compare(self) -> None:
        self._compare_ledger()
        with self.place.store.reading() as connection:
            held = {name: [dict(row) for row in connection.execute(select(table)).mappings()] for name, table in
                    (("facts", FACTS[TABLE]), ("history", HISTORY[TABLE]))}  # fmt: skip
        assert all(row["valid_to"] is None and row["known_to"] is None for row in held["facts"])
        assert all(row["valid_to"] or row["known_to"] for row in held["history"])
        assert len({row["row_key"] for row in held["facts"]}) == len(held["facts"])
        self.known.append((self.now, {name: feed.versions() for name, feed in self.plain.items()}))
        feed_of = {one.delivery_id: name for name, feed in self.plain.items() for one in feed.told}
        for moment, expected in self.known:
            found: dict[str, set[Version]] = {name: set() for name in expected}
            for row in held["facts"] + held["history"]:
                if row["known_from"] <= moment and (row["known_to"] is None or row["known_to"] > moment):
                    version = Version(row["role_group"], str(row["headcount_in_scope"]), row["delivery_id"],
                                      row["valid_from"], row["valid_to"])  # fmt: skip
                    assert version not in found[feed_of[row["delivery_id"]]]
                    found[feed_of[row["delivery_id"]]].add(version)
            assert found == expected, f"as known at {moment}"

    def _compare_ledger(self) -> None:
        lines, told = self._lines(), [one for feed in self.plain.values() for one in feed.told]
        states = {one.delivery_id: one.state for one in told if one.delivery_id in lines}
        assert {name: line["state"] for name, line in lines.items()} == states
        assert all(one.state == "received" for one in told if one.delivery_id not in lines)
        for one in told:
            line = lines.get(one.delivery_id)
            if line and one.state in STANDS:
                accounted = ("rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored")
                assert line["rows_in"] == sum(line[name] for name in accounted)
                assert line["rows_loaded"] + line["rows_unchanged"] == len(one.rows)
                assert (line["rows_refused"], line["revision"]) == (one.faults[0], one.revision)
                assert one.state == "loaded" or line["rows_loaded"] == 0


def run(place: Place, sequences: int, steps: int) -> None:
    """That many sequences of at most so many steps each."""
    machine = type("AnyOrderHere", (AnyOrder,), {"place": place})
    blob = os.environ.get("QUORATE_REPLAY")
    if blob:
        machine = hypothesis.reproduce_failure(hypothesis.__version__, blob.encode())(machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=sequences, stateful_step_count=steps, deadline=None, print_blob=True, database=None,
            suppress_health_check=list(HealthCheck), phases=PHASES,
        ),
    )  # fmt: skip


SET = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.integers(1, 3), ROWS), min_size=2, max_size=6, unique_by=lambda one: one[:2]
)
"""Files of a feed that say themselves which version of which month they are."""


def run_orders(place: Place, sets: int) -> None:
    """So many sets of files, each in the order of its months and in another: what holds is the same."""

    @settings(max_examples=sets, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck))
    @given(carries=st.sampled_from(["its_period", "everything"]), files=SET, order=st.randoms(use_true_random=False))
    def leave_the_same(carries: str, files: list[tuple[date, int, dict[str, str]]], order: Any) -> None:
        shuffled = order.sample(files, len(files))
        assert versions_of(place, carries, sorted(files, key=lambda one: one[:2])) == versions_of(
            place, carries, shuffled
        )

    leave_the_same()


def versions_of(place: Place, carries: str, files: list[tuple[date, int, dict[str, str]]]) -> set[tuple[Any, ...]]:
    """What an empty warehouse holds after these files: rows, who said them first, and from when to when they are so."""
    empty(place)
    with in_use() as feeds:
        for number, (month, version, rows) in enumerate(files):
            path = place.archive.parent / name_of(month, version)
            path.write_text(text_of(rows, f"{month} {version}"))
            deliver(path, feeds[f"small_{carries}"], place, now=BEGAN + timedelta(hours=number))
    names = ("role_group", "headcount_in_scope", "delivery_id", "valid_from", "valid_to")
    with place.store.reading() as connection:
        return {
            tuple(row)
            for table in (FACTS[TABLE], HISTORY[TABLE])
            for row in connection.execute(select(*(table.c[name] for name in names)).where(table.c.known_to.is_(None)))
        }


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def place(store: Store, tmp_path: Path, reader: ReaderProcess) -> Iterator[Place]:
    with small_place(store, tmp_path / "archive", reader) as there:
        yield there


def test_a_few_sequences_leave_what_the_model_says(place: Place):
    run(place, 20 if place.store.dialect == "duckdb" else 10, 8)


def test_a_few_sets_of_files_leave_the_same_in_any_order(place: Place):
    run_orders(place, 4)


@pytest.mark.long
def test_many_sets_of_files_leave_the_same_in_any_order(place: Place):
    run_orders(place, int(os.environ.get("QUORATE_SEQUENCES", "1000")) // 10)


@pytest.mark.long
@pytest.mark.hours
def test_many_sequences_leave_what_the_model_says(place: Place):
    run(place, int(os.environ.get("QUORATE_SEQUENCES", "1000")), 12)
