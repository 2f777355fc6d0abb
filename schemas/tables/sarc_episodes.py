"""Episodes at the Havens, London's sexual assault referral centre."""

from schemas.row_rules import has_a_child_number, not_after
from schemas.table import AboutAChild, Day, Text, code, day, ref


class SarcEpisodes(AboutAChild, key=("episode_ref",), counted_on="referred_on"):
    """One row is one child's episode."""

    episode_ref: Text = ref("the centre's own number of the episode", required=True)
    referred_on: Day = day("when the child was referred", required=True, past=True)
    referrer_code: Text = code("sarc_referrers", "who referred; under 13 only police or Children's Social Care")
    incident_band_code: Text = code("incident_bands", "days since the incident, banded; the forensic window is 7 days")
    asked_to_join_on: Day = day("when Children's Social Care asked the centre to join a meeting")
    joined_on: Day = day("when it joined")
    examined_on: Day = day("when the child was examined")
    outcome_code: Text = code("sarc_outcomes", "what came of it")

    has_a_number = has_a_child_number()
    examined_after_referral = not_after(
        "referred_on",
        "examined_on",
        name="examined_before_referral",
        severity="error",
        says="Check the two dates: examined before the referral.",
    )
