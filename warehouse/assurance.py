"""What a count is worth: percentage, interval, coverage, assurance and colour."""

from __future__ import annotations

from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from warehouse.parameters import number

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.coverage import Coverage
    from warehouse.metric import Metric, Target
    from warehouse.sums import Counted

CONFIDENCE: Final = 0.95


def get_ready() -> None:
    """Load what intervals need, beside something that waits: a second's import."""
    Thread(target=import_module, args=("statsmodels.stats.proportion",)).start()


def describe(measures: list[dict[str, Any]]) -> pa.Table:
    """Counts with their metric and coverage → rows of ``reporting.measures``."""
    import pyarrow as pa  # noqa: PLC0415 - loaded with the figures

    rows = [_describe(**measure) for measure in measures]
    table = pa.Table.from_pylist(rows, schema=_schema())
    low, high = wilson(table["numerator"].to_pylist(), table["denominator"].to_pylist())
    return table.append_column("low", pa.array(low, pa.float64())).append_column("high", pa.array(high, pa.float64()))


def wilson(
    numerators: list[int | None], denominators: list[int | None]
) -> tuple[list[float | None], list[float | None]]:
    """Wilson 95% intervals in percent; None where there is nothing to divide by."""
    import numpy as np  # noqa: PLC0415 - loaded with the figures
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - a second's import

    divisible = [bool(denominator) for denominator in denominators]
    counts = np.array([count or 0 for count, keep in zip(numerators, divisible, strict=True) if keep])
    bases = np.array([base for base, keep in zip(denominators, divisible, strict=True) if keep])
    if not len(bases):
        return [None] * len(divisible), [None] * len(divisible)
    ends = [iter((100 * end).tolist()) for end in proportion_confint(counts, bases, 1 - CONFIDENCE, method="wilson")]
    low, high = ([next(end) if keep else None for keep in divisible] for end in ends)
    return low, high


def assure(counted: Counted, coverage: Coverage, *, is_confirmed: bool) -> str:
    """How far the figure can be trusted: assured, partly_assured, not_assured or no_cases."""
    if coverage.is_silent or (is_confirmed and counted.units and not counted.denominator):
        return "not_assured"
    if not coverage.is_complete or counted.denominator < counted.units:
        return "partly_assured"
    return "assured" if counted.denominator else "no_cases"


def colour(percentage: float, target: Target, direction: str) -> str:
    """green, amber or red, by the bands of the target."""
    sign = 1 if direction == "higher" else -1
    if sign * percentage >= sign * target.green:
        return "green"
    return "amber" if sign * percentage >= sign * target.amber else "red"


def _describe(
    metric: Metric, view: str, category: str, counted: Counted, coverage: Coverage, **place: Any
) -> dict[str, Any]:
    is_confirmed = view == "confirmed"
    assurance = assure(counted, coverage, is_confirmed=is_confirmed)
    known = assurance != "not_assured"
    received, owed = (counted.denominator, counted.units) if is_confirmed else (coverage.received, coverage.owed)
    covered = 100 * received / owed if owed else None
    percentage = 100 * counted.numerator / counted.denominator if known and counted.denominator else None
    is_headline = category == metric.headline
    target = metric.target if is_headline else None
    return place | {
        "metric": metric.name,
        "question": metric.question,
        "recommendations": ", ".join(metric.recommendations),
        "unit": metric.unit,
        "view": view,
        "category": category,
        "is_headline": is_headline,
        "numerator": counted.numerator if known else None,
        "denominator": counted.denominator if known else None,
        "percentage": percentage,
        "coverage_numerator": received,
        "coverage_denominator": owed,
        "coverage": covered,
        "target": target.percent if target else None,
        "direction": metric.direction,
        "target_source": target.source if target else None,
        "status": _status(percentage, counted.denominator, covered, target, metric.direction),
        "assurance": assurance,
        "is_low_base": known and counted.denominator < number("bands.low_base"),
    }


def _status(percentage: float | None, base: int, covered: float | None, target: Target | None, direction: str) -> str:
    is_missing = covered is not None and covered < number("bands.minimum_coverage")
    if percentage is None or base < number("bands.too_few_to_colour") or is_missing:
        return "grey"
    return colour(percentage, target, direction) if target else "none"


def _schema() -> pa.Schema:
    """Arrow types of all but the interval, which is added for all rows at once."""
    import pyarrow as pa  # noqa: PLC0415 - loaded with the figures
    from sqlalchemy import BigInteger, Boolean, Date, Double  # noqa: PLC0415

    from warehouse.tables import MEASURES  # noqa: PLC0415

    kinds = {BigInteger: pa.int64(), Boolean: pa.bool_(), Date: pa.date32(), Double: pa.float64()}
    return pa.schema(
        (column.name, kinds.get(type(column.type), pa.string()))
        for column in MEASURES.columns
        if column.name not in ("low", "high")
    )
