"""The gate before publishing: figures that cannot be true are held back, and the report of yesterday stands.

These are rules about figures as such. Whether a figure is likely, given its own history, is another question.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from warehouse.metric import all_metrics

if TYPE_CHECKING:
    import pandas as pd

KEY = (
    "metric", "view", "category", "agency_code", "breakdown", "breakdown_value", "period_kind", "starts_on", "ends_on",
)  # fmt: skip


class GateStopped(Exception):
    """The figures were worked out and not published. Command line: exit code 4."""


def pass_figures(measures: pd.DataFrame) -> None:
    """Let the figures through, or say which rule they break and which metrics are concerned.

    Raises:
        GateStopped: names the rules and the metrics.
    """
    import pandera.pandas as pandera  # noqa: PLC0415 - two seconds that reading a status does not need

    silent = sorted(all_metrics().keys() - set(measures["metric"]))
    if silent:
        raise GateStopped(f"No figure at all was worked out for {', '.join(silent)}; nothing was published.")
    try:
        _rules().validate(measures, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        broken = {str(getattr(error.check, "name", error.check)): error for error in errors.schema_errors}
        raise GateStopped(
            f"Figures that cannot be true were held back, and the last report stands. It must hold, and does not: "
            f"{'; '.join(sorted(broken))}. Please report this; nobody can accept it."
        ) from None


@cache
def _rules() -> Any:
    import pandera.pandas as pandera  # noqa: PLC0415 - as above

    def rule(name: str, holds: Any) -> Any:
        return pandera.Check(lambda frame: holds(frame).fillna(True).astype(bool), name=name, n_failure_cases=1)

    return pandera.DataFrameSchema(
        checks=[
            rule(
                "a percentage lies between 0 and 100",
                lambda f: f["percentage"].isna() | f["percentage"].between(0, 100),
            ),
            rule("no more are counted than there are", lambda f: ~(f["numerator"] > f["denominator"])),
            rule(
                "nothing not assured has a figure", lambda f: (f["assurance"] != "not_assured") | f["percentage"].isna()
            ),
            rule(
                "a percentage is its counts",
                lambda f: (
                    f["percentage"].isna()
                    | (
                        (f["percentage"] - 100 * f["numerator"] / f["denominator"].where(f["denominator"] > 0)).abs()
                        < 1e-9
                    )
                ),
            ),
            rule(
                "an interval holds its percentage",
                lambda f: (
                    f["percentage"].isna()
                    | ((f["low"] <= f["percentage"] + 1e-9) & (f["percentage"] <= f["high"] + 1e-9))
                ),
            ),
            rule("a figure stands once", lambda f: ~f.duplicated(list(KEY))),
        ]
    )
