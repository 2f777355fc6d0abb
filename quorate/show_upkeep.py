"""What the terminal shows of migrations, rebuilds, backups and restores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from quorate.show import _json, _messages, _results, say

if TYPE_CHECKING:
    from flows.backups import BackedUp
    from flows.rebuilding import Rebuilt
    from flows.restoring import Restored
    from flows.upgrading import Migrated


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar where a terminal is there."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_messages, disable=not _messages.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def migrated(done: Migrated, *, is_tried: bool, as_json: bool) -> None:
    """From which schema to which, and where the warehouse lies as it was."""
    if as_json:
        _json(asdict(done) | {"is_tried": is_tried})
        return
    if done.begun_at == done.ended_at:
        _line(f"The warehouse has the schema {done.ended_at} already.")
        return
    verb = "can be brought" if is_tried else "was brought"
    _line(f"The warehouse {verb} from schema {done.begun_at} to {done.ended_at}{'; nothing was changed' * is_tried}.")
    if done.kept:
        _line(f"As it was, it lies in {done.kept}")
    if not is_tried and done.begun_at < done.ended_at:
        say("The first release did not keep rows that were replaced or came again: `quorate rebuild` has them.")
        if done.kept:
            say("It holds children's numbers in clear: delete it when you are content with the new one.")


def rebuilt(done: Rebuilt, as_json: bool) -> None:
    """What was replayed, and how the result differs from what was there."""
    if as_json:
        _json(asdict(done))
        return
    _line(f"{done.receipts} files and {done.decisions} decisions replayed; {done.rows:,} rows in {done.warehouse}")
    for one in done.passed_over:
        say(f"without effect: {one}")
    if done.differences is None:
        _line("There was no sound warehouse to compare with.")
    elif not done.differences:
        _line("It holds what the old one held, to the last row.")
    else:
        _line("Other than in the old one:")
        for one in done.differences:
            _line(f"  {one}")
    if done.kept:
        _line(f"The old one lies in {done.kept}")


def backed_up(done: BackedUp, as_json: bool) -> None:
    """Where it is, and what is not in it, which a program's log is told as well."""
    if as_json:
        _json(asdict(done))
    else:
        _line(f"{done.files} files, {done.bytes / 2**20:,.1f} MiB in {done.folder}")
    say("The key of the pseudonyms is not in it: keep a copy elsewhere, and never beside a backup.")


def restored(done: Restored, as_json: bool) -> None:
    """Of when it is, and where that lies which it replaced."""
    if as_json:
        _json(asdict(done))
        return
    _line(f"{done.files} files of {done.made_at:%d %B %Y %H:%M} are back.")
    for one in done.kept:
        _line(f"What was there lies in {one}")


def _line(text: str) -> None:
    _results.print(text, highlight=False, markup=False, soft_wrap=True)
