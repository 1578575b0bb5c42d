"""Why this service and no other: what the trail says of a choice that the procedure narrows."""

from enum import StrEnum
from typing import Literal

from procedures.classification import Operational, Routing
from procedures.event_bases import HandoffEvent, StepEvent


class NobodyBecause(StrEnum):
    """Why nobody can be asked."""

    NOBODY = "nobody"
    """No service that may be asked is there, open and left to be tried."""
    TERRITORY_UNKNOWN = "territory_unknown"
    """The fact that says in which territory to look was not told."""
    BODY_UNKNOWN = "body_unknown"
    """No service of the network did the step whose body is to do this one, or is not to."""
    PERSON_UNKNOWN = "person_unknown"
    """It is not known which person took the step that is to be the same person's."""
    NOT_DELEGABLE = "not_delegable"
    """It is the first service's alone, and that one cannot."""
    ALL_ASKED = "all_asked"
    """All were asked at once, each for its own result: nobody comes next in the place of another."""
    CONSENT_OVER = "consent_over"
    """Her consent ended while it was asked for: nobody more is asked before she said yes again."""
    PICKED = "picked"
    """The operator has not picked it yet: so answers *who would be asked*, and no event."""


class ServiceChosen(StepEvent):
    """A service was chosen by more than its competence: what the procedure asked for, and whom that passed over."""

    kind: Operational[Literal["service_chosen"]] = "service_chosen"
    service: Operational[str]
    territory: Routing[str | None] = None
    """The territory that a fact named."""
    same_as: Operational[str | None] = None
    """The step whose body does this one too."""
    different_from: Operational[tuple[str, ...]] = ()
    """The steps whose bodies may not do this one."""
    same_person_as: Operational[str | None] = None
    """The step whose taker is to take this one too."""
    called_first: Operational[bool] = False
    """Whether that person is called first: of the service still, and on duty."""
    other_person_than: Operational[tuple[str, ...]] = ()
    """The steps whose takers may not take this one."""
    barred: Operational[tuple[str, ...]] = ()
    """The competences whose bodies may not do this one."""
    passed_over: Operational[tuple[str, ...]] = ()
    """The services that would have been asked before it otherwise."""


class ServicePicked(HandoffEvent):
    """An operator picked who is asked: what was asked of the desk is done."""

    kind: Operational[Literal["service_picked"]] = "service_picked"
    actor: Operational[str]
    service: Operational[str]
    out_of: Operational[int]
    """Of how many that could be asked at that moment."""


class NoServiceFound(StepEvent):
    """Nobody (else) in the directory can be asked now: the coordinator gets it at once."""

    kind: Operational[Literal["no_service_found"]] = "no_service_found"
    because: Operational[NobodyBecause] = NobodyBecause.NOBODY
    competence: Operational[str | None] = None
    """For what, where the step tells several."""
