"""What came from outside: one event for each signal, however often it comes."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from procedures.classification import Operational, Routing
from procedures.commands import KeptValue
from procedures.event_bases import RunEvent

SIGNAL_CAME = "signal_came"
"""Why a step was called off, or a handoff is not needed any more: no reason that a person chooses."""


class SignalGiven(RunEvent):
    """Something that the pathway waits for, or reckons with, has happened."""

    kind: Operational[Literal["signal_given"]] = "signal_given"
    signal: Operational[str]
    actor: Operational[str]
    said_by: Operational[str]
    """Whose word it is: `operator`, `coordinator`, or a competence."""
    times: Operational[int]
    """How often it has come in this run, this time included."""
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
