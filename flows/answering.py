"""What senders get back, however a file came: their own rows with what is wrong, and the verdict beside a receipt.

Whatever dealt with a file says so when it has: a night, a run of the day, a person's command.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from flows import drop_receipts, feedback
from flows.delivery import Outcome
from flows.settings import Settings
from warehouse.store import Store


def answer(store: Store, settings: Settings, now: datetime, outcomes: Iterable[Outcome] = ()) -> tuple[Path, ...]:
    """Issue the feedback that is due and bring the verdicts of what was sent by HTTP up to date; returns the feedback.

    ``outcomes``: of this run, as for `flows.feedback.issue`.
    """
    issued = feedback.issue(store, settings, now, outcomes)
    with store.reading() as connection:
        drop_receipts.write_verdicts(settings.home / drop_receipts.FOLDER, connection)
    return issued
