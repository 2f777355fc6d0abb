"""Did the agencies close the section 47 enquiry together?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

ENQUIRIES = """
child_ref | nhs_number | s47_ref   | started_on | ended_on   | closing_discussion_on | csa_concern
LA1       | 9990000018 | both      | 2026-09-10 | 2026-10-05 | 2026-10-02            | yes
LA2       |            | csc_only  | 2026-09-10 | 2026-10-05 | 2026-10-02            | yes
LA3       |            | too_late  | 2026-09-10 | 2026-10-05 | 2026-10-02            | yes
LA4       |            | neither   | 2026-09-10 | 2026-10-05 |                       | yes
LA5       |            | no_police | 2026-09-10 | 2026-10-05 | 2026-10-02            | yes
LA6       |            | long_ago  | 2026-09-10 | 2026-10-05 | 2026-10-02            | yes
LA7       |            | open      | 2026-09-10 |            |                       | yes
"""
INVESTIGATIONS = """
crime_ref | child_ref | nhs_number | opened_on  | strategy_on | closed_on  | closing_discussion_on
C1        |           | 9990000018 | 2026-09-08 |             |            | 2026-10-05
C2        | LA2       |            |            | 2026-09-10  |            |
C3        | LA3       |            | 2026-09-08 |             |            | 2026-10-06
C4        | LA4       |            | 2026-09-08 |             |            | 2026-10-02
C6        | LA6       |            | 2020-09-08 |             | 2021-01-08 |
"""


def test_closing_discussion(store: Store):
    draw(store, "section_47_enquiries", ENQUIRIES)
    draw(store, "police_investigations", INVESTIGATIONS)
    returned(store, "csc", "section_47_enquiries")
    returned(store, "police", "police_investigations")
    rows = figures(store, "closing_discussion")
    assert of(figure(rows)) == (5, 6, "assured")
    # both: the police say the Monday after, one working day out; too_late is two out. The police cannot be asked about
    # no_police and long_ago, whose investigation had closed years before
    assert of(figure(rows, view="confirmed")) == (1, 4, "partly_assured")


def test_without_the_polices_return_it_is_not_assured(store: Store):
    draw(store, "section_47_enquiries", ENQUIRIES)
    draw(store, "police_investigations", INVESTIGATIONS)
    returned(store, "csc", "section_47_enquiries")
    returned(store, "police", "police_investigations", "2026-09")
    assert of(figure(figures(store, "closing_discussion"), view="confirmed")) == (None, None, "not_assured")
