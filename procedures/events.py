"""What has happened: past tense, one class per fact of the trail, never changed afterwards.

Every event carries `at`, the aware UTC time of the decision. Fields of class routing and identity are encrypted by
`models.vault` before they are kept; a reader without the key sees them empty.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from procedures.case import Giver, HandoffMode, LimitState, Party, RungState
from procedures.classification import Identity, Operational, Routing
from procedures.commands import KeptValue, Person


class Event(BaseModel):
    """What every event carries."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at: Operational[datetime]


class CaseOpened(Event):
    """A case emerged and is now the network's business."""

    kind: Operational[Literal["case_opened"]] = "case_opened"
    case_id: Operational[str]
    code: Operational[str]
    seed: Operational[str]
    territory: Operational[str]
    desk: Operational[str | None]
    drill: Operational[bool]
    facts: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
    consents: Routing[frozenset[str]] = frozenset()
    exclusions: Routing[frozenset[str]] = frozenset()
    person: Identity[Person | None] = None


class ConsentGiven(Event):
    """She agreed."""

    kind: Operational[Literal["consent_given"]] = "consent_given"
    consent: Routing[str] = ""


class ConsentRefused(Event):
    """She did not agree."""

    kind: Operational[Literal["consent_refused"]] = "consent_refused"
    consent: Routing[str] = ""


class ConsentRevoked(Event):
    """She took it back."""

    kind: Operational[Literal["consent_revoked"]] = "consent_revoked"
    consent: Routing[str] = ""


class RunEvent(Event):
    """About one pathway run."""

    run_id: Operational[str]


class PathwayStarted(RunEvent):
    """A pathway began, pinned to the text with this SHA-256."""

    kind: Operational[Literal["pathway_started"]] = "pathway_started"
    ref: Operational[str]
    pathway: Operational[str]
    edition: Operational[int]
    content_hash: Operational[str]
    steps: Operational[tuple[str, ...]]
    parent_run: Operational[str | None] = None
    parent_step: Operational[str | None] = None
    giver: Operational[Giver]


class PathwayEnded(RunEvent):
    """Every step of the pathway is over."""

    kind: Operational[Literal["pathway_ended"]] = "pathway_ended"
    outcome: Operational[str]


class PathwayCancelled(RunEvent):
    """The pathway was stopped."""

    kind: Operational[Literal["pathway_cancelled"]] = "pathway_cancelled"
    reason: Operational[str]


class StepEvent(RunEvent):
    """About one step of one run."""

    step: Operational[str]


class StepStarted(StepEvent):
    """What the step needs is there: it begins."""

    kind: Operational[Literal["step_started"]] = "step_started"


class StepAwaitedConsent(StepEvent):
    """The step could begin, but she was not asked yet: shown to the operator until she answers."""

    kind: Operational[Literal["step_awaited_consent"]] = "step_awaited_consent"


class SkipReason(StrEnum):
    """Why a step was left out."""

    NOT_APPLICABLE = "not_applicable"
    """Its `when` does not hold."""
    NEEDS_CANNOT_BE_MET = "needs_cannot_be_met"
    """What it needs ended with another result."""
    CONSENT_REFUSED = "consent_refused"


class StepSkipped(StepEvent):
    """The step will not take place."""

    kind: Operational[Literal["step_skipped"]] = "step_skipped"
    reason: Operational[SkipReason]


class StepEnded(StepEvent):
    """The step is done, with its result and who brought it home."""

    kind: Operational[Literal["step_ended"]] = "step_ended"
    result: Operational[str]
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
    ended_by: Operational[Giver | None] = None


class StepCancelled(StepEvent):
    """The step was stopped."""

    kind: Operational[Literal["step_cancelled"]] = "step_cancelled"
    reason: Operational[str]


class NoServiceFound(StepEvent):
    """Nobody (else) in the directory can be asked now: the coordinator gets it at once."""

    kind: Operational[Literal["no_service_found"]] = "no_service_found"


class LimitAlreadyOver(StepEvent):
    """A limit was over before the step began: said at once, to a person."""

    kind: Operational[Literal["limit_already_over"]] = "limit_already_over"
    limit_at: Operational[datetime]


class HandoffEvent(Event):
    """About one handoff."""

    ref: Operational[str]


class HandoffRequested(HandoffEvent):
    """A service (or, without one, the coordinator) is asked."""

    kind: Operational[Literal["handoff_requested"]] = "handoff_requested"
    run_id: Operational[str]
    step: Operational[str]
    mode: Operational[HandoffMode]
    service: Operational[str | None]
    owner: Operational[Party]
    giver: Operational[Giver]
    accept_by: Operational[datetime | None] = None
    limits: Operational[tuple[LimitState, ...]] = ()
    ladder: Operational[tuple[RungState, ...]] = ()


class HandoffAcknowledged(HandoffEvent):
    """Somebody saw it."""

    kind: Operational[Literal["handoff_acknowledged"]] = "handoff_acknowledged"
    actor: Operational[str]


class HandoffAccepted(HandoffEvent):
    """Somebody took it, and owns it from now on."""

    kind: Operational[Literal["handoff_accepted"]] = "handoff_accepted"
    actor: Operational[str]
    party: Operational[Party]
    on_behalf: Operational[bool] = False
    first_sign_by: Operational[datetime | None] = None
    limits: Operational[tuple[LimitState, ...]] = ()


class HandoffDeclined(HandoffEvent):
    """The service cannot."""

    kind: Operational[Literal["handoff_declined"]] = "handoff_declined"
    actor: Operational[str]
    reason: Operational[str]
    on_behalf: Operational[bool] = False


class FirstSignNoted(HandoffEvent):
    """Work has begun."""

    kind: Operational[Literal["first_sign_noted"]] = "first_sign_noted"
    actor: Operational[str]


class HandoffCompleted(HandoffEvent):
    """The result came in (for a notice: it was delivered)."""

    kind: Operational[Literal["handoff_completed"]] = "handoff_completed"
    actor: Operational[str]
    result: Operational[str]
    on_behalf: Operational[bool] = False
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)


class HandoffExpired(HandoffEvent):
    """Silence: the baton goes to the next service."""

    kind: Operational[Literal["handoff_expired"]] = "handoff_expired"


class HandoffCancelled(HandoffEvent):
    """It is not needed any more."""

    kind: Operational[Literal["handoff_cancelled"]] = "handoff_cancelled"
    reason: Operational[str]


class RungClimbed(HandoffEvent):
    """A rung of the ladder came due: reminder (`service`), `deputy`, `next_service` or `coordinator`."""

    kind: Operational[Literal["rung_climbed"]] = "rung_climbed"
    to: Operational[str]
    due_at: Operational[datetime]


class ClockName(StrEnum):
    """Which clock of a handoff ran out."""

    ACCEPT = "accept"
    FIRST_SIGN = "first_sign"
    COMPLETE = "complete"


class DeadlinePassed(HandoffEvent):
    """A promised time went by."""

    kind: Operational[Literal["deadline_passed"]] = "deadline_passed"
    clock_name: Operational[ClockName]
    due_at: Operational[datetime]


class OwnerChanged(HandoffEvent):
    """A named coordinator answers for it now, overdue until a person ends it."""

    kind: Operational[Literal["owner_changed"]] = "owner_changed"
    owner: Operational[Party]


class AnswerCameLate(HandoffEvent):
    """An answer that can no longer count: recorded, and its sender is told whom to call."""

    kind: Operational[Literal["answer_came_late"]] = "answer_came_late"
    actor: Operational[str]
    answer: Operational[str]
    """The kind of the command, for example `accept_handoff`."""
    stands: Operational[str]
    """Where the handoff stands instead."""


class AlertPurpose(StrEnum):
    """Why a message goes out. Its wording says no more than this."""

    REQUEST = "request"
    REMINDER = "reminder"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    WATCH = "watch"
    TELL = "tell"
    RESULT_LINK = "result_link"
    FIRST_SIGN_LATE = "first_sign_late"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    TAKEN_BY_OTHER = "taken_by_other"
    WORD_TAKEN = "word_taken"
    WORD_DECLINED = "word_declined"
    WORD_EXPIRED = "word_expired"
    WORD_OVERDUE = "word_overdue"
    WORD_COMPLETED = "word_completed"
    WORD_CANCELLED = "word_cancelled"
    LIMIT_OVER = "limit_over"
    CONSENT_NEEDED = "consent_needed"


class LinkUse(StrEnum):
    """What the link of a message may do."""

    NONE = "none"
    ANSWER = "answer"
    RESULT = "result"


class AlertQueued(Event):
    """A message to one person was decided; it goes out the moment this is committed."""

    kind: Operational[Literal["alert_queued"]] = "alert_queued"
    alert_id: Operational[str]
    purpose: Operational[AlertPurpose]
    ref: Operational[str]
    """The reference that the message shows: the reader's own."""
    about: Operational[str | None] = None
    """The handoff it concerns, where there is one."""
    run_id: Operational[str]
    step: Operational[str | None] = None
    to: Operational[Party]
    person: Operational[str]
    """Id of the person in the directory."""
    link: Operational[LinkUse] = LinkUse.NONE
    answer_by: Operational[datetime | None] = None
    link_until: Operational[datetime | None] = None
    again: Operational[bool] = False
    """Whether this person was alerted for this handoff before."""


class AlertSettled(Event):
    """The carrier's word on it."""

    kind: Operational[Literal["alert_settled"]] = "alert_settled"
    alert_id: Operational[str]
    result: Operational[str]
    channel: Operational[str]
    settled_at: Operational[datetime]
    detail: Operational[str] = ""


class AlertWithdrawn(Event):
    """Answered meanwhile: what is not yet sent is not sent."""

    kind: Operational[Literal["alert_withdrawn"]] = "alert_withdrawn"
    alert_id: Operational[str]


class CaseClosed(Event):
    """Every pathway has ended."""

    kind: Operational[Literal["case_closed"]] = "case_closed"


class CaseCancelled(Event):
    """The case was stopped."""

    kind: Operational[Literal["case_cancelled"]] = "case_cancelled"
    reason: Operational[str]


AnyEvent = Annotated[
    CaseOpened
    | ConsentGiven
    | ConsentRefused
    | ConsentRevoked
    | PathwayStarted
    | PathwayEnded
    | PathwayCancelled
    | StepStarted
    | StepAwaitedConsent
    | StepSkipped
    | StepEnded
    | StepCancelled
    | NoServiceFound
    | LimitAlreadyOver
    | HandoffRequested
    | HandoffAcknowledged
    | HandoffAccepted
    | HandoffDeclined
    | FirstSignNoted
    | HandoffCompleted
    | HandoffExpired
    | HandoffCancelled
    | RungClimbed
    | DeadlinePassed
    | OwnerChanged
    | AnswerCameLate
    | AlertQueued
    | AlertSettled
    | AlertWithdrawn
    | CaseClosed
    | CaseCancelled,
    Field(discriminator="kind"),
]
