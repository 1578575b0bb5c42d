"""Consents in plain sentences: whose, from whom, what hangs on it, and how she hears of what is done without it."""

from collections.abc import Iterator, Mapping

from procedures.language.consents import (
    UNTIL_OF_AGE,
    ConsentGiver,
    ConsentTerms,
    Governs,
    Subject,
    plain_name,
    subject_of,
)
from procedures.marking import N_
from procedures.schema import AnyStep, Pathway
from procedures.showing import names
from procedures.showing.conditions import Speaker

CONSENT = N_("It needs her consent to: {consent}.")
CONSENT_OF = N_("It needs a consent to: {consent}. Whose it is: {whose}.")
GIVEN_BY = N_("Whoever says it: {giver}.")
UNTIL_EIGHTEEN = N_("From the eighteenth birthday on only {whose} says it (art. 2 of the Civil Code).")
WHAT_IS_SAID = N_("Without this consent it goes on all the same, and whoever is asked is not told whom it is for.")
BASIS = N_("It goes on without her consent, because: {basis}.")
TOLD_IN = N_("She is told of it in: {step}.")
TELLS = N_("She is told what was done. It asks for no consent and begins as soon as one of these has begun: {steps}.")
ABOUT = N_("It is about {whose}. What is anybody else's in the case (consents, facts, results) is walled off from it.")
WHOSE: Mapping[Subject, str] = {
    Subject.SURVIVOR: N_("the survivor"),
    Subject.CHILD: N_("the child"),
    Subject.AUTHOR: N_("the author"),
}
GIVERS: Mapping[ConsentGiver, str] = {
    ConsentGiver.HERSELF: N_("the person concerned"),
    ConsentGiver.A_PARENT: N_("a parent"),
    ConsentGiver.BOTH_PARENTS: N_("both parents"),
    ConsentGiver.GUARDIAN: N_("the guardian"),
    ConsentGiver.COURT_DEPUTY: N_("whoever a court appointed for the person"),
}


class Consents:
    """What a pathway says of consents."""

    def __init__(self, pathway: Pathway, speaker: Speaker) -> None:
        """`speaker` knows the language and the titles of the steps."""
        self.pathway, self.speaker, self.say = pathway, speaker, speaker.say

    def whole(self) -> Iterator[str]:
        """What stands at the top."""
        if self.pathway.subject is not Subject.SURVIVOR:
            yield self.say(ABOUT).format(whose=self.say(WHOSE[self.pathway.subject]))
        yield from self._terms(self.pathway)

    def of_step(self, step: AnyStep) -> Iterator[str]:
        """What a step says otherwise than its pathway."""
        own = ConsentTerms.model_validate({word: getattr(step, word) for word in ConsentTerms.model_fields})
        inherited = {word: getattr(self.pathway, word) for word in ConsentTerms.model_fields}
        if (step.basis or own != ConsentTerms.model_validate(inherited)) and not self._acting(step):
            yield from self._terms(step)

    def telling(self, step: AnyStep) -> str:
        """When it begins, for a step in which she is told; empty for any other."""
        steps = "; ".join(self.speaker.step(name) for name in self._acting(step))
        return self.say(TELLS).format(steps=steps) if steps else ""

    def _acting(self, step: AnyStep) -> list[str]:
        return [name for name, other in self.pathway.steps.items() if other.told_in == step.name]

    def _terms(self, terms: ConsentTerms) -> Iterator[str]:
        if terms.consent:
            whose = subject_of(terms.consent)
            said = CONSENT if whose is Subject.SURVIVOR else CONSENT_OF
            yield self.say(said).format(consent=names.spaced(plain_name(terms.consent)), whose=self.say(WHOSE[whose]))
            if terms.consent_from is not ConsentGiver.HERSELF:
                yield self.say(GIVEN_BY).format(giver=self.say(GIVERS[terms.consent_from]))
            if terms.consent_from in UNTIL_OF_AGE:
                yield self.say(UNTIL_EIGHTEEN).format(whose=self.say(WHOSE[whose]))
            if terms.governs is Governs.WHAT_IS_SAID:
                yield self.say(WHAT_IS_SAID)
        elif terms.basis is not None:
            yield self.say(BASIS).format(basis=self.speaker.text(terms.basis).rstrip("."))
            if terms.told_in:
                yield self.say(TOLD_IN).format(step=self.speaker.step(terms.told_in))
