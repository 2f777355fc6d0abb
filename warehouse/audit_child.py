"""Great Expectations in a process of its own: columns of numbers as JSON on standard input, a yes or no as its answer.

    python audit_child.py < {"value": [5.0], "least": [4.0], "most": [6.0]}   →   {"is_likely": true, "asked": 1}

It imports nothing of Quorate and sees no database. In the night's own process the library would take hundreds of
megabytes for good, start a thread, and keep DuckDB's driver from ending in order.
"""

import gc
import json
import os
import sys

NOT_FOR_THIS = ("azure", "boto3", "sqlalchemy")
"""What Great Expectations loads where it is installed, half a second of it, and works without."""
AGGREGATES_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts, and no value of any row: row by row, Great Expectations takes tens of seconds."""


def expect_within(columns: dict[str, list[float]]) -> bool:
    """Every ``value`` lies between its ``least`` and its ``most``."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # it must hear before it is imported that it may tell nobody
    sys.modules |= dict.fromkeys(NOT_FOR_THIS)  # type: ignore[arg-type] # None: it is not to be found
    import great_expectations as gx  # noqa: PLC0415 - as above
    import pandas as pd  # noqa: PLC0415
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415
    from great_expectations.expectations.core import ExpectColumnPairValuesAToBeGreaterThanB  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("audit")
        .add_dataframe_asset("before_publishing")
        .add_batch_definition_whole_dataframe("all")
        .get_batch(batch_parameters={"dataframe": pd.DataFrame(columns)})
    )
    at_least, at_most = (
        ExpectColumnPairValuesAToBeGreaterThanB(column_A=upper, column_B=lower, or_equal=True)
        for upper, lower in (("value", "least"), ("most", "value"))
    )
    suite = gx.ExpectationSuite(name="against its own history", expectations=[at_least, at_most])
    return bool(batch.validate(suite, result_format=AGGREGATES_ONLY).success)


if __name__ == "__main__":
    gc.disable()  # it lives for seconds, a tenth of which would be looking for garbage among what it imports
    expect_within({"value": [5.0], "least": [4.0], "most": [6.0]})  # loads it, while figures are still worked out
    asked = json.load(sys.stdin)
    json.dump({"is_likely": expect_within(asked), "asked": len(asked["value"])}, sys.stdout)
