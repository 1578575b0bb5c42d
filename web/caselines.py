"""The lines of a case's page: everything in words already, so that a template has nothing to decide."""

from dataclasses import dataclass
from datetime import datetime

from models.history import FlowRunNote
from models.reports import Report
from procedures.commands import Person
from procedures.showing.strictest import Ending
from web.steerable import Steerable
from web.timeline import Told


@dataclass(frozen=True)
class Alerted:
    """Somebody who is being called and has not answered."""

    holder: str
    roles: str
    step: str
    answer_by: datetime | None


@dataclass(frozen=True)
class WantedConsent:
    """What she has to be asked, and the steps that wait for it."""

    name: str
    title: str
    steps: tuple[str, ...]
    giver: str
    """Who has to be asked, where that is not she."""


@dataclass(frozen=True)
class UntoldLine:
    """Something that was begun without her consent, and of which she was not told yet."""

    title: str
    telling: str
    """The step in which she is told."""
    since: datetime | None


@dataclass(frozen=True)
class KnownConsent:
    """What she said."""

    name: str
    title: str
    state: str
    said: str
    how: str = ""
    """How, in which language and by what text it was taken, as far as somebody noted it."""
    until: datetime | None = None
    ends_soon: bool = False
    only: tuple[tuple[str, str], ...] = ()
    """The services that it counts for alone, id and name; empty where it counts for any."""
    without: tuple[tuple[str, str], ...] = ()
    """Those that she does not want."""
    offered: tuple[tuple[str, str], ...] = ()
    """Those that the steps under it could be asked of, and that it counts for."""


@dataclass(frozen=True)
class HandoffLine:
    """One handoff."""

    ref: str
    step: str
    pathway: str
    holder: str
    state: str
    state_said: str
    detail: str
    due_at: datetime | None
    overdue: bool
    ended_at: datetime | None
    is_open: bool
    answerable: bool
    endings: tuple[Ending, ...] = ()
    """The ends of time for its result while it is open."""

    @property
    def rule(self) -> str:
        """The rule that set the time that is shown, where there is more than one or it is no plain length."""
        shown = [ending.rule for ending in self.endings if ending.strictest and ending.at == self.due_at]
        return shown[0] if shown else ""


@dataclass(frozen=True)
class StepLine:
    """One step of a pathway."""

    title: str
    state: str
    said: str


@dataclass(frozen=True)
class RunLine:
    """One pathway, with what Prefect recorded of it."""

    title: str
    state: str
    state_said: str
    begun_anew_at: datetime | None
    """When, where it is one that was over and was reopened."""
    steps: tuple[StepLine, ...]
    endings: tuple[Ending, ...]
    """The ends of time for the pathway as a whole, while it goes on."""
    history: FlowRunNote | None
    differences: tuple[Report, ...]
    """Where Prefect's record did not agree with the trail."""


@dataclass(frozen=True)
class MessageLine:
    """One message over one channel."""

    to: str
    role: str
    purpose: str
    again: bool
    ref: str
    channel: str
    state: str
    state_said: str
    at: datetime
    delay: float | None
    why: str
    """What its code means; empty where only the carrier knows."""
    code: str | None


@dataclass(frozen=True)
class FactLine:
    """One fact that was told."""

    title: str
    value: str


@dataclass(frozen=True)
class CasePage:
    """All of it."""

    code: str
    drill: bool
    own_work: bool
    """Whether it is no case, but the network's own work."""
    status: str
    status_said: str
    is_open: bool
    territory: str
    opened_at: datetime
    ended_at: datetime | None
    person: Person | None
    alerted: tuple[Alerted, ...]
    consents_wanted: tuple[WantedConsent, ...]
    consents: tuple[KnownConsent, ...]
    untold: tuple[UntoldLine, ...]
    facts: tuple[FactLine, ...]
    handoffs: tuple[HandoffLine, ...]
    runs: tuple[RunLine, ...]
    messages: tuple[MessageLine, ...]
    timeline: tuple[Told, ...]
    steerable: Steerable
