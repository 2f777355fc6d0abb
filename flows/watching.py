"""Wakes whoever loads files as soon as some are ready: a burst of landings is one waking.

for seen in watch(settings, stop):
    sweep.nightly(settings, datetime.now())

Looking at intervals is the truth: what the system says of changes is not heard from network mounts, and is lost where
a queue overflows. `watchfiles` only makes the next look come sooner.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from flows.landing import Landed, Look, Memory, Signature, look
from flows.settings import Settings


def watch(
    settings: Settings, stop: Event, *, every: float = 5.0, quiet: float = 0.5, at_most: float = 10.0
) -> Iterator[Look]:
    """Yield looks that found files which were not ready, or not the same, before; ``ready`` has these alone.

    The first has all that are there. What was yielded is not remembered beyond this process: the ledger knows what was
    loaded, and a file that could not be dealt with comes again when it changes, or with the next sweep over all.

    Args:
        settings: the partnership's.
        stop: once it is set the generator ends, within a second.
        every: seconds between two looks where nothing wakes it.
        quiet: seconds in which nothing more got ready, after which a burst is over.
        at_most: seconds after which a burst is yielded even if it goes on.
    """
    memory: Memory = {}
    told: dict[Path, Signature] = {}
    burst = _Burst()
    with_news = Event()
    _listen(settings.landing, stop, with_news)
    while not stop.is_set():
        seen = look(settings, memory)
        what = {file.path: memory[file.path.parent].since[file.path.name][0] for file in seen.ready}
        told = {path: signature for path, signature in told.items() if what.get(path) == signature}
        burst.now_has({path: signature for path, signature in what.items() if path not in told})
        if burst.files and burst.is_over(quiet, at_most):
            told |= burst.files
            ready: tuple[Landed, ...] = tuple(file for file in seen.ready if file.path in burst.files)
            burst = _Burst()
            yield Look(ready, seen.arriving, seen.passed_over, seen.unknown)
            continue
        soon = [seconds for seconds in (seen.wait, quiet if burst.files else 0.0) if seconds]
        _pause(with_news, stop, min([*soon, every]))


@dataclass
class _Burst:
    """Files that got ready and have not been yielded."""

    files: dict[Path, Signature] = field(default_factory=dict)
    began: float = 0.0
    grew: float = 0.0

    def now_has(self, files: dict[Path, Signature]) -> None:
        now = time.monotonic()
        if files and not self.files:
            self.began = now
        if files != self.files:
            self.grew = now
        self.files = files

    def is_over(self, quiet: float, at_most: float) -> bool:
        now = time.monotonic()
        return now - self.grew >= quiet or now - self.began >= at_most


def _listen(landing: Path, stop: Event, with_news: Event) -> None:
    """Set ``with_news`` when something changes in the landing zone, for as long as the system tells."""
    from watchfiles import watch as changes  # noqa: PLC0415 - looking does without it

    def listen() -> None:
        while not landing.is_dir():
            if stop.wait(1.0):
                return
        try:
            for _ in changes(landing, watch_filter=None, stop_event=stop, rust_timeout=1000, raise_interrupt=False):
                with_news.set()
        except OSError:  # too many watches, or the folder went away: it is still looked at
            return

    Thread(target=listen, name="landing", daemon=True).start()


def _pause(with_news: Event, stop: Event, seconds: float) -> None:
    """Wait for news, for the time, or for the end."""
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        if with_news.wait(min(left, 0.5)):
            break
    with_news.clear()
