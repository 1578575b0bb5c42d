"""The kinds of contact that people of the network have and no carrier serves: said before an alert is lost on them."""

from collections.abc import Iterator

from cli.speech import _
from models.composition import House


def without_carrier(house: House) -> list[str]:
    """The kinds of contact, such as `sms`, over which nobody can be alerted."""
    used = {contact.kind.value for one in house.procedures.directory().people.values() for contact in one.contacts}
    return sorted(used - set(house.settings.carriers))


def unreachable_lines(house: House) -> Iterator[str]:
    """A warning where there are any. It is no failure: the case is kept, and a coordinator may telephone."""
    missing = without_carrier(house)
    if missing:
        yield _(
            "No carrier is set for: {kinds}. Nobody can be alerted over it: set [carriers.{first}] url in {file}."
        ).format(kinds=", ".join(missing), first=missing[0], file="staffetta.toml")
