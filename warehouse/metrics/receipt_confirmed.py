"""Has the agency that was sent the plan logged it? (domain catalogue 16, triangulated)

Of what Children's Social Care sent, to agencies that return receipts for the month. The figure is made of both words
(one sent, the other logged), so there is no view of one of them.
"""

from warehouse.metric import PAIRS, Metric, local, meeting_agency_pairs

sent = meeting_agency_pairs(
    PAIRS.c.is_sent, is_received=PAIRS.c.is_received, agency_returned=PAIRS.c.has_returned_receipts
)

METRIC = Metric(
    name="receipt_confirmed",
    question="Has the agency that was sent the plan logged it?",
    unit="meeting and agency that was sent the plan",
    recommendations=("R2",),
    rows=sent,
    numerators={"confirmed": {"": sent.c.is_received}},
    covered=sent.c.agency_returned,
    by_agency=True,
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "plan_circulation"),
        ("*", "involvements"),
    ),
    target=local("targets.receipt_confirmed"),
)
