"""The Havens' own register: a workbook kept on a Mac, so its days count from 1904, with a title above the header."""

from typing import Final

from connectors.agency import Always, Feed, Said, Source, Stream, Workbook
from schemas.tables.meeting_participation import MeetingParticipation
from schemas.tables.sarc_episodes import SarcEpisodes
from schemas.tables.support_offers import SupportOffers

CLIENT: Final[dict[str, Source]] = {"nhs_number": "NHS number", "child_ref": "Borough reference"}

REFERRERS: Final = {"Social care": "csc", "Police": "police", "Health": "health", "Self / family": "self"}
BANDS: Final = {
    "0-7 days": "0-7",
    "8-21 days": "8-21",
    "22 days - 1 year": "22-365",
    "Over 1 year": "366+",
    "Not known": "unknown",
}
OUTCOMES: Final = {
    "Examined": "examined",
    "Seen, not examined": "not_examined",
    "Advice only": "advice_only",
    "Declined": "declined",
}
ATTENDANCE: Final = {
    "Joined": "attended",
    "Colleague joined": "deputy",
    "Apologies": "apologies",
    "Did not join": "did_not_attend",
    "Not asked": "not_invited",
    "Not recorded": "not_recorded",
}

EPISODES: Final = Stream(
    SarcEpisodes,
    member="Episodes",
    columns={
        "episode_ref": "Episode",
        **CLIENT,
        "referred_on": "Referred",
        "referrer_code": Said("Referred by", REFERRERS),
        "incident_band_code": Said("Time since incident", BANDS),
        "asked_to_join_on": "Asked to join meeting",
        "joined_on": "Joined meeting",
        "examined_on": "Examined",
        "outcome_code": Said("Outcome", OUTCOMES),
    },
    ignores=("Clinician",),
)
PARTICIPATION: Final = Stream(
    MeetingParticipation,
    member="Meetings",
    columns={
        "said_by": Always("sarc"),
        "agency_code": Always("sarc"),
        "meeting_ref": "Meeting",
        "held_on": "Held",
        **CLIENT,
        "role_code": Said(
            "Role", {"Doctor": "sarc_clinician", "Nurse": "sarc_clinician", "Crisis worker": "practitioner"}
        ),
        "was_involved": "Open to us",
        "invited_at": "Asked",
        "attendance_code": Said("Part taken", ATTENDANCE),
        "contributed_information": "Advice given",
    },
    ignores=("Clinician",),
)
SUPPORT: Final = Stream(
    SupportOffers,
    member="Support",
    columns={
        "said_by": Always("sarc"),
        "provider_code": Always("sarc"),
        **CLIENT,
        "offered_on": "Offered",
        "started_on": "First session",
        "declined": "Declined",
    },
    ignores=("Episode", "Support worker"),
    is_optional=True,
)


def feed() -> Feed:
    """The monthly register of the one agency that keeps it."""
    return Feed(
        name="sarc_havens",
        agency="sarc",
        system="Havens register",
        reads=Workbook(title_rows=1),
        files="*.xlsx",
        dates=("%d/%m/%Y", "%Y-%m-%d"),
        instants=("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"),
        carries="its_period",
        streams=(EPISODES, PARTICIPATION, SUPPORT),
    )
