"""What was published, when, and which figures were new or other than before. Nothing of it is ever deleted.

with store.writing() as connection:  # the transaction that worked the figures out
    proposed = publications.propose(connection, as_of)
    publications.record(connection, proposed, now)  # or hold(connection, proposed, now, because)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, literal, select, update

from warehouse import breaches, definitions, ledger, outbox
from warehouse.bands import KEY, FigureKey, key_of
from warehouse.breaches import Shown
from warehouse.children import CHILD_DECISIONS
from warehouse.store import bulk
from warehouse.tables import DELIVERIES, MEASURES, PERIODS, PUBLICATIONS, PUBLISHED_FIGURES, TRANSITIONS

HELD: Final = "quorate.pack.held"
"""The event of figures that wait for a person."""
STATED: Final = ("assurance", "numerator", "denominator", "percentage")
"""What a published figure says; if any of it changes, the figure is published anew."""
PROOF: Final = ("definition", "rows_counted", "rows_hash")
"""How it was counted, and of what; that these change is no reason to publish a figure anew."""
GONE: Final = "withdrawn"
"""Assurance of a figure that was published once and is shown no more."""
Line = Mapping[str, Any]
TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Proposed:
    """The figures of ``reporting.measures``, as they would be published."""

    publication_id: str
    as_of: date
    figures_hash: str
    """Of all figures with all they say, in any order; the same on both engines."""
    figures: tuple[Line, ...]
    stands: Mapping[FigureKey, Line]
    """What stands published before it: see `standing`."""
    is_published: bool
    """The latest publication has the same figures of the same day."""


@dataclass(frozen=True)
class Accepted:
    """A person publishes what the audit held."""

    by: str
    why: str


@dataclass(frozen=True)
class Recorded:
    """What a publication wrote."""

    publication_id: str
    is_new: bool
    """False: the latest publication said the same, and nothing was written of it."""
    changed: int = 0
    """Figures that are new, or say something else than when they were last published."""
    restated: int = 0
    """Of these, figures of a period that was over when they were last published."""
    deliveries: int = 0
    """Deliveries that are published from now on."""


def propose(connection: Connection, as_of: date) -> Proposed:
    """Read the figures as they stand and give them their name, which follows from what they say.

    Another publication in between gives the same figures another name: to publish A, then B, then A again is three.
    """
    figures = _lines(connection, select(MEASURES))
    hashed, last = hash_of(figures), latest(connection)
    same = last is not None and (last["figures_hash"], last["as_of"]) == (hashed, as_of)
    before = last["publication_id"] if last is not None else ""
    named = str(uuid5(NAMESPACE_URL, f"quorate:publication:{as_of}:{hashed}:{before}"))
    return Proposed(before if same else named, as_of, hashed, figures, standing(connection), same)


def hash_of(figures: Iterable[Line]) -> str:
    """One hash of all figures, whatever their order: of the sorted hashes of each."""
    names = sorted(column.name for column in MEASURES.columns)
    each = sorted(sha256(repr([figure[name] for name in names]).encode()).digest() for figure in figures)
    return sha256(b"".join(each)).hexdigest()


def latest(connection: Connection) -> RowMapping | None:
    """The latest publication: a line of ``ledger.publications``; None: there is none."""
    of = PUBLICATIONS.c
    told = select(PUBLICATIONS).where(of.state == "published").order_by(of.published_at.desc()).limit(1)
    return connection.execute(told).mappings().one_or_none()


def held(connection: Connection, publication_id: str) -> RowMapping | None:
    """The line of a publication that was held back, or None: it was not."""
    of = PUBLICATIONS.c
    told = select(PUBLICATIONS).where(of.publication_id == publication_id, of.state == "held")
    return connection.execute(told).mappings().one_or_none()


@dataclass(frozen=True)
class HeldBack:
    """A publication that waits for a person."""

    publication_id: str
    since: datetime
    as_of: date
    """The last day that its figures count."""
    held_because: str


def waiting(connection: Connection) -> HeldBack | None:
    """The publication that waits for a person, or None. There is one at most: `hold` and `record` see to that."""
    of = PUBLICATIONS.c
    told = select(of.publication_id, of.published_at, of.as_of, of.held_because).where(of.state == "held")
    found = connection.execute(told.order_by(of.published_at.desc()).limit(1)).first()
    return None if found is None else HeldBack(*found)


def shown_until(connection: Connection) -> datetime | None:
    """Up to when everything that happened is in the figures published last, be they the same; None: none ever were."""
    last = latest(connection)
    return None if last is None else last["repeated_at"] or last["published_at"]


def waits_for_a_person(connection: Connection) -> bool:
    """What would be published was held, and the ledger has not moved since."""
    held_back = waiting(connection)
    if held_back is None:
        return False
    moved = select(TRANSITIONS.c.delivery_id).where(TRANSITIONS.c.at > held_back.since)
    decided = select(CHILD_DECISIONS.c.decision_id).where(CHILD_DECISIONS.c.decided_at > held_back.since)
    return all(connection.execute(one.limit(1)).first() is None for one in (moved, decided))


def is_due(connection: Connection) -> bool:
    """Something was loaded, withdrawn or decided that no publication has shown, or nothing was ever published.

    So it is where figures are counted otherwise than those published were: a metric or a parameter has changed.
    """
    shown = shown_until(connection)
    if shown is None or definitions.in_use() != set(connection.scalars(select(MEASURES.c.definition).distinct())):
        return True
    loaded = select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.state == "loaded").limit(1)
    taken_back = select(TRANSITIONS.c.delivery_id).where(
        TRANSITIONS.c.to_state.in_(("withdrawn", "replaced")),
        TRANSITIONS.c.from_state.in_(("loaded", "published")),
        TRANSITIONS.c.at > shown,
    )
    decided = select(CHILD_DECISIONS.c.decision_id).where(CHILD_DECISIONS.c.decided_at > shown)
    changes = (loaded, taken_back.limit(1), decided.limit(1))
    return any(connection.execute(one).first() is not None for one in changes)


def standing(connection: Connection) -> dict[FigureKey, Line]:
    """What stands published: of every figure its latest published line, with ``was_over``.

    ``was_over``: its period had ended on the day that publication counted to.
    """
    of, figure = PUBLICATIONS.c, PUBLISHED_FIGURES.c
    newest = func.row_number().over(partition_by=[figure[name] for name in KEY], order_by=of.published_at.desc())
    numbered = (
        select(PUBLISHED_FIGURES, of.as_of, newest.label("newest"))
        .join(PUBLICATIONS, of.publication_id == figure.publication_id)
        .subquery()
    ).c
    names = [column.name for column in PUBLISHED_FIGURES.columns]
    period = PERIODS.c
    told = (
        select(*(numbered[name] for name in names), (period.ends_on <= numbered.as_of).label("was_over"))
        .join(PERIODS, and_(period.period_kind == numbered.period_kind, period.period_label == numbered.period_label))
        .where(numbered.newest == 1)
    )
    return {key_of(line): line for line in _lines(connection, told)}


def hold(connection: Connection, proposed: Proposed, now: datetime, because: str) -> None:
    """Write down that these figures were held back, and why; once, however often they are.

    They take the place of others that were held before: those are not what would be published any more.
    """
    of = PUBLICATIONS.c
    known = connection.scalar(select(of.state).where(of.publication_id == proposed.publication_id))
    if known is None:
        connection.execute(insert(PUBLICATIONS), [_line(proposed, now, "held", because)])
    elif known == "superseded":
        again = update(PUBLICATIONS).where(of.publication_id == proposed.publication_id)
        connection.execute(again.values(state="held", published_at=now, held_because=because))
    if known in (None, "superseded"):
        told = {"as_of": proposed.as_of.isoformat(), "number": outbox.count_named(connection, HELD) + 1}
        ledger.tell(connection, HELD, proposed.publication_id, now, told)
    _supersede(connection, proposed)


def _supersede(connection: Connection, proposed: Proposed) -> None:
    """Whatever else was held waits no more."""
    of = PUBLICATIONS.c
    others = update(PUBLICATIONS).where(of.state == "held", of.publication_id != proposed.publication_id)
    connection.execute(others.values(state="superseded"))


def record(
    connection: Connection,
    proposed: Proposed,
    now: datetime,
    accepted: Accepted | None = None,
    shown: Iterable[Shown] = (),
) -> Recorded:
    """Publish, in the transaction that worked the figures out: publication, figures, deliveries, events.

    ``accepted``: by whom, where the audit held it before. ``shown``: which headline figures fall short, and which do
    not, in what everybody will see of it.
    """
    at = _moment(connection, now)
    _supersede(connection, proposed)
    if proposed.is_published:
        if is_due(connection):
            again = update(PUBLICATIONS).where(PUBLICATIONS.c.publication_id == proposed.publication_id)
            connection.execute(again.values(repeated_at=at))
        return Recorded(proposed.publication_id, is_new=False, deliveries=_publish_deliveries(connection, at))
    lines, restated = _changes(proposed)
    _write_line(connection, proposed, at, accepted)
    _write_figures(connection, lines)
    deliveries = _publish_deliveries(connection, at)
    said = {"figures": len(proposed.figures), "changed": len(lines), "restated": restated, "deliveries": deliveries}
    payload = said | {"figures_hash": proposed.figures_hash, "as_of": proposed.as_of.isoformat()}
    ledger.tell(connection, "quorate.pack.published", proposed.publication_id, at, payload)
    if restated:
        ledger.tell(connection, "quorate.metrics.restated", proposed.publication_id, at, {"figures": restated})
    breaches.record(connection, list(shown), proposed.publication_id, at)
    return Recorded(proposed.publication_id, True, len(lines), restated, deliveries)


def _moment(connection: Connection, now: datetime) -> datetime:
    """When it is published: after everything that it shows, whatever a clock was set to in between."""
    steps = connection.scalar(select(func.max(TRANSITIONS.c.at)))
    decided = connection.scalar(select(func.max(CHILD_DECISIONS.c.decided_at)))
    shown: tuple[datetime | None, ...] = (steps, decided, shown_until(connection))
    before = [at + TICK for at in shown if at is not None]
    return max([now, *before])


def _changes(proposed: Proposed) -> tuple[list[dict[str, Any]], int]:
    """Lines of ``ledger.published_figures`` to write, and how many of them say a closed period anew."""
    stands, lines, restated = dict(proposed.stands), [], 0
    for figure in proposed.figures:
        was = stands.pop(key_of(figure), None)
        if was is None or any(was[name] != figure[name] for name in STATED):
            lines.append({name: figure[name] for name in (*KEY, *STATED, *PROOF)})
            restated += bool(was is not None and was["was_over"])
    for was in stands.values():  # shown once, and no more
        if was["assurance"] != GONE:
            lines.append({name: was[name] for name in KEY} | dict.fromkeys((*STATED, *PROOF)) | {"assurance": GONE})
            restated += bool(was["was_over"])
    return [{"publication_id": proposed.publication_id, **line} for line in lines], restated


def _line(proposed: Proposed, at: datetime, state: str, because: str | None) -> dict[str, Any]:
    return {
        "publication_id": proposed.publication_id,
        "published_at": at,
        "as_of": proposed.as_of,
        "state": state,
        "figures": len(proposed.figures),
        "figures_hash": proposed.figures_hash,
        "held_because": because,
    }


def _write_line(connection: Connection, proposed: Proposed, at: datetime, accepted: Accepted | None) -> None:
    of = PUBLICATIONS.c
    by = {"accepted_by": accepted.by, "accepted_because": accepted.why} if accepted is not None else {}
    was_held = connection.execute(
        update(PUBLICATIONS)
        .where(of.publication_id == proposed.publication_id, of.state == "held")
        .values(state="published", published_at=at, **by)
        .returning(of.publication_id)
    ).all()
    if not was_held:
        connection.execute(insert(PUBLICATIONS), [_line(proposed, at, "published", None) | by])


def _write_figures(connection: Connection, lines: list[dict[str, Any]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - asking what was published does not need it

    if lines:
        counts = ("numerator", "denominator", "rows_counted")
        numbers = {"percentage": pa.float64()} | dict.fromkeys(counts, pa.int64())
        schema = pa.schema([(name, numbers.get(name, pa.string())) for name in lines[0]])
        bulk(connection, PUBLISHED_FIGURES, pa.Table.from_pylist(lines, schema=schema))


def _publish_deliveries(connection: Connection, at: datetime) -> int:
    """Take all that is loaded on to published, at once: compare and set, and a step of each."""
    of, step = DELIVERIES.c, TRANSITIONS.c
    moved = select(of.delivery_id).where(of.state == "loaded").subquery().c
    number = func.coalesce(func.max(step.number), 0) + 1
    told = (
        select(moved.delivery_id, number, literal("loaded"), literal("published"), literal(at))
        .outerjoin(TRANSITIONS, step.delivery_id == moved.delivery_id)
        .group_by(moved.delivery_id)
    )
    names = ["delivery_id", "number", "from_state", "to_state", "at"]
    connection.execute(insert(TRANSITIONS).from_select(names, told))
    published = update(DELIVERIES).where(of.state == "loaded").values(state="published").returning(of.delivery_id)
    return len(connection.execute(published).all())


def _lines(connection: Connection, told: Select[Any]) -> tuple[Line, ...]:
    result = connection.execute(told)
    names = list(result.keys())  # by mappings it takes up to half as long again
    return tuple(dict(zip(names, line, strict=True)) for line in result)
