"""What can go wrong on the command line itself."""

from procedures.errors import StaffettaError


class WrongUsage(StaffettaError):
    """What was typed cannot be understood. Ends with exit code 2."""

    template = "This cannot be understood. Look at the example of --help."


class NotAPair(WrongUsage):
    """A fact or a piece of evidence without its value. What was typed is not repeated: it may be a secret."""

    template = "{option} needs a name and a value, such as {example}."


class TerritoryNeeded(WrongUsage):
    """The network works in several territories, so the case must say where it is."""

    template = "Say where the case is with --territory. The network works in: {known}."


class UnknownDesk(StaffettaError):
    """No desk of the network has this id."""

    template = "The network has no desk {desk}. Choose one of: {known}."


class UnknownExclusion(StaffettaError):
    """Nobody in the network has this id. It is not repeated: it names whom she fears."""

    template = "One of the exclusions is no body, service or person of the network. Look at `staffetta network export`."


class UnreadableFile(StaffettaError):
    """A file named on the command line cannot be read."""

    template = "The file {path} cannot be read: {why}."


class CarrierReadableByOthers(StaffettaError):
    """The file with a carrier's URL holds its password, and the group or others may read it."""

    template = "Others can read {path}, which holds a carrier's password. Run `chmod 400 {path}` and start again."


class NothingImported(StaffettaError):
    """There is no network to show, or to open a case in."""

    template = "No network was imported yet. Import one with `staffetta network import FILE`."


class NoHouse(StaffettaError):
    """The data folder is not there; looking at it must not make it."""

    template = "There is no data folder {path}. Start one with `staffetta serve --data {path}`, or give another."
