"""The four kinds of step."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from procedures.language.base import Text
from procedures.language.choosing import Choice
from procedures.language.conditions import Condition, ConditionKind, LookedAt, Need, compared_with_today
from procedures.language.consents import ConsentTerms
from procedures.language.ladder import Rung
from procedures.language.limits import Extension, Limit, Point, Silence
from procedures.language.repeating import Repetition
from procedures.language.results import Result
from procedures.language.signals import StepEnd


class Step(ConsentTerms):
    """What every step has."""

    name: str
    title: Text
    needs: Need = Need()
    when: Condition | None = None
    looked_at: LookedAt = LookedAt.ONCE
    """Whether a later fact can still let the step in, or leave it out."""
    not_before: Point | None = None
    """When its needs are met sooner, the step is held back until then."""
    repeat: Repetition | None = None


class AskStep(Step):
    """A handoff: a service must accept, work, and come back with a result."""

    kind: Literal["ask"] = "ask"
    competence: str
    choose: Choice = Choice()
    not_delegable: bool = False
    """Whether it is the first service's alone: where that cannot, the coordinator gets it, and no next service."""
    accept_within: Limit
    two_persons: bool = False
    """Whether its result counts only once two people gave the same one."""
    final: bool = False
    """Whether nobody may decide it anew: `anew: never`."""
    anew_by: tuple[str, ...] = ()
    """On whose word alone it is decided anew: `anew: {by: …}`. Empty: on the operator's."""
    first_sign_within: Limit | None = None
    complete_within: tuple[Limit, ...]
    on_expiry: str = Silence.ESCALATE
    """What it means that a limit for the result went by: `escalate`, `note`, or the name of a result."""
    extend: Extension | None = None
    results: Mapping[str, Result]
    ends_when: tuple[StepEnd, ...] = ()
    """The first that holds when a signal comes ends the step."""
    pauses_on: Need | None = None
    """The signals on which it stands still while it is at work."""
    resumes_on: Need | None = None
    """Those on which it goes on, with the time that remained."""
    escalate: tuple[Rung, ...]


class Level(StrEnum):
    """How much whoever is told may read, behind the link of the notice and its code."""

    REFERENCE = "reference"
    """Nothing: the notice has a reference and no link."""
    STATUS = "status"
    """Where the pathway stands, by the titles of its steps."""
    RESULT = "result"
    """And how the steps ended that this one needs."""


class TellStep(Step):
    """Information, delivered until it arrives at everybody who is told; no answer is asked."""

    kind: Literal["tell"] = "tell"
    competences: tuple[str, ...]
    """One service is told for each of them."""
    choose: Choice = Choice()
    level: Level = Level.REFERENCE


class AwaitStep(Step):
    """Somebody outside the directory must act; a service of ours watches and reports."""

    kind: Literal["await"] = "await"
    who: Text
    watched_by: str
    """The competence of the service that watches."""
    choose: Choice = Choice()
    not_delegable: bool = False
    """As for an `ask`."""
    final: bool = False
    """As for an `ask`."""
    anew_by: tuple[str, ...] = ()
    """As for an `ask`."""
    within: tuple[Limit, ...]
    on_expiry: str = Silence.ESCALATE
    """As for an `ask`."""
    extend: Extension | None = None
    results: Mapping[str, Result]
    ends_when: tuple[StepEnd, ...] = ()
    """As for an `ask`."""
    pauses_on: Need | None = None
    resumes_on: Need | None = None


class StartStep(Step):
    """Another pathway, whose outcome is this step's result."""

    kind: Literal["start"] = "start"
    pathway: str


AnyStep = Annotated[AskStep | TellStep | AwaitStep | StartStep, Field(discriminator="kind")]


def entering(step: AnyStep) -> Condition | None:
    """What must hold for a step to begin at all: its `when`, and what a repetition goes on by."""
    while_ = step.repeat.while_ if step.repeat else None
    if step.when is None or while_ is None:
        return step.when or while_
    return Condition(kind=ConditionKind.ALL, parts=(step.when, while_))


def time_turns(step: AnyStep) -> bool:
    """Whether time alone may change whether the step is for a case: it compares with today, and is looked at again."""
    return step.looked_at is LookedAt.AGAIN and any(compared_with_today(entering(step)))
