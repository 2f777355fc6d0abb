"""Which headline figures fall short is read from what the report shows, and from nothing that it hides."""

from __future__ import annotations

import pandas as pd
import pytest

from reports.breaches import shown
from reports.concealing import conceal, counts_of, keys_of
from reports.editions import edition_of
from tests.reports.conftest import AS_OF
from warehouse.breaches import Says, Shown
from warehouse.disclosure import Edition
from warehouse.equations import PARTS

NOTHING_HIDDEN = Edition((), frozenset())
YEAR = "12 months to 2026-10"


def of(found: list[Shown], metric: str, agency: str = "", because: str = "target") -> Says | None:
    """Falls short, does not, is hidden, or says nothing."""
    said = [one.says for one in found if (one.metric, one.agency_code, one.because) == (metric, agency, because)]
    assert len(said) <= 1
    return said[0] if said else None


def changed(measures: pd.DataFrame, metric: str, agency: str = "", **said: object) -> pd.DataFrame:
    """The measures with another twelve months of a headline figure."""
    other = measures.copy()
    place = (other["metric"] == metric) & (other["agency_code"] == agency) & (other["period_label"] == YEAR)
    place &= other["is_headline"]
    assert place.any()
    for name, value in said.items():
        other.loc[place, name] = value
    return other


def hidden(measures: pd.DataFrame, metric: str, period_kind: str) -> Edition:
    """An edition that hides a metric's figures of a kind of period."""
    keys = [key for key in keys_of(measures) if (key.metric, key.period_kind) == (metric, period_kind)]
    return Edition((), frozenset((key, part) for key in keys for part in PARTS))


@pytest.mark.parametrize(
    ("status", "says"), [("red", "short"), ("amber", "short"), ("green", "met"), ("grey", None), ("none", None)]
)
def test_red_and_amber_fall_short_green_does_not_and_the_others_say_nothing(measures, status, says):
    found = shown(changed(measures, "health_present", status=status), NOTHING_HIDDEN, as_of=AS_OF)
    assert of(found, "health_present") == says


def test_agencies_are_told_beside_the_partnership(measures):
    found = shown(measures, NOTHING_HIDDEN, as_of=AS_OF)
    assert (of(found, "csa_training", "csc"), of(found, "csa_training", "edu_school")) == ("met", "short")
    assert of(found, "csa_training", "health_camhs") is None  # it returned nothing


@pytest.mark.parametrize(
    "said", [{"is_low_base": True}, {"assurance": "not_assured"}, {"percentage": None, "assurance": "no_cases"}]
)
def test_few_cases_and_missing_returns_say_nothing(measures, said):
    assert of(shown(measures, NOTHING_HIDDEN, as_of=AS_OF), "health_present") == "short"
    assert of(shown(changed(measures, "health_present", **said), NOTHING_HIDDEN, as_of=AS_OF), "health_present") is None


def test_a_hidden_figure_says_that_it_is_hidden_whatever_it_is(measures):
    edition = hidden(measures, "health_present", "rolling_12_months")
    for status in ("red", "green"):
        found = shown(changed(measures, "health_present", status=status), edition, as_of=AS_OF)
        assert of(found, "health_present") == "hidden"


@pytest.mark.parametrize("assurance", ["not_assured", "no_cases"])
def test_a_figure_that_is_not_assured_is_not_over_though_its_counts_are_hidden(measures, assurance):
    """What is missing is said before what is hidden."""
    missing = changed(measures, "health_present", percentage=None, assurance=assurance, status="grey")
    keys = [key for key in keys_of(missing) if (key.metric, key.period_kind) == ("health_present", "rolling_12_months")]
    units = Edition((), frozenset((key, "units") for key in keys))
    assert of(shown(missing, units, as_of=AS_OF), "health_present") is None


def test_a_low_base_that_is_shown_says_nothing_though_the_figure_is_hidden(measures):
    keys = [
        key for key in keys_of(measures) if (key.metric, key.period_kind) == ("health_present", "rolling_12_months")
    ]
    numerators = Edition((), frozenset((key, "numerator") for key in keys))
    few = changed(measures, "health_present", is_low_base=True)
    assert of(shown(few, numerators, as_of=AS_OF), "health_present") is None
    assert of(shown(measures, numerators, as_of=AS_OF), "health_present") == "hidden"


def cases(measures: pd.DataFrame, metric: str, shares: list[float], a_month: int = 100) -> pd.DataFrame:
    """The measures with these shares in the metric's latest months, each of so many cases."""
    other = measures.copy()
    monthly = other[(other["metric"] == metric) & (other["period_kind"] == "month") & (other["agency_code"] == "")]
    months = monthly[monthly["is_headline"]].sort_values("starts_on").index[-len(shares) :]
    for place, share in zip(months, shares, strict=True):
        said = {"numerator": round(share * a_month), "denominator": a_month, "percentage": 100 * share}
        for name, value in (said | {"assurance": "assured", "is_low_base": a_month < 10}).items():
            other.loc[place, name] = value
    return other


STEADY = [0.90, 0.88, 0.91, 0.89] * 6


@pytest.mark.parametrize(
    ("shares", "says"),
    [(STEADY, "met"), ([*STEADY[:-1], 0.60], "short"), ([*STEADY[:-1], 0.99], "met"), (STEADY[:12], None)],
)
def test_a_signal_of_concern_is_told_and_chance_and_improvement_are_not(measures, shares, says):
    drawn = measures.copy()
    months = (drawn["metric"] == "csa_training") & (drawn["period_kind"] == "month")
    drawn.loc[months, ["percentage", "numerator", "denominator"]] = None
    drawn.loc[months, "assurance"] = "not_assured"
    found = shown(cases(drawn, "csa_training", shares), NOTHING_HIDDEN, as_of=AS_OF)
    assert of(found, "csa_training", because="signal") == says


def test_a_signal_of_a_hidden_month_or_of_few_cases_is_not_told(measures):
    sunk = cases(measures, "csa_training", [*STEADY[:-1], 0.60])
    assert of(shown(sunk, NOTHING_HIDDEN, as_of=AS_OF), "csa_training", because="signal") == "short"
    assert of(shown(sunk, hidden(sunk, "csa_training", "month"), as_of=AS_OF), "csa_training", because="signal") is None
    few = cases(measures, "csa_training", [*[0.9] * 23, 0.2], a_month=5)
    assert of(shown(few, NOTHING_HIDDEN, as_of=AS_OF), "csa_training", because="signal") is None


def test_whatever_is_told_stands_in_the_published_edition(measures, tmp_path):
    """The same answer from the edition alone: nobody who has the events knows more than who has the report."""
    edition = edition_of(tmp_path, "P1", counts_of(measures), keep=False)
    found = shown(measures, edition, as_of=AS_OF)
    published = conceal(measures, edition)
    assert found
    assert "hidden" in {one.says for one in found}
    assert found == shown(published, edition, as_of=AS_OF)
    assert not (tmp_path / "editions").exists()  # it has not gone out yet
    assert edition_of(tmp_path, "P1", counts_of(measures), edition) == edition
    assert len(list((tmp_path / "editions").iterdir())) == 1
