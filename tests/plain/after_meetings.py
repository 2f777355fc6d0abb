"""Metrics about what comes before and after meetings, and about staff and audits, as the domain's words have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.plain.counted import Counted
from tests.plain.days import after, near, working_days
from tests.plain.partnership import POLICE, Partnership, Row, codes, has_factor, is_known_by_concern

LINKED = timedelta(days=180)


def first(days: Any) -> Any:
    """The earliest of the days that are known."""
    return min((day for day in days if day is not None), default=None)


def together(said: Partnership, table: str, *named: Any) -> Iterator[list[Row]]:
    """Rows that are about the same child and agree in what names them: one thing, whoever reports it."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in said.facts[table]:
        found[(said.child(row), *(name(row) for name in named))].append(row)
    yield from found.values()


def referrals(said: Partnership) -> Iterator[Counted]:
    for rows in together(said, "referrals", lambda row: row["received_at"].date()):
        if any("sexual_abuse" in codes(row["concern_codes"]) for row in rows):
            received = rows[0]["received_at"].date()
            decided = first(row["decided_at"] and row["decided_at"].date() for row in rows)
            yield Counted("referral_decided_on_time", received, bool(decided and working_days(received, decided) <= 1))


def assessments(said: Partnership) -> Iterator[Counted]:
    meetings = {
        ref: (day, said.kin_of_meeting(ref)) for ref, day in said.cohort.items() if is_known_by_concern(said.held[ref])
    }
    discussed: dict[str, list[date]] = defaultdict(list)
    for day, kin in meetings.values():
        for child in kin:
            discussed[child].append(day)
    for rows in together(said, "assessments", lambda row: row["started_on"]):
        is_csa = any(
            has_factor(row)
            or any(
                near(day, row["started_on"], row["authorised_on"]) for who in said.kin(row) for day in discussed[who]
            )
            for row in rows
        )
        if is_csa:
            yield from _assessment(rows)


def _assessment(rows: list[Row]) -> Iterator[Counted]:
    started, authorised = rows[0]["started_on"], first(row["authorised_on"] for row in rows)
    yield from in_time("assessment_on_time", started, authorised, 45)
    if authorised is None:
        return
    present = [row for row in rows if row["genogram_present"]]
    current = any(row["genogram_updated_on"] and row["genogram_updated_on"] >= started for row in present)
    used = current and any(row["genogram_used"] for row in rows)
    for name, step in (("present", bool(present)), ("current", current), ("used", used)):
        yield Counted(f"genogram_effective {name}", authorised, step)


def in_time(metric: str, clock: date, done: date | None, limit: int) -> Iterator[Counted]:
    """What was done, on its day; what was not, beside it, on the first working day beyond its limit."""
    if done:
        yield Counted(metric, done, working_days(clock, done) <= limit)
    yield Counted(f"{metric} open_and_overdue", done or after(clock, limit + 1), done is None)


def enquiries(said: Partnership) -> Iterator[Counted]:
    of_meeting = {said.held[ref]["s47_ref"] for ref in said.cohort} - {None}
    factors = said.by_kin(row for row in said.facts["assessments"] if has_factor(row))
    police = said.by_kin(said.facts["police_investigations"])
    for rows in together(said, "section_47_enquiries", lambda row: row["started_on"]):
        started = rows[0]["started_on"]
        assessed = [one for row in rows for who in said.kin(row) for one in factors[who]]
        by_factor = any(near(started, one["started_on"], one["authorised_on"]) for one in assessed)
        if not (by_factor or any(row["csa_concern"] or row["s47_ref"] in of_meeting for row in rows)):
            continue
        held, ended = (first(row[name] for row in rows) for name in ("icpc_on", "ended_on"))
        if held or not (ended or any(row["icpc_not_required"] for row in rows)):
            yield from in_time("icpc_on_time", started, held, 15)
        if ended or held:
            yield from _concluded(said, rows, ended or held, police[said.child(rows[0])])


def _concluded(said: Partnership, rows: list[Row], over: date, police: list[Row]) -> Iterator[Counted]:
    started, closing = rows[0]["started_on"], first(row["closing_discussion_on"] for row in rows)
    seen = [row["child_seen_alone_on"] for row in rows if row["child_seen_alone_on"]]
    yield Counted("child_seen_alone", over, any(started <= day <= over for day in seen))
    yield Counted("closing_discussion", over, closing is not None)
    open_then = [one for one in police if near(started, opened(one), one["closed_on"])]
    dated = [one["closing_discussion_on"] for one in open_then if one["closing_discussion_on"]]
    agreed = closing is not None and any(abs(working_days(closing, day)) <= 1 for day in dated)
    is_heard = bool(open_then) and said.one_has_sent(POLICE, "police_investigations", over)
    yield Counted("closing_discussion confirmed", over, agreed, is_heard=is_heard)


def opened(investigation: Row) -> date | None:
    found: date | None = investigation["opened_on"] or investigation["strategy_on"] or investigation["closed_on"]
    return found


def closures(said: Partnership) -> Iterator[Counted]:
    known = said.by_kin(said.facts["section_47_enquiries"])
    for row in said.facts["police_investigations"]:
        over = row["closed_on"]
        if over is None:
            continue
        about = [one for who in said.kin(row) for one in known[who] if near(one["started_on"], opened(row), over)]
        came = [one["police_closure_received_on"] for one in about if one["police_closure_received_on"]]
        sent = bool(row["closure_reason_code"] and row["closure_shared_at"])
        holds = any(over <= day <= over + LINKED for day in came)
        is_heard = bool(about) and said.has_sent("csc", "section_47_enquiries", over)
        yield Counted("police_closure_shared", over, sent)
        yield Counted("police_closure_shared confirmed", over, sent and holds, is_heard=is_heard)


def support(said: Partnership) -> Iterator[Counted]:
    offers = said.facts["support_offers"]
    own = said.by_kin(row for row in offers if row["said_by"] == row["provider_code"])
    discussed: dict[str, list[date]] = defaultdict(list)
    for ref, day in said.cohort.items():
        for child in said.kin_of_meeting(ref):
            discussed[child].append(day)
    agreements: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in offers:
        agreed = row["agreed_on"]
        if row["said_by"] == "csc" and agreed:
            met = [day for who in said.kin(row) for day in discussed[who]]
            if any(abs(day - agreed) <= LINKED for day in met):
                agreements[said.child(row), agreed].append(row)
    for (_, agreed), rows in agreements.items():
        told = [
            one
            for row in rows
            for who in said.kin(row)
            for one in own[who]
            if one["provider_code"] == row["provider_code"] and _is_meant(one, agreed)
        ]
        is_heard = all(said.has_sent(row["provider_code"], "support_offers", agreed) for row in rows)
        yield from _support(rows, agreed, told, is_heard=is_heard)


def _is_meant(offer: Row, agreed: date) -> bool:
    day = offer["offered_on"] or offer["started_on"]
    return day is not None and abs(day - agreed) <= LINKED


def _support(rows: list[Row], agreed: date, told: list[Row], *, is_heard: bool) -> Iterator[Counted]:
    if any(row["started_on"] or row["declined"] is not None for row in rows):
        yield Counted("support_started", agreed, any(row["started_on"] for row in rows))
    started = first(one["started_on"] for one in told)
    waited = (started - agreed).days if started else None
    parts = {
        "": waited is not None,
        "offered": bool(told),
        "started_soon": waited is not None and waited <= 28,
        "started_later": waited is not None and 28 < waited <= 126,
        "started_late": waited is not None and waited > 126,
        "declined": waited is None and any(one["declined"] for one in told),
    }
    for name, holds in parts.items():
        yield Counted(f"support_started confirmed {name}".strip(), agreed, holds, is_heard=is_heard)


def staff(said: Partnership) -> Iterator[Counted]:
    for row in said.facts["workforce_training"]:
        where = {"day": row["as_at_on"], "agency": row["agency_code"], "group": row["role_group"]}
        number, briefed = row["headcount_in_scope"], row["protocol_briefed"]
        yield Counted("csa_training", adds=row["csa_trained_in_date"], of=number, **where)
        mandatory = number if row["course_mandatory"] else 0
        yield Counted("csa_training mandatory", adds=mandatory, of=number, **where)
        yield Counted("protocol_briefed", adds=briefed or 0, of=0 if briefed is None else number, **where)


def improvement(said: Partnership) -> Iterator[Counted]:
    for row in said.facts["improvement_actions"]:
        if row["status_code"] == "withdrawn":
            continue
        done = row["status_code"] == "closed" and row["evidence_code"] == "provided"
        in_time = done and row["closed_on"] <= row["due_on"]
        yield Counted("actions_on_time", row["due_on"], in_time, agency=row["agency_code"])
        if row["recommendation_code"] == "R4":
            yield Counted("protocol_promoted", row["due_on"], done, agency=row["agency_code"])


def audits(said: Partnership) -> Iterator[Counted]:
    for row in said.facts["audit_returns"]:
        for slot, answer in _answers(row).items():
            if answer is not None:
                yield Counted(slot, row["audited_on"], answer, agency=row["agency_code"])


def _answers(row: Row) -> dict[str, bool | None]:
    """Slot → yes, no, or not answered."""
    grade, moderated = row["rating_code"], row["moderated_rating_code"]
    best = ("outstanding", "good", "requires_improvement", "inadequate")
    accurate, responded = row["recording_accurate"], row["response_per_procedure"]
    both_answered = accurate is not None and responded is not None
    final = moderated or grade
    moved = best.index(moderated) - best.index(grade) if grade and moderated else None
    answers: dict[str, bool | None] = {
        "recorded_and_responded": accurate and responded if both_answered else None,
        "recorded_and_responded recording_accurate": accurate,
        "recorded_and_responded response_per_procedure": responded,
        "protocol_followed": row["protocol_followed"],
        "audit_rating voice_captured": row["voice_captured"],
        "audit_rating good_or_outstanding": grade in ("good", "outstanding") if grade else None,
        "audit_rating moderated_good_or_outstanding": final in ("good", "outstanding") if final else None,
        "audit_rating moderated_better": None if moved is None else moved < 0,
        "audit_rating moderated_the_same": None if moved is None else moved == 0,
        "audit_rating moderated_worse": None if moved is None else moved > 0,
    }
    answers |= {f"audit_rating {code}": grade == code if grade else None for code in best}
    return answers | {f"audit_rating reason:{code}": code in codes(row["reason_codes"]) for code in REASONS}


REASONS = (
    "lack_of_multi_agency_working",
    "limited_information_csc_to_gp",
    "delay_to_strategy_meeting",
    "no_management_decision",
    "assessment_not_thorough",
    "limited_support",
    "agency_not_informed",
    "voice_not_captured",
    "other",
)
