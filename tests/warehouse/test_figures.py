"""Periods, coverage, intervals, colours, views, and the same figures on both engines."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.assurance import colour, wilson
from warehouse.figures import refresh
from warehouse.metric import Target, all_metrics
from warehouse.parameters import agreed, using
from warehouse.store import Store, open_store
from warehouse.tables import MEASURES
from warehouse.views import show_rows

CSC_SENT = "strategy_meetings meeting_participation"
MEETING_COLUMNS = "meeting_ref | concern_identified_at | held_at | concern_codes | status_code"


def meetings(store: Store, *days: str) -> None:
    """Meetings on these days, at each of which a practice was present."""
    refs = [f"M{number}" for number, _ in enumerate(days)]
    held = [f"{ref} | {day} 09:00 | {day} 10:00 | sexual_abuse | held" for ref, day in zip(refs, days, strict=True)]
    came = [f"csc | health_gp | {ref} | attended" for ref in refs]
    draw(store, "strategy_meetings", "\n".join([MEETING_COLUMNS, *held]))
    draw(store, "meeting_participation", "\n".join(["said_by | agency_code | meeting_ref | attendance_code", *came]))


def test_a_meeting_counts_in_its_month_quarter_year_to_date_and_12_months(store: Store):
    meetings(store, "2025-11-05", "2026-03-31", "2026-04-01", "2026-06-30", "2026-07-01", "2026-10-05")
    returned(store, "csc", CSC_SENT, "2025-11", "2026-10")
    rows = figures(store, "health_present")
    assert {
        label: figure(rows, label)["denominator"]
        for label in ("2026-10", "2026-27 Q1", "2026-27 Q2", "2026-27 to 2026-10", "2025-26 to 2026-03")
    } == {"2026-10": 1, "2026-27 Q1": 2, "2026-27 Q2": 1, "2026-27 to 2026-10": 4, "2025-26 to 2026-03": 2}
    assert of(figure(rows, "12 months to 2026-10")) == (6, 6, "assured")
    kinds = {kind: [row for row in rows if row["period_kind"] == kind] for kind in ("month", "quarter", "year_to_date")}
    assert {kind: len(found) for kind, found in kinds.items()} == {"month": 12, "quarter": 5, "year_to_date": 12}
    # twelve months are shown once there are twelve
    assert len([row for row in rows if row["period_kind"] == "rolling_12_months" and not row["breakdown"]]) == 1


def test_only_complete_months_are_counted_and_coverage_says_how_many(store: Store):
    meetings(store, "2026-07-01", "2026-08-03", "2026-09-01")
    returned(store, "csc", CSC_SENT, "2026-07", "2026-08")
    returned(store, "csc", "strategy_meetings", "2026-09")
    row = figure(figures(store, "health_present", as_of="2026-09-30"), "2026-27 Q2")
    assert of(row) == (2, 2, "partly_assured")
    assert (row["coverage_numerator"], row["coverage_denominator"]) == (5, 6)


def test_the_month_that_is_running_is_owed_only_once_something_came_for_it(store: Store):
    meetings(store, "2026-09-01", "2026-10-01")
    returned(store, "csc", CSC_SENT, "2026-07", "2026-09")
    rows = figures(store, "health_present", as_of="2026-10-12")
    assert of(figure(rows, "2026-27 Q2")) == (1, 1, "assured")
    assert of(figure(rows, "2026-10")) == (None, None, "not_assured")
    assert figure(rows, "2026-27 Q3")["assurance"] == "not_assured"
    returned(store, "csc", CSC_SENT, "2026-10")
    assert of(figure(figures(store, "health_present", as_of="2026-10-12"), "2026-10")) == (1, 1, "assured")


def test_a_month_that_is_over_is_owed_though_nothing_came_for_it(store: Store):
    meetings(store, "2025-11-03", "2026-09-01", "2026-10-05")
    returned(store, "csc", CSC_SENT, "2025-11", "2026-09")
    row = figure(figures(store, "health_present", as_of="2026-10-31"), "12 months to 2026-10")
    assert of(row) == (2, 2, "partly_assured")
    assert (row["coverage_numerator"], row["coverage_denominator"]) == (22, 24)


def test_a_delivery_whose_rows_were_all_refused_is_no_return(store: Store):
    returned(store, "csc", CSC_SENT.split(maxsplit=1)[0], refused=3)
    row = figure(figures(store, "meeting_on_time"))
    assert of(row) == (None, None, "not_assured")


def test_figuring_twice_gives_the_same_rows_once(store: Store):
    meetings(store, "2026-10-05")
    returned(store, "csc", CSC_SENT)
    assert len(figures(store, "health_present")) == len(figures(store, "health_present"))


def test_every_headline_has_its_target_and_small_numbers_are_grey(store: Store):
    meetings(store, "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06")
    returned(store, "csc", CSC_SENT)
    row = figure(figures(store, "health_present"))
    assert (row["percentage"], row["status"], row["is_low_base"]) == (100, "grey", True)
    assert (row["target"], row["target_source"]) == (100, "Working Together to Safeguard Children 2023")
    meetings(store, "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07")
    assert figure(figures(store, "health_present"))["status"] == "green"


def test_wilson_intervals_against_known_values():
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    low, high = wilson([81, 15, 0, 1, None, 0], [263, 148, 20, 29, None, 0])
    assert low[:4] == pytest.approx([25.53, 6.24, 0.00, 0.61], abs=0.005)
    assert high[:4] == pytest.approx([36.62, 16.05, 16.11, 17.18], abs=0.005)
    assert low[4:] == high[4:] == [None, None]


@pytest.mark.parametrize(
    ("percentage", "direction", "expected"),
    [(95.0, "higher", "green"), (94.9, "higher", "amber"), (85.0, "higher", "amber"), (84.9, "higher", "red")],
)
def test_colours_of_a_statutory_minimum(percentage: float, direction: str, expected: str):
    assert colour(percentage, Target("targets.working_together"), direction) == expected


def test_where_less_is_better_the_bands_turn_round():
    none_at_all = Target("targets.working_together")
    with using(agreed({"bands.green": 0, "bands.amber": 5})):
        assert [colour(percent, none_at_all, "lower") for percent in (0.0, 5.0, 5.1)] == ["green", "amber", "red"]


def partnership(store: Store) -> None:
    """Two months of a small partnership, with something in every metric."""
    meetings(store, "2026-09-03", "2026-09-17", "2026-10-05", "2026-10-06")
    draw(store, "meeting_children", "\n".join(["meeting_ref | child_ref", *(f"M{n} | LA{n}" for n in range(4))]))
    open_work = [f"{agency} | LA{n} | 2026-01-01" for n in range(4) for agency in ("health_gp", "edu_school")]
    draw(store, "involvements", "\n".join(["agency_code | child_ref | opened_on", *open_work]))
    draw(
        store,
        "meeting_participation",
        """
        said_by   | agency_code | meeting_ref | held_on    | child_ref | attendance_code
        csc       | csc         | M0          |            |           | attended
        csc       | police      | M0          |            |           | attended
        police    | police      |             | 2026-09-03 | LA0       | attended
        health_gp | health_gp   |             | 2026-09-03 | LA0       | attended
        """,
    )
    draw(
        store,
        "plan_circulation",
        """
        said_by    | agency_code | meeting_ref | item_code | sent_at          | filed_at
        csc        | health_gp   | M0          | plan      | 2026-09-03 12:00 |
        csc        | edu_school  | M0          | plan      | 2026-09-03 12:00 |
        edu_school | edu_school  | M0          | plan      |                  | 2026-09-04 12:00
        """,
    )
    draw(
        store,
        "section_47_enquiries",
        """
        child_ref | started_on | icpc_on | closing_discussion_on | police_closure_received_on | csa_concern
        LA1 | 2026-09-03 | 2026-09-24 | 2026-09-24 | 2026-10-06 | yes
        LA2 | 2026-09-03 | 2026-09-25 |            |            | yes
        """,
    )
    draw(
        store,
        "police_investigations",
        """
        crime_ref | child_ref | opened_on | closed_on | closure_reason_code | closure_shared_at | closing_discussion_on
        C1 | LA1 | 2026-09-03 | 2026-10-05 | no_crime | 2026-10-06 09:00 | 2026-09-24
        """,
    )
    draw(
        store,
        "referrals",
        """
        child_ref | received_at | decided_at | concern_codes
        LA1 | 2026-09-02 09:00 | 2026-09-03 09:00 | sexual_abuse
        """,
    )
    draw(store, "children", "said_by | child_ref | born_on\ncsc | LA0 | 2015-05-01")
    draw(
        store,
        "support_offers",
        """
        said_by | child_ref | provider_code | agreed_on  | offered_on | started_on
        csc     | LA0       | sarc          | 2026-09-03 |            | 2026-09-10
        sarc    | LA0       | sarc          |            | 2026-09-04 | 2026-09-10
        """,
    )
    draw(
        store,
        "meeting_actions",
        "meeting_ref | action_ref | owner_agency_code | due_on\nM0 | 1 | csc | 2026-09-10",
    )
    draw(
        store,
        "assessments",
        """
        child_ref | started_on | authorised_on | factor_codes | genogram_present
        LA1 | 2026-09-03 | 2026-10-24 | 19C | yes
        """,
    )
    draw(
        store,
        "audit_returns",
        """
        audit_ref | case_ref | agency_code | audited_on | rating_code | moderated_rating_code | voice_captured | \
        recording_accurate | response_per_procedure | protocol_followed
        A1 | C1 | police | 2026-10-01 | good | good | yes | yes | no | yes
        """,
    )
    draw(
        store,
        "workforce_training",
        """
        agency_code | role_group | as_at_on | headcount_in_scope | csa_trained_in_date | protocol_briefed
        police | all | 2026-10-01 | 30 | 20 | 10
        """,
    )
    draw(
        store,
        "improvement_actions",
        "agency_code | action_ref | recommendation_code | due_on | status_code\npolice | 1 | R4 | 2026-10-01 | open",
    )
    every = "meeting_children plan_circulation section_47_enquiries assessments involvements referrals children"
    every += " support_offers meeting_actions"
    returned(store, "csc", f"{CSC_SENT} {every}", "2026-09", "2026-10")
    for agency in ("police", "health_gp", "edu_school"):
        returned(store, agency, "meeting_participation involvements plan_circulation", "2026-09", "2026-10")
    returned(store, "police", "police_investigations", "2026-09", "2026-10")
    returned(store, "sarc", "meeting_participation support_offers", "2026-09", "2026-10")


def test_a_metrics_view_adds_up_to_its_measures(store: Store, subtests: pytest.Subtests):
    partnership(store)
    rows = figures(store, *all_metrics())
    with store.writing() as connection:
        show_rows(connection)
    for name, metric in all_metrics().items():
        its = [row for row in rows if row["metric"] == name]
        for view, categories in metric.numerators.items():
            for category in categories:
                ending = f"_{category.replace(':', '_')}" if category else ""
                asked = f'SELECT sum({view}_numerator{ending}), sum({view}_denominator{ending}) FROM reporting."{name}"'
                with subtests.test(metric=name, view=view, category=category), store.reading() as connection:
                    numerator, denominator = connection.execute(text(asked)).one()
                    row = figure(its, "2026-27 to 2026-10", view=view, category=category)
                    assert (row["numerator"], row["denominator"]) == (numerator, denominator)
                    assert denominator > 0


def test_on_postgresql_rows_of_a_metric_are_seen_with_its_figures_and_not_before(postgresql_url: str):
    asked = text("SELECT sum(recorded_numerator), sum(recorded_denominator) FROM reporting.actions_on_time")
    action = (
        "agency_code | action_ref | recommendation_code | due_on | status_code\npolice | {} | R6 | 2026-10-01 | open"
    )
    seen = []
    with open_store(postgresql_url) as store:
        store.create()
        for number in (1, 2):
            draw(store, "improvement_actions", action.format(number))
            with store.reading() as connection:
                seen.append(connection.execute(asked).one()[1])
            with store.writing() as connection:
                show_rows(connection)
            with store.reading() as connection:
                seen.append(connection.execute(asked).one()[1])
    assert seen == [None, 1, 1, 2]


def test_both_engines_give_the_same_figures(duckdb_url: str, postgresql_url: str):
    found = []
    for url in (duckdb_url, postgresql_url):
        with open_store(url) as store:
            partnership(store)
            with store.writing() as connection:
                written = refresh(connection, [("police", "workforce_training")], date(2026, 10, 31))
                measures = connection.execute(select(MEASURES)).all()
                assert written == len(measures) == connection.scalar(select(func.count()).select_from(MEASURES))
            found.append(sorted(map(tuple, measures), key=repr))
    assert found[0] == found[1]


def test_an_empty_warehouse_has_figures_and_none_is_assured(store: Store):
    with store.writing() as connection:
        refresh(connection, [], date(2026, 10, 31))
        said = connection.execute(select(MEASURES.c.assurance, MEASURES.c.percentage).distinct()).all()
    assert [tuple(row) for row in said] == [("not_assured", None)]


@pytest.mark.parametrize("name", list(all_metrics()))
def test_a_metric_file_imports_nothing_but_what_declares_a_metric(name: str):
    source = (Path(__file__).parents[2] / "warehouse" / "metrics" / f"{name}.py").read_text()
    imports = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert [line.split()[1] for line in imports] == ["warehouse.metric"]
