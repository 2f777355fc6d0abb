"""Has the support that was agreed for the child started?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

CSC_SENT = "strategy_meetings meeting_children support_offers"


def drawn_offers(store: Store) -> None:
    """A meeting about seven children; support was agreed for all, and for LA9, about whom there was none."""
    draw(
        store,
        "strategy_meetings",
        "meeting_ref | held_at | concern_codes | status_code\nM1 | 2026-09-01 10:00 | sexual_abuse | held",
    )
    children = "\n".join(f"M1 | LA{number}" for number in range(1, 8))
    draw(store, "meeting_children", f"meeting_ref | child_ref\n{children}")
    draw(
        store,
        "support_offers",
        """
        said_by      | child_ref | provider_code | agreed_on  | offered_on | started_on | declined
        csc          | LA1       | health_camhs  | 2026-09-01 |            |            |
        csc          | LA1       | sarc          | 2026-09-01 |            |            |
        sarc         | LA1       | sarc          |            | 2026-09-02 | 2026-09-29 |
        health_camhs | LA1       | health_camhs  |            | 2026-09-10 |            | yes
        csc          | LA2       | sarc          | 2026-09-01 |            |            |
        sarc         | LA2       | sarc          |            | 2026-09-02 | 2026-09-30 |
        csc          | LA3       | sarc          | 2026-09-01 |            | 2026-09-05 |
        sarc         | LA3       | sarc          |            | 2026-12-01 | 2027-01-06 |
        csc          | LA4       | sarc          | 2026-09-01 |            |            | yes
        sarc         | LA4       | sarc          |            | 2026-09-02 |            | yes
        csc          | LA5       | sarc          | 2026-09-01 |            |            |
        sarc         | LA5       | sarc          |            | 2025-01-01 | 2025-01-02 |
        sarc         | LA5       | health_camhs  |            | 2026-09-02 | 2026-09-02 |
        csc          | LA6       | vcs           | 2026-09-01 |            |            |
        csc          | LA9       | sarc          | 2026-09-01 |            |            |
        sarc         | LA9       | sarc          |            | 2026-09-02 | 2026-09-02 |
        """,
    )


def test_support_started(store: Store):
    drawn_offers(store)
    returned(store, "csc", CSC_SENT, "2026-09")
    for agency in ("sarc", "health_camhs"):
        returned(store, agency, "support_offers", "2026-09")
    rows = figures(store, "support_started")
    # of the two of which Children's Social Care says what became, one has started
    assert of(figure(rows, "2026-09")) == (1, 2, "assured")
    found = {
        category: of(figure(rows, "2026-09", view="confirmed", category=category))
        for category in ("", "offered", "started_soon", "started_later", "started_late", "declined")
    }
    # LA1 waited 28 days with one of two providers, LA2 29, LA3 127, LA4 declined. An offer of the year before is not
    # meant for LA5, nor is what one provider says of another. LA6: the voluntary service sent nothing
    assert found == {
        "": (3, 5, "partly_assured"),
        "offered": (4, 5, "partly_assured"),
        "started_soon": (1, 5, "partly_assured"),
        "started_later": (1, 5, "partly_assured"),
        "started_late": (1, 5, "partly_assured"),
        "declined": (1, 5, "partly_assured"),
    }


def test_without_the_providers_returns_it_is_not_assured(store: Store):
    drawn_offers(store)
    returned(store, "csc", CSC_SENT, "2026-09")
    assert of(figure(figures(store, "support_started"), "2026-09", view="confirmed")) == (None, None, "not_assured")
