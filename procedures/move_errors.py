"""Why a running pathway cannot be moved to another edition."""

from procedures.errors import Refused


class NotTheEditionInForce(Refused):
    """Only the edition in force can be moved to: what was shown must be what is done."""

    template = "Edition {edition} of {pathway} is not in force: edition {in_force} is. Look at the preview again."


class NoEditionInForce(Refused):
    """The pathway was taken out of force: there is nothing to move to."""

    template = "No edition of {pathway} is in force: what runs keeps its text. Have an edition adopted first."


class GoesByItAlready(Refused):
    """The pathway goes by this edition."""

    template = "The pathway {pathway} goes by edition {edition} already."


class WhichRun(Refused):
    """Several pathways of this case are called so."""

    template = "Several pathways that run are called so. Say its reference: {known}."


class CannotMove(Refused):
    """Something that is under way or done has no place in the edition. Each kind says what to do first."""

    template = "The pathway cannot be moved now."


class StepWouldVanish(CannotMove):
    """It is at work, or owed, and the edition has no such step."""

    template = "The step {step} is under way, and edition {edition} has no such step. Wait until it is over."


class StepWouldDiffer(CannotMove):
    """It is at work, and the edition has something else done under this name."""

    template = (
        "The step {step} is under way, and edition {edition} asks somebody else, or for something else. "
        "Wait until it is over."
    )


class ConsentWouldLack(CannotMove):
    """It is at work, and the edition rests it on a consent that she has not given."""

    template = "The step {step} is under way, and edition {edition} needs the consent {consent}. Ask her first."


class SubjectWouldDiffer(CannotMove):
    """The edition is about somebody else, and two subjects of one case are walled off."""

    template = "Edition {edition} of {pathway} is about somebody else. Let the pathway end by its own edition."


class ResultWouldVanish(CannotMove):
    """It is done with a result that the edition does not know, so that nothing could follow from it."""

    template = (
        "The step {step} ended with {result}, and edition {edition} has no such result. "
        "Decide it anew first, or let the pathway end by its own edition."
    )


class OutcomeWouldVanish(CannotMove):
    """The pathway that started it, or that it started, goes by an outcome that the other would not know."""

    template = (
        "The step {step} of {pathway} waits for an outcome that would be unknown ({outcomes}). "
        "Move the other pathway first, or wait until it is over."
    )


class KindWouldDiffer(CannotMove):
    """One of the two texts is about a survivor, and the other is the network's own work."""

    template = (
        "Edition {edition} of {pathway} is about a survivor where this one is not, or the reverse. "
        "Let it end by its own edition, and start the new one."
    )


class PauseWouldLast(CannotMove):
    """It stands still, and the edition has nothing that lets it go on."""

    template = "The step {step} stands still, and nothing in edition {edition} lets it go on. Let it go on first."
