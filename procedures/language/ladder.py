"""The escalation ladder of a step."""

from enum import StrEnum

from procedures.language.base import Model
from procedures.language.lengths import Duration


class RungTarget(StrEnum):
    """Whom the next rung of the ladder calls."""

    SERVICE = "service"
    """The same person again: a reminder."""
    DEPUTY = "deputy"
    NEXT_SERVICE = "next_service"
    COORDINATOR = "coordinator"


class Rung(Model):
    """One rung: `after` counts from the request, for `coordinator` from the step's start."""

    after: Duration
    to: RungTarget
