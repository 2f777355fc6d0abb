"""The register of who owes what: the agreements, how they stand, and what a person decides about them.

A feed is owed where it has a folder in the landing zone or an agreement in ``quorate.toml``. What is agreed comes from
the feed's declaration, the settings for all feeds, and ``[agreements.<feed>]``, the later before the earlier.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal

from connectors.agency import Feed, all_feeds
from connectors.receipts import Decision, record_decision
from flows.agreed import Agreed
from flows.decisions import Undecidable
from flows.settings import Settings
from schemas.table import table_name
from warehouse import owing
from warehouse.agreements import ONCE, Agreement, Rules, periods_between
from warehouse.calendar import add_months
from warehouse.owing import Owed
from warehouse.store import Connection, Store

CONTACT: Final = "safeguarding lead"
"""The role that is asked where no agreement names one. [P]"""
Word = Literal["snooze", "unsnooze", "excuse", "unexcuse"]


def feeds(settings: Settings) -> list[Feed]:
    """The feeds that are owed."""
    return [
        feed for name, feed in all_feeds().items() if name in settings.agreements or (settings.landing / name).is_dir()
    ]


def register(settings: Settings) -> list[Agreement]:
    """The register, a line a feed that is owed."""
    return [_agreement(feed, settings.agreements.get(feed.name, Agreed()), settings) for feed in feeds(settings)]


def standings(connection: Connection, settings: Settings, today: date) -> list[Owed]:
    """Every agreement as it stands, by what a connection can see: the warehouse as it is, or as it was known."""
    return owing.standings(connection, register(settings), _rules(settings), today)


def reasons(found: Iterable[Owed]) -> dict[str, str]:
    """Feed → why it is owed: what was agreed, or else which recommendations its figures are evidence for."""
    from warehouse.definitions import counted_from  # noqa: PLC0415 - what every metric counts from takes a second
    from warehouse.metric import all_metrics  # noqa: PLC0415 - as above

    evidence = [(metric.recommendations, counted_from(metric)) for metric in all_metrics().values()]
    said = {}
    for one in found:
        tables = {table_name(stream.table) for stream in all_feeds()[one.feed].streams}
        codes = {code for recommendations, read in evidence if tables & read for code in recommendations}
        because = f"evidence for {', '.join(sorted(codes))}" if codes else "agreed with the partnership"
        said[one.feed] = one.agreement.why or because
    return said


def escalate(store: Store, settings: Settings, now: datetime) -> list[Owed]:
    """Tell every level that is reached for the first time; returns all standings. A quiet night writes nothing."""
    with store.reading() as connection:
        found = standings(connection, settings, now.date())
        is_quiet = not owing.untold(connection, found)
    if not is_quiet:
        with store.writing() as connection:
            owing.escalate(connection, found, now)
    return found


def standing_of(store: Store, settings: Settings, feed: str, today: date) -> Owed:
    """How one feed stands.

    Raises:
        Undecidable: it is not owed.
    """
    with store.reading() as connection:
        found = {one.feed: one for one in standings(connection, settings, today)}
    if feed not in found:
        raise Undecidable(f"No feed that is owed is named so; these are: {', '.join(found) or 'none'}.")
    return found[feed]


def snooze(store: Store, settings: Settings, feed: str, until: date | None, *, by: str, why: str, at: datetime) -> None:
    """Chase nobody for a feed until the end of a day; None: take that back.

    Raises:
        Undecidable: the feed is not owed, or there is nothing to take back.
    """
    stands = standing_of(store, settings, feed, at.date())
    if until is None and stands.snoozed is None:
        raise Undecidable(f"{feed} is not snoozed: `quorate owed --all` says how it stands.")
    details = {"until": until.isoformat()} if until is not None else {}
    _decide(store, settings.archive, "unsnooze" if until is None else "snooze", feed, details, by=by, why=why, at=at)


def excuse(
    store: Store, settings: Settings, feed: str, period: str, *, by: str, why: str, at: datetime, undo: bool = False
) -> str:
    """Ask for one period of a feed no more, or, with ``undo``, ask for it again; returns the period by its name.

    Its figures stay "not assured": nothing came, whoever agreed that nothing will.

    Raises:
        Undecidable: the feed is not owed, has no such period, or there is nothing to take back.
    """
    stands = standing_of(store, settings, feed, at.date())
    label = _label(stands, settings, period, at.date())
    with store.reading() as connection:
        excused = owing.excused_periods(connection, feed)
    if undo and label not in excused:
        raise Undecidable(f"{feed} is not excused for {label}: `quorate owed --all` says how it stands.")
    _decide(store, settings.archive, "unexcuse" if undo else "excuse", feed, {"period": label}, by=by, why=why, at=at)
    return label


def carry_out(store: Store, decision: Decision) -> None:
    """Carry a decision out, now or when the warehouse is rebuilt."""
    said = decision.details
    with store.writing() as connection:
        owing.decide(
            connection,
            sequence=decision.sequence,
            feed=said["feed"],
            kind=decision.kind,
            period=said.get("period"),
            until=date.fromisoformat(said["until"]) if "until" in said else None,
            by=decision.by,
            why=decision.why,
            at=decision.at,
        )


def _agreement(feed: Feed, agreed: Agreed, settings: Settings) -> Agreement:
    due, grace = agreed.due_working_day, agreed.grace_working_days
    return Agreement(
        feed=feed.name,
        agency=feed.agency,
        every=agreed.every or feed.every,
        why=agreed.why or "",
        contact=agreed.contact or CONTACT,
        due_working_day=settings.due_working_day if due is None else due,
        grace_working_days=settings.grace_working_days if grace is None else grace,
        begins_on=agreed.begins_on,
        has_all=feed.carries == "everything",
    )


def _rules(settings: Settings) -> Rules:
    return Rules(settings.escalation, settings.terms)


def _label(stands: Owed, settings: Settings, period: str, today: date) -> str:
    """The period that a person means, by its name or the month it ends in. What is owed may be older than a year."""
    every = stands.agreement.every
    if every == "once":
        known = {ONCE: ONCE}
    else:
        found = periods_between(every, add_months(today, -12), add_months(today, 13), settings.terms)
        found = sorted({*stands.periods, *found}, key=lambda one: one.ends_on)
        known = {f"{one.ends_on:%Y-%m}": one.label for one in found} | {one.label: one.label for one in found}
        known |= {label: label for label in stands.excused}
    if period not in known:
        names = ", ".join(dict.fromkeys(known.values()))
        raise Undecidable(f"{stands.feed} owes no such period; within a year of today there are: {names}.")
    return known[period]


def _decide(
    store: Store, archive: Path, word: Word, feed: str, details: dict[str, str], *, by: str, why: str, at: datetime
) -> None:
    """The archive is told first: what a person decided survives the warehouse."""
    subject = ":".join(("owed", feed, details["period"])) if "period" in details else f"owed:{feed}"
    decision = Decision(time.time_ns(), word, subject, by, why, at, {"feed": feed, **details})
    carry_out(store, record_decision(archive, decision))
