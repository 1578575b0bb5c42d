"""The kinds of contact that people of the network have and no carrier serves: said before an alert is lost on them."""

from collections.abc import Iterator

from cli.speech import _
from models.composition import House
from procedures.directory import Directory
from procedures.one_channel import with_one_channel


def without_carrier(house: House) -> list[str]:
    """The kinds of contact, such as `sms`, over which nobody can be alerted."""
    used = {contact.kind.value for one in house.procedures.directory().people.values() for contact in one.contacts}
    return sorted(used - set(house.settings.carriers))


def one_channel_line(directory: Directory) -> str:
    """A warning where a service has one channel alone: only the coordination hears of what is said falsely over it."""
    found = with_one_channel(directory)
    said = _("Only one channel reaches these services, so that a false answer is heard by nobody else there: {names}.")
    return said.format(names=", ".join(found)) if found else ""


def unreachable_lines(house: House) -> Iterator[str]:
    """A warning where there are any. It is no failure: the case is kept, and a coordinator may telephone."""
    missing = without_carrier(house)
    if missing:
        yield _(
            "No carrier is set for: {kinds}. Nobody can be alerted over it: set [carriers.{first}] url in {file}."
        ).format(kinds=", ".join(missing), first=missing[0], file="staffetta.toml")
