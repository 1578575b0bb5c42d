"""What has happened to a repetition: a step that comes again, and one that does not any more."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from procedures.classification import Operational
from procedures.event_bases import StepEvent


class RepetitionEnd(StrEnum):
    """What ended a repetition: its own word for it."""

    AT_MOST = "at_most"
    UNTIL = "until"
    WHILE = "while"
    EDITION = "edition"
    """The pathway was moved to an edition that does not repeat it."""


class StepRepeats(StepEvent):
    """The step was done so many times, and is done again from `until` on."""

    kind: Operational[Literal["step_repeats"]] = "step_repeats"
    rounds: Operational[int]
    until: Operational[datetime]


class RepetitionEnded(StepEvent):
    """The step was done so many times, and is not done again."""

    kind: Operational[Literal["repetition_ended"]] = "repetition_ended"
    rounds: Operational[int]
    reason: Operational[RepetitionEnd]
