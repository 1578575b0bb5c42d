"""What can go wrong with keeping."""

from procedures.errors import Refused, StaffettaError


class StoreBusy(StaffettaError):
    """Another process held the database for longer than a writer waits. Nothing was saved."""

    template = "Not saved: the database is busy. Try again; if it is urgent, telephone."


class StoreFailed(StaffettaError):
    """The database could not be written or read: a full disk, a broken file. Nothing was saved."""

    template = "Not saved: the database cannot be used ({why}). Telephone, and tell whoever runs this machine."


class StoreDamaged(StaffettaError):
    """The database's file is damaged. Writing on would make it worse."""

    template = "The database in {place} is damaged. Nothing was started: telephone, and put back the last backup."


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


class OnlyDrills(Refused):
    """A house whose clock runs fast holds nothing but drills."""

    template = "The clock of this house runs fast: only drills can be opened. Set [clock] speed to 1 for real cases."


class FastClockRefused(StaffettaError):
    """The clock would run fast over a real case."""

    template = "The clock may not run at speed {speed}: real cases are open. Set [clock] speed to 1 and start again."
