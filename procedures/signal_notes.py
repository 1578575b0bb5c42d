"""What the state keeps of a signal that came."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from procedures.classification import Operational, Routing
from procedures.commands import KeptValue


class SignalNote(BaseModel):
    """The last time it came, how often it has come, and what it showed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at: Operational[datetime]
    times: Operational[int] = 1
    evidence: Routing[Mapping[str, KeptValue]] = Field(default_factory=dict)
