"""What has happened to the facts of a case after it was opened."""

from datetime import datetime
from typing import Literal

from procedures.classification import Operational, Routing
from procedures.commands import KeptValue
from procedures.event_bases import Event, StepEvent

RESULT, BY_SIGNAL = "result", "signal"
"""Why a fact changes where no person says so: a step ended, or something happened outside."""


class FactChanged(Event):
    """A fact is not what it was, or became known. What it is about is as secret as what it says."""

    kind: Operational[Literal["fact_changed"]] = "fact_changed"
    fact: Routing[str] = ""
    value: Routing[KeptValue | None] = None
    before: Routing[KeptValue | None] = None
    """None: nobody had told it."""
    by: Operational[str]
    """On whose word: `operator`, or a competence."""
    reason: Operational[str]
    """One of `commands.FactReason`, or what a procedure changes it by: `RESULT`, `BY_SIGNAL`."""
    run_id: Operational[str | None] = None
    step: Operational[str | None] = None
    """The step whose result changed it."""


class StepWaitsAgain(StepEvent):
    """The step had been left out, and what changed (a fact, a result) lets it wait for its turn again."""

    kind: Operational[Literal["step_waits_again"]] = "step_waits_again"


class StepTurns(StepEvent):
    """What its `when` compares with today changes at `until` by time alone: it is looked at again then."""

    kind: Operational[Literal["step_turns"]] = "step_turns"
    until: Operational[datetime]


class StepTurnsNoMore(StepEvent):
    """It was to be looked at again by time alone, and is not any more: no moment is left that would change it."""

    kind: Operational[Literal["step_turns_no_more"]] = "step_turns_no_more"
