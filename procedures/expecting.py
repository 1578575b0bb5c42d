"""Who would be asked for a step that is still to come, if those before it go to whoever would be asked for them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedures.choice_events import NobodyBecause
from procedures.choosing import ANYBODY, Terms, callable_at, candidates
from procedures.choosing_terms import Doers, choice_of, terms_of
from procedures.commands import KeptValue
from procedures.directory import Directory, Service
from procedures.persons import called_first
from procedures.placing import PlacedStep, competences_of
from procedures.schema import AnyStep, AskStep, Pathway, StartStep


def nobody_unwanted(_step: AnyStep) -> Collection[str]:
    """Before a case is opened nothing was said of single services."""
    return ()


@dataclass(slots=True)
class Expecting:
    """One pathway, at one moment."""

    pathway: Pathway
    directory: Directory
    territory: str
    facts: Mapping[str, KeptValue]
    exclusions: Collection[str]
    now: datetime
    known: Mapping[str, Doers]
    """Who had the steps in hand that have begun, or will never begin."""
    unwanted: Callable[[AnyStep], Collection[str]] = nobody_unwanted
    """The services that she does not want for a step."""
    _found: dict[tuple[str, str], tuple[Service, ...] | NobodyBecause] = field(default_factory=dict)
    _terms: dict[tuple[str, str], Terms] = field(default_factory=dict)

    def of(self, step: PlacedStep, competence: str) -> tuple[Service, ...] | NobodyBecause:
        """The service that would be asked for one of its competences, or all that would be at once; or why none."""
        if (step.name, competence) not in self._found:
            self._found[step.name, competence] = self._look(step, competence)
        return self._found[step.name, competence]

    def person(self, step: PlacedStep, competence: str, service: Service) -> str | None:
        """Who of the service would be called first for one of the step's competences."""
        self.of(step, competence)
        terms = self._terms.get((step.name, competence), ANYBODY)
        if called_first(self.directory, service, terms.same_person, self.now):
            return terms.same_person
        return next(iter(callable_at(self.directory, service, self.now, terms.not_people)), None)

    def _look(self, step: PlacedStep, competence: str) -> tuple[Service, ...] | NobodyBecause:
        terms = terms_of(
            step,
            self.pathway,
            directory=self.directory,
            territory=self.territory,
            facts=self.facts,
            doers=lambda other: self._doers(step, other),
        )
        if isinstance(terms, NobodyBecause):
            return terms
        self._terms[step.name, competence] = terms
        found = candidates(
            self.directory,
            competence=competence,
            territory=terms.territory,
            now=self.now,
            exclusions=self.exclusions,
            terms=terms,
            tried=self.unwanted(step),
        )
        if found and choice_of(step).picked:
            return NobodyBecause.PICKED
        return tuple(found[: choice_of(step).most]) or NobodyBecause.NOBODY

    def _doers(self, step: PlacedStep, name: str) -> Doers:
        """Who has the other step in hand, or would. Only steps that come before are looked for, so this ends."""
        if name in self.known:
            known = self.known[name]
            return known if known.took else self._by_whoever_was_called(name, known.asked)
        other, choice = self.pathway.steps[name], choice_of(step)
        named = {choice.whose, *choice.different_from, *choice.other_person_than}
        if isinstance(other, StartStep) or name not in named:
            return Doers()
        found = [self.of(other, competence) for competence in competences_of(other)]
        # Of several that are asked at once, nobody knows which takes it; unless each of them does.
        known_ones = (one for one in found if not isinstance(one, NobodyBecause))
        each = choice_of(other).each
        sure = tuple(service.id for one in known_ones if each or len(one) == 1 for service in one)
        if not isinstance(other, AskStep):
            return Doers(sure, sure)
        called = [self.person(other, other.competence, self.directory.services[one]) for one in sure]
        return _taken(sure, [person for person in called if person])

    def _by_whoever_was_called(self, name: str, services: tuple[str, ...]) -> Doers:
        """As if each of these, that were asked, took it; by whom it is compared with, nothing is looked at here."""
        if not isinstance(self.pathway.steps[name], AskStep):
            return Doers(services, services)
        known = [self.directory.services[one] for one in services if one in self.directory.services]
        people = [person for one in known for person in callable_at(self.directory, one, self.now, ())[:1]]
        return _taken(services, people)


def _taken(services: tuple[str, ...], people: list[str]) -> Doers:
    return Doers(services, services, frozenset(people), frozenset(people[-1:]))
