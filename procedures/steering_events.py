"""What an operator's steering led to: steps begun first, decided anew; pathways reopened."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from procedures.classification import Operational, Routing
from procedures.commands import KeptValue
from procedures.event_bases import Event, RunEvent, StepEvent


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


class StepDecidedAnew(StepEvent):
    """A step that was done has another result now. The old one stays in the trail."""

    kind: Operational[Literal["step_decided_anew"]] = "step_decided_anew"
    old_result: Operational[str]
    result: Operational[str]
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
    reason: Operational[str]
    by: Operational[str] = "operator"
    """On whose word."""


class StepKept(StepEvent):
    """It hung on what was decided anew, and goes on by an explicit choice."""

    kind: Operational[Literal["step_kept"]] = "step_kept"
    decided: Operational[str]


class PathwayReopened(RunEvent):
    """A pathway that was over begins anew, in a run of its own."""

    kind: Operational[Literal["pathway_reopened"]] = "pathway_reopened"
    reason: Operational[str]


class CaseReopened(Event):
    """The case was over and is open again."""

    kind: Operational[Literal["case_reopened"]] = "case_reopened"
