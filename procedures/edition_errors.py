"""Why an edition cannot be proposed, adopted or withdrawn."""

from procedures.errors import Refused


class EditionInForce(Refused):
    """The text is the one in force."""

    template = "Edition {edition} of {pathway} is in force already, word for word."


class EditionTaken(Refused):
    """The number belongs to another text."""

    template = (
        "Edition {edition} of {pathway} is known with another text. "
        "Give the changed text a higher edition, or withdraw the proposal first."
    )


class EditionNotHigher(Refused):
    """A lower edition than the one in force."""

    template = "Edition {in_force} of {pathway} is in force: edition {edition} is not higher. Write a higher number."


class FactDeclaredOtherwise(Refused):
    """An adopted edition declares a fact of this name otherwise."""

    template = (
        "Edition {edition} of {pathway} was adopted and declares the fact {fact} otherwise. "
        "Declare it the same, only what it is called may differ; or give yours another name."
    )


class SecondDayOfBirth(Refused):
    """An adopted edition declares another fact that is the day of birth of the same person."""

    template = (
        "{other} of edition {edition} of {pathway}, which was adopted, is this person's day of birth already. "
        "Ask about that one in the place of {fact}."
    )


class AlreadyProposed(Refused):
    """The same text is proposed already."""

    template = "Edition {edition} of {pathway} is proposed already. Adopt it, or withdraw it."


class NotProposed(Refused):
    """There is no open proposal of this edition."""

    template = "Edition {edition} of {pathway} is not proposed. Open proposals: {known}."


class AdoptedAlready(Refused):
    """The same person adopted it before."""

    template = "You have adopted edition {edition} of {pathway} already. Somebody else has to adopt it as well."


class NotInForce(Refused):
    """What is to be taken out of force is not in force."""

    template = "Edition {edition} of {pathway} is not in force: there is nothing to take out. In force: {in_force}."


class NothingInForce(Refused):
    """What is to be taken out of force has no edition in force."""

    template = "No edition of {pathway} is in force: there is nothing to take out."


class TakenOutAlready(Refused):
    """The same person asked for it before."""

    template = "You have already said that {pathway} is to leave. Somebody else has to say so as well."


class StartedByOthers(Refused):
    """Procedures in force start it."""

    template = (
        "These procedures in force start {pathway}: {by}. "
        "Adopt editions of them that do not, or take them out of force first."
    )


class UnknownEdition(Refused):
    """The network knows no such edition."""

    template = "The network knows no edition {edition} of {pathway}. It knows: {known}."


class EditionLowerThanLast(Refused):
    """It was taken out of force; a lower number than its last does not come back."""

    template = "Edition {last} of {pathway} was in force last: write that number, or a higher one."


class ProposalChanged(Refused):
    """The file says something else than what was proposed."""

    template = (
        "The file {file} was changed since edition {edition} of {pathway} was proposed. "
        "Withdraw the proposal and propose the file again."
    )
