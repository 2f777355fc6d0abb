"""A person's word on whether two numbers are one child's; the next publication has the figures after it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final, Literal

from connectors.receipts import Decision, DecisionKind, record_decision
from flows import sweep
from flows.delivery import Place
from flows.settings import Settings
from warehouse import candidates, publications
from warehouse.keys import Key
from warehouse.store import Connection, Store
from warehouse.vault import open_vault

Word = Literal["confirmed", "rejected"]
KINDS: Final[dict[Word, DecisionKind]] = {"confirmed": "confirm", "rejected": "reject"}
WORDS: Final[dict[str, Word]] = {kind: word for word, kind in KINDS.items()}


def decide(
    settings: Settings, store: Store, candidate_id: str, word: Word, *, by: str, why: str, now: datetime
) -> None:
    """Keep the decision, and nothing else: figures change through gate, audit and publication only, which is due now.

    The archive gets the two numbers in clear, as it has every file: after a rotation of the key the same decision must
    still be carried out when the warehouse is rebuilt.

    Raises:
        warehouse.candidates.NotACandidate: there is no such pair.
        warehouse.keys.KeyTrouble: there is no key, or it is not the warehouse's.
    """
    key = sweep.key_of(store, settings)
    with open_vault(store) as vault, store.reading() as connection:
        found = candidates.find(connection, vault, key, candidate_id)
        shown = publications.shown_until(connection)
    if shown is not None:  # whatever a clock was set to: what was published before does not show it
        now = max(now, shown + publications.TICK)
    numbers = {name: f"{one.kind}:{one.value}" for name, one in (("one", found.one), ("other", found.other))}
    kept = record_decision(settings.archive, Decision(time.time_ns(), KINDS[word], candidate_id, by, why, now, numbers))
    with store.writing() as connection:
        _write_down(connection, kept, key)


def carry_out(place: Place, decision: Decision) -> None:
    """A decision of kind ``confirm`` or ``reject`` once more, when the warehouse is rebuilt."""
    with place.store.writing() as connection:
        _write_down(connection, decision, place.key)


def _write_down(connection: Connection, decision: Decision, key: Key) -> None:
    pair = sorted(_pseudonym(key, decision.details[name]) for name in ("one", "other"))
    candidates.write_down(
        connection,
        (pair[0], pair[1]),
        WORDS[decision.kind],
        decision_id=str(decision.sequence),
        by=decision.by,
        because=decision.why,
        at=decision.at,
    )


def _pseudonym(key: Key, number: str) -> str:
    kind, _, value = number.partition(":")
    return f"{kind}:{key.tokens(kind, [value])[0]}"
