"""What a pathway says, as frozen models. `loading` builds them from YAML; nothing here reads a file.

The first slice of the pathway language: every word that is not here is refused by `checking`, with its place and what
to write instead. Durations are whole seconds of elapsed UTC time.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A frozen part of a pathway."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """A text in the two languages of the network."""

    it: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def said(self, language: str) -> str:
        """The text in `language`; Italian where the language is unknown."""
        return self.en if language == "en" else self.it


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


class EvidenceType(StrEnum):
    """What a result may have to show. No free text: it could carry a name into a place it must not reach."""

    DATETIME = "datetime"
    DATE = "date"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REFERENCE = "reference"
    """Up to 40 letters, digits and `-/.`: a protocol or report number."""


class Result(Model):
    """One way in which a step can end well."""

    title: Text | None = None
    evidence: Mapping[str, EvidenceType] = Field(default_factory=dict)


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


class NeedKind(StrEnum):
    """How needs are joined."""

    STEP = "step"
    ALL_OF = "all_of"
    ANY_OF = "any_of"


class Need(Model):
    """What must have happened first.

    `step` without a result is met when that step is over in any way, left out included; with a result only by it.
    An empty `all_of` is met at once.
    """

    kind: NeedKind = NeedKind.ALL_OF
    step: str | None = None
    result: str | None = None
    parts: tuple["Need", ...] = ()


class ConditionKind(StrEnum):
    """The forms of a condition on declared facts."""

    FACT = "fact"
    ALL = "all"
    ANY = "any"
    NOT = "not"


FactWord = bool | int | str


class Condition(Model):
    """`fact` is one of `values` (`unknown`: nobody told it), or parts joined by all, any, not."""

    kind: ConditionKind
    fact: str | None = None
    values: tuple[FactWord, ...] = ()
    parts: tuple["Condition", ...] = ()


class Step(Model):
    """What every step has."""

    name: str
    title: Text
    needs: Need = Need()
    when: Condition | None = None
    consent: str | None = None
    """The consent each handoff of this step needs; None where a `basis` stands instead."""
    basis: Text | None = None


class AskStep(Step):
    """A handoff: a service must accept, work, and come back with a result."""

    kind: Literal["ask"] = "ask"
    competence: str
    accept_within: Limit
    first_sign_within: Limit | None = None
    complete_within: tuple[Limit, ...]
    results: Mapping[str, Result]
    escalate: tuple[Rung, ...]


class TellStep(Step):
    """Information, delivered until it arrives; no answer is asked."""

    kind: Literal["tell"] = "tell"
    competence: str


class AwaitStep(Step):
    """Somebody outside the directory must act; a service of ours watches and reports."""

    kind: Literal["await"] = "await"
    who: Text
    watched_by: str
    """The competence of the service that watches."""
    within: tuple[Limit, ...]
    results: Mapping[str, Result]


class StartStep(Step):
    """Another pathway, whose outcome is this step's result."""

    kind: Literal["start"] = "start"
    pathway: str


AnyStep = Annotated[AskStep | TellStep | AwaitStep | StartStep, Field(discriminator="kind")]


class Outcome(Model):
    """How the pathway ended, said by the results that lead to it (any of them)."""

    name: str
    when: Need


class Pathway(Model):
    """One procedure of the network, as its Tavolo wrote it."""

    name: str
    edition: int = Field(ge=1)
    title: Text
    consent: str | None
    basis: Text | None = None
    steps: Mapping[str, AnyStep]
    outcomes: tuple[Outcome, ...]
    """Tried in order; the first that holds names the end. `ended` where none does."""
    content_hash: str
    """SHA-256 (hex) of the exact text it was read from."""


class FactType(StrEnum):
    """What a fact can be."""

    CHOICE = "choice"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DATETIME = "datetime"


class Fact(Model):
    """One declared fact of a case."""

    name: str
    type: FactType
    title: Text
    choices: Mapping[str, Text] = Field(default_factory=dict)


class Library(Model):
    """The pathways and the vocabulary that the rules decide with.

    `current` are the procedures new runs start with, by name; `by_hash` also holds every text that a run is pinned to.
    """

    current: Mapping[str, Pathway]
    by_hash: Mapping[str, Pathway]
    facts: Mapping[str, Fact]

    def consents(self) -> frozenset[str]:
        """Every consent that some pathway asks for."""
        return _consents(self.current.values())

    def consents_ever(self) -> frozenset[str]:
        """The same, with those of texts that are out of force and may still run."""
        return _consents(self.by_hash.values())

    def named(self, name: str) -> Pathway:
        """The pathway of this name that a new run starts with.

        A text that runs may start one that was taken out of force meanwhile: then it is the newest that was kept.
        """
        kept = (pathway for pathway in self.by_hash.values() if pathway.name == name)
        return self.current.get(name) or max(kept, key=lambda pathway: pathway.edition)


def _consents(pathways: Iterable[Pathway]) -> frozenset[str]:
    asked = {(pathway.consent, *(step.consent for step in pathway.steps.values())) for pathway in pathways}
    return frozenset(consent for consents in asked for consent in consents if consent)
