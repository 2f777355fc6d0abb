"""Rules over several columns of a row, to put into a table's class; each names itself, its severity and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc

from schemas.table import CHILD, SAMPLE, Severity


def rule(name: str, severity: Severity, says: str) -> Callable[[Callable[..., Any]], Any]:
    """Declare a rule over several columns; the function returns True where the row is right (null: right).

    ``name`` begins with ``dfe_`` and the Department's number where the children in need census has the rule.
    """

    def wrap(test: Callable[[Any, pd.DataFrame], pd.Series]) -> Any:
        def holds(cls: Any, frame: pd.DataFrame) -> pd.Series:
            return test(cls, frame).fillna(True).astype(bool)

        return pandera.dataframe_check(
            holds, name=name, title=severity, description=says, n_failure_cases=SAMPLE, ignore_na=False
        )

    return wrap


def not_after(first: str, second: str, *, name: str, severity: Severity, says: str) -> Any:
    """A `rule`: the date in column ``first`` is not after the one in ``second`` (compared as days)."""

    @rule(name, severity, says)
    def holds(cls: Any, frame: pd.DataFrame) -> pd.Series:
        days = [pc.cast(pa.array(frame[column]), pa.date32()) for column in (first, second)]
        return pd.Series(pc.less_equal(*days), index=frame.index, dtype=pd.ArrowDtype(pa.bool_()))

    return holds


def any_known(names: tuple[str, ...], *, name: str, says: str) -> Any:
    """A `rule` of severity error: at least one of the columns has a value."""

    @rule(name, "error", says)
    def holds(cls: Any, frame: pd.DataFrame) -> pd.Series:
        return cast("pd.Series", frame[list(names)].notna().any(axis=1))

    return holds


def names_a_meeting() -> Any:
    """A `rule` of severity error: the meeting's number, or the day it was held and a number of the child."""

    @rule("no_meeting", "error", "Give the meeting's number, or the day it was held and a number of the child.")
    def holds(cls: Any, frame: pd.DataFrame) -> pd.Series:
        child_and_day = frame["held_on"].notna() & frame[list(CHILD)].notna().any(axis=1)
        return cast("pd.Series", frame["meeting_ref"].notna() | child_and_day)

    return holds


def has_a_child_number() -> Any:
    """A row about a child must carry at least one number for the child."""
    return any_known(
        CHILD,
        name="no_child_number",
        says="Give the NHS number, the unique pupil number or the local authority's number of the child.",
    )
