"""What analysts ask with: dimensions that every figure joins, and a description of everything they can see."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from tests.warehouse.drawn import draw, returned
from tests.warehouse.test_figures import CSC_SENT, MEETING_COLUMNS, partnership
from warehouse import described, snapshot
from warehouse.dictionary import DICTIONARY
from warehouse.dimensions import AGENCIES, ANSWERS, BREAKDOWN_VALUES, CATEGORIES, CODES, DIMENSIONS, METRICS
from warehouse.figures import refresh
from warehouse.metric import all_metrics
from warehouse.parameters import agreed
from warehouse.readers import let_in
from warehouse.store import Store, open_store
from warehouse.tables import MEASURES, PERIODS
from warehouse.views import show_rows
from warehouse.vocabulary import MEANINGS, SCHEMAS

AS_OF = date(2026, 10, 31)
KEYS = {
    METRICS: ("metric",),
    CATEGORIES: ("metric", "view", "category"),
    AGENCIES: ("agency_code",),
    BREAKDOWN_VALUES: ("breakdown", "breakdown_value"),
    PERIODS: ("period_kind", "period_label"),
}
SQL_BLOCK = re.compile(r"^```sql\n(.*?)^```", re.DOTALL | re.MULTILINE)
BLOCKS = SQL_BLOCK.findall((Path(__file__).parents[2] / "docs/analysts.md").read_text(encoding="utf-8"))
COMMENTS = {
    "duckdb": """
        SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal
        UNION ALL SELECT schema_name, table_name, '', comment FROM duckdb_tables() WHERE NOT internal
        UNION ALL SELECT schema_name, view_name, '', comment FROM duckdb_views() WHERE NOT internal
    """,
    "postgresql": """
        SELECT nspname, relname, coalesce(attname, ''), col_description(c.oid, coalesce(attnum, 0))
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        WHERE relkind IN ('r', 'v')
        UNION ALL SELECT nspname, relname, '', obj_description(c.oid, 'pg_class')
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'v')
        UNION ALL SELECT nspname, '', '', obj_description(oid, 'pg_namespace') FROM pg_namespace
    """,
}
"""(Schema, table, column, comment) of all there is; '' for the table itself, and for the schema."""
ALEMBICS_OWN = "alembic_version"


def a_year(store: Store) -> None:
    """A partnership with a year of returns, so that figures of twelve months are broken down, and its figures."""
    partnership(store)
    held = "M9 | 2026-10-07 09:00 | 2026-10-07 10:00 | sexual_abuse | held"
    draw(store, "strategy_meetings", f"{MEETING_COLUMNS}\n{held}", "without-health")
    said_of_it = "said_by | agency_code | meeting_ref | attendance_code\ncsc | health_gp | M9 | apologies"
    draw(store, "meeting_participation", said_of_it, "without-health")
    returned(store, "csc", CSC_SENT, "2025-11", "2026-08")
    with store.writing() as connection:
        refresh(connection, [("police", "workforce_training")], AS_OF)
        show_rows(connection)


def said(store: Store) -> dict[tuple[str, str, str], str | None]:
    """What the database itself says of every schema, table, view and column of ours."""
    with store.reading() as connection:
        rows = connection.execute(text(COMMENTS[store.dialect])).tuples().all()
    return {(schema, name, column): comment for schema, name, column, comment in rows if schema in SCHEMAS}


def test_every_figure_has_one_row_in_every_dimension(store: Store):
    a_year(store)
    with store.reading() as connection:
        figures = connection.scalar(select(func.count()).select_from(MEASURES))
        kinds = set(connection.execute(select(MEASURES.c.breakdown, MEASURES.c.agency_code != "").distinct()).tuples())
        for dimension, key in KEYS.items():
            matched = [dimension.c[name] == MEASURES.c[name] for name in key]
            joined = select(func.count()).select_from(MEASURES.join(dimension, *matched[:1]))
            assert connection.scalar(joined.where(*matched[1:])) == figures, dimension.name
            doubled = select(func.count()).select_from(dimension).group_by(*(dimension.c[name] for name in key))
            assert set(connection.scalars(doubled)) == {1}, dimension.name
    assert figures is not None
    assert figures > 1000
    assert {("", True), ("", False), ("family", False), ("mode", False)} <= kinds


def test_a_dimension_says_what_the_figures_beside_it_say(store: Store):
    a_year(store)
    same = ("question", "unit", "recommendations", "direction", "definition")
    with store.reading() as connection:
        metrics = MEASURES.join(METRICS, METRICS.c.metric == MEASURES.c.metric)
        for name in same:
            other = select(func.count()).select_from(metrics).where(MEASURES.c[name] != METRICS.c[name])
            assert connection.scalar(other) == 0, name
        headline = MEASURES.c.is_headline
        targets = select(MEASURES.c.target.is_not_distinct_from(METRICS.c.target)).select_from(metrics).where(headline)
        assert set(connection.scalars(targets)) == {True}


def test_categories_name_the_columns_that_add_up_to_them(store: Store):
    a_year(store)
    asked = select(CATEGORIES.c.numerator_column, CATEGORIES.c.denominator_column)
    with store.reading() as connection:
        for name in all_metrics():
            for columns in connection.execute(asked.where(CATEGORIES.c.metric == name)).tuples().all():
                added = ", ".join(f"sum({column})" for column in columns)
                assert connection.execute(text(f'SELECT {added} FROM reporting."{name}"')).one()


def test_recommendations_and_findings_have_a_row_for_each_metric_that_answers_them(store: Store):
    a_year(store)
    with store.reading() as connection:
        chosen = select(ANSWERS.c.kind, ANSWERS.c.code, ANSWERS.c.says).where(ANSWERS.c.metric == "health_present")
        assert sorted(connection.execute(chosen).tuples()) == [
            ("finding", "lack_of_multi_agency_working", "lack of multi-agency working"),
            ("recommendation", "R1", "Health is represented at strategy meetings about child sexual abuse"),
        ]


def test_an_agreed_target_shows_with_the_figures_that_are_worked_out_by_it(store: Store):
    target = select(METRICS.c.target, METRICS.c.target_source).where(METRICS.c.metric == "health_present")
    url = store.url.render_as_string(hide_password=False)
    found: list[Any] = []
    for said_otherwise in ({}, {"targets.working_together": 90}):
        store.close()
        with open_store(url, agreed=agreed(said_otherwise)) as opened, opened.writing() as connection:
            found.append(connection.execute(target).one_or_none())
            refresh(connection, [], AS_OF)
            found.append(connection.execute(target).one()[0])
    assert found == [None, 100.0, (100.0, "Working Together to Safeguard Children 2023"), 90.0]


def test_a_warehouse_with_figures_and_no_dimensions_is_given_them_when_it_is_opened(store: Store):
    with store.writing() as connection:
        refresh(connection, [], AS_OF)
        for table in DIMENSIONS:  # as a migration leaves them
            connection.execute(table.delete())
    store.create()
    with store.reading() as connection:
        assert {table.name for table in DIMENSIONS if not connection.execute(select(table)).all()} == set()


def test_nothing_in_the_warehouse_lacks_a_description(store: Store):
    store.create()
    found = said(store)
    assert {schema for schema, _, _ in found} == set(SCHEMAS)
    assert len(found) > 1500
    assert {place for place, comment in found.items() if not comment and place[1] != ALEMBICS_OWN} == set()
    # the database itself, views and all: nothing is described in the dictionary only, but schemas in DuckDB
    assert found["reporting", "health_present", "recorded_numerator"] == (
        "what the row adds to the numerator of the recorded figure"
    )
    assert found["reporting", "health_present", "health_attended"] == MEANINGS["health_attended"]


def test_the_dictionary_has_all_there_is_and_nothing_else(store: Store):
    store.create()
    with store.reading() as connection:
        there = connection.execute(
            text("SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns")
        ).tuples()
        columns = {row for row in map(tuple, there) if row[0] in SCHEMAS and row[1] != ALEMBICS_OWN}
        entries = list(connection.execute(select(DICTIONARY)).mappings())
    of_columns = [one for one in entries if one["column_name"]]
    named = ("table_schema", "table_name", "column_name", "data_type")
    assert {tuple(one[name] for name in named) for one in of_columns} == columns
    assert len(entries) == len({tuple(one[name] for name in named[:3]) for one in entries})
    assert {one["table_schema"] for one in entries if not one["table_name"]} == set(SCHEMAS)
    assert [one for one in entries if not one["says"]] == []


def test_the_dictionary_says_what_the_database_says(store: Store):
    store.create()
    found = said(store)
    with store.reading() as connection:
        for one in connection.execute(select(DICTIONARY)).mappings():
            place = (one["table_schema"], one["table_name"], one["column_name"])
            if store.dialect == "postgresql" or one["table_name"]:  # DuckDB 2.0 has no comments on schemas
                assert found[place] == one["says"], place


def test_the_dictionary_says_units_codes_and_what_is_private(store: Store):
    a_year(store)
    asked = select(DICTIONARY.c.unit, DICTIONARY.c.code_list, DICTIONARY.c.privacy)
    with store.reading() as connection:
        for place, expected in {
            ("reporting", "measures", "percentage"): ("percent", "", "none"),
            ("reporting", "measures", "agency_code"): ("", "agencies", "none"),
            ("reporting", "meeting_on_time", "working_days_taken"): ("working days", "", "none"),
            ("reporting", "meeting_on_time", "urgency_code"): ("", "urgency", "none"),
            ("reporting", "actions_on_time", "evidence_code"): ("", "evidence", "none"),
            ("facts", "strategy_meetings", "meeting_ref"): ("", "", "case"),
            ("reporting", "health_present", "unit_ref"): ("", "", "case"),
            ("facts", "csa_children", "child"): ("", "", "identifier"),
            ("facts", "referrals", "nhs_number"): ("", "", "identifier"),
            ("ledger", "transitions", "by"): ("", "", "staff"),
        }.items():
            where = (DICTIONARY.c[name] == part for name, part in zip(DICTIONARY.c.keys(), place, strict=False))
            assert tuple(connection.execute(asked.where(*where)).one()) == expected, place
        lists = set(connection.scalars(select(DICTIONARY.c.code_list).distinct())) - {""}
        assert lists <= set(connection.scalars(select(CODES.c.code_list)))


def test_dimensions_and_views_of_metrics_identify_no_child(store: Store):
    store.create()
    shown = select(DICTIONARY.c.table_name, DICTIONARY.c.column_name).where(DICTIONARY.c.table_schema == "reporting")
    with store.reading() as connection:
        identifying = set(connection.execute(shown.where(DICTIONARY.c.privacy == "identifier")).tuples())
    assert identifying == set()


def test_what_is_described_in_other_words_is_described_anew_when_the_warehouse_is_opened(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    store.create()
    words = "Health was there, we are told: 100% of what 'was' asked"
    place = ("reporting", "health_present", "health_attended")
    try:
        with monkeypatch.context() as patch:
            patch.setitem(MEANINGS, "health_attended", words)
            described.words.cache_clear()
            store.create()
        assert said(store)[place] == words
        named = DICTIONARY.c.column_name == "health_attended"
        with store.reading() as connection:
            assert set(connection.scalars(select(DICTIONARY.c.says).where(named))) == {words}
    finally:
        described.words.cache_clear()
    store.create()
    assert said(store)[place] == MEANINGS["health_attended"]


def test_a_warehouse_that_is_described_as_it_should_be_is_left_alone(store: Store):
    store.create()
    with store.writing() as connection:
        connection.execute(update(DICTIONARY).values(says="left alone"))
    store.create()
    with store.reading() as connection:
        assert set(connection.scalars(select(DICTIONARY.c.says))) == {"left alone"}


@pytest.fixture(scope="module")
def copy(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analysts' copy of a partnership's warehouse."""
    folder = tmp_path_factory.mktemp("analysts")
    shutil.copyfile(duckdb_template, folder / "whole.duckdb")
    with open_store(str(folder / "whole.duckdb")) as store:
        a_year(store)
        return snapshot.put_in_place(store, folder / "warehouse.duckdb")


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_query_of_the_analysts_page_has_an_answer_in_their_copy(copy: Path, number: int):
    with open_store(str(copy), read_only=True) as opened, opened.reading() as connection:
        assert connection.exec_driver_sql(BLOCKS[number]).all() != []


def test_a_query_of_the_page_over_reporting_alone_has_an_answer_for_the_role_on_postgresql(postgresql_url: str):
    role = "quorate_reader_of_the_page"
    blocks = [one for one in BLOCKS if not re.search(r"facts\.|history\.|ledger\.|GROUP BY ALL", one)]
    with open_store(postgresql_url) as store:
        a_year(store)
        with store.writing() as connection:
            let_in(connection, role)
        try:
            with store.reading() as connection:
                connection.exec_driver_sql(f"SET ROLE {role}")
                answers = [connection.execute(text(one.replace(":", "\\:"))).all() for one in blocks]
                connection.rollback()
                connection.exec_driver_sql("RESET ROLE")
        finally:
            with store.writing() as connection:
                connection.exec_driver_sql(f"DROP OWNED BY {role}")
                connection.exec_driver_sql(f"DROP ROLE {role}")
    assert len(answers) >= 4
    assert [] not in answers
