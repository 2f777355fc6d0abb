"""What is true of the made-up partnership, before any agency says it: children, meetings, parts, papers."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Child:
    """A child; its name is made of syllables and its postcode of an area that does not exist."""

    ref: str
    nhs_number: str
    upn: str
    born_on: date | None
    expected_on: date | None
    sex: str
    ethnicity: str
    is_from_elsewhere: bool = False
    """Lives here, goes to school and to the doctor in another borough."""
    surname: str = ""
    forename: str = ""
    address: str = ""


@dataclass(frozen=True)
class Involvement:
    """An agency's open work with a child."""

    agency: str
    child: Child
    team: str
    opened_on: date
    closed_on: date | None
    csa_recorded: bool | None = None
    """The agency's own record names a concern of sexual abuse; None: it does not say."""


@dataclass(frozen=True)
class Part:
    """One agency's part in a meeting: what happened, and what each of the two says happened."""

    agency: str
    role: str
    was_involved: bool
    invited_at: datetime | None
    attendance: str
    gave_information: bool
    csc_says: str | None
    """Attendance in Children's Social Care's record; None: the record has no such line."""
    agency_says: str | None
    """Attendance in the agency's own record; None: it logged nothing."""


@dataclass(frozen=True)
class Paper:
    """An item of the plan on its way to an agency."""

    agency: str
    item: str
    sent_at: datetime | None
    """None: the agency has it, and Children's Social Care did not record sending it."""
    method: str
    received_at: datetime | None
    filed_at: datetime | None


@dataclass(frozen=True)
class Action:
    """Something a meeting agreed that somebody would do."""

    ref: str
    owner: str
    """Agency; empty: nobody owns it."""
    role: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class Support:
    """Support for a child: what the meeting agreed and what the provider did."""

    child: Child
    provider: str
    meeting_ref: str
    agreed_on: date | None
    """None: Children's Social Care has no record that it was agreed."""
    offered_on: date | None
    """None: the provider has no record of an offer."""
    started_on: date | None
    is_declined: bool | None
    """None: nobody has answered yet."""


@dataclass(frozen=True)
class Meeting:
    """A strategy meeting, with everybody's part in it and every paper that went out."""

    ref: str
    s47_ref: str
    children: tuple[Child, ...]
    concern_at: datetime
    decided_at: datetime
    held_at: datetime
    sequence: int
    mode: str
    urgency: str
    concerns: tuple[str, ...]
    context: str
    outcome: str
    decision_at: datetime | None
    decision_role: str
    status: str
    parts: tuple[Part, ...] = ()
    papers: tuple[Paper, ...] = ()
    specialist_health: str = ""
    actions: tuple[Action, ...] = ()

    @property
    def is_csa(self) -> bool:
        return "sexual_abuse" in self.concerns


@dataclass(frozen=True)
class Referral:
    """A referral of a child."""

    ref: str
    child: Child
    received_at: datetime
    decided_at: datetime
    source: str
    concerns: tuple[str, ...]
    no_further_action: bool


@dataclass(frozen=True)
class Assessment:
    """An assessment of a child."""

    ref: str
    child: Child
    referred_on: date
    started_on: date
    authorised_on: date
    factors: tuple[str, ...]
    genogram_present: bool
    genogram_updated_on: date | None
    genogram_used: bool
    seen_alone: bool
    views_recorded: bool
    oversight: bool


@dataclass(frozen=True)
class Enquiry:
    """A section 47 enquiry about a child."""

    ref: str
    child: Child
    referred_on: date
    started_on: date
    ended_on: date
    outcome: str
    icpc_on: date | None
    is_csa: bool
    closing_discussion_on: date | None
    seen_alone_on: date | None = None
    police_closure_received_on: date | None = None


@dataclass(frozen=True)
class Investigation:
    """A police investigation about a child."""

    crime_ref: str
    merlin_ref: str
    child: Child
    opened_on: date
    strategy_on: date
    closed_on: date
    reason: str
    shared_at: datetime | None
    closing_discussion_on: date | None = None
    """The same discussion as the enquiry's, in the police's word."""


@dataclass(frozen=True)
class Episode:
    """A child's episode at the Havens."""

    ref: str
    child: Child
    referred_on: date
    referrer: str
    band: str
    asked_on: date | None
    joined_on: date | None
    examined_on: date | None
    outcome: str


@dataclass
class World:
    """Everything that happened."""

    months: list[date]
    meetings: list[Meeting] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    involvements: list[Involvement] = field(default_factory=list)
    investigations: list[Investigation] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    support: list[Support] = field(default_factory=list)

    def held_in(self, month: date) -> list[Meeting]:
        """The meetings whose day lies in the month, whatever became of them."""
        return [meeting for meeting in self.meetings if meeting.held_at.date().replace(day=1) == month]

    def progress(self, day: date) -> float:
        """How far the whole time has gone on a day: 0 in the first month and before, 1 in the last."""
        first, last = self.months[0], self.months[-1]
        return min(max((day - first).days / max((last - first).days, 1), 0.0), 1.0)

    def open_to(self, child: Child, day: date) -> set[str]:
        """The agencies working with the child on that day."""
        return {
            one.agency
            for one in self.involvements
            if one.child is child and one.opened_on <= day and (one.closed_on is None or one.closed_on >= day)
        }
