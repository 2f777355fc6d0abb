"""What was published and later changed: a restatement, with what it was, what it is, and why.

A figure changes because something came late, was delivered again or taken back, because a file was read again by a
mended rule, because a person decided who is one child, or because it is counted otherwise. [design, "The warehouse"]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, true

from warehouse.bands import KEY, FigureKey, key_of
from warehouse.children import CHILD_DECISIONS
from warehouse.definitions import counted_from
from warehouse.metric import all_metrics
from warehouse.tables import (
    DEFINITIONS,
    DELIVERIES,
    DELIVERY_MEMBERS,
    PERIODS,
    PUBLICATIONS,
    PUBLISHED_FIGURES,
    TRANSITIONS,
)

CAUSES: Final = {
    "metric": "the metric is counted otherwise",
    "parameter": "a number or choice that it rests on was agreed anew",
    "withdrawal": "a delivery was withdrawn",
    "rule": "a file was read again, by a mended rule or connector",
    "re-delivery": "an agency sent a corrected file",
    "late data": "a file came after the figure had been published",
    "identity": "a person decided which numbers are one child's",
    "other": "something else that it rests on: who owes a return, or a row of another time that speaks of its cases",
}
"""Cause → what it says, the most telling first."""
TAKEN_BACK: Final = "withdrawn"


@dataclass(frozen=True)
class Said:
    """What a publication said of a figure."""

    publication_id: str
    published_at: datetime
    assurance: str
    numerator: int | None
    denominator: int | None
    percentage: float | None
    definition: str | None


@dataclass(frozen=True)
class Change:
    """A published figure that a later publication says otherwise."""

    key: FigureKey
    starts_on: date
    """First day of its period."""
    ends_on: date
    before: Said
    after: Said
    was_over: bool
    """Its period had ended when it was published before: a restatement; else the period simply went on."""
    cause: str
    deliveries: tuple[str, ...]
    """Ids of the deliveries that changed it, where any did."""

    @property
    def points(self) -> float | None:
        """Percentage points it moved by; None: there was no figure before, or there is none now."""
        if self.before.percentage is None or self.after.percentage is None:
            return None
        return self.after.percentage - self.before.percentage


@dataclass(frozen=True)
class _Event:
    """A delivery that began or ceased to count."""

    at: datetime
    delivery_id: str
    cause: str
    tables: frozenset[str]
    first: date | None
    last: date | None


def changes(connection: Connection, key: FigureKey | None = None, *, since: datetime | None = None) -> list[Change]:
    """Every change of a published figure, the newest first.

    Args:
        key: of this figure only.
        since: published then or later.
    """
    pairs = connection.execute(_pairs(key, since)).mappings().all()
    if not pairs:
        return []
    events, told = _events(connection), _Told.read(connection)
    between = {at: _Between.of(at, events, told) for at in {line["published_at"] for line in pairs}}
    return [_change(dict(line), between[line["published_at"]], told) for line in pairs]


def restatements(connection: Connection, *, since: datetime | None = None) -> list[Change]:
    """The changes of figures whose period was over when they were published, the newest first."""
    return [change for change in changes(connection, since=since) if change.was_over]


def _pairs(key: FigureKey | None, since: datetime | None) -> Select[Any]:
    """Published lines of a figure, each with the one before."""
    figure, of, period = PUBLISHED_FIGURES.c, PUBLICATIONS.c, PERIODS.c
    named = [figure[name] for name in KEY]
    said = [figure.publication_id, of.published_at, of.as_of, *(figure[name] for name in _SAID)]

    def before(column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.lag(column).over(partition_by=named, order_by=of.published_at)

    lines = (
        select(*named, *said, *(before(column).label(f"before_{column.key}") for column in said))
        .join(PUBLICATIONS, of.publication_id == figure.publication_id)
        .where(true() if key is None else and_(*(column == one for column, one in zip(named, key, strict=True))))
        .subquery()
    )
    same = and_(period.period_kind == lines.c.period_kind, period.period_label == lines.c.period_label)
    return (
        select(lines, period.starts_on, period.ends_on)
        .join(PERIODS, same)
        .where(lines.c.before_published_at.is_not(None), true() if since is None else lines.c.published_at >= since)
        .order_by(lines.c.published_at.desc(), *(lines.c[name] for name in KEY))
    )


_SAID: Final = ("assurance", "numerator", "denominator", "percentage", "definition")


def _change(line: Mapping[str, Any], between: _Between, told: _Told) -> Change:
    names = ("publication_id", "published_at", *_SAID)
    before, after = (Said(**{name: line[f"{of}{name}"] for name in names}) for of in ("before_", ""))
    cause, deliveries = _cause(line, before, after, between, told)
    was_over = line["ends_on"] <= line["before_as_of"]
    return Change(key_of(line), line["starts_on"], line["ends_on"], before, after, was_over, cause, deliveries)


def _cause(
    line: Mapping[str, Any], before: Said, after: Said, between: _Between, told: _Told
) -> tuple[str, tuple[str, ...]]:
    counted_otherwise = told.difference(before.definition, after.definition, between.since)
    if counted_otherwise:
        return counted_otherwise, ()
    metric = all_metrics().get(line["metric"])
    tables = counted_from(metric) if metric else frozenset()
    touching = [one for one in between.events if one.tables & tables]
    speaking = [
        one
        for one in touching
        if one.first is None or one.last is None or (one.first <= line["ends_on"] and one.last >= line["starts_on"])
    ]
    found = {one.cause for one in speaking or touching}
    if not found and between.was_decided:
        return "identity", ()
    cause = next((name for name in CAUSES if name in found), "other")
    return cause, tuple(sorted({one.delivery_id for one in speaking or touching if one.cause == cause}))


_IS_OUT: Final = PUBLICATIONS.c.state == "published"


@dataclass(frozen=True)
class _Told:
    """What else can change a figure."""

    counted: Mapping[str, tuple[Any, ...]]
    """Definition → when it was first used, version, parameters."""
    decided: tuple[datetime, ...]
    published: tuple[datetime, ...]
    """When figures were published, be they the same; a change came after the last time before it."""

    @classmethod
    def read(cls, connection: Connection) -> _Told:
        of = DEFINITIONS.c
        asked = connection.execute(select(of.definition, of.first_used_at, of.version, of.parameters))
        counted = {one: tuple(rest) for one, *rest in asked}
        times = connection.execute(select(PUBLICATIONS.c.published_at, PUBLICATIONS.c.repeated_at).where(_IS_OUT))
        published = tuple(at for both in times for at in both if at is not None)
        return cls(counted, tuple(connection.scalars(select(CHILD_DECISIONS.c.decided_at))), published)

    def last_before(self, published_at: datetime) -> datetime:
        """When the figures were last published before."""
        return max(at for at in self.published if at < published_at)

    def difference(self, before: str | None, after: str | None, since: datetime) -> str:
        """Why two definitions are not the same: metric or parameter; empty: they are, or nobody wrote them down.

        A definition that was in use before had no part in the change.
        """
        was, now = self.counted.get(before or ""), self.counted.get(after or "")
        if before == after or was is None or now is None:
            return ""
        (_, version, agreed), (first_used_at, new_version, newly_agreed) = was, now
        if first_used_at <= since:
            return ""
        return "parameter" if version == new_version and agreed != newly_agreed else "metric"


@dataclass(frozen=True)
class _Between:
    """What happened between the publication of a change and the time before it that figures were published."""

    since: datetime
    events: tuple[_Event, ...]
    was_decided: bool
    """A person decided which numbers are one child's."""

    @classmethod
    def of(cls, published_at: datetime, events: Iterable[_Event], told: _Told) -> _Between:
        since = told.last_before(published_at)
        return cls(
            since,
            tuple(one for one in events if since < one.at <= published_at),
            any(since < at <= published_at for at in told.decided),
        )


def _events(connection: Connection) -> list[_Event]:
    step, of, member = TRANSITIONS.c, DELIVERIES.c, DELIVERY_MEMBERS.c
    tables: dict[str, set[str]] = {}
    for delivery, table in connection.execute(select(member.delivery_id, member.table_name).distinct()):
        tables.setdefault(delivery, set()).add(table or "")
    told = (
        select(step.at, of.delivery_id, step.to_state, of.attempt, of.replaces, of.period_from, of.period_to)
        .join(DELIVERIES, of.delivery_id == step.delivery_id)
        .where(step.to_state.in_(("loaded", TAKEN_BACK)))
    )
    return [
        _Event(at, delivery, _kind(state, attempt, replaces), frozenset(tables.get(delivery, ())), first, last)
        for at, delivery, state, attempt, replaces, first, last in connection.execute(told)
    ]


def _kind(state: str, attempt: int, replaces: str | None) -> str:
    if state == TAKEN_BACK:
        return "withdrawal"
    if attempt > 1:
        return "rule"
    return "re-delivery" if replaces else "late data"
