"""What can go wrong on the command line itself."""

from procedures.errors import StaffettaError


class WrongUsage(StaffettaError):
    """What was typed cannot be understood. Ends with exit code 2."""

    template = "This cannot be understood. Look at the example of --help."


class NoSuchCommand(WrongUsage):
    """A word stands where a command should. It is not repeated."""

    template = "`{command}` has no such command. Write one of: {known}."


class NoSuchOption(WrongUsage):
    """An option that the command does not have."""

    template = "`{command}` has no option {option}. See those it has with `{command} --help`."


class MisspeltOption(WrongUsage):
    """An option that the command does not have, with one that it has and that looks alike."""

    template = "`{command}` has no option {option}. Did you mean {nearest}? See `{command} --help`."


class OptionWithoutValue(WrongUsage):
    """An option without the value that it needs."""

    template = "The option {option} needs a value. See the example of --help."


class OptionWithValue(WrongUsage):
    """A value where the option takes none."""

    template = "The option {option} takes no value. Write {option} alone."


class WordMissing(WrongUsage):
    """An argument or an option that must be given."""

    template = "`{command}` needs {name}. See `{command} --help` for an example."


class OneWordTooMany(WrongUsage):
    """More words than the command takes. They are not repeated: one may be a name."""

    template = "`{command}` was given a word too many. Put a text with blanks in quotes, and see `{command} --help`."


class NotOnTheList(WrongUsage):
    """A value that is not one of a few. It is not repeated."""

    template = "The value of {name} does not fit. Write one of: {known}."


class NotBetween(WrongUsage):
    """No whole number, or one that is too small or too large."""

    template = "The value of {name} does not fit. Write a whole number from {least} to {most}."


class ValueDoesNotFit(WrongUsage):
    """A value of the wrong kind. It is not repeated."""

    template = "The value of {name} does not fit. See `{command} --help` for an example."


class NotText(WrongUsage):
    """Bytes that are no UTF-8 came in as a word. They are not repeated."""

    template = "One of the words is no UTF-8 text. Type it again, or set the terminal to UTF-8."


class FieldDoesNotFit(WrongUsage):
    """A value that no command can carry, such as one that is too long. It is not repeated."""

    template = "What was given as {field} is too long, or of the wrong kind. Shorten it and try again."


class NotAPair(WrongUsage):
    """A fact or a piece of evidence without its value. What was typed is not repeated: it may be a secret."""

    template = "{option} needs a name and a value, such as {example}."


class OneOfThese(WrongUsage):
    """None of several options, or more than one."""

    template = "Give exactly one of: {known}."


class TerritoryNeeded(WrongUsage):
    """The network works in several territories, so the case must say where it is."""

    template = "Say where the case is with --territory. The network works in: {known}."


class CodesBesideTo(WrongUsage):
    """An archive holds every chain: roots bind all of them."""

    template = "With --to the whole trail is written. Leave the codes out."


class UnknownDesk(StaffettaError):
    """No desk of the network has this id."""

    template = "The network has no desk {desk}. Choose one of: {known}."


class UnknownExclusion(StaffettaError):
    """Nobody in the network has this id. It is not repeated: it names whom she fears."""

    template = "One of the exclusions is no body, service or person of the network. Look at `staffetta network export`."


class UnreadableFile(StaffettaError):
    """A file named on the command line cannot be read."""

    template = "The file {path} cannot be read: {why}. Name another, or mend that."


class FileNotWritten(StaffettaError):
    """A file named on the command line cannot be written."""

    template = "The file {path} cannot be written: {why}. Name another, or mend that."


class NoPdf(StaffettaError):
    """What makes PDF files is an extra that is not installed."""

    template = (
        "PDF files need an extra that is not installed. Install it with `pip install 'staffetta[pdf]'`, or print the "
        "page of `--format html` from a browser."
    )


class NoPdfLibraries(StaffettaError):
    """The extra is there, and the system's library that sets letters is not."""

    template = (
        "PDF files need the system's library Pango, which is not installed (in Debian: `apt-get install "
        "libpango-1.0-0 libpangoft2-1.0-0`). Install it and try again, or print the page of `--format html` from a "
        "browser."
    )


class CarrierReadableByOthers(StaffettaError):
    """The file with a carrier's URL holds its password, and the group or others may read it."""

    template = "Others can read {path}, which holds a carrier's password. Run `chmod 400 {path}` and start again."


class NothingImported(StaffettaError):
    """There is no network to show, or to open a case in."""

    template = "No network was imported yet. Import one with `staffetta network import FILE`."


class NoHouse(StaffettaError):
    """The data folder is not there; looking at it must not make it."""

    template = "There is no data folder {path}. Start one with `staffetta serve --data {path}`, or give another."


class NoFolder(StaffettaError):
    """Something that is no folder stands where the data folder should."""

    template = "{path} is no folder. Give the data folder of a house with --data."


class NowhereToWrite(StaffettaError):
    """Standard output is closed: what a command has to say would be lost, or end in a file of ours."""

    template = "Standard output is closed, so nothing was done. Send it to a file, or to /dev/null."


class SystemSaidNo(StaffettaError):
    """The operating system refused something that nobody asked it for by name."""

    template = "This could not be done: {why}. Mend that and try again."


class BrokenHere(StaffettaError):
    """A fault of the program itself: said by its name and place, never with values."""

    template = "Something broke here ({failure} in {place}). Try again, and tell whoever runs this machine."


class UnknownFaultCode(StaffettaError):
    """No fault of the checker has this code."""

    template = "No fault has the code {word}. Look at docs/faults.md, or write one of: {known}."


class NothingToChange(WrongUsage):
    """Neither a role to give nor one to take."""

    template = "Say what changes: --give or --take, with a role."
