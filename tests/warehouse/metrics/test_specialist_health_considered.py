"""Were the Havens or a paediatrician at the meeting, consulted, or considered with a reason not to?"""

from tests.warehouse.drawn import draw, figure, figures, of, returned
from warehouse.store import Store

MEETINGS = """
meeting_ref   | held_at          | specialist_health_code | concern_codes | status_code
consulted     | 2026-10-05 10:00 | consulted              | sexual_abuse  | held
not_confirmed | 2026-10-05 10:00 | attended               | sexual_abuse  | held
named_only    | 2026-10-05 10:00 |                        | sexual_abuse  | held
reasoned_no   | 2026-10-05 10:00 | reasoned_no            | sexual_abuse  | held
no            | 2026-10-05 10:00 | not_considered         | sexual_abuse  | held
invited       | 2026-10-05 10:00 |                        | sexual_abuse  | held
"""
SAID = """
said_by      | agency_code  | meeting_ref | role_code      | attendance_code | contributed_information | invited_at
sarc         | sarc         | consulted   | sarc_clinician | apologies       | yes                     |
csc          | health_acute | named_only  | paediatrician  | attended        |                         |
csc          | health_acute | no          | named_nurse    | attended        | yes                     |
csc          | sarc         | invited     | sarc_clinician | apologies       | no                      | 2026-10-01 09:00
"""  # noqa: E501 - a drawn table is as wide as its columns


def test_specialist_health_considered(store: Store):
    draw(store, "strategy_meetings", MEETINGS)
    draw(store, "meeting_participation", SAID)
    returned(store, "csc", "strategy_meetings meeting_participation")
    rows = figures(store, "specialist_health_considered")
    # consulted, not_confirmed, named_only (a trust's paediatrician came), reasoned_no; a trust's nurse is no
    # specialist, and an invitation is neither presence nor advice
    assert of(figure(rows)) == (4, 6, "assured")
    # neither the Havens nor the trust have sent their word
    assert of(figure(rows, view="confirmed")) == (None, None, "not_assured")

    returned(store, "sarc", "meeting_participation")
    # consulted (the Havens say so) and reasoned_no (nobody else can); named_only waits for the trust
    assert of(figure(figures(store, "specialist_health_considered"), view="confirmed")) == (2, 5, "partly_assured")
    returned(store, "health_acute", "meeting_participation")
    assert of(figure(figures(store, "specialist_health_considered"), view="confirmed")) == (2, 6, "assured")
