"""Did the child's school take part in the meeting? (domain catalogue 7)

Of meetings with a child of school age on the day, by any agency's list of children (facts keep the month of birth: a
child has its birthday on the first of it). An unborn child is not of school age, nor is one whose birth date nobody
gave. Education took part if a school, a college, an early years setting or the education service came or gave
information.
"""

from warehouse.metric import EDUCATION, Metric, csa_meetings, has_school_age_child, local, took_part

meetings = csa_meetings(
    has_school_age_child=has_school_age_child(),
    education_took_part=took_part(EDUCATION, said_by="csc"),
)

METRIC = Metric(
    name="school_present",
    question="Did the child's school take part in the strategy meeting?",
    unit="meeting about a child of school age",
    recommendations=("R1",),
    rows=meetings,
    numerators={"recorded": {"": meetings.c.education_took_part}},
    denominators={"recorded": {"": meetings.c.has_school_age_child}},
    returns=(
        ("csc", "strategy_meetings"),
        ("csc", "meeting_children"),
        ("csc", "meeting_participation"),
        ("csc", "children"),
    ),
    target=local("targets.school_present"),
)
