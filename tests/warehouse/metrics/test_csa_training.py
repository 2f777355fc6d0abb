"""Are the staff trained in child sexual abuse, and is the course mandatory?"""

from tests.warehouse.drawn import draw, figure, figures, of
from warehouse.store import Store

OWED = [("police", "workforce_training"), ("health_gp", "workforce_training")]


def test_of_a_period_the_latest_counts_are_true_and_months_are_not_added(store: Store):
    draw(
        store,
        "workforce_training",
        """
        agency_code | role_group | as_at_on   | headcount_in_scope | csa_trained_in_date | course_mandatory
        police      | detectives | 2026-09-30 | 100                | 50                  | no
        police      | detectives | 2026-10-31 | 100                | 80                  | yes
        police      | officers   | 2026-10-31 | 50                 | 40                  | no
        health_gp   | practices  | 2026-09-30 | 50                 | 50                  | yes
        """,
    )
    rows = figures(store, "csa_training", expected=OWED)
    assert of(figure(rows, "2026-10", agency="police")) == (120, 150, "assured")
    assert of(figure(rows, "2026-10", agency="police", category="mandatory")) == (100, 150, "assured")
    # the practices said nothing in October
    assert of(figure(rows, "2026-10")) == (120, 150, "partly_assured")
    assert of(figure(rows, "2026-10", agency="health_gp")) == (None, None, "not_assured")
    # over the year to date the practices' September counts are their latest
    assert of(figure(rows, "2026-27 to 2026-10")) == (170, 200, "assured")
    assert figure(rows, "2026-27 to 2026-10")["status"] == "amber"


def test_an_agency_that_sent_nothing_is_shown_and_not_assured(store: Store):
    draw(
        store,
        "workforce_training",
        """
        agency_code | role_group | as_at_on   | headcount_in_scope | csa_trained_in_date
        police      | detectives | 2026-10-31 | 10                 | 9
        """,
    )
    rows = figures(store, "csa_training", expected=OWED)
    silent = figure(rows, agency="health_gp")
    assert of(silent) == (None, None, "not_assured")
    assert (silent["status"], silent["coverage"]) == ("grey", 0)
    assert of(figure(rows, category="mandatory", agency="police")) == (0, 10, "assured")
