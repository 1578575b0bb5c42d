"""Consents in plain sentences: whose, from whom, what hangs on it, and how she hears of what is done without it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

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
from procedures.schema import AnyStep, AskStep, Pathway, StartStep
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
UNTOLD = N_("She is still owed it where it ends with: {results}.")
ABOUT = N_("It is about {whose}. What is anybody else's in the case (consents, facts, results) is walled off from it.")
STARTS_ABOUT = N_(
    "What begins is about {whose}: it asks for a consent of its own, and nothing but that it is over is seen from here."
)
BOX_ABOUT, BOX_CONSENT, BOX_SAID_BY = N_("about: {whose}"), N_("consent: {consent}"), N_("said by: {giver}")
BOX_WHAT_IS_SAID = N_("without it: not said whom it is for")
BOX_BASIS, BOX_HER_BASIS = N_("by law, without a consent"), N_("without her consent, by law")
BOX_TOLD_IN, BOX_TELLS = N_("she is told in: «{step}»"), N_("she is told of: {steps}")
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

NONE_KNOWN: Mapping[str, Pathway] = MappingProxyType({})
"""Where nobody says which pathways may be started."""


class Consents:
    """What a pathway says of consents."""

    def __init__(self, pathway: Pathway, speaker: Speaker, others: Mapping[str, Pathway] = NONE_KNOWN) -> None:
        """`speaker` knows the language and the titles of the steps, `others` are the pathways that it may start."""
        self.pathway, self.speaker, self.say, self.others = pathway, speaker, speaker.say, others

    def whole(self) -> Iterator[str]:
        """What stands at the top."""
        if self.pathway.subject is not Subject.SURVIVOR:
            yield self.say(ABOUT).format(whose=self.say(WHOSE[self.pathway.subject]))
        yield from self._terms(self.pathway)

    def of_step(self, step: AnyStep) -> Iterator[str]:
        """What a step says otherwise than its pathway."""
        beyond = self._beyond(step)
        if beyond:
            yield self.say(STARTS_ABOUT).format(whose=beyond)
        elif (step.basis or _terms_of(step) != _terms_of(self.pathway)) and not self._acting(step):
            yield from self._terms(step)

    def at_the_top(self) -> Iterator[str]:
        """Whom it is about and what it rests on, in few words for a drawing."""
        if self.pathway.subject is not Subject.SURVIVOR:
            yield self.say(BOX_ABOUT).format(whose=self.say(WHOSE[self.pathway.subject]))
        yield from self._shortly(self.pathway, BOX_BASIS)

    def in_a_box(self, step: AnyStep) -> Iterator[str]:
        """What a step says otherwise than its pathway, in few words."""
        acting, beyond = self._acting(step), self._beyond(step)
        if beyond:
            yield self.say(BOX_ABOUT).format(whose=beyond)
        elif acting:
            yield self.say(BOX_TELLS).format(steps=", ".join(self.speaker.step(name) for name in acting))
        elif _terms_of(step) != _terms_of(self.pathway):
            hers = self.pathway.subject is Subject.SURVIVOR
            yield from self._shortly(step, BOX_HER_BASIS if hers else BOX_BASIS)

    def _beyond(self, step: AnyStep) -> str:
        """Whom the pathway that the step starts is about, where that is somebody else; empty for any other step."""
        started = self.others.get(step.pathway) if isinstance(step, StartStep) else None
        return self.say(WHOSE[started.subject]) if started and started.subject is not self.pathway.subject else ""

    def _shortly(self, terms: ConsentTerms, basis: str) -> Iterator[str]:
        if terms.consent:
            yield self.say(BOX_CONSENT).format(consent=names.spaced(plain_name(terms.consent)))
            if terms.consent_from is not ConsentGiver.HERSELF:
                yield self.say(BOX_SAID_BY).format(giver=self.say(GIVERS[terms.consent_from]))
            if terms.governs is Governs.WHAT_IS_SAID:
                yield self.say(BOX_WHAT_IS_SAID)
        elif terms.basis is not None:
            yield self.say(basis)
            if terms.told_in:
                yield self.say(BOX_TOLD_IN).format(step=self.speaker.step(terms.told_in))

    def telling(self, step: AnyStep) -> str:
        """When it begins, for a step in which she is told; empty for any other."""
        steps = "; ".join(self.speaker.step(name) for name in self._acting(step))
        if not steps:
            return ""
        untold = [name for name, result in step.results.items() if result.untold] if isinstance(step, AskStep) else []
        said = "; ".join(self.speaker.result(step.name, name) for name in untold)
        begins = self.say(TELLS).format(steps=steps)
        return f"{begins} {self.say(UNTOLD).format(results=said)}" if said else begins

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


def _terms_of(said: ConsentTerms) -> ConsentTerms:
    """What is said of consents alone."""
    return ConsentTerms.model_validate({word: getattr(said, word) for word in ConsentTerms.model_fields})
