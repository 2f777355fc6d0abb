"""Runs the real command line in forks of a process that has everything imported: a start would take seconds.

Only the reader is another: it reads files in this process, because it starts an interpreter of its own and writes
nothing into the partnership's folder. Whatever happens to a fork leaves this process as it was.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from connectors import read
from flows import sweep
from tests.faults import shim, story
from tests.faults.shim import Fault
from tests.faults.state import State, doubled, snapshot_of, unbalanced, unvaulted
from warehouse.store import Store, open_store

T = TypeVar("T")
SECONDS = 600
"""After which a fork is taken to hang."""


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended."""

    code: int | None
    """None: it was killed."""
    writes: int
    said: str
    states: tuple[State, ...]
    """After each transaction, where that was asked for."""


@dataclass(frozen=True)
class Found:
    """What stands in a warehouse after a run."""

    state: State
    doubled: tuple[str, ...]
    unbalanced: int
    unvaulted: int


class ReadsHere:
    """Reads files in this process."""

    def read(self, path: Path, feed: Any) -> Any:
        return read.read(path, feed)


def warm() -> None:
    """Import all that a night needs, by a night over a partnership that is thrown away.

    Charts are imported and not drawn: they keep threads, which a fork has not.
    """
    from flows.settings import settings_of

    for name in ("altair", "vl_convert", "reports.publish"):
        import_module(name)
    sweep.reader_of = _reads_here  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        home = story.begin(Path(folder) / "home")
        story.land(home, story.steps()[0])
        settings = settings_of(home)
        with sweep.open_warehouse(settings) as store:
            sweep.deliver_all(sweep.landed(settings)[0], store, settings, datetime.now(), lambda _: None)
            sweep.refresh(store, sweep.owed(settings), datetime.now().date())


@contextlib.contextmanager
def _reads_here(_settings: object) -> Iterator[ReadsHere]:
    yield ReadsHere()


def command(
    words: tuple[str, ...],
    home: Path,
    url: str,
    fault: Fault,
    prepare: Callable[[], None] = lambda: None,
    *,
    records: bool = False,
) -> Ended:
    """Run the command in a fork, with a fault armed and, if asked for, its state recorded after every transaction."""
    said = home.parent / "said.txt"

    def work() -> tuple[int, int, tuple[State, ...]]:
        from quorate.cli import main

        _speak_into(said)
        os.environ["QUORATE_WAREHOUSE"] = url
        sys.argv = ["quorate", *words]
        states: list[State] = []
        if records:
            _record(states)
        prepare()
        shim.arm(home, fault)
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return code, shim.disarm(), tuple(states)

    result = in_fork(work)
    text = said.read_text(errors="replace")
    return Ended(None, 0, text, ()) if result is None else Ended(result[0], result[1], text, result[2])


def look(url: str) -> Found:
    """Open the warehouse, in a fork, and see what stands there."""

    def work() -> Found:
        with open_store(url) as store:
            return Found(snapshot_of(store), tuple(doubled(store)), unbalanced(store), unvaulted(store))

    found = in_fork(work)
    if found is None:
        raise AssertionError("the warehouse cannot be opened: the process that tried has crashed")
    return found


def in_fork(work: Callable[[], T]) -> T | None:
    """What the work returns, done in a fork; None: the fork was killed.

    Raises:
        AssertionError: the work raised, or hung.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            answer: tuple[bool, Any] = (True, work())
        except BaseException:  # noqa: BLE001 - a fork must not run on into the tests of its parent
            answer = (False, traceback.format_exc())
        with os.fdopen(writing, "wb") as out:
            pickle.dump(answer, out)
        os._exit(0)
    os.close(writing)
    told = _read_all(reading, child)
    _, status = os.waitpid(child, 0)
    if not told or os.waitstatus_to_exitcode(status) < 0:
        return None
    is_well, value = pickle.loads(told)  # noqa: S301 - our own fork
    if not is_well:
        raise AssertionError(value)
    return value  # type: ignore[no-any-return]


def _read_all(reading: int, child: int) -> bytes:
    import select
    import signal

    told = b""
    with os.fdopen(reading, "rb", buffering=0) as source:
        while True:
            if not select.select([source], [], [], SECONDS)[0]:
                os.kill(child, signal.SIGKILL)
                raise AssertionError(f"it hung for {SECONDS} seconds")
            part = source.read(1 << 20)
            if not part:
                return told
            told += part


def _speak_into(path: Path) -> None:
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)


def _record(states: list[State]) -> None:
    writing = Store.writing

    @contextlib.contextmanager
    def and_record(store: Store) -> Iterator[Any]:
        with writing(store) as connection:
            yield connection
        states.append(snapshot_of(store))

    Store.writing = and_record  # type: ignore[method-assign, assignment]
