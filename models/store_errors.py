"""What can go wrong with keeping."""

from procedures.errors import Refused, StaffettaError


class StoreBusy(StaffettaError):
    """Another process held the database for longer than a writer waits. Nothing was saved."""

    template = "Not saved: the database is busy. Try again; if it is urgent, telephone."


class StoreFailed(StaffettaError):
    """The database could not be written or read: a full disk, a broken file. Nothing was saved."""

    template = "Not saved: the database cannot be used ({why}). Telephone, and tell whoever runs this machine."


class StoreRaced(StoreBusy):
    """Somebody else saved the same at the same moment. Nothing was saved; asking again tells what became of it."""

    template = "Not saved: the same was saved by somebody else at that moment. Try again."


class StoreUnreachable(StoreFailed):
    """The database went away. Whether a commit under way was done, only asking again by the command's id can tell."""

    template = (
        "The database does not answer, so nobody can say whether this was saved. "
        "Send it again as it is: it is never done twice. If it is urgent, telephone."
    )


class StoreUnsafe(StaffettaError):
    """The database's server is set up so that it may lose what it confirmed."""

    template = (
        "The database's server may lose what it confirmed ({setting} is {value}). "
        "Nothing was started: set it to {wanted}."
    )


class BadDatabaseAddress(StaffettaError):
    """An address that leads to no database of ours, or to one over an unguarded line."""

    template = "The address in {key} cannot be used: {why}. Correct it and start again."


class CaseInHand(StoreBusy):
    """Somebody else decides on the case and is not waited for: they may be doing this, or others would wait, too."""

    template = "Somebody else is working on this case at this moment. Try again."


class StoreDamaged(StaffettaError):
    """The database's file is damaged. Writing on would make it worse."""

    template = "The database in {place} is damaged. Nothing was started: telephone, and put back the last backup."


class StoreLost(StaffettaError):
    """The keys of cases are there and the database is not, or is empty: a new one would hide the loss."""

    template = (
        "The database in {place} is not there or empty, while the keys of its cases are. "
        "Nothing was started: put back the last backup."
    )


class StoreTooNew(StaffettaError):
    """The database was made by a later edition of this program."""

    template = "The database in {place} was made by a later edition of Staffetta. Start that edition instead."


class UnwritableFolder(StaffettaError):
    """The data folder cannot be made, or not be written to."""

    template = "The folder {path} cannot be written to: {why}. Choose another with --data, or mend its permissions."


class CommandIdReused(StaffettaError):
    """Two different requests came under one id."""

    template = "This request has the id of another one. Send it again under an id of its own."


class NoNetwork(Refused):
    """No directory was imported yet, so there is nobody to call."""

    template = "No network was imported yet. Import one with `staffetta network import FILE`, then open the case."


class ConsentTextUnusable(Refused):
    """A text for a consent that nobody could be read."""

    template = "The text in {language} cannot be kept: {why}."


class OnlyDrills(Refused):
    """A house whose clock runs fast holds nothing but drills."""

    template = "The clock of this house runs fast: only drills can be opened. Set [clock] speed to 1 for real cases."


class FastClockRefused(StaffettaError):
    """The clock would run fast over a real case."""

    template = "The clock may not run at speed {speed}: real cases are open. Set [clock] speed to 1 and start again."
