"""Who owes what on a day: every agreement against what came, what a person decided, and whom that was told.

    owed = standings(connection, agreements, rules, today)
    escalate(connection, owed, now)      # in a transaction; each level of each overdue return once

A return that was **excused** is not asked for any more, and a feed that is **snoozed** not until its day is over; the
figures do not know of either: without the return they are not assured. One that came and is **held** waits for a person
here, and nobody is chased for it. `warehouse.lacking` has which periods have not come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import Connection, func, insert, select

from warehouse import ledger
from warehouse.agreements import ONCE, Agreement, Level, Period, Rules
from warehouse.calendar import working_days_between
from warehouse.lacking import Span, lacking_on
from warehouse.standing import STANDS
from warehouse.tables import DELIVERIES, ESCALATIONS, OWED_DECISIONS

WORDS: Final = ("snooze", "unsnooze", "excuse", "unexcuse")
"""What a person may decide about what is owed."""
HELD: Final = ("held",)
"""The state of a delivery that has come and counts for nothing until a person decides."""
Standing = Literal["here", "due", "overdue", "missing", "held", "snoozed", "excused"]
"""``due``: its period is over and its day has not passed. ``missing``: nothing of the feed ever came. ``held``: it has
come, and waits for a person here."""
CHASED: Final[tuple[Standing, ...]] = ("overdue", "missing")


@dataclass(frozen=True)
class Decided:
    """A decision that counts."""

    until: date | None
    by: str
    why: str


@dataclass(frozen=True)
class Owed:
    """An agreement as it stands on a day."""

    agreement: Agreement
    standing: Standing
    last_period: date | None = None
    """Last day of the latest month it has spoken for; None: never, or of none."""
    periods: tuple[Period, ...] = ()
    """What is overdue, oldest first, without what is excused and what is held."""
    began_with: str = ""
    """Label of the period that the unbroken run of debt began with; it may be older than what is asked for."""
    held: tuple[str, ...] = ()
    """Labels of periods that have come, and wait for a person here."""
    next_period: Period | None = None
    """The oldest whose period is over and whose day has not passed."""
    since: date | None = None
    """Since when it is overdue; of a feed that never came, since it was first missed."""
    level: int = 0
    """Of the levels, counted from 1; 0: nobody is chased."""
    level_name: str = ""
    snoozed: Decided | None = None
    """Until when nobody is chased, whether or not anything is overdue."""
    excused: Mapping[str, Decided] = field(default_factory=dict)
    """Labels of periods that have not come and are not asked for."""

    @property
    def is_chased(self) -> bool:
        """Somebody has to ask for it."""
        return self.standing in CHASED

    @property
    def feed(self) -> str:
        """The feed's name."""
        return self.agreement.feed

    @property
    def agency(self) -> str:
        """Code of the agency that owes it."""
        return self.agreement.agency

    @property
    def due_for(self) -> date | None:
        """Last day of the latest period that should be here by now."""
        return self.periods[-1].ends_on if self.periods else None

    @property
    def labels(self) -> tuple[str, ...]:
        """What is overdue, by name."""
        return tuple(one.label for one in self.periods)

    @property
    def is_missed(self) -> bool:
        """Nothing of it ever came, and the day on which that was seen first is to be written down."""
        counts_from_then = self.agreement.every == "once" and self.agreement.begins_on is None
        return self.standing == "missing" or (self.standing == "due" and counts_from_then)


Spans = Mapping[str, list[Span]]
"""Feed → first and last day that each of its deliveries speaks for."""


@dataclass(frozen=True)
class _Known:
    """What the ledger says."""

    spans: Spans
    held: Spans
    first_missed: Mapping[str, date]
    snoozed: Mapping[str, Decided]
    excused: Mapping[tuple[str, str], Decided]


def standings(connection: Connection, agreements: Iterable[Agreement], rules: Rules, today: date) -> list[Owed]:
    """Every agreement as it stands on ``today``, by feed."""
    known = _Known(
        _spans(connection, STANDS), _spans(connection, HELD), _first_missed(connection), *_decisions(connection)
    )
    return [_standing(one, known, rules, today) for one in sorted(agreements, key=lambda one: one.feed)]


def escalate(connection: Connection, owed: Iterable[Owed], at: datetime) -> list[Owed]:
    """Write down, and tell, every level that is reached and was not told yet; returns whose it was.

    Once for as long as a run of debt is not broken: its oldest month may be too old to be asked for by now. A level
    that was passed over, because nobody looked for a month, is not made up for. That a feed which never came is missed
    at all is written down on the first night, be it before the first level: its days count from then.
    """
    risen = untold(connection, owed)
    for one in risen:
        name = "missing" if one.is_missed else "overdue"
        line = {"feed": one.feed, "agency_code": one.agency, "period": _key(one), "level": one.level}
        connection.execute(insert(ESCALATIONS), [line | {"is_missing": name == "missing", "told_at": at}])
        if one.level:
            ledger.tell(connection, f"quorate.delivery.{name}", one.feed, at, line)
    return [one for one in risen if one.level]


def untold(connection: Connection, owed: Iterable[Owed]) -> list[Owed]:
    """Those who are at a level that was not written down yet."""
    of = ESCALATIONS.c
    asked = select(of.feed, of.period, func.max(of.level)).group_by(of.feed, of.period)
    told: dict[tuple[str, str], int] = {(feed, period): level for feed, period, level in connection.execute(asked)}

    def before(one: Owed) -> int:
        return told.get((one.feed, _key(one)), -1 if one.is_missed else 0)

    return [one for one in owed if (one.is_chased or one.is_missed) and one.level > before(one)]


def _key(one: Owed) -> str:
    """What its levels are told of; what is owed once may be missed before it is overdue."""
    return one.began_with or ONCE


def decide(
    connection: Connection,
    *,
    sequence: int,
    feed: str,
    kind: str,
    period: str | None,
    until: date | None,
    by: str,
    why: str,
    at: datetime,
) -> None:
    """Carry out a decision: snooze, unsnooze, excuse or unexcuse; the same one a second time changes nothing."""
    of = OWED_DECISIONS.c
    if connection.scalar(select(func.count()).select_from(OWED_DECISIONS).where(of.sequence == sequence)):
        return
    said = {"feed": feed, "kind": kind, "period": period, "until": until, "by": by, "why": why, "decided_at": at}
    connection.execute(insert(OWED_DECISIONS), [{"sequence": sequence} | said])


def excused_periods(connection: Connection, feed: str) -> set[str]:
    """What a feed is excused for, whether or not it is over, or has come since."""
    return {period for named, period in _decisions(connection)[1] if named == feed}


def carried_out(connection: Connection) -> set[int]:
    """The sequences of all decisions that were carried out."""
    return set(connection.scalars(select(OWED_DECISIONS.c.sequence)))


def _spans(connection: Connection, states: Iterable[str]) -> Spans:
    of, found = DELIVERIES.c, defaultdict(list)
    asked = select(of.feed, of.period_from, of.period_to).where(of.state.in_(states))
    for feed, first, last in connection.execute(asked).tuples():
        found[feed].append((first, last))
    return found


def _first_missed(connection: Connection) -> dict[str, date]:
    of = ESCALATIONS.c
    asked = select(of.feed, func.min(of.told_at)).where(of.is_missing).group_by(of.feed)
    return {feed: at.date() for feed, at in connection.execute(asked).tuples()}


def _decisions(connection: Connection) -> tuple[dict[str, Decided], dict[tuple[str, str], Decided]]:
    """Feed → its snooze; (feed, period) → its excuse. What was taken back is in neither."""
    snoozed: dict[str, Decided] = {}
    excused: dict[tuple[str, str], Decided] = {}
    for line in connection.execute(select(OWED_DECISIONS).order_by(OWED_DECISIONS.c.sequence)).mappings():
        decided = Decided(line["until"], line["by"], line["why"])
        match line["kind"]:
            case "snooze":
                snoozed[line["feed"]] = decided
            case "unsnooze":
                snoozed.pop(line["feed"], None)
            case "excuse":
                excused[line["feed"], line["period"]] = decided
            case "unexcuse":
                excused.pop((line["feed"], line["period"]), None)
    return snoozed, excused


def _standing(one: Agreement, known: _Known, rules: Rules, today: date) -> Owed:
    spans, waiting = known.spans.get(one.feed, []), known.held.get(one.feed, [])
    last = max((until for _, until in spans if until is not None), default=None)
    excused = {period: decided for (feed, period), decided in known.excused.items() if feed == one.feed}
    first_missed = known.first_missed.get(one.feed, today)
    found = lacking_on(one, spans, waiting, today=today, terms=rules.terms, first_missed=first_missed, excused=excused)
    let_be = {label: excused[label] for label in found.excused}
    told = Owed(
        one, "here", last, found.overdue, found.began_with.label if found.began_with else "", found.held,
        found.awaited[0] if found.awaited else None, snoozed=_until(known.snoozed.get(one.feed), today), excused=let_be,
    )  # fmt: skip
    if not found.overdue or found.began_with is None:
        return replace(told, standing=_quiet(told))
    is_dated = bool(spans or waiting) or one.begins_on is not None or one.every == "once"
    told = replace(told, since=one.overdue_from(found.began_with) if is_dated else first_missed)
    if told.snoozed is not None:
        return replace(told, standing="snoozed")
    return _chased(replace(told, standing="overdue" if spans or waiting else "missing"), rules.levels, today)


def _quiet(told: Owed) -> Standing:
    """How it stands where nothing is overdue."""
    if told.held:
        return "held"
    return "due" if told.next_period else "excused" if told.excused else "here"


def _until(snoozed: Decided | None, today: date) -> Decided | None:
    """A snooze, as long as its day is not over."""
    return None if snoozed is None or snoozed.until is None or snoozed.until < today else snoozed


def _chased(told: Owed, levels: tuple[Level, ...], today: date) -> Owed:
    """With the highest level whose days have passed."""
    days = working_days_between(told.since or today, today)
    reached = [level for level in levels if level.after_working_days <= days]
    return replace(told, level=len(reached), level_name=reached[-1].name if reached else "")
