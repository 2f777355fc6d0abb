"""The domain's words read by hand: every figure of the last 12 months, in plain Python, from the facts as loaded.

Nothing of the warehouse's own reckoning is used here, neither its selects nor its calendar, so that whoever
misreads the domain has to misread it twice, and in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from holidays import country_holidays
from sqlalchemy import select

from schemas.codes import AGENCY_GROUPS
from warehouse.store import Store
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS

FIRST_DAY, LAST_DAY = date(2025, 11, 1), date(2026, 10, 31)
"""The 12 months that are read."""
HEALTH = frozenset(code for code in AGENCY_GROUPS if code.startswith("health_"))
"""The sexual assault referral centre is of the group, and does not by itself make Health present."""
HOLIDAYS = np.array(sorted(country_holidays("GB", subdiv="ENG", years=range(2020, 2030))), dtype="datetime64[D]")

Row = dict[str, Any]
Count = tuple[int, int]


def working_days(start: date, end: date) -> int:
    """Working days after ``start``, up to and with ``end``; negative where the end comes first."""
    first, last = (day + timedelta(days=1) for day in sorted((start, end)))
    days = int(np.busday_count(first, last, holidays=HOLIDAYS))
    return days if start <= end else -days


def of(holds: Iterable[bool]) -> Count:
    """How many hold, and of how many."""
    said = list(holds)
    return sum(said), len(said)


def numbers(row: Row) -> set[tuple[str, str]]:
    return {(kind, row[kind]) for kind in ("nhs_number", "upn", "child_ref") if row[kind]}


def is_known_by_concern(meeting: Row) -> bool:
    """The meeting's own record names sexual abuse."""
    concerns = meeting["concern_codes"] or ""
    return "|sexual_abuse|" in concerns or meeting["csa_context_code"] in ("family", "other")


def has_factor(assessment: Row) -> bool:
    return bool({"19B", "19C"} & set((assessment["factor_codes"] or "").split("|")))


def near(day: date, opened: date, closed: date | None) -> bool:
    """Work open on the day, or within 180 days of it."""
    return opened <= day + timedelta(days=180) and (closed is None or closed >= day - timedelta(days=180))


def in_period(day: date | None) -> bool:
    return day is not None and FIRST_DAY <= day <= LAST_DAY


class Reading:
    """The facts of a warehouse, and what the domain's words make of them over the last 12 months."""

    def __init__(self, store: Store) -> None:
        with store.reading() as connection:
            rows = {name: connection.execute(select(table)).mappings().all() for name, table in FACTS.items()}
            sent = connection.execute(
                select(DELIVERIES, DELIVERY_MEMBERS.c.table_name)
                .join(DELIVERY_MEMBERS, DELIVERIES.c.delivery_id == DELIVERY_MEMBERS.c.delivery_id)
                .where(DELIVERIES.c.state.in_(("loaded", "published")), DELIVERIES.c.period_from.is_not(None))
            ).mappings()
            self.facts = {name: [dict(row) for row in found] for name, found in rows.items()}
            self.months_sent = {(one["agency_code"], one["table_name"], one["period_from"]) for one in sent}

    def has_sent(self, agency: str, table: str, day: date) -> bool:
        return (agency, table, day.replace(day=1)) in self.months_sent

    @cached_property
    def held(self) -> dict[str, Row]:
        return {row["meeting_ref"]: row for row in self.facts["strategy_meetings"] if row["status_code"] == "held"}

    @cached_property
    def children(self) -> dict[str, set[tuple[str, str]]]:
        """Meeting → every number its children are known by, on its own list or Children's Social Care's."""
        listed = [numbers(row) for row in self.facts["children"] if row["said_by"] == "csc"]
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in self.facts["meeting_children"]:
            own = numbers(row)
            found[row["meeting_ref"]] |= own.union(*(known for known in listed if known & own))
        return found

    @cached_property
    def cohort(self) -> dict[str, date]:
        """Meetings about child sexual abuse, of any time, and their day."""
        assessments = [row for row in self.facts["assessments"] if has_factor(row)]
        categories = ("initial_category_code", "latest_category_code")
        plans = [row for row in self.facts["child_protection_plans"] if "SAB" in (row[name] for name in categories)]
        signs = [(numbers(row), row["started_on"], row["authorised_on"]) for row in assessments]
        signs += [(numbers(row), row["started_on"], row["ended_on"]) for row in plans]
        found = {}
        for ref, meeting in self.held.items():
            day = meeting["held_at"].date()
            if is_known_by_concern(meeting) or any(
                who & self.children[ref] and near(day, *when) for who, *when in signs
            ):
                found[ref] = day
        return found

    @cached_property
    def meetings(self) -> list[str]:
        return [ref for ref, day in self.cohort.items() if in_period(day)]

    def speaks_of(self, row: Row) -> str | None:
        """The held meeting of a row: by its number, else by the child and a day at most one working day away."""
        if row["meeting_ref"] in self.held:
            return str(row["meeting_ref"])
        known = {meeting["meeting_ref"] for meeting in self.facts["strategy_meetings"]}
        if row["held_on"] is None or row["meeting_ref"] in known:
            return None
        fitting = [
            (abs(meeting["held_at"].date() - row["held_on"]), ref)
            for ref, meeting in self.held.items()
            if numbers(row) & self.children[ref] and abs(working_days(row["held_on"], meeting["held_at"].date())) <= 1
        ]
        return min(fitting)[1] if fitting else None

    def _spoken(self, table: str, means: Callable[[Row], bool]) -> dict[tuple[str, str], set[str]]:
        """(Meeting, who says so) → the agencies that it is said of."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self.facts[table]:
            meeting = self.speaks_of(row) if means(row) else None
            if meeting:
                found[meeting, "csc" if row["said_by"] == "csc" else "own"].add(row["agency_code"])
        return found

    @cached_property
    def came(self) -> dict[tuple[str, str], set[str]]:
        return self._spoken("meeting_participation", lambda row: row["attendance_code"] in ("attended", "deputy"))

    @cached_property
    def sent(self) -> dict[tuple[str, str], set[str]]:
        return self._spoken("plan_circulation", lambda row: bool(row["sent_at"] and row["said_by"] == "csc"))

    @cached_property
    def got(self) -> dict[tuple[str, str], set[str]]:
        return self._spoken("plan_circulation", lambda row: bool(row["received_at"] or row["filed_at"]))

    @cached_property
    def invited(self) -> dict[str, set[str]]:
        """Meeting → agencies that Children's Social Care invited before it began."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.facts["meeting_participation"]:
            meeting = self.held.get(row["meeting_ref"])
            if meeting is None or row["said_by"] != "csc" or row["attendance_code"] == "not_invited":
                continue
            if row["invited_at"] and row["invited_at"] <= meeting["held_at"]:
                found[row["meeting_ref"]].add(row["agency_code"])
        return found

    @cached_property
    def relevant(self) -> dict[str, set[str]]:
        """Meeting → agencies with one of its children open to them on the day, the one that leads left out."""
        work: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.facts["involvements"]:
            for number in numbers(row):
                work[number].append(row)
        return {
            ref: {
                row["agency_code"]
                for number in self.children[ref]
                for row in work[number]
                if row["opened_on"] <= self.cohort[ref] <= (row["closed_on"] or date.max)
            }
            - {"csc", "lscp", "unknown"}
            for ref in self.meetings
        }

    def health_heard(self, ref: str) -> bool:
        """Health's own word is known: those said to have come have sent theirs; where none is, any of Health has."""
        named = self.came[ref, "csc"] & HEALTH
        day, table = self.cohort[ref], "meeting_participation"
        if not any(self.has_sent(agency, table, day) for agency in HEALTH):
            return False
        return all(self.has_sent(agency, table, day) for agency in named)

    def presence(self) -> dict[str, Count]:
        csc, own = ({ref: self.came[ref, word] for ref in self.meetings} for word in ("csc", "own"))
        either = [ref for ref in self.meetings if (csc[ref] | own[ref]) & HEALTH]
        quorate = {ref: "csc" in csc[ref] and "police" in csc[ref] and bool(csc[ref] & HEALTH) for ref in self.meetings}
        police = [ref for ref in self.meetings if self.has_sent("police", "meeting_participation", self.cohort[ref])]
        return {
            "health_present": of(bool(csc[ref] & HEALTH) for ref in self.meetings),
            "health_invited": of(bool(self.invited[ref] & HEALTH) for ref in self.meetings),
            "health_attendance_confirmed": of(bool(csc[ref] & HEALTH) for ref in either),
            "health_attendance_confirmed confirmed": of(
                bool(csc[ref] & HEALTH and own[ref] & HEALTH) for ref in either if self.health_heard(ref)
            ),
            "quorate": of(quorate.values()),
            "quorate confirmed": of(quorate[ref] and "police" in own[ref] for ref in police),
        }

    def plans(self) -> dict[str, Count]:
        some = [ref for ref in self.meetings if self.relevant[ref]]
        absent = [(ref, who) for ref in some for who in self.relevant[ref] - self.came[ref, "csc"]]
        returns = {
            (ref, who): self.has_sent(who, "plan_circulation", self.cohort[ref])
            for ref in some
            for who in self.relevant[ref]
        }
        heard = [ref for ref in some if all(returns[ref, who] for who in self.relevant[ref])]
        return {
            "plan_shared_with_all": of(self.relevant[ref] <= self.sent[ref, "csc"] for ref in some),
            "plan_shared_with_all confirmed": of(self.relevant[ref] <= self.got[ref, "own"] for ref in heard),
            "plan_shared_with_absent": of(who in self.sent[ref, "csc"] for ref, who in absent),
            "plan_shared_with_absent confirmed": of(
                who in self.got[ref, "own"] for ref, who in absent if returns[ref, who]
            ),
        }

    def timeliness(self) -> dict[str, Count]:
        limits = {"same_day": 0, "standard": 3, "planned": 5, None: 3}
        held = [self.held[ref] for ref in self.meetings if self.held[ref]["concern_identified_at"]]
        clocks = [(one["urgency_code"], one["concern_identified_at"].date(), one["held_at"].date()) for one in held]
        return {
            "meeting_on_time": of(
                end == start if urgency == "same_day" else working_days(start, end) <= limits[urgency]
                for urgency, start, end in clocks
                if end >= start
            ),
            "icpc_on_time": of(working_days(began, held) <= 15 for began, held in self.conferences()),
        }

    def conferences(self) -> list[tuple[date, date]]:
        """Start and conference of each enquiry about child sexual abuse, a child's once whoever reports it."""
        of_meeting = {self.held[ref]["s47_ref"] for ref in self.cohort} - {None}
        factors, found = [row for row in self.facts["assessments"] if has_factor(row)], {}
        for row in self.facts["section_47_enquiries"]:
            by_factor = any(
                numbers(row) & numbers(one) and near(row["started_on"], one["started_on"], one["authorised_on"])
                for one in factors
            )
            if in_period(row["icpc_on"]) and (row["csa_concern"] or row["s47_ref"] in of_meeting or by_factor):
                child = row["child_ref"] or row["nhs_number"] or row["upn"]
                found[child, row["started_on"], row["icpc_on"]] = (row["started_on"], row["icpc_on"])
        return list(found.values())

    def genograms(self) -> dict[str, Count]:
        """Each step against all completed assessments about child sexual abuse, each step taking the one before."""
        steps: dict[tuple[str, date, date], tuple[bool, bool, bool]] = {}
        for row in self.facts["assessments"]:
            discussed = any(
                numbers(row) & self.children[ref] and near(day, row["started_on"], row["authorised_on"])
                for ref, day in self.cohort.items()
                if is_known_by_concern(self.held[ref])
            )
            if in_period(row["authorised_on"]) and (has_factor(row) or discussed):
                one = (row["child_ref"] or row["nhs_number"] or row["upn"], row["started_on"], row["authorised_on"])
                present, updated_on = bool(row["genogram_present"]), row["genogram_updated_on"]
                current = present and updated_on is not None and updated_on >= row["started_on"]
                found = (present, current, current and bool(row["genogram_used"]))
                steps[one] = tuple(map(max, found, steps.get(one, (False, False, False))))
        names = ("present", "current", "used")
        return {f"genogram_effective {name}": of(step[at] for step in steps.values()) for at, name in enumerate(names)}

    def staff_and_audit(self) -> dict[str, Count]:
        latest: dict[tuple[str, str], Row] = {}
        for row in sorted(self.facts["workforce_training"], key=lambda row: row["as_at_on"]):
            if in_period(row["as_at_on"]):
                latest[row["agency_code"], row["role_group"]] = row
        due = [row for row in self.facts["improvement_actions"] if in_period(row["due_on"])]
        returns = [row for row in self.facts["audit_returns"] if in_period(row["audited_on"])]
        grades = [row["rating_code"] for row in returns]
        after = [row["moderated_rating_code"] or row["rating_code"] for row in returns]
        headcount = sum(row["headcount_in_scope"] for row in latest.values())
        return {
            "csa_training": (sum(row["csa_trained_in_date"] for row in latest.values()), headcount),
            "csa_training mandatory": (
                sum(row["headcount_in_scope"] for row in latest.values() if row["course_mandatory"]),
                headcount,
            ),
            "actions_on_time": of(
                row["status_code"] == "closed"
                and row["closed_on"] <= row["due_on"]
                and row["evidence_code"] == "provided"
                for row in due
                if row["status_code"] != "withdrawn"
            ),
            "audit_rating good_or_outstanding": of(grade in ("good", "outstanding") for grade in grades),
            "audit_rating moderated_good_or_outstanding": of(grade in ("good", "outstanding") for grade in after),
        } | {
            f"audit_rating {code}": of(grade == code for grade in grades)
            for code in ("outstanding", "good", "requires_improvement", "inadequate")
        }

    def everything(self) -> dict[str, Count]:
        """Metric, view and category → how many, and of how many."""
        return self.presence() | self.plans() | self.timeliness() | self.genograms() | self.staff_and_audit()
