"""Why a service cannot be picked, or nobody can answer before one is."""

from procedures.errors import Refused


class NothingToPick(Refused):
    """Who is asked is picked where the procedure says so, and once each time."""

    template = "Nobody is to be picked for {ref}: look at the case again."


class NotAmongThem(Refused):
    """It is not among those that may be asked now: closed, excluded, tried already, or it offers something else."""

    template = "The service {service} cannot be asked for {ref} now. Pick one of these: {known}."


class PickFirst(Refused):
    """No service has been asked yet, so that nothing can be answered."""

    template = "Pick who is asked for {ref} first: no service was asked yet."
