"""What a failure means to the person at the terminal: an exit code, a line, and where it happened."""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from quorate.exits import Exit

if TYPE_CHECKING:
    from pydantic import ValidationError

INSTALL = "install it again as README.md says."
DATABASE = "What it was doing is undone. Check disk and server (`quorate doctor`), then run it again."
FULL = "What was loaded stays, a file half-way is undone. Make room (`quorate doctor`), then run it again for the rest."
DATABASE_TROUBLE = {"OperationalError", "InterfaceError"}
"""What every database driver (PEP 249) raises when the server, the disk or the memory fails it, not the question."""
UNDOABLE = {"BadBackup", "NoSuchLine", "NothingPublished", "NothingToCompare", "NothingToMigrate", "Unrebuildable"}
"""What was asked for and cannot be done so: by name, because their modules load everything."""
INTERRUPTED = "interrupted. What was loaded stays, a file half-way is undone; run it again for the rest."


@contextmanager
def explained() -> Iterator[None]:
    """End the program with its own exit code, and with one line that never carries a value from the data."""
    with _interruptions() as asked:
        try:
            yield
            return
        except SystemExit as end:
            if end.code != Exit.INTERRUPTED:  # which typer makes of a KeyboardInterrupt
                raise
            code, lines = Exit.INTERRUPTED, [f"quorate: {INTERRUPTED}"]
        except (Exception, KeyboardInterrupt) as failure:  # noqa: BLE001 - the last stop: nothing leaves without a code
            # Whatever fails once the end was asked for fails because of it: DuckDB raises a bare RuntimeError, in a
            # commit even when that was done; SQLAlchemy may stumble over the connection it has given up.
            code, lines = Exit.INTERRUPTED, [f"quorate: {INTERRUPTED}"]
            if not asked and isinstance(failure, Exception):
                code, line, trace = explain(failure)
                lines = [line, *trace]
        print(*lines, sep="\n", file=sys.stderr)
        raise SystemExit(code)


@contextmanager
def _interruptions() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt for Ctrl-C and for a request to end, and tell which of them have come so far.

    A request to end (SIGTERM) would otherwise leave the reader's rows in the temporary folder.
    """
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    default = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    # Who started us may have said that we do not listen (nohup): that stays.
    ours = {number: usual for number, usual in default.items() if signal.getsignal(number) is usual}
    for number in ours:
        signal.signal(number, end)
    try:
        yield asked
    finally:
        for number, usual in ours.items():
            signal.signal(number, usual)
            atexit.register(signal.signal, number, signal.SIG_IGN)  # all is done: it cannot be interrupted any more


def explain(failure: Exception) -> tuple[Exit, str, list[str]]:
    """(exit code, one line with the next step, the steps of the program that led there).

    Only a mistake of ours has steps, and they are file names and lines alone: the text of an unexpected error
    may quote data. ``QUORATE_DEBUG=1`` shows it in full, for use on synthetic data.
    """
    if isinstance(failure, ImportError | SyntaxError):
        return Exit.INFRASTRUCTURE, f"quorate: the installation is not whole ({type(failure).__name__}): {INSTALL}", []
    known = _explain_known(failure)
    if known is not None:
        return known[0], f"quorate: {known[1]}", []
    if os.environ.get("QUORATE_DEBUG"):
        return Exit.BUG, "quorate: a mistake of ours.", traceback.format_exception(failure)
    steps = [f"  {step.filename}:{step.lineno} in {step.name}" for step in traceback.extract_tb(failure.__traceback__)]
    line = (
        f"quorate: a mistake of ours ({type(failure).__name__}). Nothing half-done was kept. Please report the steps:"
    )
    return Exit.BUG, line, steps[-8:]


def _explain_known(failure: Exception) -> tuple[Exit, str] | None:
    # Imported here, so that an installation that lacks one of them can still be explained.
    from pydantic import ValidationError

    from connectors.archive import DamagedArchiveError
    from connectors.read import Unreadable
    from warehouse.gate import GateStopped
    from warehouse.keys import KeyTrouble
    from warehouse.store import Locked, Unavailable

    # Not imported: it would load the whole pipeline to explain what is wrong with a setting.
    undecidable = getattr(sys.modules.get("flows.decisions"), "Undecidable", ())
    kinds: list[tuple[type | tuple[type, ...], Exit, Callable[[Any], str]]] = [
        (Locked, Exit.LOCKED, str),
        (GateStopped, Exit.GATE, str),
        (undecidable, Exit.USAGE, str),
        (KeyTrouble, Exit.USAGE, str),
        ((Unavailable, DamagedArchiveError), Exit.INFRASTRUCTURE, str),
        (OSError, Exit.INFRASTRUCTURE, _system),
        (MemoryError, Exit.INFRASTRUCTURE, lambda _: "there is not enough memory. Free some, then run it again."),
        (ValidationError, Exit.USAGE, _settings),
        (Unreadable, Exit.REFUSED, lambda refusal: f"{refusal.rule}: {refusal}"),
    ]
    if _is_for_want_of_space(failure):
        return Exit.INFRASTRUCTURE, f"the disk is full{_where(failure)}. {FULL}"
    for kind, code, says in kinds:
        if isinstance(failure, kind):
            return code, says(failure)
    if type(failure).__name__ in UNDOABLE:
        return Exit.USAGE, str(failure)
    if DATABASE_TROUBLE & {kind.__name__ for kind in type(failure).__mro__}:
        return Exit.INFRASTRUCTURE, f"the database failed ({type(failure).__name__}). {DATABASE}"
    return None


def _is_for_want_of_space(failure: BaseException | None) -> bool:
    """Whether the disk, or what one may have of it, is full: of ours, of DuckDB's file or of PostgreSQL's server."""
    if failure is None:
        return False
    driver = getattr(failure, "orig", failure if type(failure).__module__ == "_duckdb" else None)
    return (
        getattr(failure, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        or getattr(driver, "sqlstate", None) == "53100"
        or any(os.strerror(number) in str(driver) for number in (errno.ENOSPC, errno.EDQUOT))
        or _is_for_want_of_space(failure.__cause__ or failure.__context__)
    )


def _where(failure: BaseException) -> str:
    name = getattr(failure, "filename", None)
    return f" ({name})" if name else ""


def _system(failure: OSError) -> str:
    says = failure.strerror or "the system refused"
    return f"{says}{_where(failure)}. Check the path, the disk and who may write there."


def _settings(failure: ValidationError) -> str:
    """Names only: a value may be a password."""
    wrong = {".".join(map(str, error["loc"])): error["type"] for error in failure.errors() if error["loc"]}
    says = [
        f"{name} {'is no setting' if kind == 'extra_forbidden' else 'has a value it cannot have'}"
        for name, kind in wrong.items()
    ]
    return f"{'; '.join(says)}. Mend quorate.toml or the variable QUORATE_<NAME>; docs/nightly.md has the list."
