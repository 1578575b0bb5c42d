"""What has happened when a running pathway was moved to another edition of its text."""

from datetime import datetime
from typing import Literal

from procedures.case import LimitState, RungState
from procedures.classification import Operational
from procedures.event_bases import HandoffEvent, RunEvent, StepEvent


class PathwayMoved(RunEvent):
    """From now on the pathway goes by another edition. What is done stays done."""

    kind: Operational[Literal["pathway_moved"]] = "pathway_moved"
    old_edition: Operational[int]
    edition: Operational[int]
    content_hash: Operational[str]
    steps: Operational[tuple[str, ...]]
    """The names of its steps, in their order."""
    reason: Operational[str]


class StepLookedAtAnew(StepEvent):
    """The new edition says otherwise when the step begins, so whether it does is looked at anew."""

    kind: Operational[Literal["step_looked_at_anew"]] = "step_looked_at_anew"


class HandoffRetimed(HandoffEvent):
    """The new edition gives it other times: the strictest end was `old_at` and is `new_at`. None: no limit counts."""

    kind: Operational[Literal["handoff_retimed"]] = "handoff_retimed"
    old_at: Operational[datetime | None]
    new_at: Operational[datetime | None]
    accept_by: Operational[datetime | None]
    first_sign_by: Operational[datetime | None]
    limits: Operational[tuple[LimitState, ...]]
    ladder: Operational[tuple[RungState, ...]]
