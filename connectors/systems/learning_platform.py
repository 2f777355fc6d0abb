"""The learning platform shared by the partnership: a quarterly CSV of completions by role group, ISO dates."""

from connectors.agency import Always, Csv, Feed, Stream
from schemas.tables.workforce_training import WorkforceTraining


def feed(agency: str, delimiter: str = ",") -> Feed:
    """Training of an agency's staff, each quarter.

    Args:
        delimiter: between cells; some tenants of the platform write semicolons.
    """
    training = Stream(
        WorkforceTraining,
        columns={
            "agency_code": Always(agency),
            "role_group": "role_group",
            "as_at_on": "snapshot_date",
            "headcount_in_scope": "learners_required",
            "csa_trained_in_date": "csa_course_in_date",
            "protocol_briefed": "csa_protocol_briefing",
            "course_mandatory": "is_mandatory",
        },
        ignores=("course_title", "completion_rate"),
    )
    return Feed(
        name=f"{agency}_learning",
        agency=agency,
        system="Learning platform",
        reads=Csv(delimiter=delimiter),
        files="*.csv",
        every="quarter",
        carries="its_period",
        streams=(training,),
    )
