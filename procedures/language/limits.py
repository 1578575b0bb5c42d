"""Limits: a distance from a moment, with its clock and its source. Durations are seconds of elapsed UTC time."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from procedures.language.base import Model


class Clock(StrEnum):
    """The three kinds of clock, never mixed (domain.md)."""

    PROTOCOL = "protocol"
    """What the bodies promised each other; a breach escalates."""
    CLINICAL = "clinical"
    """Counts from the event of violence and expires for good."""
    STATUTORY = "statutory"
    """Binds an authority; watched and shown, never a partner's failure."""


class Source(Model):
    """Where a limit comes from, and when somebody last read it there. `verified: false` says that nobody has."""

    text: str = Field(min_length=1)
    verified_on: date | None = None
    verified: bool = True


class Duration(Model):
    """Elapsed time, in whole seconds, and the words it was written in."""

    seconds: int = Field(gt=0)
    words: str


class MomentKind(StrEnum):
    """What a moment hangs on."""

    START = "start"
    """The step's own start: `accepted` for a result, `requested` for an acceptance."""
    CASE = "case"
    """`case.opened`"""
    PATHWAY = "pathway"
    """`pathway.started`"""
    STEP = "step"
    """`STEP.requested | accepted | completed | expired` or `STEP.RESULT`"""
    EVIDENCE = "evidence"
    """`STEP.evidence.FIELD`"""
    FACT = "fact"
    """`fact.NAME`, a dated fact"""


class Moment(Model):
    """A named point in time."""

    kind: MomentKind = MomentKind.START
    step: str | None = None
    name: str | None = None


class Limit(Model):
    """A distance from a moment, with its clock and its source."""

    within: Duration
    of: Moment = Moment()
    clock: Clock = Clock.PROTOCOL
    source: Source
