"""The audit before publishing: are volumes and figures likely, given their own history?

Great Expectations decides, over a frame of a few hundred aggregates and their bands (`warehouse.bands`); it sees no
row of a person, answers in counts, and is imported only when there is something to ask: that takes seconds.
Figures that cannot be true at all are `warehouse.gate`'s, which goes first.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from warehouse.bands import DEFAULT_LIMITS, Banded, FigureKey, Limits, newest, restated, volumes
from warehouse.gate import GateStopped

if TYPE_CHECKING:
    import pandas as pd

NAMED: Final = 20
"""So many are said in words; a hundred that moved together have one cause."""
AGGREGATES_ONLY: Final = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts, and no value of any row: row by row, Great Expectations takes tens of seconds."""


class AuditStopped(GateStopped):
    """The figures are possible and unlikely, and wait for a person. Command line: exit code 4."""

    def __init__(self, found: Sequence[Banded]) -> None:
        self.found = tuple(found)
        more = f" And {len(found) - NAMED} more." if len(found) > NAMED else ""
        super().__init__(
            f"{len(found)} of what would be published {'is' if len(found) == 1 else 'are'} unlikely, and the last "
            f"report stands. {' '.join(one.says for one in found[:NAMED])}{more} Where it is right all the same: "
            "`quorate publish --accept --by NAME --why TEXT`."
        )


def audit(
    figures: Iterable[Mapping[str, Any]],
    published: Mapping[FigureKey, Mapping[str, Any]],
    deliveries: Iterable[Mapping[str, Any]],
    limits: Limits = DEFAULT_LIMITS,
) -> int:
    """Let through what is likely; returns how many volumes and figures were asked about.

    Args:
        figures: lines of ``reporting.measures``, as they would be published.
        published: what stands published (`warehouse.publications.standing`).
        deliveries: lines of ``ledger.deliveries`` whose rows count.

    Raises:
        AuditStopped: names what is outside its band, from what to what, on how many cases, and why it matters.
    """
    figures = list(figures)
    asked = [
        *volumes(deliveries, limits),
        *restated(figures, published, limits),
        *newest(figures, published, limits),
    ]
    if asked and not is_likely(asked):
        raise AuditStopped([one for one in asked if one.is_unlikely])
    return len(asked)


def is_likely(asked: Sequence[Banded]) -> bool:
    """Great Expectations' answer: every number lies in its band."""
    import pandas as pd  # noqa: PLC0415 - two seconds that reading a status does not need

    frame = pd.DataFrame({name: [getattr(one, name) for one in asked] for name in ("value", "least", "most")})
    return _expect_within(frame)


def _expect_within(frame: pd.DataFrame) -> bool:
    gx = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    batch = (
        context.data_sources.add_pandas("audit")
        .add_dataframe_asset("before_publishing")
        .add_batch_definition_whole_dataframe("all")
        .get_batch(batch_parameters={"dataframe": frame})
    )
    at_least, at_most = (
        gx.expectations.ExpectColumnPairValuesAToBeGreaterThanB(column_A=upper, column_B=lower, or_equal=True)
        for upper, lower in (("value", "least"), ("most", "value"))
    )
    suite = gx.ExpectationSuite(name="against its own history", expectations=[at_least, at_most])
    return bool(batch.validate(suite, result_format=AGGREGATES_ONLY).success)


def _great_expectations() -> Any:
    """The library, which must hear before it is imported that it may tell nobody of its use."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports a module that Python is about to give up
        import great_expectations  # noqa: PLC0415 - eight seconds and some hundred megabytes
    return great_expectations
