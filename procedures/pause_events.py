"""A step that stands still, and goes on."""

from typing import Literal

from procedures.classification import Operational
from procedures.event_bases import StepEvent


class StepPaused(StepEvent):
    """A signal came on which the step stands still: its time does not run."""

    kind: Operational[Literal["step_paused"]] = "step_paused"
    signal: Operational[str]


class StepResumed(StepEvent):
    """A signal came on which it goes on, with the time that remained."""

    kind: Operational[Literal["step_resumed"]] = "step_resumed"
    signal: Operational[str]
