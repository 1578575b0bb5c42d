"""What has happened to one handoff, from its request to its end."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from procedures.case import Giver, HandoffMode, LimitState, Party, RungState
from procedures.classification import Operational, Routing
from procedures.commands import KeptValue
from procedures.event_bases import HandoffEvent


class HandoffRequested(HandoffEvent):
    """A service (or, without one, the coordinator) is asked."""

    kind: Operational[Literal["handoff_requested"]] = "handoff_requested"
    run_id: Operational[str]
    step: Operational[str]
    mode: Operational[HandoffMode]
    competence: Operational[str | None] = None
    """For which of them, where the step names several."""
    service: Operational[str | None]
    owner: Operational[Party]
    giver: Operational[Giver]
    withheld: Operational[bool] = False
    """The consent to what is said is not there: whoever is asked is not told whom it is for."""
    to_pick: Operational[bool] = False
    """The desk is asked who is to be asked: the operator picks."""
    each: Operational[bool] = False
    """Others are asked beside it, and each brings its own result."""
    accept_by: Operational[datetime | None] = None
    limits: Operational[tuple[LimitState, ...]] = ()
    ladder: Operational[tuple[RungState, ...]] = ()


class HandoffAcknowledged(HandoffEvent):
    """Somebody saw it."""

    kind: Operational[Literal["handoff_acknowledged"]] = "handoff_acknowledged"
    actor: Operational[str]


class HandoffAskedBack(HandoffEvent):
    """Whoever was asked wants to be telephoned before it is answered."""

    kind: Operational[Literal["handoff_asked_back"]] = "handoff_asked_back"
    actor: Operational[str]


class HandoffGivenToColleague(HandoffEvent):
    """Another person of the same service is alerted for it, at the word of one of them."""

    kind: Operational[Literal["handoff_given_to_colleague"]] = "handoff_given_to_colleague"
    actor: Operational[str]
    colleague: Operational[str]


class NoticeRead(HandoffEvent):
    """Somebody opened what a notice that was delivered says, with its code."""

    kind: Operational[Literal["notice_read"]] = "notice_read"
    actor: Operational[str]


class HandoffAccepted(HandoffEvent):
    """Somebody took it, and owns it from now on."""

    kind: Operational[Literal["handoff_accepted"]] = "handoff_accepted"
    actor: Operational[str]
    party: Operational[Party]
    on_behalf: Operational[bool] = False
    takers: Operational[tuple[str, ...]] = ()
    """Who of the network it may have been, where the actor does not say which person: all who read the channel, or all
    of whoever it was done for. One where somebody named the person."""
    first_sign_by: Operational[datetime | None] = None
    limits: Operational[tuple[LimitState, ...]] = ()


class AcceptanceClaimed(HandoffEvent):
    """Somebody says that she takes it, and did not prove who she is: the ladder goes on as if nobody had answered."""

    kind: Operational[Literal["acceptance_claimed"]] = "acceptance_claimed"
    actor: Operational[str]
    party: Operational[Party]
    on_behalf: Operational[bool] = False
    person: Operational[str | None] = None
    """Which person of the network takes it, where that was said."""
    beside: Operational[bool] = False
    """Whether what others said so stands as well; once it took the place of theirs."""


class AcceptanceConfirmed(HandoffEvent):
    """A coordinator made sure that what was said without a PIN is true: it is taken."""

    kind: Operational[Literal["acceptance_confirmed"]] = "acceptance_confirmed"
    actor: Operational[str]
    how: Operational[str]


class ClaimDenied(HandoffEvent):
    """What was said without a PIN was false, and counts for nothing."""

    kind: Operational[Literal["claim_denied"]] = "claim_denied"
    actor: Operational[str]
    said_by: Operational[str]
    """Whose answer it was."""
    person: Operational[str | None] = None
    """Of which person it was said; without one, whatever whoever said it had said."""


class AcceptanceDenied(HandoffEvent):
    """It had been taken by somebody who is not of the service: it is taken away again."""

    kind: Operational[Literal["acceptance_denied"]] = "acceptance_denied"
    actor: Operational[str]
    said_by: Operational[str]
    """Whose answer it was."""


class HolderLeft(HandoffEvent):
    """Whoever was asked, or took it, left the network: somebody else is asked now."""

    kind: Operational[Literal["holder_left"]] = "holder_left"


class HandoffDeclined(HandoffEvent):
    """The service cannot."""

    kind: Operational[Literal["handoff_declined"]] = "handoff_declined"
    actor: Operational[str]
    reason: Operational[str]
    on_behalf: Operational[bool] = False


class HandoffTakenByOther(HandoffEvent):
    """Several were asked at once, and another one was the first to take it: nobody is blamed."""

    kind: Operational[Literal["handoff_taken_by_other"]] = "handoff_taken_by_other"
    taken_by: Operational[str | None] = None
    """The service that has it; None: the coordinator."""


class FirstSignNoted(HandoffEvent):
    """Work has begun."""

    kind: Operational[Literal["first_sign_noted"]] = "first_sign_noted"
    actor: Operational[str]


class ResultProposed(HandoffEvent):
    """One person gave a result that counts once another gives the same."""

    kind: Operational[Literal["result_proposed"]] = "result_proposed"
    actor: Operational[str]
    result: Operational[str]
    on_behalf: Operational[bool] = False
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)


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
    expired: Operational[bool] = False
    """Whether it is the moment `STEP.expired`: a limit for the result."""


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
