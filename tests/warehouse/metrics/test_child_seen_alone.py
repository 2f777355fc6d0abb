"""Was the child seen alone within the section 47 enquiry?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store


def test_child_seen_alone(store: Store):
    draw(
        store,
        "section_47_enquiries",
        """
        child_ref | s47_ref    | started_on | ended_on   | icpc_on    | child_seen_alone_on | csa_concern
        LA1       | last_day   | 2026-09-10 | 2026-10-01 |            | 2026-10-01          | yes
        LA2       | after      | 2026-09-10 | 2026-10-01 |            | 2026-10-02          | yes
        LA3       | before     | 2026-09-10 | 2026-10-01 |            | 2026-09-09          | yes
        LA4       | never      | 2026-09-10 | 2026-10-01 |            |                     | yes
        LA5       | conference | 2026-09-10 |            | 2026-10-01 | 2026-09-10          | yes
        LA6       | open       | 2026-09-10 |            |            | 2026-09-10          | yes
        LA1       | second     | 2026-09-21 | 2026-10-09 |            |                     | yes
        LA7       | not_csa    | 2026-09-10 | 2026-10-01 |            | 2026-09-10          | no
        """,
    )
    returned(store, "csc", "section_47_enquiries")
    # last_day and conference (over with it); of one child's two enquiries each counts for itself
    assert of(figure(figures(store, "child_seen_alone"))) == (2, 6, "assured")
