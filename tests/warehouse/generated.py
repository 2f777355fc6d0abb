"""A partnership made up at random, with everything in it that makes figures hard; the same seed makes the same rows."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import md5
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import Table

from schemas.codes import AUDIT_REASONS
from schemas.table import fact_columns
from schemas.tables import all_tables
from tests.warehouse.drawn import LOADED_AT, _delivery
from warehouse.calendar import add_months
from warehouse.ledger import DeliveryMember
from warehouse.store import Store, bulk
from warehouse.tables import DELIVERIES, DELIVERY_MEMBERS, FACTS

Row = dict[str, Any]

FIRST_MONTH: Final = date(2025, 6, 1)
MONTHS: Final = [add_months(FIRST_MONTH, number) for number in range(17)]
LAST_DAY: Final = add_months(MONTHS[-1], 1) - timedelta(days=1)
AGENCIES: Final = (
    "police", "police_btp", "health_gp", "health_acute", "health_camhs", "health_paediatrics", "sarc", "edu_school",
    "edu_college", "vcs", "probation", "unknown",
)  # fmt: skip
SENT_BY_CSC: Final = (
    "strategy_meetings", "meeting_children", "meeting_participation", "plan_circulation", "meeting_actions", "children",
    "involvements", "referrals", "assessments", "section_47_enquiries", "support_offers",
)  # fmt: skip
SENT_BY_OTHERS: Final = ("meeting_participation", "plan_circulation", "involvements")
ATTENDANCE: Final = ("attended", "deputy", "apologies", "did_not_attend", "not_invited", "not_recorded")
CONCERNS: Final = ("|sexual_abuse|", "|neglect|sexual_abuse|", "|neglect|", "|sexual_exploitation|", None)
REASONS: Final = sorted(AUDIT_REASONS)
GRADES: Final = ("outstanding", "good", "requires_improvement", "inadequate", None)


@dataclass
class Child:
    """A child and the numbers that somebody knows it by."""

    ref: str | None
    nhs: str | None
    upn: str | None
    born_on: date | None
    other: Child | None = None
    """An adopted child's second identity, which nothing links to the first."""


@dataclass
class Generated:
    """Rows of every table, and what was returned."""

    seed: int
    meetings: int
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - no secret is made with it
        self.children = [self._child(number) for number in range(max(4, self.meetings * 2 // 3))]
        made = 0
        while made < self.meetings:
            made += self._concern(made)
        for number, child in enumerate(self.children):
            self._known(child)
            self._pathway(child, number)
        self._audits()
        self.returns = self._returns()

    # chance

    def _one(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _maybe(self, value: Any, share: float = 0.8) -> Any:
        return value if self._chance(share) else None

    def _flag(self) -> bool | None:
        return self._one(True, True, False, None)

    def _day(self) -> date:
        """Any day of the period, and often one where calendars are wrong: month ends, Christmas, Easter."""
        if self._chance(0.25):
            return self._one(
                date(2025, 10, 31), date(2025, 11, 1), date(2025, 12, 24), date(2025, 12, 25), date(2025, 12, 31),
                date(2026, 1, 1), date(2026, 4, 2), date(2026, 4, 6), date(2026, 5, 4), date(2026, 8, 29),
                date(2026, 8, 31), date(2026, 10, 30), date(2026, 10, 31),
            )  # fmt: skip
        return FIRST_MONTH + timedelta(days=self.dice.randrange((LAST_DAY - FIRST_MONTH).days + 1))

    def _about(self, day: date, *days: int) -> date:
        return day + timedelta(days=self._one(*days))

    def _at(self, day: date) -> datetime:
        """An instant of the day; one without a time is midnight."""
        return datetime.combine(day, self._one(time(0), time(9, 30), time(10), time(10, 0, 1), time(23, 59)))

    # children

    def _child(self, number: int, *, second: bool = False) -> Child:
        years = self._one(0, 5, 5, 5, 10, 17, 17, 17)  # five and seventeen are the ends of school age
        born = self._maybe(add_months(self._day(), -12 * years), 0.9)
        mark = f"{number}b" if second else f"{number}"
        kind = "alone" if second else self._one("known", "known", "known", "alone", "elsewhere", "unborn", "adopted")
        if kind == "unborn":
            return Child(f"LA{mark}", None, None, None)
        if kind == "elsewhere":
            return Child(None, f"NHS{mark}", self._maybe(f"UPN{mark}"), born)
        if kind == "alone":
            return Child(f"LA{mark}", None, None, born)
        other = self._child(number, second=True) if kind == "adopted" else None
        return Child(f"LA{mark}", f"NHS{mark}", self._maybe(f"UPN{mark}"), born, other)

    def _numbers(self, child: Child, speaker: str) -> Row:
        """The child as the speaker knows it; an adopted child under either identity."""
        one = child.other if child.other and self._chance(0.4) else child
        if speaker == "csc":
            named = {"child_ref": one.ref, "nhs_number": self._maybe(one.nhs, 0.5), "upn": self._maybe(one.upn, 0.3)}
        elif speaker.startswith(("health", "sarc")):
            named = {"nhs_number": one.nhs}
        elif speaker.startswith("edu"):
            named = {"upn": one.upn}
        else:
            named = {self._one("child_ref", "nhs_number", "upn"): None}
            named = {name: {"child_ref": one.ref, "nhs_number": one.nhs, "upn": one.upn}[name] for name in named}
        if not any(named.values()):
            named = {"child_ref": one.ref, "nhs_number": one.nhs}
        return named

    def _add(self, table: str, **said: Any) -> None:
        self.rows[table].append(said)

    def _known(self, child: Child) -> None:
        """The lists of children, and which agencies work with the child when."""
        for speaker, share in (("csc", 0.8), ("health_gp", 0.3), ("edu_school", 0.3)):
            if self._chance(share):
                # two birth months would break the links of the child's numbers: test_children has that
                is_linked = child.nhs is not None
                born = add_months(child.born_on, -30) if child.born_on and not is_linked else child.born_on
                self._add("children", said_by=speaker, **self._numbers(child, speaker), born_on=born)
        for agency in ("csc", *AGENCIES):
            for _ in range(self._one(0, 0, 1, 1, 2)):
                opened_on = self._one(self._day(), date(2020, 1, 1))
                self._add(
                    "involvements",
                    agency_code=agency,
                    **self._numbers(child, agency),
                    opened_on=opened_on,
                    closed_on=self._maybe(self._about(opened_on, 0, 30, 200, 2000), 0.5),
                    csa_concern_recorded=self._flag(),
                )

    # meetings

    def _concern(self, number: int) -> int:
        """A concern and the meetings about it; returns how many."""
        children = self.dice.sample(self.children, min(self._one(1, 1, 1, 2, 3), len(self.children)))
        concern_on, s47_ref = self._day(), f"S{number}"
        lengths = [self._one(0, 0, 1, 2, 3, 4, 5, 6, 7, 10, -1)]
        lengths += [lengths[0] + self._one(0, 1, 2, 5, 6, 8) for _ in range(self._one(0, 0, 0, 1, 2))]
        urgency, concerns = self._one("same_day", "standard", "planned", None), self._one(*CONCERNS)
        for place, length in enumerate(lengths):
            ref = f"M{number + place:05d}"
            held_at = self._at(concern_on + timedelta(days=length))
            self._add(
                "strategy_meetings",
                meeting_ref=ref,
                s47_ref=self._maybe(s47_ref, 0.6),
                concern_identified_at=self._maybe(self._at(self._about(concern_on, 0, 0, 0, 0, 1)), 0.9),
                held_at=held_at,
                sequence=place + 1,
                urgency_code=urgency,
                concern_codes=concerns if self._chance(0.9) else self._one(*CONCERNS),
                csa_context_code=self._one("family", "other", "unknown", None, None, None),
                specialist_health_code=self._one("attended", "consulted", "reasoned_no", "not_considered", None),
                decision_at=self._maybe(self._at(self._about(held_at.date(), -1, 0, 0, 1, 1, 2, 3, 4))),
                decision_role_code=self._one("team_manager", "service_manager", "social_worker", None),
                status_code=self._one(*["held"] * 12, "cancelled"),
            )
            present = children if self._chance(0.9) else children[:1]
            self._at_meeting(ref, held_at, present)
        return len(lengths)

    def _at_meeting(self, ref: str, held_at: datetime, children: list[Child]) -> None:
        for child in children:
            for _ in range(self._one(1, 1, 1, 1, 2)):
                self._add("meeting_children", meeting_ref=ref, **self._numbers(child, "csc"))
        for agency in ("csc", *AGENCIES):
            if self._chance(0.5):
                self._part("csc", agency, ref, held_at, children)
            if self._chance(0.35):
                self._part(agency, agency, ref, held_at, children)
            if self._chance(0.02):
                self._part("police", agency, ref, held_at, children)
            for speaker in dict.fromkeys(("csc", agency)):
                if self._chance(0.35):
                    self._item(speaker, agency, ref, held_at, children)
        for place in range(self._one(0, 1, 1, 2)):
            self._add(
                "meeting_actions",
                meeting_ref=ref,
                action_ref=f"{place}",
                owner_agency_code=self._one("csc", "police", "health_gp", "csc", "unknown", None),
                owner_role_code=self._one("social_worker", None),
                due_on=self._maybe(self._about(held_at.date(), 7, 14), 0.9),
            )

    def _meant(self, speaker: str, ref: str, held_at: datetime, children: list[Child]) -> Row:
        """How a row says which meeting it speaks of: by number, or by child and a day that may be out."""
        if speaker == "csc" or self._chance(0.5):
            about = self._numbers(self._one(*children), speaker) if self._chance(0.4) else {}
            return {"meeting_ref": ref, **about, "held_on": self._maybe(held_at.date(), 0.3)}
        day = self._about(held_at.date(), -4, -3, -2, -1, 0, 0, 0, 0, 0, 1, 2, 3, 4)
        return {
            "meeting_ref": self._one(None, None, "their_own"),
            **self._numbers(self._one(*children), speaker),
            "held_on": day,
        }

    def _part(self, speaker: str, agency: str, ref: str, held_at: datetime, children: list[Child]) -> None:
        invited = self._one(None, self._at(held_at.date()), self._at(self._about(held_at.date(), -1, 1)), held_at)
        for role in self.dice.sample(
            ("social_worker", "gp", "paediatrician", "sarc_clinician", None), self._one(1, 1, 2)
        ):
            self._add(
                "meeting_participation",
                said_by=speaker,
                agency_code=agency,
                **self._meant(speaker, ref, held_at, children),
                role_code=role,
                invited_at=invited,
                attendance_code=self._one("attended", "attended", *ATTENDANCE),
                contributed_information=self._flag(),
            )

    def _item(self, speaker: str, agency: str, ref: str, held_at: datetime, children: list[Child]) -> None:
        day = self._about(held_at.date(), -1, 0, 1, 2, 3, 4)
        said = {
            "sent_at" if speaker == "csc" else self._one("received_at", "filed_at"): self._maybe(self._at(day), 0.9)
        }
        for item in self.dice.sample(("plan", "minutes", "actions"), self._one(1, 1, 2)):
            meant = self._meant(speaker, ref, held_at, children)
            self._add("plan_circulation", said_by=speaker, agency_code=agency, **meant, item_code=item, **said)

    # the way of a child

    def _pathway(self, child: Child, number: int) -> None:
        day = self._day()
        for _ in range(self._one(1, 1, 2)):
            received = self._at(day)
            self._add(
                "referrals",
                **self._numbers(child, "csc"),
                referral_ref=self._maybe(f"R{number}"),
                received_at=received,
                decided_at=self._maybe(received + timedelta(days=self._one(0, 0, 1, 1, 2, 3, 4))),
                concern_codes=self._one(*CONCERNS),
            )
        for place in range(self._one(0, 1, 1, 2, 3)):
            self._assessment(child, f"A{number}-{place}")
            self._enquiry(child, f"S{self.dice.randrange(self.meetings)}")
        for place in range(self._one(0, 1, 1, 2)):
            self._investigation(child, f"C{number}-{place}")
            self._support(child)
        if self._chance(0.1):
            self._add(
                "child_protection_plans",
                **self._numbers(child, "csc"),
                started_on=day,
                ended_on=self._maybe(self._about(day, 1, 100), 0.5),
                initial_category_code=self._one("NEG", "SAB", "MUL"),
                latest_category_code=self._one("NEG", "SAB", "MUL"),
            )

    def _twice(self) -> int:
        """Once, or as two systems report it."""
        return self._one(1, 1, 1, 2)

    def _assessment(self, child: Child, ref: str) -> None:
        started = self._day()
        authorised = self._maybe(self._about(started, 0, 30, 60, 61, 62, 63, 64, 65, 66, 67, 68, 90))
        for _ in range(self._twice()):
            self._add(
                "assessments",
                **self._numbers(child, "csc"),
                assessment_ref=self._maybe(ref),
                referred_on=self._maybe(self._about(started, 0, -3)),
                started_on=started,
                authorised_on=self._maybe(authorised, 0.9),
                factor_codes=self._one("|19B|", "|19C|2A|", "|16A|", "|19A|", None),
                genogram_present=self._flag(),
                genogram_updated_on=self._maybe(self._about(started, -1, 0, 10)),
                genogram_used=self._flag(),
            )

    def _enquiry(self, child: Child, ref: str) -> None:
        started = self._day()
        icpc = self._maybe(self._about(started, 10, 19, 20, 21, 22, 23, 24, 25, 26), 0.5)
        ended = self._maybe(self._about(started, 0, 10, 21, 30), 0.6)
        for _ in range(self._twice()):
            self._add(
                "section_47_enquiries",
                **self._numbers(child, "csc"),
                s47_ref=self._maybe(ref),
                started_on=started,
                icpc_on=self._maybe(icpc, 0.8),
                ended_on=self._maybe(ended, 0.8),
                icpc_not_required=self._flag() if icpc is None else None,
                csa_concern=self._one(True, False, None),
                closing_discussion_on=self._maybe(self._about(started, 5, 6), 0.7),
                child_seen_alone_on=self._maybe(self._about(started, -1, 0, 1, 10, 30)),
                police_closure_received_on=self._maybe(self._about(started, 20, 60, 150, 300), 0.6),
            )
        if self._chance(0.4):
            self._investigation(child, f"C{ref}-{len(self.rows['police_investigations'])}", started)

    def _investigation(self, child: Child, ref: str, near: date | None = None) -> None:
        day = near or self._day()
        opened, strategy = self._maybe(self._about(day, -180, -5, 0, 3, 180, 181)), self._maybe(day, 0.7)
        closed = self._maybe(max(opened or day, day) + timedelta(days=self._one(0, 20, 59, 60, 150)), 0.7)
        self._add(
            "police_investigations",
            crime_ref=ref,
            **self._numbers(child, "police"),
            opened_on=opened,
            strategy_on=strategy,
            closed_on=closed,
            closure_reason_code=self._maybe("no_crime") if closed else None,
            closure_shared_at=self._maybe(self._at(closed)) if closed else None,
            closing_discussion_on=self._maybe(self._about(day, 3, 4, 5, 6, 7, 8, 9)),
        )

    def _support(self, child: Child) -> None:
        agreed = self._day()
        for provider in ("health_camhs", "sarc", "vcs"):
            if self._chance(0.6):
                known = self._one({"started_on": agreed}, {"declined": True}, {"declined": False}, {}, {})
                who = self._numbers(child, "csc")
                self._add("support_offers", said_by="csc", **who, provider_code=provider, agreed_on=agreed, **known)
            for _ in range(self._one(0, 1, 1, 2)):
                offered = self._maybe(self._about(agreed, -181, -180, -1, 0, 5, 180, 181))
                self._add(
                    "support_offers",
                    said_by=self._one(provider, provider, provider, "police"),
                    **self._numbers(child, provider),
                    provider_code=provider,
                    offered_on=offered,
                    started_on=self._maybe(self._about(offered or agreed, 0, 28, 29, 126, 127), 0.5),
                    declined=self._flag(),
                )

    # staff and audits

    def _audits(self) -> None:
        for number in range(max(10, self.meetings // 10)):
            agency, day = self._one("csc", *AGENCIES, "lscp"), self._day()
            self._add(
                "audit_returns",
                audit_ref="A1",
                case_ref=f"C{number}",
                agency_code=agency,
                audited_on=day,
                rating_code=self._one(*GRADES),
                moderated_rating_code=self._one(*GRADES),
                reason_codes=self._maybe(f"|{'|'.join(sorted(self.dice.sample(REASONS, 2)))}|"),
                voice_captured=self._flag(),
                recording_accurate=self._flag(),
                response_per_procedure=self._flag(),
                protocol_followed=self._flag(),
            )
            closed = self._maybe(self._about(day, -1, 0, 1))
            self._add(
                "improvement_actions",
                agency_code=agency,
                action_ref=f"{number}",
                recommendation_code=self._one("R4", "R6"),
                due_on=day,
                closed_on=closed,
                evidence_code=self._one("provided", "promised", None),
                status_code="closed" if closed else self._one("open", "withdrawn"),
            )
        for agency in ("csc", *AGENCIES[:8]):
            for group in ("one", "other"):
                for month in MONTHS:
                    if self._chance(0.6):
                        scope = self.dice.randrange(1, 200)
                        self._add(
                            "workforce_training",
                            agency_code=agency,
                            role_group=group,
                            as_at_on=month + timedelta(days=self._one(0, 27)),
                            headcount_in_scope=scope,
                            csa_trained_in_date=self.dice.randrange(scope + 1),
                            protocol_briefed=self._maybe(self.dice.randrange(scope + 1), 0.7),
                            course_mandatory=self._flag(),
                        )

    def _returns(self) -> list[tuple[str, date, list[str]]]:
        """Agency, month, tables sent; anything may be missing."""
        found = []
        for month in MONTHS:
            found.append(("csc", month, [name for name in SENT_BY_CSC if self._chance(0.97)]))
            for agency in AGENCIES:
                names = (*SENT_BY_OTHERS, *(("police_investigations",) if agency == "police" else ()))
                names += ("support_offers",) if agency in ("health_camhs", "sarc", "vcs") else ()
                if agency not in ("probation", "unknown"):
                    found.append((agency, month, [name for name in names if self._chance(0.8)]))
        return found

    # into a warehouse

    def load(self, store: Store) -> None:
        """Put all rows into the facts, and the returns into the ledger."""
        with store.writing() as connection:
            for name, rows in self.rows.items():
                bulk(connection, FACTS[name], _staged(name, rows))
            deliveries = [
                _delivery(f"{who}-{month}", f"{who}_test", who, month, month) for who, month, _ in self.returns
            ]
            bulk(connection, DELIVERIES, _told(DELIVERIES, [asdict(one) for one in deliveries]))
            members = [
                asdict(DeliveryMember(f"{name}.csv", name, 0, 0, 0, 0, 0)) | {"delivery_id": f"{who}-{month}"}
                for who, month, names in self.returns
                for name in names
            ]
            bulk(connection, DELIVERY_MEMBERS, _told(DELIVERY_MEMBERS, members))


def _told(table: Table, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist([{column.name: row.get(column.name) for column in table.columns} for row in rows])


def staged_as(name: str, numbered: list[tuple[int, Row]]) -> pa.Table:
    """Rows of a table as a delivery brings them: a row has its number's key, and the hash of what it says."""
    types = {column.name: column.arrow_type for column in fact_columns(all_tables()[name])} | {"source_row": pa.int64()}
    names = [*types, "source_member", "row_key", "row_hash"]
    placed = [
        row
        | {
            "source_member": name,
            "source_row": number,
            "row_key": f"{name}-{number}",
            "row_hash": md5(repr(sorted(row.items())).encode(), usedforsecurity=False).hexdigest(),
        }
        for number, row in numbered
    ]
    return pa.Table.from_pylist(placed, schema=pa.schema([(one, types.get(one, pa.string())) for one in names]))


def _staged(name: str, rows: list[Row]) -> pa.Table:
    """Rows of a table with all of its columns and a provenance."""
    types = {column.name: column.arrow_type for column in fact_columns(all_tables()[name])}
    instants = {"known_from": pa.timestamp("us"), "known_to": pa.timestamp("us")}
    days = {"valid_from": pa.date32(), "valid_to": pa.date32()}
    kinds = types | instants | days | {"source_row": pa.int64()}
    schema = pa.schema([(column.name, kinds.get(column.name, pa.string())) for column in FACTS[name].columns])
    placed = [
        row
        | {
            "delivery_id": "generated",
            "source_row": number,
            "row_key": f"{name}-{number}",
            "row_hash": f"{number}",
            "valid_from": date(1900, 1, 1),
            "known_from": LOADED_AT,
        }
        for number, row in enumerate(rows, start=2)
    ]
    return pa.Table.from_pylist(placed, schema=schema)
