"""The facts of a warehouse in plain Python: who is one child, which meetings were held, and who says what of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select

from schemas.codes import AGENCY_GROUPS
from tests.plain.days import completed_years, month, months, near, working_days
from warehouse.store import Store
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS

Row = dict[str, Any]

HEALTH = frozenset(code for code in AGENCY_GROUPS if code.startswith("health_"))
"""The sexual assault referral centre is of the group, and does not by itself make Health present."""
POLICE = frozenset({"police", "police_btp"})
EDUCATION = frozenset(code for code in AGENCY_GROUPS if code.startswith("edu_"))
SPECIALISTS = frozenset({"sarc", "health_paediatrics"})
NOBODY = frozenset({"unknown", "lscp", "dfe"})
"""Codes that stand for no agency that could be working with a child."""
OF_CSC = ("assessments", "child_protection_plans", "conferences", "meeting_children", "referrals")
ROWS_ARE_RETURNS = {
    "audit_returns": "audited_on",
    "improvement_actions": "due_on",
    "workforce_training": "as_at_on",
}
"""Collected for all agencies at once: whose rows are there has returned them."""


def numbers(row: Row) -> list[str]:
    """A child's numbers, the local authority's own first."""
    kinds = (("ref", "child_ref"), ("nhs", "nhs_number"), ("upn", "upn"))
    return [f"{kind}:{row[column]}" for kind, column in kinds if row[column]]


def codes(text: str | None) -> set[str]:
    return set((text or "").split("|")) - {""}


def is_known_by_concern(meeting: Row) -> bool:
    """The meeting's own record names sexual abuse."""
    return "sexual_abuse" in codes(meeting["concern_codes"]) or meeting["csa_context_code"] in ("family", "other")


def has_factor(assessment: Row) -> bool:
    return bool({"19B", "19C"} & codes(assessment["factor_codes"]))


class Partnership:
    """What all agencies have said, by child, by meeting and by month."""

    def __init__(self, store: Store) -> None:
        with store.reading() as connection:
            rows = {name: connection.execute(select(table)).mappings().all() for name, table in FACTS.items()}
            sent = connection.execute(
                select(DELIVERIES, DELIVERY_MEMBERS.c.table_name)
                .join(DELIVERY_MEMBERS, DELIVERIES.c.delivery_id == DELIVERY_MEMBERS.c.delivery_id)
                .where(DELIVERIES.c.state.in_(("loaded", "published")), DELIVERIES.c.period_from.is_not(None))
            ).mappings()
            self.facts = {name: [dict(row) for row in found] for name, found in rows.items()}
            self.sent = set(_months_of(sent))
        for name, day in ROWS_ARE_RETURNS.items():
            self.sent |= {(row["agency_code"], name, month(row[day])) for row in self.facts[name]}

    def has_sent(self, agency: str, table: str, day: date) -> bool:
        return (agency, table, month(day)) in self.sent

    def one_has_sent(self, agencies: Iterable[str], table: str, day: date) -> bool:
        return any(self.has_sent(agency, table, day) for agency in agencies)

    # who is one child

    @cached_property
    def _links(self) -> dict[str, str]:
        """Number → the lowest number of the same child, where Children's Social Care's rows link some."""
        together: dict[str, set[str]] = defaultdict(set)
        for name, rows in self.facts.items():
            for row in rows:
                if "child_ref" in row and len(numbers(row)) > 1 and _is_of_csc(name, row):
                    for number in numbers(row):
                        together[number] |= set(numbers(row))
        found = {}
        for number in together:
            reached, waiting = set[str](), [number]
            while waiting:
                one = waiting.pop()
                if one not in reached:
                    reached.add(one)
                    waiting += together[one]
            found[number] = min(reached)
        return found

    def child(self, row: Row) -> str:
        """Who the row is about, to count children by."""
        first = numbers(row)[0]
        return self._links.get(first, first)

    def kin(self, row: Row) -> set[str]:
        """Whoever one of its numbers stands for."""
        return {self._links.get(number, number) for number in numbers(row)}

    def by_kin(self, rows: Iterable[Row]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            for child in self.kin(row):
                found[child].append(row)
        return found

    # meetings

    @cached_property
    def held(self) -> dict[str, Row]:
        return {row["meeting_ref"]: row for row in self.facts["strategy_meetings"] if row["status_code"] == "held"}

    @cached_property
    def children(self) -> dict[str, dict[str, set[str]]]:
        """Meeting → child → whatever stands for it."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.facts["meeting_children"]:
            found[row["meeting_ref"]][self.child(row)] |= self.kin(row)
        return found

    def kin_of_meeting(self, ref: str) -> set[str]:
        return set[str]().union(*self.children[ref].values())

    @cached_property
    def cohort(self) -> dict[str, date]:
        """Meetings about child sexual abuse, and their day."""
        assessments = [row for row in self.facts["assessments"] if has_factor(row)]
        categories = ("initial_category_code", "latest_category_code")
        plans = [row for row in self.facts["child_protection_plans"] if "SAB" in (row[name] for name in categories)]
        signs: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
        for rows, end in ((assessments, "authorised_on"), (plans, "ended_on")):
            for row in rows:
                for child in self.kin(row):
                    signs[child].append((row["started_on"], row[end]))
        return {
            ref: meeting["held_at"].date()
            for ref, meeting in self.held.items()
            if is_known_by_concern(meeting)
            or any(near(meeting["held_at"].date(), *when) for who in self.kin_of_meeting(ref) for when in signs[who])
        }

    @cached_property
    def _meetings_of_child(self) -> dict[str, list[tuple[date, str]]]:
        found: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for ref, meeting in self.held.items():
            for child in self.kin_of_meeting(ref):
                found[child].append((meeting["held_at"].date(), ref))
        return found

    @cached_property
    def _known(self) -> set[str]:
        return {meeting["meeting_ref"] for meeting in self.facts["strategy_meetings"]}

    def speaks_of(self, row: Row) -> str | None:
        """The held meeting of a row: by its number, else by the child and a day at most one working day away."""
        if row["meeting_ref"] in self.held:
            return str(row["meeting_ref"])
        if row["held_on"] is None or row["meeting_ref"] in self._known:
            return None
        fitting = [
            (abs(day - row["held_on"]), ref)
            for child in self.kin(row)
            for day, ref in self._meetings_of_child[child]
            if abs(working_days(row["held_on"], day)) <= 1
        ]
        return min(fitting)[1] if fitting else None

    def _spoken(self, table: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.facts[table]:
            ref = self.speaks_of(row)
            if ref in self.cohort and row["said_by"] in ("csc", row["agency_code"]):
                found[str(ref)].append(row)
        return found

    @cached_property
    def claims(self) -> dict[str, list[Row]]:
        """Meeting → what is said of anybody's part in it, by Children's Social Care or by the agency itself."""
        return self._spoken("meeting_participation")

    @cached_property
    def items(self) -> dict[str, list[Row]]:
        """Meeting → what was circulated after it, as said by Children's Social Care or by the receiver."""
        return self._spoken("plan_circulation")

    @cached_property
    def knowing(self) -> dict[str, dict[str, list[Row]]]:
        """Meeting → child → the open work with the child on the day, of anybody who can be told anything."""
        work = self.by_kin(row for row in self.facts["involvements"] if row["agency_code"] not in NOBODY)
        return {
            ref: {
                child: [
                    row for who in kin for row in work[who] if row["opened_on"] <= day <= (row["closed_on"] or date.max)
                ]
                for child, kin in self.children[ref].items()
            }
            for ref, day in self.cohort.items()
        }

    def relevant(self, ref: str) -> set[str]:
        """The agencies with a child of the meeting open to them on the day, the one that leads left out."""
        return {row["agency_code"] for rows in self.knowing[ref].values() for row in rows} - {"csc"}

    @cached_property
    def _births(self) -> dict[str, list[Row]]:
        return self.by_kin(row for row in self.facts["children"] if row["born_on"])

    def has_school_age_child(self, ref: str) -> bool:
        return any(
            5 <= completed_years(row["born_on"], self.cohort[ref]) <= 16
            for who in self.kin_of_meeting(ref)
            for row in self._births[who]
        )


def _is_of_csc(table: str, row: Row) -> bool:
    if table in OF_CSC or table == "section_47_enquiries":
        return True
    return row.get("said_by", row.get("agency_code")) == "csc"


def _months_of(deliveries: Iterable[Any]) -> Iterator[tuple[str, str, date]]:
    for one in deliveries:
        for day in months(one["period_from"], one["period_to"]):
            yield one["agency_code"], one["table_name"], day
