"""Whose life a pathway is about, and what that person agrees to."""

from enum import StrEnum

from procedures.language.base import Model, Text


class Subject(StrEnum):
    """Whom a pathway is about. Two subjects of one case are walled off from each other (docs/decisions/0023)."""

    SURVIVOR = "survivor"
    CHILD = "child"
    AUTHOR = "author"


class ConsentGiver(StrEnum):
    """Who says yes or no for the subject."""

    HERSELF = "herself"
    A_PARENT = "a_parent"
    BOTH_PARENTS = "both_parents"
    GUARDIAN = "guardian"
    COURT_DEPUTY = "court_deputy"
    """Appointed by a court for an adult: the only one whose word has nothing to do with an age."""


UNTIL_OF_AGE = frozenset({ConsentGiver.A_PARENT, ConsentGiver.BOTH_PARENTS, ConsentGiver.GUARDIAN})
"""Those who speak for a minor. From the eighteenth birthday on the subject speaks alone (art. 2 of the Civil Code)."""


PARENTS = frozenset({ConsentGiver.A_PARENT, ConsentGiver.BOTH_PARENTS})
"""Those whose word for a child may be the survivor's own."""


class Governs(StrEnum):
    """What hangs on a consent."""

    WHETHER = "whether"
    """Without it nobody is asked."""
    WHAT_IS_SAID = "what_is_said"
    """Without it the work is asked for all the same, and nobody is told who it is for."""


class ConsentTerms(Model):
    """What stands before a step: a consent and its terms, or a basis in law. Neither: nothing was said of it."""

    consent: str | None = None
    """The consent's full name, see `full_name`."""
    consent_from: ConsentGiver = ConsentGiver.HERSELF
    governs: Governs = Governs.WHETHER
    basis: Text | None = None
    told_in: str | None = None
    """The step in which she is told of what is done without her consent."""


def full_name(subject: Subject, consent: str) -> str:
    """The consent as a case keeps it: one of the survivor by its name, any other behind its subject's."""
    return consent if subject is Subject.SURVIVOR else f"{subject}.{consent}"


def subject_of(consent: str) -> Subject:
    """Whose consent a full name is."""
    whose, dot, _name = consent.partition(".")
    return Subject(whose) if dot else Subject.SURVIVOR


def plain_name(consent: str) -> str:
    """The name that the procedure gave it."""
    return consent.rpartition(".")[2]
