"""The state of one case: frozen nouns, rebuilt at any time from its events by `evolving.evolve`.

It holds no name, no contact and no free text: nothing here identifies the survivor. Facts and evidence are of class
routing, so the whole snapshot is kept encrypted. All times are aware UTC datetimes.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from procedures.classification import Operational, Routing
from procedures.commands import KeptValue
from procedures.consent_notes import EVERY_SERVICE, ConsentNote, ConsentServices, ConsentTaken
from procedures.schema import Clock
from procedures.signal_notes import SignalNote
from procedures.wordsets import Words


class Frozen(BaseModel):
    """A noun that never changes: a change is a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HandoffState(StrEnum):
    """Where a handoff stands. `docs/state-machine.md` draws it, generated from `evolving`."""

    REQUESTED = "requested"
    ALERTED = "alerted"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset(
    {HandoffState.REQUESTED, HandoffState.ALERTED, HandoffState.ACKNOWLEDGED, HandoffState.ACCEPTED}
)
UNANSWERED_STATES = OPEN_STATES - {HandoffState.ACCEPTED}


class HandoffMode(StrEnum):
    """What is asked of the receiver: to do (`ask`), to watch somebody outside (`watch`), to know (`tell`)."""

    ASK = "ask"
    WATCH = "watch"
    TELL = "tell"


class StepState(StrEnum):
    """Where a step of a pathway run stands."""

    WAITING = "waiting"
    AWAITING_CONSENT = "awaiting_consent"
    ACTIVE = "active"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


CONFIRM_CALL, CONSENT_CALL, CONSENT_ENDS_CALL, FIRST_SIGN_CALL, PATHWAY_CALL, PICK_CALL = (
    "confirm_needed",
    "consent_needed",
    "consent_ends",
    "first_sign_late",
    "pathway_late",
    "pick_needed",
)
"""Purposes of calls (`events.AlertPurpose`) that are over sooner than their step: she was asked, work has begun."""
TAKEN_BY_OTHER = "taken_by_other"
"""Why a handoff is over that was asked of several at once: another one was the first to take it."""
FALSE_ANSWER = "false_answer"
"""Why a handoff is over that somebody took in the name of a service who is not of it."""
STEP_OVER = frozenset({StepState.DONE, StepState.SKIPPED, StepState.CANCELLED})


class RunState(StrEnum):
    """Where a pathway run stands."""

    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class CaseStatus(StrEnum):
    """Where the case stands."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ConsentState(StrEnum):
    """What she said when asked. A consent that is absent was not asked yet."""

    GIVEN = "given"
    REFUSED = "refused"
    REVOKED = "revoked"


class PartyKind(StrEnum):
    """Who can hold or pass the baton, or be told of it."""

    DESK = "desk"
    SERVICE = "service"
    COORDINATOR = "coordinator"


class Party(Frozen):
    """A desk, a service or a coordinator of the directory."""

    kind: Operational[PartyKind]
    id: Operational[str]


class Giver(Frozen):
    """Whoever passed the baton, and the reference by which *they* know their part: never the receiver's.

    Two stolen mailboxes must not be joined by a shared reference (trust.md), so word goes out under the giver's own.
    """

    party: Operational[Party]
    ref: Operational[str]


class AlertState(StrEnum):
    """What the rules know of an alert."""

    QUEUED = "queued"
    SETTLED = "settled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class AlertNote(Frozen):
    """One alert about a handoff: to whom, and what became of it."""

    person: Operational[str]
    to: Operational[PartyKind]
    state: Operational[AlertState] = AlertState.QUEUED
    settled_at: Operational[datetime | None] = None
    call: Operational[str | None] = None
    """The call it belongs to: the id of the call's first alert. A call goes on until somebody is reached."""


class CallNote(AlertNote):
    """One alert of a call about a step: what somebody must come to know beside the baton itself."""

    purpose: Operational[str]
    about: Operational[str | None] = None
    """The handoff it concerns, where there is one."""


class LimitState(Frozen):
    """One end of time of a step, in absolute terms, and whether it has passed."""

    at: Operational[datetime]
    clock: Operational[Clock]
    passed: Operational[bool] = False
    words: Operational[str] = ""
    """The words of the procedure that set it, so that a page can say which of several limits is the strictest."""


class RungState(Frozen):
    """One rung of the escalation ladder, in absolute terms."""

    at: Operational[datetime]
    to: Operational[str]


class Proposed(Frozen):
    """A result that one person gave and another has to give as well."""

    actor: Operational[str]
    result: Operational[str]
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)


class Claimed(Frozen):
    """What somebody said without a PIN: that she takes it. It stops nothing until a coordinator confirms it."""

    at: Operational[datetime]
    actor: Operational[str]
    party: Operational[Party]
    on_behalf: Operational[bool] = False
    person: Operational[str | None] = None


class Handoff(Frozen):
    """The baton: one request to one service (or to a coordinator), until it ends."""

    ref: Operational[str]
    run_id: Operational[str]
    step: Operational[str]
    mode: Operational[HandoffMode]
    state: Operational[HandoffState]
    competence: Operational[str | None] = None
    """For which of them it was asked, where the step names several."""
    service: Operational[str | None]
    """None when no service could be asked: the coordinator holds it from the start. Or nobody is picked yet."""
    owner: Operational[Party]
    """Who answers for it now. Never absent: an open handoff without an owner would be forgotten."""
    overdue: Operational[bool] = False
    giver: Operational[Giver]
    requested_at: Operational[datetime]
    withheld: Operational[bool] = False
    """Whether it went out without the consent to what is said: nobody was told whom it is for."""
    to_pick: Operational[bool] = False
    """Whether it asks the desk to pick the service, and no service yet."""
    each: Operational[bool] = False
    """Whether others are asked beside it, and each of them brings its own result."""
    accept_by: Operational[datetime | None] = None
    accept_late: Operational[bool] = False
    first_sign_by: Operational[datetime | None] = None
    limits: Operational[tuple[LimitState, ...]] = ()
    """Ends of time for the result; the earliest is `complete_by`."""
    ladder: Operational[tuple[RungState, ...]] = ()
    """The rungs not climbed yet, earliest first."""
    alerted_at: Operational[datetime | None] = None
    acknowledged_at: Operational[datetime | None] = None
    asked_back_at: Operational[datetime | None] = None
    """When whoever was asked first wanted to be telephoned before it is answered."""
    accepted_at: Operational[datetime | None] = None
    first_sign_at: Operational[datetime | None] = None
    accepted_by: Operational[str | None] = None
    accepted_party: Operational[Party | None] = None
    takers: Operational[tuple[str, ...]] = ()
    """Who of the network it may have been that accepted, where `accepted_by` does not say it."""
    claimed: Operational[Claimed | None] = None
    """The latest acceptance that nobody proved and a coordinator has not confirmed yet."""
    also_claimed: Operational[tuple[Claimed, ...]] = ()
    """What others said so before it, and stands as well, oldest first: none of them takes another's place."""
    proposed: Operational[Proposed | None] = None
    """The result that waits for a second person."""
    paused_at: Operational[datetime | None] = None
    """Since when it stands still."""
    stood_still: Operational[int] = 0
    """For how many seconds it did before, since its limits began to count."""
    ended_at: Operational[datetime | None] = None
    result: Operational[str | None] = None
    reason: Operational[str | None] = None
    alerts: Operational[Mapping[str, AlertNote]] = Field(default_factory=dict)
    """The alerts that ask for something, by id, oldest first. Mere news is not listened to."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in OPEN_STATES

    @property
    def waits_to_be_confirmed(self) -> bool:
        """Whether somebody said without a PIN that she takes it, and it still can count."""
        return self.claimed is not None and self.state in UNANSWERED_STATES

    @property
    def claims(self) -> tuple[Claimed, ...]:
        """What was said without a PIN and still can count, oldest first: one of each who said so."""
        if self.claimed is None or not self.waits_to_be_confirmed:
            return ()
        return (*self.also_claimed, self.claimed)

    @property
    def said_so(self) -> tuple[Claimed, ...]:
        """What a coordinator can call false: what was said without a PIN, or else that it was taken."""
        if self.state is HandoffState.ACCEPTED and self.accepted_at and self.accepted_by:
            return (Claimed(at=self.accepted_at, actor=self.accepted_by, party=self.accepted_party or self.owner),)
        return self.claims

    @property
    def may_answer(self) -> bool:
        """Whether a message reached whoever answers for it now, or still may."""
        return not {AlertState.QUEUED, AlertState.SETTLED}.isdisjoint(alert.state for alert in self.holders)

    @property
    def waits_for_a_pick(self) -> bool:
        """Whether an operator has to pick who is asked; a coordinator who holds it may do so, or take it himself."""
        return self.to_pick and self.state in UNANSWERED_STATES and not self.overdue

    @property
    def calls(self) -> list[AlertNote]:
        """The latest call to the coordination: an earlier one, that was answered, says nothing of this one."""
        made = [alert for alert in self.alerts.values() if alert.to is PartyKind.COORDINATOR]
        latest = next((alert.call for alert in reversed(made) if alert.call), None)
        return [alert for alert in made if alert.call == latest]

    @property
    def holders(self) -> list[AlertNote]:
        """What was sent to whoever answers for it now."""
        return self.calls if self.overdue else [note for note in self.alerts.values() if note.to is self.owner.kind]

    @property
    def complete_by(self) -> datetime | None:
        """The strictest end of time for the result that has not passed."""
        return min((limit.at for limit in self.limits if not limit.passed), default=None)


NOT_FOR_THIS_CASE = "not_applicable"
"""Why a step was left out whose `when` does not hold: `events.SkipReason`, which needs what stands here."""


class StepRun(Frozen):
    """One step of one pathway run."""

    step: Operational[str]
    state: Operational[StepState] = StepState.WAITING
    started_at: Operational[datetime | None] = None
    ended_at: Operational[datetime | None] = None
    result: Operational[str | None] = None
    skipped_because: Operational[str | None] = None
    handoffs: Operational[tuple[str, ...]] = ()
    child_run: Operational[str | None] = None
    tried: Operational[tuple[str, ...]] = ()
    moments: Operational[Mapping[str, datetime]] = Field(default_factory=dict)
    """`requested`, `accepted`, `completed`, `expired` and each result reached, with the latest time of it."""
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
    ended_by: Operational[Giver | None] = None
    """Who brought it home: the giver of whatever this step sets off."""
    calls: Operational[Mapping[str, CallNote]] = Field(default_factory=dict)
    """The alerts of calls about this step, by id, oldest first: a consent to be asked for, a limit that is over."""
    awaited_consent: Routing[str | None] = None
    """The consent that it waits for, or waited for last."""
    held_since: Operational[datetime | None] = None
    """When it could have begun first, where it is held back: a point that nobody told counts from here."""
    held_until: Operational[datetime | None] = None
    """Until when it is held back (`not_before`)."""
    turns_at: Operational[datetime | None] = None
    """When time alone changes whether it is for this case, where its `when` is looked at again."""
    extended: Operational[int] = 0
    """How often its limits were made longer."""
    longer_asked_at: Operational[datetime | None] = None
    """When longer time was asked for that is not agreed on yet."""
    agreed: Operational[tuple[str, ...]] = ()
    """The bodies that agree to the longer time that was asked for last."""
    paused_at: Operational[datetime | None] = None
    """Since when it stands still."""
    stood_still: Operational[int] = 0
    """For how many seconds it did before."""
    rounds: Operational[int] = 0
    """How many times of a repeated step are over."""
    moments_before: Operational[Mapping[str, datetime]] = Field(default_factory=dict)
    """The moments as they stood when the latest time of a repeated step was planned: what the times before led to."""
    repeat_over: Operational[bool] = False
    """Whether it is repeated no more."""
    begun_first: Operational[str | None] = None
    """Why it was begun before its turn."""
    owed_for: Operational[str | None] = None
    """The step that was begun before this one, which should have come first."""
    owed_since: Operational[datetime | None] = None

    review_since: Operational[datetime | None] = None
    """Since when somebody has to review that it was begun without a consent; None once that was done."""
    reviewed_at: Operational[datetime | None] = None
    reviewed_by: Operational[str | None] = None
    finding: Operational[str | None] = None
    """What came of the latest review, one of `ReviewFinding`."""

    @property
    def hangs_on_facts(self) -> bool:
        """Whether it did not begin, and its `when` may still let it in or keep it out."""
        left_out = self.state is StepState.SKIPPED and self.skipped_because == NOT_FOR_THIS_CASE
        return left_out or (self.rounds == 0 and self.state in {StepState.WAITING, StepState.AWAITING_CONSENT})

    @property
    def is_owed(self) -> bool:
        """Whether it was passed over and is neither done nor decided."""
        return self.owed_since is not None and self.state not in STEP_OVER


class PathwayRun(Frozen):
    """One pathway of the case, pinned to the text it started with."""

    run_id: Operational[str]
    ref: Operational[str]
    """The opaque reference of this run: its name in Prefect, and the desk's reference in messages."""
    pathway: Operational[str]
    content_hash: Operational[str]
    earlier: Operational[tuple[str, ...]] = ()
    """The texts that it went by before it was moved, oldest first."""
    state: Operational[RunState] = RunState.RUNNING
    parent_run: Operational[str | None] = None
    parent_step: Operational[str | None] = None
    reopens: Operational[str | None] = None
    """The run that it begins anew."""
    giver: Operational[Giver]
    outcome: Operational[str | None] = None
    reason: Operational[str | None] = None
    started_at: Operational[datetime]
    ended_at: Operational[datetime | None] = None
    steps: Operational[Mapping[str, StepRun]]
    limits: Operational[tuple[LimitState, ...]] = ()
    """Ends of time for the pathway as a whole."""
    signals: Operational[Mapping[str, SignalNote]] = Field(default_factory=dict)
    """Those that have come, by name."""

    @property
    def owed(self) -> list[StepRun]:
        """The steps that were passed over and are neither done nor decided."""
        return [step for step in self.steps.values() if step.is_owed]


OWN_WORK = "N-"
"""How the code of the network's own work begins; that of a case begins with `C-`."""


def is_own_work(code: str) -> bool:
    """Whether this is the code of the network's own work: the rules keep code and pathway together from the start."""
    return code.startswith(OWN_WORK)


class CaseState(Frozen):
    """Everything the rules know of a case. `EMPTY` before it is opened."""

    case_id: Operational[str] = ""
    code: Operational[str] = ""
    seed: Operational[str] = ""
    status: Operational[CaseStatus] = CaseStatus.OPEN
    drill: Operational[bool] = False
    territory: Operational[str] = ""
    desk: Operational[str | None] = None
    opened_at: Operational[datetime | None] = None
    ended_at: Operational[datetime | None] = None
    facts: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
    consents: Routing[Mapping[str, ConsentState]] = Field(default_factory=dict)
    consent_notes: Routing[Mapping[str, ConsentNote]] = Field(default_factory=dict)
    """Of the consents that somebody else gave or refused for their subject."""
    consent_taken: Routing[Mapping[str, ConsentTaken]] = Field(default_factory=dict)
    """How the consents were taken that are given or refused; absent where nobody noted it."""
    consent_services: Routing[Mapping[str, ConsentServices]] = Field(default_factory=dict)
    """Of the consents that do not count for every service."""
    exclusions: Routing[Words] = frozenset()
    no_contact_since: Operational[datetime | None] = None
    """Since when she does not want to be contacted again."""
    runs: Operational[Mapping[str, PathwayRun]] = Field(default_factory=dict)
    handoffs: Operational[Mapping[str, Handoff]] = Field(default_factory=dict)
    alert_of: Operational[Mapping[str, str]] = Field(default_factory=dict)
    """Alert id -> ref of the handoff it is about, for alerts that the rules still listen to."""
    call_of: Operational[Mapping[str, tuple[str, str]]] = Field(default_factory=dict)
    """Alert id -> run and step, for the alerts of calls about a step."""
    drawn: Operational[int] = 0
    """How many references were derived from the seed so far."""
    version: Operational[int] = 0
    """How many events made this state."""

    def still_calls(self, step: StepRun, call: CallNote) -> bool:
        """Whether what is called for still matters: a call ends with what it is about."""
        if call.purpose == CONSENT_CALL:
            return step.state is StepState.AWAITING_CONSENT
        if call.purpose == CONSENT_ENDS_CALL:
            return step.state not in STEP_OVER and any(taken.ends_soon for taken in self.consent_taken.values())
        if call.purpose == PATHWAY_CALL:
            running = (run for run in self.runs.values() if run.state is RunState.RUNNING)
            return any(run.steps.get(step.step) is step for run in running)
        handoff = self.handoffs.get(call.about or "")
        if call.purpose == PICK_CALL:
            return handoff is not None and handoff.waits_for_a_pick
        if call.purpose == CONFIRM_CALL:
            return handoff is not None and handoff.waits_to_be_confirmed
        begun = call.purpose == FIRST_SIGN_CALL and handoff is not None and handoff.first_sign_at is not None
        return handoff is not None and handoff.is_open and not begun

    def agreed(self, consent: str, service: str | None) -> bool:
        """Whether the consent is in force, and counts for this service; None is the coordination."""
        given = self.consents.get(consent) is ConsentState.GIVEN
        return given and self.consent_services.get(consent, EVERY_SERVICE).cover(service)

    @property
    def own_work(self) -> bool:
        """Whether it is the network's own work, and concerns no survivor."""
        return is_own_work(self.code)

    @property
    def texts(self) -> list[str]:
        """The hashes of the texts that its pathways are pinned to, or were."""
        return [text for run in self.runs.values() for text in (*run.earlier, run.content_hash)]

    @property
    def exists(self) -> bool:
        """Whether the case was opened."""
        return self.opened_at is not None


EMPTY = CaseState()
