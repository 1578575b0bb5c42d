"""What an operator's steering led to: a step begun before its turn, and what that leaves owed."""

from typing import Literal

from procedures.classification import Operational
from procedures.event_bases import Event, StepEvent


class StepBegunFirst(StepEvent):
    """An operator began it before its turn."""

    kind: Operational[Literal["step_begun_first"]] = "step_begun_first"
    reason: Operational[str]


class StepOwed(StepEvent):
    """It was passed over: it stays owed, and the pathway does not end before it is done or decided."""

    kind: Operational[Literal["step_owed"]] = "step_owed"
    begun: Operational[str]
    """The step that was begun before it."""


class StepForgone(StepEvent):
    """An operator decided that a step that was owed is not needed any more."""

    kind: Operational[Literal["step_forgone"]] = "step_forgone"
    reason: Operational[str]


class ContactForbidden(Event):
    """She does not want to be contacted again."""

    kind: Operational[Literal["contact_forbidden"]] = "contact_forbidden"


class ContactAllowed(Event):
    """She may be contacted again. What she had agreed to before is asked anew."""

    kind: Operational[Literal["contact_allowed"]] = "contact_allowed"
