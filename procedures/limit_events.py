"""What has happened to limits: a step held back, a limit that moved, longer time, silence that ends something."""

from datetime import datetime
from typing import Literal

from procedures.case import LimitState
from procedures.classification import Operational
from procedures.event_bases import HandoffEvent, RunEvent, StepEvent


class StepHeld(StepEvent):
    """The step could begin, and its procedure holds it back until then. Noted again when that moves."""

    kind: Operational[Literal["step_held"]] = "step_held"
    until: Operational[datetime]


class StepReleased(StepEvent):
    """The time came until which the step was held back."""

    kind: Operational[Literal["step_released"]] = "step_released"


class LimitMoved(HandoffEvent):
    """What became known moved the limits: the strictest was `old_at` and is `new_at`. None: no limit counts."""

    kind: Operational[Literal["limit_moved"]] = "limit_moved"
    old_at: Operational[datetime | None]
    new_at: Operational[datetime | None]
    limits: Operational[tuple[LimitState, ...]]


class LongerTimeAsked(HandoffEvent):
    """Somebody asked for longer time, before the end."""

    kind: Operational[Literal["longer_time_asked"]] = "longer_time_asked"
    actor: Operational[str]


class LongerTimeAgreed(HandoffEvent):
    """One of the bodies that must agree does."""

    kind: Operational[Literal["longer_time_agreed"]] = "longer_time_agreed"
    actor: Operational[str]
    body: Operational[str]


class LimitExtended(HandoffEvent):
    """All agreed: there is longer time. The old end and the new one stay in the trail."""

    kind: Operational[Literal["limit_extended"]] = "limit_extended"
    old_at: Operational[datetime]
    new_at: Operational[datetime]
    limits: Operational[tuple[LimitState, ...]]
    times: Operational[int]
    """How often the limits of this step were made longer, this time included."""


class HandoffLapsed(HandoffEvent):
    """Its limit went by, and its procedure says what that means: it ends, and nobody is to blame."""

    kind: Operational[Literal["handoff_lapsed"]] = "handoff_lapsed"
    result: Operational[str]


class PathwayLimitPassed(RunEvent):
    """A limit of the whole pathway went by."""

    kind: Operational[Literal["pathway_limit_passed"]] = "pathway_limit_passed"
    limit_at: Operational[datetime]


class PathwayLimitMoved(RunEvent):
    """What became known moved the limits of the pathway."""

    kind: Operational[Literal["pathway_limit_moved"]] = "pathway_limit_moved"
    old_at: Operational[datetime | None]
    new_at: Operational[datetime | None]
    limits: Operational[tuple[LimitState, ...]]
