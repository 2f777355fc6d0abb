"""Every figure of partnerships made up at random, against a second reading of the domain's words: no difference.

A failure names its seed: ``QUORATE_TEST_SEED=7 pytest tests/warehouse/test_second_reading.py`` makes the same
partnership again.
"""

from __future__ import annotations

import os
import random

import pytest
from sqlalchemy import select

from tests.plain.reading import Reading, figure_of, slot
from tests.warehouse.generated import LAST_DAY, Generated
from warehouse.figures import refresh
from warehouse.metric import all_metrics
from warehouse.store import Store, open_store
from warehouse.tables import MEASURES

GIVEN = os.environ.get("QUORATE_TEST_SEED")
SEEDS = [int(GIVEN)] if GIVEN else [1, 2, 3]


def differences(store: Store, seed: int, meetings: int) -> tuple[list[str], int]:
    """What the two readings of one partnership disagree on, and how many figures were compared."""
    Generated(seed, meetings).load(store)
    with store.writing() as connection:
        refresh(connection, [], LAST_DAY)
        measures = [
            dict(row) for row in connection.execute(select(MEASURES).where(MEASURES.c.breakdown == "")).mappings()
        ]
    reading, found = Reading(store), []
    for row in measures:
        if figure_of(row) != reading.of(row):
            where = f"seed {seed}: {slot(row)}, {row['agency_code'] or 'all'}, {row['period_label']}"
            found.append(f"{where}: the warehouse has {figure_of(row)}, the second reading {reading.of(row)}")
    return found, len(measures)


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_a_few_hundred_meetings_are_those_of_a_second_reading(duckdb_url: str, seed: int):
    with open_store(duckdb_url) as store:
        found, compared = differences(store, seed, 300)
    assert found == []
    assert compared > 10_000


def test_both_engines_read_alike(store: Store):
    assert differences(store, 4, 150)[0] == []


@pytest.mark.long
def test_figures_of_5000_meetings_are_those_of_a_second_reading(duckdb_url: str):
    seed = int(GIVEN) if GIVEN else random.SystemRandom().randrange(2**32)
    with open_store(duckdb_url) as store:
        found, compared = differences(store, seed, 5000)
    assert found == []
    assert compared > 10_000


def test_what_is_compared_has_cases_in_every_figure(duckdb_url: str):
    """Two readings of nothing agree on everything."""
    with open_store(duckdb_url) as store:
        Generated(1, 300).load(store)
        with store.writing() as connection:
            refresh(connection, [], LAST_DAY)
            whole = select(MEASURES).where(MEASURES.c.period_kind == "year_to_date", MEASURES.c.agency_code == "")
            rows = [dict(row) for row in connection.execute(whole).mappings()]
    seen = {slot(row) for row in rows if row["numerator"]}
    missed = {slot(row) for row in rows if row["denominator"] and row["numerator"] < row["denominator"]}
    assert {slot(row) for row in rows} == seen == missed
    assert {row["metric"] for row in rows} == set(all_metrics())
