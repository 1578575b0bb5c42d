"""What has happened: past tense, one class per fact of the trail, never changed afterwards.

Every event carries `at`, the aware UTC time of the decision. Fields of class routing and identity are encrypted by
`models.vault` before they are kept; a reader without the key sees them empty.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from procedures.alert_events import (
    AlertPurpose,
    AlertQueued,
    AlertSettled,
    AlertWithdrawn,
    DeliveryUncertain,
    LinkUse,
    NobodyToCall,
    ReceiptCame,
)
from procedures.case import NOT_FOR_THIS_CASE, Giver, LimitState
from procedures.choice_events import NobodyBecause, NoServiceFound, ServiceChosen, ServicePicked
from procedures.classification import Identity, Operational, Routing
from procedures.commands import KeptValue, Person
from procedures.consent_events import (
    ConsentEndsSoon,
    ConsentForService,
    ConsentGiven,
    ConsentLapsed,
    ConsentRefused,
    ConsentRevoked,
    MoreToTell,
    StepReviewed,
)
from procedures.event_bases import Event, HandoffEvent, RunEvent, StepEvent
from procedures.fact_events import FactChanged, StepTurns, StepTurnsNoMore, StepWaitsAgain
from procedures.handoff_events import (
    AcceptanceClaimed,
    AcceptanceConfirmed,
    AcceptanceDenied,
    AnswerCameLate,
    ClaimDenied,
    ClockName,
    DeadlinePassed,
    FirstSignNoted,
    HandoffAccepted,
    HandoffAcknowledged,
    HandoffAskedBack,
    HandoffCancelled,
    HandoffCompleted,
    HandoffDeclined,
    HandoffExpired,
    HandoffGivenToColleague,
    HandoffRequested,
    HandoffTakenByOther,
    HolderLeft,
    NoticeRead,
    OwnerChanged,
    ResultProposed,
    RungClimbed,
)
from procedures.limit_events import (
    HandoffLapsed,
    LimitExtended,
    LimitMoved,
    LongerTimeAgreed,
    LongerTimeAsked,
    PathwayLimitMoved,
    PathwayLimitPassed,
    StepHeld,
    StepReleased,
)
from procedures.move_events import HandoffRetimed, PathwayMoved, StepLookedAtAnew
from procedures.pause_events import StepPaused, StepResumed
from procedures.repeat_events import RepetitionEnd, RepetitionEnded, StepRepeats
from procedures.signal_events import SIGNAL_CAME, SignalGiven
from procedures.steering_events import (
    CaseReopened,
    ContactAllowed,
    ContactForbidden,
    PathwayReopened,
    StepBegunFirst,
    StepDecidedAnew,
    StepForgone,
    StepKept,
    StepOwed,
)
from procedures.wordsets import Words

__all__ = [
    "SIGNAL_CAME",
    "AcceptanceClaimed",
    "AcceptanceConfirmed",
    "AcceptanceDenied",
    "AlertPurpose",
    "AlertQueued",
    "AlertSettled",
    "AlertWithdrawn",
    "AnswerCameLate",
    "AnyEvent",
    "CaseCancelled",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "ClaimDenied",
    "ClockName",
    "ConsentEndsSoon",
    "ConsentForService",
    "ConsentGiven",
    "ConsentLapsed",
    "ConsentRefused",
    "ConsentRevoked",
    "ContactAllowed",
    "ContactForbidden",
    "DeadlinePassed",
    "DeliveryUncertain",
    "Event",
    "FactChanged",
    "FirstSignNoted",
    "HandoffAccepted",
    "HandoffAcknowledged",
    "HandoffAskedBack",
    "HandoffCancelled",
    "HandoffCompleted",
    "HandoffDeclined",
    "HandoffEvent",
    "HandoffExpired",
    "HandoffGivenToColleague",
    "HandoffLapsed",
    "HandoffRequested",
    "HandoffRetimed",
    "HandoffTakenByOther",
    "HolderLeft",
    "LimitAlreadyOver",
    "LimitExtended",
    "LimitMoved",
    "LinkUse",
    "LongerTimeAgreed",
    "LongerTimeAsked",
    "MoreToTell",
    "NoServiceFound",
    "NobodyBecause",
    "NobodyToCall",
    "NoticeRead",
    "OwnerChanged",
    "PathwayCancelled",
    "PathwayEnded",
    "PathwayLimitMoved",
    "PathwayLimitPassed",
    "PathwayMoved",
    "PathwayReopened",
    "PathwayStarted",
    "ReceiptCame",
    "RepetitionEnd",
    "RepetitionEnded",
    "ResultProposed",
    "RunEvent",
    "RungClimbed",
    "ServiceChosen",
    "ServicePicked",
    "SignalGiven",
    "SkipReason",
    "StepAwaitedConsent",
    "StepBegunFirst",
    "StepCancelled",
    "StepDecidedAnew",
    "StepEnded",
    "StepEvent",
    "StepForgone",
    "StepHeld",
    "StepKept",
    "StepLookedAtAnew",
    "StepOwed",
    "StepPaused",
    "StepReleased",
    "StepRepeats",
    "StepResumed",
    "StepReviewed",
    "StepSkipped",
    "StepStarted",
    "StepTurns",
    "StepTurnsNoMore",
    "StepWaitsAgain",
]


class CaseOpened(Event):
    """A case emerged and is now the network's business."""

    kind: Operational[Literal["case_opened"]] = "case_opened"
    case_id: Operational[str]
    code: Operational[str]
    seed: Operational[str]
    territory: Operational[str]
    desk: Operational[str | None]
    drill: Operational[bool]
    by: Operational[str] = "operator"
    """On whose word."""
    facts: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
    consents: Routing[Words] = frozenset()
    exclusions: Routing[Words] = frozenset()
    person: Identity[Person | None] = None


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
    reopens: Operational[str | None] = None
    """The run that it begins anew."""
    giver: Operational[Giver]
    limits: Operational[tuple[LimitState, ...]] = ()
    """Those of the pathway as a whole."""


class PathwayEnded(RunEvent):
    """Every step of the pathway is over."""

    kind: Operational[Literal["pathway_ended"]] = "pathway_ended"
    outcome: Operational[str]


class PathwayCancelled(RunEvent):
    """The pathway was stopped."""

    kind: Operational[Literal["pathway_cancelled"]] = "pathway_cancelled"
    reason: Operational[str]


class StepStarted(StepEvent):
    """What the step needs is there: it begins."""

    kind: Operational[Literal["step_started"]] = "step_started"
    on_basis: Operational[bool] = False
    """Whether it acts on a basis in law, without a consent: somebody reviews that afterwards."""


class StepAwaitedConsent(StepEvent):
    """The step could begin, but she was not asked yet: shown to the operator until she answers."""

    kind: Operational[Literal["step_awaited_consent"]] = "step_awaited_consent"
    consent: Routing[str | None] = None


class SkipReason(StrEnum):
    """Why a step was left out."""

    NOT_APPLICABLE = NOT_FOR_THIS_CASE
    """Its `when` does not hold."""
    NEEDS_CANNOT_BE_MET = "needs_cannot_be_met"
    """What it needs ended with another result."""
    CONSENT_REFUSED = "consent_refused"
    NO_CONTACT = "no_contact"
    """It rests on a consent, and she does not want to be contacted again."""
    NO_SIGNAL = "no_signal"
    """The signal it waits for never came, and nothing else keeps the pathway open."""
    NOT_IN_EDITION = "not_in_edition"
    """The pathway was moved to an edition that does not have it."""


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


class LimitAlreadyOver(StepEvent):
    """A limit was over before the step began: said at once, to a person."""

    kind: Operational[Literal["limit_already_over"]] = "limit_already_over"
    limit_at: Operational[datetime]


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
    | ConsentLapsed
    | ConsentForService
    | ConsentEndsSoon
    | StepReviewed
    | HolderLeft
    | MoreToTell
    | FactChanged
    | StepTurns
    | StepTurnsNoMore
    | StepWaitsAgain
    | PathwayStarted
    | PathwayEnded
    | PathwayCancelled
    | StepStarted
    | StepAwaitedConsent
    | StepSkipped
    | StepEnded
    | StepCancelled
    | NoServiceFound
    | ServiceChosen
    | ServicePicked
    | LimitAlreadyOver
    | HandoffRequested
    | HandoffAcknowledged
    | HandoffAskedBack
    | HandoffGivenToColleague
    | NoticeRead
    | HandoffAccepted
    | HandoffDeclined
    | AcceptanceClaimed
    | AcceptanceConfirmed
    | AcceptanceDenied
    | ClaimDenied
    | HandoffTakenByOther
    | FirstSignNoted
    | ResultProposed
    | HandoffCompleted
    | HandoffExpired
    | HandoffCancelled
    | RungClimbed
    | DeadlinePassed
    | OwnerChanged
    | AnswerCameLate
    | AlertQueued
    | NobodyToCall
    | AlertSettled
    | DeliveryUncertain
    | ReceiptCame
    | AlertWithdrawn
    | HandoffLapsed
    | LimitExtended
    | LimitMoved
    | LongerTimeAgreed
    | LongerTimeAsked
    | PathwayLimitMoved
    | PathwayLimitPassed
    | SignalGiven
    | StepPaused
    | StepResumed
    | StepHeld
    | StepReleased
    | ContactAllowed
    | ContactForbidden
    | RepetitionEnded
    | StepRepeats
    | CaseReopened
    | PathwayReopened
    | StepDecidedAnew
    | StepKept
    | StepBegunFirst
    | StepForgone
    | StepOwed
    | PathwayMoved
    | StepLookedAtAnew
    | HandoffRetimed
    | CaseClosed
    | CaseCancelled,
    Field(discriminator="kind"),
]
