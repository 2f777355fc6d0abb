"""Which headline figures fall short, as they were published: told when it begins, and when it is over.

Nothing is worked out here. What falls short is told from the published edition alone (`reports.breaches`), so that no
event says anything of a figure that the report hides. A figure that fell short of its target and is hidden now is not
shown to fall short any more: that is told, and what falls short after that is told anew. A figure that is not assured
or of few cases says nothing: what was last told of it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from warehouse import ledger
from warehouse.tables import BREACHES

Because = Literal["target", "signal"]
"""``target``: on the wrong side of it. ``signal``: worse than chance would have it (`warehouse.trend`)."""
Says = Literal["short", "met", "hidden"]
"""``short``: it falls short. ``met``: it does not. ``hidden``: disclosure control keeps back which of the two."""


@dataclass(frozen=True)
class Shown:
    """What a published headline figure says of itself."""

    metric: str
    view: str
    agency_code: str
    """Empty: the partnership."""
    because: Because
    says: Says


def record(connection: Connection, shown: Iterable[Shown], publication_id: str, at: datetime) -> tuple[int, int]:
    """Write down, and tell, what falls short since this publication and what does no more; returns how many of each."""
    open_ = _open(connection)
    breached = [one for one in shown if one.says == "short" and _name(one) not in open_]
    recovered = [one for one in shown if one.says != "short" and _name(one) in open_]
    for one in breached:
        line = {"metric": one.metric, "view": one.view, "agency_code": one.agency_code, "because": one.because}
        connection.execute(insert(BREACHES), [line | {"breached_in": publication_id, "breached_at": at}])
        ledger.tell(connection, "quorate.assurance.breached", publication_id, at, line)
    for one in recovered:
        line = {"metric": one.metric, "view": one.view, "agency_code": one.agency_code, "because": one.because}
        of = BREACHES.c
        over = update(BREACHES).where(*(of[name] == value for name, value in line.items()), of.recovered_in.is_(None))
        connection.execute(over.values(recovered_in=publication_id, recovered_at=at))
        ledger.tell(connection, "quorate.assurance.recovered", publication_id, at, line | {"shown": one.says})
    return len(breached), len(recovered)


def _name(one: Shown) -> tuple[str, ...]:
    return (one.metric, one.view, one.agency_code, one.because)


def _open(connection: Connection) -> set[tuple[str, ...]]:
    of = BREACHES.c
    asked = select(of.metric, of.view, of.agency_code, of.because).where(of.recovered_in.is_(None))
    return {tuple(line) for line in connection.execute(asked)}
