"""Who owes what on a day: every agreement against what came, what a person decided, and whom that was told.

    owed = standings(connection, agreements, rules, today)
    escalate(connection, owed, now)      # in a transaction; each level of each overdue return once

A period is **here** when a delivery that stands speaks for its last month. Only the last twelve months are asked for:
no figure that is shown rests on older ones. A return that was **excused** is not asked for any more, and a feed that is
**snoozed** not until its day is over; the figures do not know of either: without the return they are not assured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, func, insert, select

from warehouse import ledger
from warehouse.agreements import ONCE, Agreement, Level, Period, Rules, periods_between
from warehouse.calendar import add_months, working_days_between
from warehouse.standing import STANDS
from warehouse.tables import DELIVERIES, ESCALATIONS, OWED_DECISIONS

WORDS: Final = ("snooze", "unsnooze", "excuse", "unexcuse")
"""What a person may decide about what is owed."""
LOOKED_BACK: Final = 12
"""Months: the longest period that figures are shown for."""
Standing = Literal["here", "due", "overdue", "missing", "snoozed", "excused"]
"""``due``: its period is over and its day has not passed. ``missing``: nothing of the feed was ever taken in."""
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
    """What is overdue, oldest first, without what is excused."""
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
        """Last day of the latest period that should be here by now; None: it is owed once."""
        return self.periods[-1].ends_on if self.periods else None

    @property
    def labels(self) -> tuple[str, ...]:
        """What is overdue, by name; of what is owed once, that."""
        return tuple(one.label for one in self.periods) or (
            (ONCE,) if self.is_chased or self.standing == "snoozed" else ()
        )


Spans = Mapping[str, list[tuple[date | None, date | None]]]
"""Feed → first and last day that each of its standing deliveries speaks for."""


@dataclass(frozen=True)
class _Known:
    """What the ledger says."""

    spans: Spans
    first_missed: Mapping[str, date]
    snoozed: Mapping[str, Decided]
    excused: Mapping[tuple[str, str], Decided]


def standings(connection: Connection, agreements: Iterable[Agreement], rules: Rules, today: date) -> list[Owed]:
    """Every agreement as it stands on ``today``, by feed."""
    known = _Known(_spans(connection), _first_missed(connection), *_decisions(connection))
    return [_standing(one, known, rules, today) for one in sorted(agreements, key=lambda one: one.feed)]


def escalate(connection: Connection, owed: Iterable[Owed], at: datetime) -> list[Owed]:
    """Write down, and tell, every level that is reached and was not told yet; returns whose it was.

    A level that was passed over, because nobody looked for a month, is not made up for. That a feed which never came
    is missed at all is written down on the first night, be it before the first level: its days count from then.
    """
    risen = untold(connection, owed)
    for one in risen:
        period, name = one.labels[0], "missing" if one.standing == "missing" else "overdue"
        line = {"feed": one.feed, "agency_code": one.agency, "period": period, "level": one.level}
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
        return told.get((one.feed, one.labels[0]), -1 if one.standing == "missing" else 0)

    return [one for one in owed if one.is_chased and one.level > before(one)]


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


def _spans(connection: Connection) -> Spans:
    of, found = DELIVERIES.c, defaultdict(list)
    asked = select(of.feed, of.period_from, of.period_to).where(of.state.in_(STANDS))
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
    spans = known.spans.get(one.feed, [])
    last = max((until for _, until in spans if until is not None), default=None)
    excused = {period: decided for (feed, period), decided in known.excused.items() if feed == one.feed}
    snoozed = known.snoozed.get(one.feed)
    if snoozed is not None and snoozed.until is not None and snoozed.until < today:
        snoozed = None
    first_missed = known.first_missed.get(one.feed, today)
    overdue, awaited = _lacking(one, spans, rules, today, first_missed)
    once = (ONCE,) if one.every == "once" and not spans else ()
    lacking = (*once, *(period.label for period in (*overdue, *awaited)))
    let_be = {label: excused[label] for label in lacking if label in excused}
    periods = tuple(period for period in overdue if period.label not in let_be)
    is_missing = not spans and (bool(periods) or bool(once and ONCE not in let_be))
    waits = [period for period in awaited if period.label not in let_be]
    told = Owed(one, "here", last, periods, waits[0] if waits else None, snoozed=snoozed, excused=let_be)
    if not periods and not is_missing:
        return replace(told, standing="due" if waits else "excused" if let_be else "here")
    said = spans or one.begins_on is not None
    told = replace(told, since=one.overdue_from(periods[0]) if periods and said else first_missed)
    if snoozed is not None:
        return replace(told, standing="snoozed")
    return _chased(replace(told, standing="missing" if is_missing else "overdue"), rules.levels, today)


def _chased(told: Owed, levels: tuple[Level, ...], today: date) -> Owed:
    """With the highest level whose days have passed."""
    days = working_days_between(told.since or today, today)
    reached = [level for level in levels if level.after_working_days <= days]
    return replace(told, level=len(reached), level_name=reached[-1].name if reached else "")


def _lacking(
    one: Agreement, spans: list[tuple[date | None, date | None]], rules: Rules, today: date, first_missed: date
) -> tuple[list[Period], list[Period]]:
    """The periods that are over and have not come: those that are overdue, and those whose day has not passed."""
    horizon = add_months(today, -LOOKED_BACK)
    speaking = [(first, last) for first, last in spans if first is not None and last is not None]
    if spans and not speaking:  # such as published statistics: late only if they never came
        return [], []
    ended = periods_between(one.every, horizon, today - timedelta(days=1), rules.terms)
    begins = one.begins_on or min((first for first, _ in speaking), default=None)
    if begins is None:  # never came, and nobody said since when it is owed: since the last that was overdue then
        before = [period for period in ended if one.overdue_from(period) <= first_missed]
        ended = [period for period in ended if period not in before[:-1]]
    else:
        ended = [period for period in ended if period.ends_on >= begins]
    lacking = [period for period in ended if not _is_here(one, period, speaking)]
    overdue = [period for period in lacking if one.overdue_from(period) <= today]
    return overdue, [period for period in lacking if period not in overdue]


def _is_here(one: Agreement, period: Period, speaking: list[tuple[date, date]]) -> bool:
    last_month = period.ends_on.replace(day=1)
    return any(last >= last_month and (one.has_all or first <= period.ends_on) for first, last in speaking)
