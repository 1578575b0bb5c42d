"""A whole pathway, and the library of all that the rules decide with."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from pydantic import Field

from procedures.language.base import Model, Text
from procedures.language.conditions import Need
from procedures.language.consents import ConsentGiver, ConsentTerms, Subject, subject_of
from procedures.language.facts import About, Fact
from procedures.language.limits import Limit, Silence
from procedures.language.schedules import Schedule
from procedures.language.signals import Signal
from procedures.language.steps import AnyStep


class Outcome(Model):
    """How the pathway ended, said by the results that lead to it (any of them)."""

    name: str
    when: Need


class Pathway(ConsentTerms):
    """One procedure of the network, as its Tavolo wrote it."""

    name: str
    edition: int = Field(ge=1)
    title: Text
    subject: Subject = Subject.SURVIVOR
    """Whom it is about."""
    no_case: bool = False
    """`case: none`: the network's own work. It concerns no survivor, and has neither a consent nor a basis."""
    opened_by: tuple[str, ...] = ()
    """On whose word a case may be opened with it: `operator`, `coordinator`, competences. Empty: anybody's."""
    schedule: Schedule | None = None
    """When it begins by itself: the network's own work alone."""
    tests_channels: bool = False
    """Whether a test goes over every channel of whoever may be called, the moment it begins."""
    facts: Mapping[str, Fact] = Field(default_factory=dict)
    """Facts of its own, which its text declares beside those that come with the program."""
    within: tuple[Limit, ...] = ()
    """Limits of the whole pathway; its own start is `pathway.started`."""
    on_expiry: str = Silence.ESCALATE
    """What it means that one of them went by: `escalate`, `note`, or the name of an outcome."""
    signals: Mapping[str, Signal] = Field(default_factory=dict)
    stays_open: bool = False
    """Whether steps that wait for a signal alone keep it open."""
    steps: Mapping[str, AnyStep]
    outcomes: tuple[Outcome, ...]
    """Tried in order; the first that holds names the end. `ended` where none does."""
    content_hash: str
    """SHA-256 (hex) of the exact text it was read from."""

    @cached_property
    def consent_givers(self) -> Mapping[str, ConsentGiver]:
        """Each consent that it asks for, and from whom its first mention wants it. Every command asks for this."""
        found: dict[str, ConsentGiver] = {}
        for terms in (self, *self.steps.values()):
            if terms.consent:
                found.setdefault(terms.consent, terms.consent_from)
        return found

    @cached_property
    def told_in_steps(self) -> Sequence[tuple[str, str]]:
        """Each step that is done without her consent, and the step in which she is told of it, in the text's order."""
        return [(name, step.told_in) for name, step in self.steps.items() if step.told_in]

    @cached_property
    def told_by(self) -> Mapping[str, Sequence[str]]:
        """By the step in which she is told, the steps that name it. Every command asks for this of every step."""
        found: dict[str, list[str]] = {}
        for name, told_in in self.told_in_steps:
            found.setdefault(told_in, []).append(name)
        return found

    @cached_property
    def repeated(self) -> Sequence[AnyStep]:
        """The steps that are done again."""
        return [step for step in self.steps.values() if step.repeat is not None]


class Library(Model):
    """The pathways and the vocabulary that the rules decide with.

    `current` are the procedures new runs start with, by name; `by_hash` also holds every text that a run is pinned to.
    """

    current: Mapping[str, Pathway]
    by_hash: Mapping[str, Pathway]
    facts: Mapping[str, Fact]
    last: Mapping[str, Pathway] = {}
    """By name, the text that was in force last, where two people took the pathway out of force."""

    def consents(self) -> frozenset[str]:
        """Every consent that some pathway asks for."""
        return consents_of(self.current.values())

    def consents_of(self, subject: Subject) -> frozenset[str]:
        """The same, of one subject alone: who gives another's may hang on a day of birth that must be known first."""
        return frozenset(consent for consent in self.consents() if subject_of(consent) is subject)

    def consents_ever(self) -> frozenset[str]:
        """The same, with those of texts that are out of force and may still run."""
        return consents_of(self.by_hash.values())

    def facts_about(self, *, no_case: bool) -> Mapping[str, Fact]:
        """The part of the vocabulary that a case has; or, with `no_case`, the network's own work."""
        return facts_about(self.facts, no_case=no_case)

    def facts_asked(self, *, no_case: bool, texts: Iterable[str] = ()) -> Mapping[str, Fact]:
        """The same, without what only texts declare that are neither in force nor among these `texts` (hashes).

        With `texts`, which a case is pinned to, their own words are used for the facts that they declare.
        """
        pinned = [self.by_hash[text] for text in texts if text in self.by_hash]
        declared = {name for pathway in self.by_hash.values() for name in pathway.facts}
        known = {name for pathway in (*self.current.values(), *pinned) for name in pathway.facts}
        found = {name: fact for name, fact in self.facts.items() if name in known or name not in declared}
        return facts_about({**found, **own_facts(pinned)}, no_case=no_case)

    def seen_by(self, texts: Iterable[str]) -> "Library":
        """The same library in the words of these texts (hashes): a later edition may call a fact otherwise."""
        own = own_facts(self.by_hash[text] for text in texts if text in self.by_hash)
        return self.model_copy(update={"facts": {**self.facts, **own}}) if own else self

    def named(self, name: str) -> Pathway:
        """The pathway of this name that a new run starts with.

        A text that runs may start one that is out of force by now: then it is the one that was in force last, or the
        newest that was kept where nobody took it out.
        """
        kept = (pathway for pathway in self.by_hash.values() if pathway.name == name)
        return self.current.get(name) or self.last.get(name) or max(kept, key=lambda pathway: pathway.edition)


def facts_about(facts: Mapping[str, Fact], *, no_case: bool) -> dict[str, Fact]:
    """The facts of cases; or, with `no_case`, those of the network's own work."""
    return {name: fact for name, fact in facts.items() if (fact.about is About.NETWORK) == no_case}


def own_facts(pathways: Iterable[Pathway]) -> dict[str, Fact]:
    """The facts that these declare themselves; where several do, in the words of the last."""
    return {name: fact for pathway in pathways for name, fact in pathway.facts.items()}


def consents_of(pathways: Iterable[Pathway]) -> frozenset[str]:
    """Every consent that one of these asks for."""
    return frozenset().union(*(pathway.consent_givers for pathway in pathways))
