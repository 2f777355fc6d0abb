"""One thing that is counted, and how counts of a period become a figure: what is missing is not assured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.plain.days import month
from tests.plain.partnership import NOBODY, Partnership

Figure = tuple[int, int] | None
"""How many, and of how many; None: not assured."""

MEETINGS = ("csc strategy_meetings",)
PART = (*MEETINGS, "csc meeting_participation")
CHILDREN = (*MEETINGS, "csc meeting_children")
PAIRS = (*CHILDREN, "* involvements")
ENQUIRIES = ("csc section_47_enquiries",)
NEEDS: dict[str, tuple[str, ...]] = {
    "health_present": PART,
    "health_invited": PART,
    "health_attendance_confirmed": PART,
    "quorate": PART,
    "specialist_health_considered": PART,
    "relevant_agency_took_part": (*PAIRS, "csc meeting_participation"),
    "school_present": (*CHILDREN, "csc meeting_participation", "csc children"),
    "meeting_on_time": MEETINGS,
    "management_decision": MEETINGS,
    "actions_owned_and_dated": (*MEETINGS, "csc meeting_actions"),
    "referral_decided_on_time": ("csc referrals",),
    "assessment_on_time": ("csc assessments",),
    "genogram_effective": ("csc assessments",),
    "icpc_on_time": ENQUIRIES,
    "child_seen_alone": ENQUIRIES,
    "closing_discussion": ENQUIRIES,
    "police_closure_shared": ("police police_investigations",),
    "plan_shared_with_all": (*PAIRS, "csc plan_circulation"),
    "plan_shared_with_absent": (*PAIRS, "csc plan_circulation", "csc meeting_participation"),
    "plan_shared_on_time": (*PAIRS, "csc plan_circulation"),
    "receipt_confirmed": (*PAIRS, "csc plan_circulation"),
    "gp_told": (*PAIRS, "csc plan_circulation"),
    "agency_uninformed": (*PAIRS, "csc plan_circulation", "csc meeting_participation"),
    "records_agree": PAIRS,
    "support_started": (*CHILDREN, "csc support_offers"),
    "recorded_and_responded": ("* audit_returns",),
    "audit_rating": ("* audit_returns",),
    "protocol_followed": ("* audit_returns",),
    "csa_training": ("* workforce_training",),
    "protocol_briefed": ("* workforce_training",),
    "actions_on_time": ("* improvement_actions",),
    "protocol_promoted": ("* improvement_actions",),
}
"""Metric → what must have come before anything can be said: from whom ("*": everybody who ever sends it), and what."""
STOCKS = frozenset({"csa_training", "protocol_briefed"})
AS_IT_HAPPENS = frozenset(
    {"recorded_and_responded", "audit_rating", "protocol_followed", "actions_on_time", "protocol_promoted"}
)


@dataclass(frozen=True)
class Counted:
    """What one unit adds to one number."""

    slot: str
    """Metric, "confirmed" where it is that view, and category."""
    day: date
    adds: int
    of: int = 1
    agency: str = ""
    is_heard: bool = True
    """Of a confirmed view: the second agency's return is there."""
    group: str = ""
    """Of a stock: whose latest count in a period is the true one."""


@dataclass
class Sum:
    """What the units of a month add up to."""

    adds: int = 0
    of: int = 0
    units: int = 0
    """As ``of``, with those of whom the second agency has sent nothing."""

    def add(self, one: Counted) -> None:
        self.units += one.of
        if one.is_heard:
            self.adds, self.of = self.adds + one.adds, self.of + one.of


class Number:
    """All that is counted of one slot, of an agency or of all."""

    def __init__(self, slot: str, counted: list[Counted]) -> None:
        self.slot, self.metric, self.counted = slot, slot.partition(" ")[0], counted
        self.months: dict[date, Sum] = defaultdict(Sum)
        for one in counted:
            self.months[month(one.day)].add(one)

    def figure(self, said: Partnership, months: list[date], agency: str) -> Figure:
        """The figure of a period, in months."""
        needs = [tuple(need.split()) for need in NEEDS[self.metric]]
        complete = [day for day in months if all(said.has_sent(who, table, day) for who, table in needs if who != "*")]
        of_all = [table for who, table in needs if who == "*"]
        if not complete or not all(_one_has_sent(said, self.metric, table, months, agency) for table in of_all):
            return None
        total = Sum()
        if self.metric in STOCKS:
            for one in _latest(one for one in self.counted if month(one.day) in months):
                total.add(one)
        for part in [] if self.metric in STOCKS else [self.months[day] for day in complete if day in self.months]:
            total = Sum(total.adds + part.adds, total.of + part.of, total.units + part.units)
        if " confirmed" in self.slot and total.units and not total.of:
            return None
        return total.adds, total.of


def _one_has_sent(said: Partnership, metric: str, table: str, months: list[date], agency: str) -> bool:
    """One of those who send the table at all has sent it for the period; of an agency, whether that has."""
    senders = {who for who, name, _ in said.sent if name == table} - NOBODY
    if agency and agency not in senders:  # it sends nothing of the kind, and owes nothing
        return metric not in AS_IT_HAPPENS | STOCKS
    if metric in AS_IT_HAPPENS:
        return bool(senders)
    return any(said.has_sent(who, table, day) for who in ({agency} if agency else senders) for day in months)


def _latest(counted: Iterable[Counted]) -> Iterator[Counted]:
    found: dict[tuple[str, str], Counted] = {}
    for one in sorted(counted, key=lambda one: one.day):
        found[one.agency, one.group] = one
    yield from found.values()
