"""A person's word on whether two numbers are one child's, and the figures after it."""

from __future__ import annotations

from datetime import datetime

from flows import sweep
from flows.settings import Settings
from warehouse import candidates
from warehouse.keys import find_key
from warehouse.store import Store
from warehouse.vault import open_vault


def decide(
    settings: Settings, store: Store, candidate_id: str, decision: str, *, by: str, because: str, now: datetime
) -> int:
    """Keep the decision (``confirmed`` or ``rejected``) and work out the figures anew; returns how many there are.

    Raises:
        warehouse.candidates.NotACandidate: there is no such pair.
    """
    key = find_key(settings.key_path)
    with open_vault(store) as vault, store.reading() as connection:
        found = candidates.find(connection, vault, key, candidate_id)
    with store.writing() as connection:
        candidates.decide(connection, found, decision, by=by, because=because, at=now)
    return sweep.refresh(store, sweep.owed(settings), sweep.as_of(store, now.date()))
