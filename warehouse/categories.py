"""Categories of metrics and parts of breakdowns in words: for reports, and for analysts in ``reporting``."""

from __future__ import annotations

from typing import Final

from schemas.codes import AUDIT_REASONS, MEETING_MODES, RATINGS, SEXES

REASON: Final = "reason:"
"""How a category begins that is a reason the auditors gave: reason:delay_to_strategy_meeting."""
CATEGORIES: Final = (
    {
        "present": "Genogram present",
        "current": "Present and up to date",
        "used": "Up to date and used in the analysis",
        "trained": "Trained in child sexual abuse, and in date",
        "mandatory": "The course is mandatory for them",
        "by_sequence": "By any meeting of its sequence, within the limit of a planned meeting",
        "open_and_overdue": "Open, and beyond the limit",
        "where_actions_are_listed": "Of the meetings that list actions",
        "recording_accurate": "Recorded accurately",
        "response_per_procedure": "Answered as the procedures require",
        "offered": "Offered by the provider",
        "started_soon": "Started soon after the agreement",
        "started_later": "Started later, within the longest wait that is accepted",
        "started_late": "Started after a longer wait",
        "declined": "Declined, and not started",
        "good_or_outstanding": "Good or outstanding",
    }
    | {code: words.capitalize() for code, words in RATINGS.items()}
    | {
        "moderated_good_or_outstanding": "Good or outstanding after moderation",
        "moderated_better": "Moderation found it better than the auditor",
        "moderated_the_same": "Moderation found it as the auditor did",
        "moderated_worse": "Moderation found it worse than the auditor",
        "voice_captured": "The voice of the child is captured",
    }
)
"""Category → words, in the order they are shown."""

SAID_OF: Final = {
    "family": {"in the family": "Feared in the family", "elsewhere or not said": "Feared elsewhere, or not said"},
    "mode": {
        code: f"Held {words}" if code == "in_person" else f"Held by {words}" for code, words in MEETING_MODES.items()
    },
    "sex": {code: words.capitalize() for code, words in SEXES.items()},
    "age_band": {"unborn": "Not yet born"},
}
"""Breakdown → parts of it in words, where the part as it stands is none."""
WHOLE: Final = "The whole"
NOT_KNOWN: Final = "Not known: the record does not say"


def category(code: str) -> str:
    """A category in words; one we do not know is written out as it stands."""
    if code.startswith(REASON):
        reason = code.removeprefix(REASON)
        return _sentence(AUDIT_REASONS.get(reason, reason.replace("_", " ")))
    return CATEGORIES.get(code, _sentence(code.replace("_", " ")))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
