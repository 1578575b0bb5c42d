"""Which consent a step asks for, whose word counts for it, and what goes out without it."""

from datetime import datetime

from procedures.ages import of_age_at
from procedures.case import CaseState, RunState
from procedures.language.consents import PARENTS, UNTIL_OF_AGE, ConsentGiver, ConsentTerms, Governs, Subject, subject_of
from procedures.language.facts import birthday_of
from procedures.schema import AnyStep, Library, Pathway, StartStep


def asked_for(library: Library, pathway: Pathway, step: AnyStep) -> ConsentTerms | None:
    """The consent that a step asks for; None where it rests on a basis in law, or tells her what was done on one.

    A `start` needs what the started pathway needs, so that nobody is alerted there before it was asked; across a wall
    nothing else counts.
    """
    if step.basis or tells_her(pathway, step):
        return None
    terms: ConsentTerms = step
    if isinstance(step, StartStep) and (crosses(library, pathway, step) or not step.consent):
        terms = library.named(step.pathway)
    return terms if terms.consent else None


def gate_of(library: Library, pathway: Pathway, step: AnyStep) -> str | None:
    """The consent without which the step does not begin."""
    terms = asked_for(library, pathway, step)
    return terms.consent if terms and terms.governs is Governs.WHETHER else None


def crosses(library: Library, pathway: Pathway, step: StartStep) -> bool:
    """Whether the step starts a pathway about somebody else."""
    known = step.pathway in library.current or any(p.name == step.pathway for p in library.by_hash.values())
    return known and library.named(step.pathway).subject is not pathway.subject


def tells_her(pathway: Pathway, step: AnyStep) -> bool:
    """Whether it is the step in which she is told of something that is done without her consent."""
    return step.name in pathway.told_by


def is_withheld(
    library: Library, pathway: Pathway, step: AnyStep, state: CaseState, service: str | None = None
) -> bool:
    """Whether whoever is asked may not be told whom it is for: the consent to that is not there, or not for them."""
    terms = asked_for(library, pathway, step)
    governs_words = terms is not None and terms.governs is Governs.WHAT_IS_SAID
    return governs_words and not state.agreed((terms and terms.consent) or "", service)


def is_contact(library: Library, pathway: Pathway, step: AnyStep) -> bool:
    """Whether the survivor is asked or talked to for it: what stops when she wants no more contact."""
    terms = asked_for(library, pathway, step)
    if terms is None or terms.governs is not Governs.WHETHER:
        return tells_her(pathway, step)
    return subject_of(terms.consent or "") is Subject.SURVIVOR or terms.consent_from in PARENTS


def declared_giver(library: Library, state: CaseState, consent: str) -> ConsentGiver:
    """From whom procedures want it: those that run first, then those in force, then older ones."""
    running = [run.content_hash for run in state.runs.values() if run.state is RunState.RUNNING]
    pinned = [library.by_hash[content_hash] for content_hash in running if content_hash in library.by_hash]
    pathways = (*pinned, *library.current.values(), *library.by_hash.values())
    asking = (pathway.consent_givers for pathway in pathways if consent in pathway.consent_givers)
    return next((givers[consent] for givers in asking), ConsentGiver.HERSELF)


def giver_at(library: Library, state: CaseState, consent: str, now: datetime) -> ConsentGiver | None:
    """Whose word counts at `now`; None where that hangs on a day of birth that nobody told."""
    declared = declared_giver(library, state, consent)
    if declared not in UNTIL_OF_AGE:
        return declared
    grown = of_age_at(state.facts.get(birthday_fact(library, consent) or ""))
    if grown is None:
        return None
    return ConsentGiver.HERSELF if grown <= now else declared


def birthday_fact(library: Library, consent: str) -> str | None:
    """The fact that holds the day of birth of the one whose consent it is."""
    fact = birthday_of(subject_of(consent), library.facts)
    return fact.name if fact else None
