"""The reports of Mosaic that came with its newest release: what a meeting agreed, and enquiries told again.

They have slips of their own, so that those of the older reports stay where they were.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from connectors.agency import Stream
from connectors.synthetic.dice import exported_on
from connectors.synthetic.facts import Meeting, World
from connectors.synthetic.files import Row, day_first, known, reversed_words
from connectors.synthetic.slips import REPEATED, Slip
from connectors.systems import mosaic as product
from connectors.systems import mosaic_words as words

AGENCY: Final = reversed_words(words.AGENCIES)
ROLE: Final = reversed_words(words.ROLES)
PROVIDER: Final = reversed_words(words.PROVIDERS)
REPORTS: Final[dict[str, tuple[Stream, tuple[Slip, ...]]]] = {
    "meeting_actions": (product.ACTIONS, (("DUE", "31/02/2026"), ("OWNER_AGENCY", "All"), (REPEATED, ""))),
    "support_offers": (product.SUPPORT, (("PROVIDER", "Counselling"), ("AGREED", "31/02/2026"), (REPEATED, ""))),
}
"""Report → the stream that reads it, and the slips it may have."""


def agreed_in(world: World, month: date, *, numbers: dict[str, Row]) -> dict[str, list[Row]]:
    """The two reports of one month; ``numbers``: child → the columns that name the child."""
    return {
        "meeting_actions": list(_actions(world.meetings, month)),
        "support_offers": [
            {
                "MEETING_ID": one.meeting_ref,
                **numbers[one.child.ref],
                "PROVIDER": PROVIDER[one.provider],
                "AGREED": day_first(one.agreed_on),
            }
            for one in world.support
            if one.agreed_on and one.agreed_on.replace(day=1) == month
        ],
    }


def _actions(meetings: list[Meeting], month: date) -> Iterable[Row]:
    on = exported_on(month)
    for meeting in meetings:
        for action in meeting.actions:
            days = (meeting.held_at.date(), action.done_on)
            if any(day is not None and day.replace(day=1) == month for day in days):
                yield {
                    "MEETING_ID": meeting.ref,
                    "ACTION_NO": action.ref,
                    "OWNER_AGENCY": AGENCY.get(action.owner, ""),
                    "OWNER_ROLE": ROLE.get(action.role, ""),
                    "DUE": day_first(action.due_on),
                    "DONE": day_first(known(action.done_on, on)),
                }
