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


class AlreadyProposed(Refused):
    """The same text is proposed already."""

    template = "Edition {edition} of {pathway} is proposed already. Adopt it, or withdraw it."


class NotProposed(Refused):
    """There is no open proposal of this edition."""

    template = "Edition {edition} of {pathway} is not proposed. Open proposals: {known}."


class AdoptedAlready(Refused):
    """The same person adopted it before."""

    template = "You have adopted edition {edition} of {pathway} already. Somebody else has to adopt it as well."


class ProposalChanged(Refused):
    """The file says something else than what was proposed."""

    template = (
        "The file {file} was changed since edition {edition} of {pathway} was proposed. "
        "Withdraw the proposal and propose the file again."
    )
