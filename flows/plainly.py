"""What Prefect keeps of a failure: a sentence with ids and counts, never an exception, whose text may quote the data.

Prefect pickles the exception of every failed run into its storage and shows its text; so flows and tasks return a
failed state with a message of ours instead.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Final, ParamSpec, TypeVar

from prefect.states import Failed, State

from connectors.archive import DamagedArchiveError
from flows.decisions import Undecidable
from flows.judging import where
from flows.turns import NoTurn
from warehouse.keys import KeyTrouble
from warehouse.store import Locked, Unavailable

P = ParamSpec("P")
R = TypeVar("R")
OURS: Final = (NoTurn, Locked, Unavailable, KeyTrouble, DamagedArchiveError, Undecidable)
"""Failures whose words are ours: what, where, what to do next, and nothing from the data."""


def says(failure: BaseException) -> str:
    """A failure in words that may be kept."""
    if isinstance(failure, OURS):
        return str(failure)
    return f"{type(failure).__name__}{where(failure)}. Nothing half-done was kept; `quorate doctor` says what is ill."


def flow_said_plainly(
    run: Callable[P, Coroutine[Any, Any, State[Any]]],
) -> Callable[P, Coroutine[Any, Any, State[Any]]]:
    """An async flow's function that returns a failed state in place of raising."""

    @functools.wraps(run)
    async def plainly(*args: P.args, **kwargs: P.kwargs) -> State[Any]:
        try:
            return await run(*args, **kwargs)
        except Exception as failure:  # noqa: BLE001 - whatever it is, Prefect must not keep it
            return Failed(message=says(failure))

    return plainly


def task_said_plainly(run: Callable[P, R]) -> Callable[P, R | State[Any]]:
    """A task's function that returns a failed state in place of raising."""

    @functools.wraps(run)
    def plainly(*args: P.args, **kwargs: P.kwargs) -> R | State[Any]:
        try:
            return run(*args, **kwargs)
        except Exception as failure:  # noqa: BLE001 - as above
            return Failed(message=says(failure))

    return plainly
