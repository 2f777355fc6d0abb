"""Did the agencies that work with the child take part in the meeting? (domain catalogue 5, triangulated)

Taking part: it came, or it gave information (apologies with a report is taking part, and is not attendance). Confirmed:
the agency's own record says so as well.
"""

from warehouse.metric import PAIRS, Metric, and_, local, meeting_agency_pairs

pairs = meeting_agency_pairs(
    took_part=PAIRS.c.took_part,
    says_so_itself=PAIRS.c.says_it_took_part,
    agency_returned=PAIRS.c.has_returned_participation,
)

METRIC = Metric(
    name="relevant_agency_took_part",
    question="Did the agencies that work with the child take part in the meeting?",
    unit="meeting and relevant agency",
    recommendations=("R1", "F"),
    findings=("lack_of_multi_agency_working",),
    rows=pairs,
    numerators={
        "recorded": {"": pairs.c.took_part},
        "confirmed": {"": and_(pairs.c.took_part, pairs.c.says_so_itself)},
    },
    covered=pairs.c.agency_returned,
    by_agency=True,
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "meeting_participation"),
        ("*", "involvements"),
    ),
    target=local("targets.relevant_agency_took_part"),
)
