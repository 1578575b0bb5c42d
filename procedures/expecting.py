"""Who would be asked for a step that is still to come, if those before it go to whoever would be asked for them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedures.choice_events import NobodyBecause
from procedures.choosing import candidates
from procedures.choosing_terms import Doers, choice_of, terms_of
from procedures.commands import KeptValue
from procedures.directory import Directory, Service
from procedures.placing import PlacedStep, competences_of
from procedures.schema import Pathway, StartStep


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
    _found: dict[tuple[str, str], tuple[Service, ...] | NobodyBecause] = field(default_factory=dict)

    def of(self, step: PlacedStep, competence: str) -> tuple[Service, ...] | NobodyBecause:
        """The service that would be asked for one of its competences, or all that would be at once; or why none."""
        if (step.name, competence) not in self._found:
            self._found[step.name, competence] = self._look(step, competence)
        return self._found[step.name, competence]

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
        found = candidates(
            self.directory,
            competence=competence,
            territory=terms.territory,
            now=self.now,
            exclusions=self.exclusions,
            terms=terms,
        )
        if found and choice_of(step).picked:
            return NobodyBecause.PICKED
        return tuple(found[: choice_of(step).most]) or NobodyBecause.NOBODY

    def _doers(self, step: PlacedStep, name: str) -> Doers:
        """Who has the other step in hand, or would. Only steps that come before are looked for, so this ends."""
        if name in self.known:
            known = self.known[name]
            return Doers(known.asked, known.took or known.asked)
        other, choice = self.pathway.steps[name], choice_of(step)
        if isinstance(other, StartStep) or name not in {choice.same_as, *choice.different_from}:
            return Doers()
        found = [self.of(other, competence) for competence in competences_of(other)]
        # Of several that are asked at once, nobody knows which takes it; unless each of them does.
        known_ones = (one for one in found if not isinstance(one, NobodyBecause))
        each = choice_of(other).each
        sure = tuple(service.id for one in known_ones if each or len(one) == 1 for service in one)
        return Doers(sure, sure)
