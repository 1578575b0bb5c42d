"""What somebody asks for: imperatives, each with an id of its own: the same request twice does the thing once."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from procedures.classification import Identity, Operational, Routing, Telephone
from procedures.consent_notes import TakenHow
from procedures.language.consents import ConsentGiver
from procedures.wordsets import Words

FactValue = bool | int | str | AwareDatetime
EvidenceValue = bool | int | str | AwareDatetime
KeptValue = bool | int | str
"""How a value stands in events and state: a datetime as RFC 3339 text in UTC, so that JSON brings back the same."""


class Road(StrEnum):
    """By which road a command came: kept in the trail, so that a false answer can be followed back."""

    DESK = "desk"
    CLI = "cli"
    LINK = "link"
    MAIL = "mail"
    """Somebody answered the mail of an alert."""
    SMS = "sms"
    """Somebody answered the SMS of an alert."""
    VOICE = "voice"
    """Somebody pressed a key in the call of an alert."""
    INBOX = "inbox"
    """Somebody of a service, signed in with an account of her own."""
    API = "api"
    CLOCK = "clock"
    CARRIER = "carrier"


class Person(BaseModel):
    """What may be known of the survivor. All of it may stay empty: help asks for no name."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Identity[str | None] = Field(default=None, max_length=200)
    safe_contact: Annotated[Identity[str | None], Telephone.MAY_HOLD] = Field(default=None, max_length=200)
    note: Identity[str | None] = Field(default=None, max_length=4000)


class Command(BaseModel):
    """What every command carries: its own id, the case, who asks and by which road."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Operational[str] = Field(min_length=16, max_length=100)
    case_id: Operational[str]
    actor: Operational[str]
    """An opaque id: `operator:…`, `service:…`, `person:…`, `clock`, `carrier`. Never a name."""
    road: Operational[Road]


class OpenCase(Command):
    """Open a case and start its first pathway. `code` and `seed` are random, drawn at the edge."""

    kind: Operational[Literal["open_case"]] = "open_case"
    code: Operational[str]
    seed: Operational[str]
    """32 hex digits from which the references of this case's handoffs are derived, so that the rules stay pure."""
    pathway: Operational[str]
    territory: Operational[str]
    desk: Operational[str | None] = None
    """The desk of the network that opens it and gets word; without one, the coordinator does."""
    by: Operational[str] = "operator"
    """On whose word: `operator`, `coordinator`, or a competence whose service said so."""
    drill: Operational[bool] = False
    facts: Routing[Mapping[str, FactValue]] = Field(default_factory=dict)
    consents: Routing[Words] = frozenset()
    exclusions: Routing[Words] = frozenset()
    """Ids of bodies, services and people that must never be asked in this case."""
    person: Identity[Person | None] = None


LANGUAGE = r"^[a-z]{2,3}$"
"""A language, as ISO 639 calls it."""


class AskedForConsent(Command):
    """What is recorded of a yes or a no beside the word itself; None where nobody noted it."""

    consent: Routing[str]
    said_by: Routing[ConsentGiver | None] = None
    """Who says it; None: whoever's word counts today."""
    service: Routing[str | None] = None
    """The one service that is spoken of; None: any that the procedure asks."""
    how: Routing[TakenHow | None] = None
    language: Routing[str | None] = Field(default=None, pattern=LANGUAGE)
    text: Routing[str | None] = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """The hash of the text that was read, which is kept whole."""


class GiveConsent(AskedForConsent):
    """She agrees to what `consent` names; where she did before, for one service more, or for longer."""

    kind: Operational[Literal["give_consent"]] = "give_consent"
    until: Routing[AwareDatetime | None] = None
    """When it ends; None: once it is taken back."""


class RefuseConsent(AskedForConsent):
    """She does not agree: the steps that wait for it are left out, help goes on. Or one service is not to be asked."""

    kind: Operational[Literal["refuse_consent"]] = "refuse_consent"


class RevokeConsent(Command):
    """She takes her consent back: what is pending under it is cancelled at once and the services are told.

    For one service: what is pending there is cancelled, and the next one is asked.
    """

    kind: Operational[Literal["revoke_consent"]] = "revoke_consent"
    consent: Routing[str]
    service: Routing[str | None] = None


class ChangeFact(Command):
    """A fact of the case is otherwise than it was told, or became known."""

    kind: Operational[Literal["change_fact"]] = "change_fact"
    fact: Routing[str]
    value: Routing[FactValue]
    by: Operational[str] = "operator"
    """On whose word: `operator`, or a competence whose service said so."""
    reason: Operational[str]
    """One of `FactReason`."""


class AboutHandoff(Command):
    """An answer or a note about one handoff."""

    ref: Operational[str]


class AcknowledgeHandoff(AboutHandoff):
    """Say *I have seen it*. Stops no clock."""

    kind: Operational[Literal["acknowledge_handoff"]] = "acknowledge_handoff"


class AskBack(AboutHandoff):
    """Ask whoever passed it on to telephone before it is answered. Stops no clock."""

    kind: Operational[Literal["ask_back"]] = "ask_back"


class GiveToColleague(AboutHandoff):
    """Have another person of the same service alerted for it, too. Stops no clock."""

    kind: Operational[Literal["give_to_colleague"]] = "give_to_colleague"
    colleague: Operational[str]
    """By the id in the network's file."""


class AcceptHandoff(AboutHandoff):
    """Say *we take it*."""

    kind: Operational[Literal["accept_handoff"]] = "accept_handoff"
    person: Operational[str | None] = None
    """Which person of the network takes it, where somebody records it on the service's behalf and knows."""
    proven: Operational[bool] = False
    """Whether whoever answers by a link or a program typed the personal PIN of the one who takes it."""


class ConfirmedHow(StrEnum):
    """How a coordinator made sure that an acceptance is true: a closed list, so that no free text travels."""

    CALLED_BACK = "called_back"
    """She rang the number that the network's file has, never one that was given to her."""
    MET = "met"
    """She spoke with the person, face to face."""


class AboutAnswer(AboutHandoff):
    """About one answer that somebody gave, so that no other one is meant that came meanwhile."""

    said_by: Operational[str | None] = None
    """Whose answer is meant: its actor. Without it, the only one that stands."""
    said_at: Operational[datetime | None] = None
    """When that was said, as whoever means it saw it."""


class ConfirmAcceptance(AboutAnswer):
    """A coordinator made sure that whoever said without a PIN that she takes it, said so: it counts from now on."""

    kind: Operational[Literal["confirm_acceptance"]] = "confirm_acceptance"
    how: Operational[ConfirmedHow]


class DenyAcceptance(AboutAnswer):
    """That answer was false: what was taken, or was said to be, by somebody else than the service is undone."""

    kind: Operational[Literal["deny_acceptance"]] = "deny_acceptance"


class DeclineHandoff(AboutHandoff):
    """Say *we cannot*, with a reason from `DeclineReason`."""

    kind: Operational[Literal["decline_handoff"]] = "decline_handoff"
    reason: Operational[str]


class PickService(AboutHandoff):
    """Say who is asked, where the procedure leaves it to the operator: one of those that may be asked now."""

    kind: Operational[Literal["pick_service"]] = "pick_service"
    service: Operational[str]


class NoteFirstSign(AboutHandoff):
    """The service has begun: the clock for a first sign of work stops."""

    kind: Operational[Literal["note_first_sign"]] = "note_first_sign"


class CompleteHandoff(AboutHandoff):
    """The result of the work, with the typed evidence its step asks for."""

    kind: Operational[Literal["complete_handoff"]] = "complete_handoff"
    result: Operational[str]
    evidence: Routing[Mapping[str, EvidenceValue]] = Field(default_factory=dict)


class RemindHandoff(AboutHandoff):
    """Say once more, to whoever holds it, that an answer is waited for. Moves no clock."""

    kind: Operational[Literal["remind_handoff"]] = "remind_handoff"


class RenewLink(AboutHandoff):
    """Send the same contact a fresh link for the result."""

    kind: Operational[Literal["renew_link"]] = "renew_link"


class ExtendLimit(AboutHandoff):
    """Ask for longer time before the end; with `body`, say that this body agrees. When all agree, the limits move."""

    kind: Operational[Literal["extend_limit"]] = "extend_limit"
    body: Operational[str | None] = None
    """A competence that the step's `extend` names, or `coordinator`."""


class GiveSignal(Command):
    """Something happened outside that a pathway waits for, or reckons with. It may come again."""

    kind: Operational[Literal["give_signal"]] = "give_signal"
    signal: Operational[str]
    run: Operational[str] = ""
    """The run: its id, its reference or its pathway's name; empty where one alone of those that run knows it."""
    said_by: Operational[str] = "operator"
    """Whose word it is: `operator`, `coordinator`, or a competence that the pathway names."""
    evidence: Routing[Mapping[str, EvidenceValue]] = Field(default_factory=dict)


class CancelCase(Command):
    """Stop everything of this case and tell every service that was asked."""

    kind: Operational[Literal["cancel_case"]] = "cancel_case"
    reason: Operational[str]


class CancelPathway(Command):
    """Stop one pathway of this case, with the pathways it started."""

    kind: Operational[Literal["cancel_pathway"]] = "cancel_pathway"
    run_id: Operational[str]
    reason: Operational[str]


class AboutStep(Command):
    """Steering of one step of a pathway that runs."""

    run: Operational[str]
    """Its id, its reference or its pathway's name; empty where one alone has this step."""
    step: Operational[str]


class DecideAnew(AboutStep):
    """Replace the result of a step that is done, with a reason from `AnewReason`."""

    kind: Operational[Literal["decide_anew"]] = "decide_anew"
    result: Operational[str]
    evidence: Routing[Mapping[str, EvidenceValue]] = Field(default_factory=dict)
    reason: Operational[str]
    by: Operational[str] = "operator"
    """On whose word: `operator`, `coordinator`, or a competence whose body said so."""
    keep: Operational[Words] = frozenset()
    """The steps under way that hang on it and go on all the same."""
    cancel: Operational[Words] = frozenset()
    """Those that stop."""


class ReopenPathway(Command):
    """Start a pathway that is over anew in the same case, with a reason from `ReopenReason`."""

    kind: Operational[Literal["reopen_pathway"]] = "reopen_pathway"
    run: Operational[str]
    """Its id, its reference, or its pathway's name: the latest of that name."""
    reason: Operational[str]
    same_edition: Operational[bool] = False
    """By the text that it ran by, instead of the one in force."""


class MovePathway(Command):
    """Let a running pathway go by the edition in force from now on, with a reason from `MoveReason`."""

    kind: Operational[Literal["move_pathway"]] = "move_pathway"
    run: Operational[str]
    """Its id, its reference or its pathway's name."""
    edition: Operational[int]
    """The number of the edition in force: what was previewed must be what is done."""
    reason: Operational[str]


class NeverContactAgain(Command):
    """She does not want to be contacted again: what rests on a consent stops, and nobody asks her any more."""

    kind: Operational[Literal["never_contact_again"]] = "never_contact_again"


class ContactAgain(Command):
    """She says otherwise: she may be contacted, and is asked anew for each consent."""

    kind: Operational[Literal["contact_again"]] = "contact_again"


class ActFirst(AboutStep):
    """In danger: begin a later step now, with a reason from `ActFirstReason`. What it passes over stays owed."""

    kind: Operational[Literal["act_first"]] = "act_first"
    reason: Operational[str]


class ForgoStep(AboutStep):
    """Decide that a step that is owed is not needed any more, with a reason from `CancelReason`."""

    kind: Operational[Literal["forgo_step"]] = "forgo_step"
    reason: Operational[str]


class ReviewSteps(AboutStep):
    """What was done without her consent was looked at afterwards, with a finding from `ReviewFinding`.

    Without a step: all of the pathway that waits for it. The pathway and the case may be over.
    """

    kind: Operational[Literal["review_steps"]] = "review_steps"
    step: Operational[str] = ""
    finding: Operational[str]


class PeopleLeft(Command):
    """The network's file changed: what stood with somebody who is in it no more goes to others."""

    kind: Operational[Literal["people_left"]] = "people_left"


class PassDeadline(Command):
    """Time went by: do whatever is due at `now`. Nothing due is nothing done."""

    kind: Operational[Literal["pass_deadline"]] = "pass_deadline"


class AlarmCoordination(Command):
    """The coordination must know of something that is no part of the help: who looks at the case."""

    kind: Operational[Literal["alarm_coordination"]] = "alarm_coordination"
    purpose: Operational[Literal["glass_broken", "many_tries", "wrong_pins"]]


class DeliveryResult(StrEnum):
    """What became of an alert, as far as the rules care."""

    ACCEPTED = "accepted"
    """A carrier took it."""
    FAILED = "failed"
    """Every channel was tried and refused."""
    UNCERTAIN = "uncertain"
    """It may have arrived, nobody can say, and no channel is left."""


class SettleAlert(Command):
    """The carrier's word on one alert, with the true time of it."""

    kind: Operational[Literal["settle_alert"]] = "settle_alert"
    alert_id: Operational[str]
    result: Operational[DeliveryResult]
    channel: Operational[str]
    settled_at: Operational[datetime]
    detail: Operational[str] = ""
    """A code of ours or of the carrier's protocol, never its text."""


class NoteUncertain(Command):
    """Keep that one attempt to deliver an alert ended in doubt: it may have arrived, and goes on all the same.

    It settles nothing: the alert still waits for its last word (`SettleAlert`).
    """

    kind: Operational[Literal["note_uncertain"]] = "note_uncertain"
    alert_id: Operational[str]
    channel: Operational[str]
    attempt: Operational[int] = Field(ge=1)
    """1 for the first sending over this channel."""
    code: Operational[str] = ""
    """A code of ours or of the carrier's protocol, never its text."""


class Receipt(StrEnum):
    """What is heard of a message after its carrier took it. None of it says that anybody read it."""

    TAKEN = "taken"
    """The provider of certified mail took it, and proves it."""
    DELIVERED = "delivered"
    """It lies in the mailbox, or on the telephone."""
    PASSED_ON = "passed_on"
    """Another server has it, and will say no more of it."""
    DELAYED = "delayed"
    """It is still on its way."""
    RETURNED = "returned"
    """It came back: whoever it was for did not get it."""


class NoteReceipt(Command):
    """Keep what was heard of a message after its carrier took it. What has to be done about it is done beside."""

    kind: Operational[Literal["note_receipt"]] = "note_receipt"
    alert_id: Operational[str]
    channel: Operational[str]
    receipt: Operational[Receipt]
    code: Operational[str] = ""
    """A code of ours or of the carrier's protocol, never its text."""
    said_at: Operational[AwareDatetime | None] = None
    """When it was, by the clock of whoever says so."""
    evidence: Operational[str] = ""
    """SHA-256 of what it was said with, where that is kept."""


ABOUT_HER = (GiveConsent, RefuseConsent, RevokeConsent, NeverContactAgain, ContactAgain)
"""What only a survivor can say: refused where the network does its own work."""

AnyCommand = Annotated[
    OpenCase
    | GiveConsent
    | RefuseConsent
    | RevokeConsent
    | ChangeFact
    | AcknowledgeHandoff
    | AskBack
    | GiveToColleague
    | AcceptHandoff
    | ConfirmAcceptance
    | DenyAcceptance
    | DeclineHandoff
    | PickService
    | NoteFirstSign
    | CompleteHandoff
    | RemindHandoff
    | RenewLink
    | ExtendLimit
    | GiveSignal
    | CancelCase
    | CancelPathway
    | ActFirst
    | ForgoStep
    | DecideAnew
    | ReviewSteps
    | ReopenPathway
    | MovePathway
    | NeverContactAgain
    | ContactAgain
    | PeopleLeft
    | PassDeadline
    | AlarmCoordination
    | SettleAlert
    | NoteUncertain
    | NoteReceipt,
    Field(discriminator="kind"),
]


class DeclineReason(StrEnum):
    """Why a service cannot: a closed list, so that no free text travels."""

    FULL = "full"
    NOT_COMPETENT = "not_competent"
    NO_STAFF = "no_staff"
    CONFLICT = "conflict"
    OTHER = "other"


class FactReason(StrEnum):
    """Why a fact is changed: a closed list, so that no free text travels."""

    NEW_ASSESSMENT = "new_assessment"
    SHE_SAID = "she_said"
    SERVICE_SAID = "service_said"
    SOMETHING_HAPPENED = "something_happened"
    WRITTEN_WRONGLY = "written_wrongly"


class CancelReason(StrEnum):
    """Why a case or a pathway is stopped: a closed list."""

    HER_WISH = "her_wish"
    OPENED_BY_MISTAKE = "opened_by_mistake"
    MOVED_AWAY = "moved_away"
    HELPED_ELSEWHERE = "helped_elsewhere"
    CONSENT_REVOKED = "consent_revoked"
    DRILL_OVER = "drill_over"
    CALLED_OFF = "called_off"
    """The network's own work, a meeting for example, does not take place."""
    TIME_OVER = "time_over"
    """Said by the clock alone, where a procedure ends a pathway by silence: nobody chooses it."""
    DECIDED_ANEW = "decided_anew"
    """Said where what it hung on was decided anew: nobody chooses it for more than that."""


NOT_CHOSEN = frozenset({CancelReason.TIME_OVER, CancelReason.DECIDED_ANEW})
OWN_WORK_REASONS = (CancelReason.CALLED_OFF, CancelReason.OPENED_BY_MISTAKE, CancelReason.DRILL_OVER)
"""What a person may choose where the network does its own work."""
CHOSEN_REASONS = tuple(r for r in CancelReason if r not in NOT_CHOSEN and r is not CancelReason.CALLED_OFF)
"""What a person may choose in a case."""


def reasons_to_cancel(*, own_work: bool) -> tuple[CancelReason, ...]:
    """What a person may choose."""
    return OWN_WORK_REASONS if own_work else CHOSEN_REASONS


class ActFirstReason(StrEnum):
    """Why a later step begins now: a closed list."""

    IMMINENT_DANGER = "imminent_danger"
    HER_WISH = "her_wish"
    ONLY_CHANCE = "only_chance"
    """What can be had now will be gone later: a free place, somebody who is there."""
    ORDERED = "ordered"
    """An authority orders it."""


class AnewReason(StrEnum):
    """Why a step is decided anew: a closed list."""

    APPEAL = "appeal"
    RECONSIDERED = "reconsidered"
    NEW_FACTS = "new_facts"
    RECORDED_WRONGLY = "recorded_wrongly"


class ReviewFinding(StrEnum):
    """What comes of looking afterwards at what was done without her consent: a closed list."""

    GROUNDED = "grounded"
    """The law that the procedure names allowed it."""
    NOT_GROUNDED = "not_grounded"
    """It did not: what follows from that is for people to decide."""


class ReopenReason(StrEnum):
    """Why a pathway is reopened: a closed list."""

    NEW_INCIDENT = "new_incident"
    HER_WISH = "her_wish"
    NEW_FACTS = "new_facts"
    ENDED_BY_MISTAKE = "ended_by_mistake"


class MoveReason(StrEnum):
    """Why a running pathway is moved to another edition: a closed list."""

    PROCEDURE_CHANGED = "procedure_changed"
    LAW_CHANGED = "law_changed"
    BETTER_FOR_HER = "better_for_her"
    FAULT_IN_THE_OLD = "fault_in_the_old"
