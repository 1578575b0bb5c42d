"""What every event of the trail carries, and what it is about."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from procedures.classification import Operational


class Event(BaseModel):
    """What every event carries."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at: Operational[datetime]


class RunEvent(Event):
    """About one pathway run."""

    run_id: Operational[str]


class StepEvent(RunEvent):
    """About one step of one run."""

    step: Operational[str]


class HandoffEvent(Event):
    """About one handoff."""

    ref: Operational[str]
