"""Metrics about meetings, agencies at meetings and children at meetings, as the domain's words have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from tests.plain.counted import Counted
from tests.plain.days import working_days
from tests.plain.partnership import (
    EDUCATION,
    HEALTH,
    POLICE,
    SPECIALISTS,
    Partnership,
    Row,
    is_known_by_concern,
)

PARTICIPATION, CIRCULATION = "meeting_participation", "plan_circulation"


def came(row: Row) -> bool:
    return row["attendance_code"] in ("attended", "deputy")


def took_part(row: Row) -> bool:
    return came(row) or bool(row["contributed_information"])


def knew(row: Row) -> bool:
    """Invited at whatever time, there, sorry, missing though invited, or heard."""
    invited = row["invited_at"] is not None and row["attendance_code"] != "not_invited"
    return invited or took_part(row) or row["attendance_code"] in ("apologies", "did_not_attend")


def is_specialist(row: Row) -> bool:
    return row["agency_code"] in SPECIALISTS or row["role_code"] in ("sarc_clinician", "paediatrician")


def by_csc(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["said_by"] == "csc"]


def by_itself(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["said_by"] == row["agency_code"]]


def agencies(rows: Iterable[Row]) -> set[str]:
    return {row["agency_code"] for row in rows}


def was_sent(row: Row) -> bool:
    return row["said_by"] == "csc" and row["sent_at"] is not None


def was_logged(row: Row) -> bool:
    return row["said_by"] == row["agency_code"] and bool(row["received_at"] or row["filed_at"])


def in_time_to_invite(row: Row, held_at: datetime) -> bool:
    at = row["invited_at"]
    if at is None or row["attendance_code"] == "not_invited":
        return False
    has_time = held_at.time() != datetime.min.time()
    return bool(at <= held_at if has_time else at.date() <= held_at.date())


def heard(said: Partnership, group: Iterable[str], named: set[str], day: date) -> bool:
    """One of the group has sent its word for the month, and so have all whom Children's Social Care names."""
    return said.one_has_sent(group, PARTICIPATION, day) and all(said.has_sent(who, PARTICIPATION, day) for who in named)


def presence(said: Partnership) -> Iterator[Counted]:
    for ref, day in said.cohort.items():
        rows = said.claims[ref]
        csc, own = (agencies(filter(came, word)) for word in (by_csc(rows), by_itself(rows)))
        invited = agencies(row for row in by_csc(rows) if in_time_to_invite(row, said.held[ref]["held_at"]))
        yield Counted("health_present", day, bool(csc & HEALTH))
        yield Counted("health_invited", day, bool(invited & HEALTH))
        if (csc | own) & HEALTH:
            is_heard = heard(said, HEALTH, csc & HEALTH, day)
            yield Counted("health_attendance_confirmed", day, bool(csc & HEALTH))
            both = bool(csc & HEALTH and own & HEALTH)
            yield Counted("health_attendance_confirmed confirmed", day, both, is_heard=is_heard)
        quorate = is_quorate(said, ref)
        yield Counted("quorate", day, quorate)
        is_heard = heard(said, POLICE, csc & POLICE, day)
        yield Counted("quorate confirmed", day, quorate and bool(own & POLICE), is_heard=is_heard)
        if said.has_school_age_child(ref):
            spoke = agencies(filter(took_part, by_csc(rows)))
            yield Counted("school_present", day, bool(spoke & EDUCATION))


def is_quorate(said: Partnership, ref: str) -> bool:
    there = agencies(filter(came, by_csc(said.claims[ref])))
    return "csc" in there and bool(there & POLICE) and bool(there & HEALTH)


def specialists(said: Partnership) -> Iterator[Counted]:
    for ref, day in said.cohort.items():
        recorded = said.held[ref]["specialist_health_code"]
        parts = [row for row in said.claims[ref] if is_specialist(row) and took_part(row)]
        named, themselves = agencies(by_csc(parts)), agencies(by_itself(parts))
        asked, spared = bool(named) or recorded in ("attended", "consulted"), recorded == "reasoned_no"
        silent = {who for who in named if not said.has_sent(who, PARTICIPATION, day)}
        is_heard = not silent and (bool(named) or said.one_has_sent(SPECIALISTS, PARTICIPATION, day))
        yield Counted("specialist_health_considered", day, asked or spared)
        yield Counted(
            "specialist_health_considered confirmed", day, spared or (asked and bool(themselves)), is_heard=is_heard
        )


def sequences(said: Partnership) -> dict[str, list[str]]:
    """First meeting → the meetings of its sequence, in order.

    They have the same enquiry; one without an enquiry has that of a meeting about the same concern: identified on the
    same day, of the same child (the lowest of several). Without an enquiry the concern makes the sequence.
    """
    concern: dict[str, tuple[date, str] | None] = {}
    for ref in said.cohort:
        at, children = said.held[ref]["concern_identified_at"], said.children[ref]
        concern[ref] = (at.date(), min(children)) if at and children else None
    enquiries: dict[tuple[date, str], list[str]] = defaultdict(list)
    for ref, about in concern.items():
        if about and said.held[ref]["s47_ref"]:
            enquiries[about].append(said.held[ref]["s47_ref"])
    together: dict[object, list[str]] = defaultdict(list)
    for ref, about in concern.items():
        enquiry = said.held[ref]["s47_ref"] or (min(enquiries[about], default=None) if about else None)
        together[("enquiry", enquiry) if enquiry else about or ref].append(ref)
    ordered = [sorted(refs, key=lambda ref: (said.held[ref]["held_at"], ref)) for refs in together.values()]
    return {refs[0]: refs for refs in ordered}


def timeliness(said: Partnership) -> Iterator[Counted]:
    limits = {"standard": 3, "planned": 5, None: 3}
    for ref, day in said.cohort.items():
        meeting = said.held[ref]
        at, urgency = meeting["concern_identified_at"], meeting["urgency_code"]
        if at and at.date() <= day:
            same_day, taken = at.date() == day, working_days(at.date(), day)
            yield Counted("meeting_on_time", day, same_day if urgency == "same_day" else taken <= limits[urgency])
        decided, by = meeting["decision_at"], meeting["decision_role_code"]
        is_managers = decided is not None and by in (None, "team_manager", "service_manager")
        in_time = is_managers and day <= decided.date() and working_days(day, decided.date()) <= 1
        yield Counted("management_decision", day, in_time)
    for first, refs in sequences(said).items():
        began = said.cohort[first]
        concerns = [said.held[ref]["concern_identified_at"] for ref in refs]
        dated = [at.date() for at, ref in zip(concerns, refs, strict=True) if at and at.date() <= said.cohort[ref]]
        clock = min(dated, default=began)
        soon = [ref for ref in refs if said.cohort[ref] >= clock and working_days(clock, said.cohort[ref]) <= 5]
        yield Counted("quorate by_sequence", began, any(is_quorate(said, ref) for ref in soon))
        if dated:
            yield Counted("meeting_on_time by_sequence", began, bool(soon))


def actions(said: Partnership) -> Iterator[Counted]:
    listed: dict[str, list[Row]] = defaultdict(list)
    for row in said.facts["meeting_actions"]:
        listed[row["meeting_ref"]].append(row)
    for ref, day in said.cohort.items():
        owned = [row["owner_agency_code"] not in (None, "unknown") and row["due_on"] is not None for row in listed[ref]]
        yield Counted("actions_owned_and_dated", day, bool(owned) and all(owned))
        if owned:
            yield Counted("actions_owned_and_dated where_actions_are_listed", day, all(owned))


def pairs(said: Partnership) -> Iterator[Counted]:
    for ref, day in said.cohort.items():
        for who in said.relevant(ref):
            claims = [row for row in said.claims[ref] if row["agency_code"] == who]
            items = [row for row in said.items[ref] if row["agency_code"] == who]
            yield from _pair(said, day, who, claims, items)


def _pair(said: Partnership, day: date, who: str, claims: list[Row], items: list[Row]) -> Iterator[Counted]:
    speaks, receipts = (said.has_sent(who, table, day) for table in (PARTICIPATION, CIRCULATION))
    sent, logged = any(map(was_sent, items)), any(map(was_logged, items))
    part, own_part = (any(map(took_part, word)) for word in (by_csc(claims), by_itself(claims)))
    yield Counted("relevant_agency_took_part", day, part, agency=who)
    both = part and own_part
    yield Counted("relevant_agency_took_part confirmed", day, both, agency=who, is_heard=speaks)
    days = [row["sent_at"].date() for row in items if was_sent(row)]
    in_time = any(one >= day and working_days(day, one) <= 1 for one in days)
    yield Counted("plan_shared_on_time", day, in_time, agency=who)
    if sent:
        yield Counted("receipt_confirmed confirmed", day, logged, agency=who, is_heard=receipts)
    if not any(map(came, by_csc(claims))):
        yield Counted("plan_shared_with_absent", day, sent, agency=who)
        yield Counted("plan_shared_with_absent confirmed", day, logged, agency=who, is_heard=receipts)
    left_out = not sent and not any(map(knew, by_csc(claims)))
    nothing = not logged and not any(map(knew, by_itself(claims)))
    yield Counted("agency_uninformed", day, left_out, agency=who)
    yield Counted("agency_uninformed confirmed", day, left_out and nothing, agency=who, is_heard=speaks and receipts)


def plans(said: Partnership) -> Iterator[Counted]:
    for ref, day in said.cohort.items():
        relevant, items = said.relevant(ref), said.items[ref]
        if relevant:
            is_heard = all(said.has_sent(who, CIRCULATION, day) for who in relevant)
            yield Counted("plan_shared_with_all", day, relevant <= agencies(filter(was_sent, items)))
            logged = relevant <= agencies(filter(was_logged, items))
            yield Counted("plan_shared_with_all confirmed", day, logged, is_heard=is_heard)


def children(said: Partnership) -> Iterator[Counted]:
    for ref, day in said.cohort.items():
        for child, work in said.knowing[ref].items():
            yield from _practice(said, ref, day, child)
            yield from _records(said, ref, day, work)


def _practice(said: Partnership, ref: str, day: date, child: str) -> Iterator[Counted]:
    if "health_gp" not in agencies(said.knowing[ref][child]):
        return
    kin = said.children[ref][child]
    about = [
        row
        for row in said.items[ref]
        if row["agency_code"] == "health_gp" and (not said.kin(row) or said.kin(row) & kin)
    ]
    is_heard = said.has_sent("health_gp", CIRCULATION, day)
    yield Counted("gp_told", day, any(map(was_sent, about)))
    yield Counted("gp_told confirmed", day, any(map(was_logged, about)), is_heard=is_heard)


def _records(said: Partnership, ref: str, day: date, work: list[Row]) -> Iterator[Counted]:
    others = [group for group in (POLICE, HEALTH) if agencies(work) & group]
    if not others:
        return
    sent = [row for row in work if said.has_sent(row["agency_code"], "involvements", day)]
    recording = agencies(row for row in sent if row["csa_concern_recorded"])
    csc = is_known_by_concern(said.held[ref]) or "csc" in recording
    speaking = [group for group in others if agencies(sent) & group]
    agree = csc and all(recording & group for group in speaking)
    yield Counted("records_agree", day, csc)
    yield Counted("records_agree confirmed", day, agree, is_heard=bool(speaking))
