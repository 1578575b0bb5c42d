"""What an operation answers. No field holds a name, a contact, a fact of the case, evidence or a given consent."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from procedures.case import CaseStatus, HandoffMode, HandoffState, PartyKind, RunState, StepState
from procedures.events import NobodyBecause
from procedures.whonow import WhoWhen


class Answered(BaseModel):
    """What every answer has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Asking(Answered):
    """A handoff that somebody is being asked to take."""

    ref: str | None = Field(description="Null to a key of one body where another body is asked.")
    step: str
    service: str | None = Field(description="Null: the coordination holds it.")
    state: HandoffState
    accept_by: datetime | None = Field(description="When the answer is due.")


class Opened(Answered):
    """The case is saved, and these alerts are under way."""

    code: str
    handoffs: list[Asking]


class Changed(Answered):
    """What the change led to."""

    code: str
    status: CaseStatus
    handoffs: list[Asking] = Field(description="Those that are being asked for because of it.")
    cancelled: list[str] = Field(description="References of the handoffs that it ended.")


class HandoffChanged(Answered):
    """Where the handoff stands after the answer."""

    ref: str
    state: HandoffState
    late: bool = Field(description="The answer came too late to count: it was recorded, and changes nothing.")
    complete_by: datetime | None = Field(description="When its result is due.")
    waits_for_second: bool = Field(description="The result counts once a second person gives the same one.")
    waits_to_be_confirmed: bool = Field(
        description="Imminent danger, and no PIN: that it is taken counts once a coordinator confirmed it."
    )
    agreed_by: list[str] = Field(description="Who agrees so far to the longer time that was asked for.")
    asked_next: list[Asking]


class CaseSummary(Answered):
    """One case in the list."""

    code: str
    status: CaseStatus
    territory: str
    drill: bool
    opened_at: datetime
    ended_at: datetime | None
    events: int = Field(description="How many events it has: it grows with every change.")
    open_handoffs: int
    overdue_handoffs: int
    due_at: datetime | None = Field(description="The next promise that somebody has to keep.")


class Cases(Answered):
    """A page of cases, the newest first."""

    cases: list[CaseSummary]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class WorkComing(Answered):
    """One piece of the network's own work that begins by itself."""

    pathway: str
    territory: str
    due_at: datetime | None = Field(description="Null: the network's file names no such day for this territory.")
    leads_up_to: str | None = Field(description="The fact that holds the day it leads up to.")


class ComingWork(Answered):
    """What of the network's own work is due and was not begun, then what comes next, soonest first."""

    coming: list[WorkComing]


class RunStanding(Answered):
    """One pathway of the case."""

    ref: str
    pathway: str
    state: RunState
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None


class Owner(Answered):
    """Who answers for it now."""

    kind: PartyKind
    id: str


class HandoffStanding(Answered):
    """One handoff."""

    ref: str
    case: str | None = Field(description="Null to a key of one body: two bodies' handoffs must not be joined.")
    pathway: str | None = Field(description="Null to a key of one body.")
    step: str
    mode: HandoffMode
    service: str | None
    owner: Owner
    state: HandoffState
    overdue: bool
    drill: bool
    requested_at: datetime
    accept_by: datetime | None
    acknowledged_at: datetime | None
    accepted_at: datetime | None
    complete_by: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    result: str | None
    reason: str | None


class Pickable(Answered):
    """Who can be picked now."""

    ref: str
    services: list[str] = Field(description="The first one first; none where nobody is to be picked, or can be.")


class NoticeStep(Answered):
    """One step of the pathway, as far as whoever is told may know."""

    step: str
    state: StepState
    result: str | None = Field(description="How it ended, where the notice tells that.")


class Notice(Answered):
    """What a notice says as things stand: never a fact, evidence or a name."""

    ref: str
    steps: list[NoticeStep]


class Handoffs(Answered):
    """A page of handoffs, the newest first."""

    handoffs: list[HandoffStanding]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class Awaited(Answered):
    """A step that waits until she was asked."""

    pathway: str
    step: str
    consent: str


class Owed(Answered):
    """A step that was passed over by acting first, and is neither done nor decided."""

    pathway: str
    step: str
    begun_first: str = Field(description="The step that was begun before it.")
    since: datetime


class CaseStanding(CaseSummary):
    """One case as it stands."""

    pathways: list[RunStanding]
    handoffs: list[HandoffStanding]
    awaited_consents: list[Awaited]
    owed: list[Owed]
    no_contact_since: datetime | None = Field(description="Since when she does not want to be contacted again.")


class TrailEntry(Answered):
    """One event of the trail, without what is sealed in it."""

    seq: int
    at: datetime
    kind: str
    pathway: str | None = Field(description="The reference of the pathway it belongs to.")
    actor: str
    road: str
    event: dict[str, Any] = Field(description="Its fields that are kept in clear.")


class Trail(Answered):
    """A page of the trail, from the first event on."""

    events: list[TrailEntry]
    next: str | None = Field(description="The cursor of the next page; null on the last there is now.")


class CommandDone(Answered):
    """What became of a command."""

    id: str
    state: Literal["done"]
    at: datetime
    case: str | None = Field(description="The code of its case; null to a key of one body that did not open it.")
    events: list[str] = Field(description="What it led to; nothing where that was so already.")


class WhoIsCalled(Answered):
    """One step of the answer."""

    pathway: str
    step: str
    when: WhoWhen
    service: str | None
    coordinator: str | None
    channel: str | None
    because: NobodyBecause | None = Field(default=None, description="Why no service would be asked, where none would.")
    competence: str | None = Field(default=None, description="For what, where the step tells several; else null.")


class WhoNow(Answered):
    """Who would be called now, step by step."""

    steps: list[WhoIsCalled]


class ProblemError(Answered):
    """One thing that does not fit."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(pattern="^urn:staffetta:problem:[a-z-]+$", description="Stable: what a program looks at.")
    title: str
    status: int
    detail: str = Field(description="What to do, in the language of Accept-Language: it or en.")
    errors: list[ProblemError] = Field(default_factory=list)
    reference: str = Field(default="", description="For whoever runs the house.")
