"""The gate before publishing: figures that cannot be true do not reach the board."""

import pandas as pd
import pytest

from warehouse.gate import GateStopped, pass_figures
from warehouse.metric import all_metrics


def figures(**changes):
    """One true figure for each metric, the first of them changed."""
    rows = [
        {
            "metric": name, "view": "recorded", "category": "", "agency_code": "", "breakdown": "",
            "breakdown_value": "", "period_kind": "month",
            "starts_on": "2026-10-01", "ends_on": "2026-10-31", "numerator": 9, "denominator": 10, "percentage": 90.0,
            "low": 59.6, "high": 98.2, "assurance": "assured",
        }
        for name in all_metrics()
    ]  # fmt: skip
    rows[0] |= changes
    return pd.DataFrame(rows)


def test_true_figures_pass():
    pass_figures(figures())


def test_a_figure_that_is_not_assured_passes_without_a_percentage():
    pass_figures(
        figures(assurance="not_assured", percentage=None, numerator=None, denominator=None, low=None, high=None)
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"percentage": 110.0, "numerator": 11}, "between 0 and 100"),
        ({"numerator": 11, "percentage": None}, "no more are counted"),
        ({"assurance": "not_assured"}, "nothing not assured"),
        ({"percentage": 80.0}, "is its counts"),
        ({"low": 95.0}, "holds its percentage"),
        ({"metric": sorted(all_metrics())[1]}, "No figure at all"),
    ],
)
def test_a_figure_that_cannot_be_true_is_held_back_and_the_rule_is_named(changes, rule):
    with pytest.raises(GateStopped, match=rule):
        pass_figures(figures(**changes))


def test_the_same_figure_twice_is_held_back():
    twice = pd.concat([figures(), figures().head(1)])
    with pytest.raises(GateStopped, match="stands once"):
        pass_figures(twice)
