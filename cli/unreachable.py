"""The kinds of contact that people of the network have and no carrier serves: said before an alert is lost on them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cli.speech import _
from models.account_letters import mail_contact, not_told
from models.accounts import OperatorRow
from models.composition import House
from models.reaching import UNPROVEN, Reached, how_reached
from procedures.directory import Directory
from procedures.one_channel import with_one_channel

SHOWN_FOR = timedelta(days=7)
"""Of a mail that was given up."""


def without_carrier(house: House) -> list[str]:
    """The kinds of contact, such as `sms`, over which nobody can be alerted."""
    used = {contact.kind.value for one in house.procedures.directory().people.values() for contact in one.contacts}
    return sorted(used - set(house.settings.carriers))


def one_channel_line(directory: Directory) -> str:
    """A warning where a service has one channel alone: only the coordination hears of what is said falsely over it."""
    found = with_one_channel(directory)
    said = _("Only one channel reaches these services, so that a false answer is heard by nobody else there: {names}.")
    return said.format(names=", ".join(found)) if found else ""


def reach_line(house: House) -> str:
    """A warning where a service or a coordination is reached by no message, or nobody knows whether it is."""
    carriers = house.settings.carriers
    found = how_reached(house.database, house.procedures.directory(), carriers, house.clock.now())
    out = [party.id for party, how in found if how is Reached.OUT]
    unproven = sum(how in UNPROVEN for _party, how in found)
    lines = [_("No message reaches: {names}.").format(names=", ".join(out))] if out and carriers else []
    if unproven:
        said = _(
            "Of {count} services or coordinations nobody knows whether a message reaches them: no test worked in two "
            "months. The desk's page of the network names them."
        )
        lines.append(said.format(count=unproven))
    return " ".join(lines)


def untold_lines(house: House, known: Sequence[OperatorRow]) -> Iterator[str]:
    """Whose accounts may change and she hears nothing of it: nobody of the network, or without an address for mail."""
    directory = house.procedures.directory()
    without = {one.operator_id: one.name for one in known if not one.shut and not mail_contact(directory, one.person)}
    if without:
        said = _("Hears of no change of her account, for she is nobody of the network with a mail address: {names}.")
        yield said.format(names=", ".join(without.values()))
    untold = not_told(house.database, house.clock.now() - SHOWN_FOR) - set(without)
    names = [one.name for one in known if one.operator_id in untold]
    if names:
        yield _("A mail about a change of her account was not taken for a day: {names}. Telephone her.").format(
            names=", ".join(names)
        )


def unreachable_lines(house: House) -> Iterator[str]:
    """A warning where there are any. It is no failure: the case is kept, and a coordinator may telephone."""
    missing = without_carrier(house)
    if missing:
        yield _(
            "No carrier is set for: {kinds}. Nobody can be alerted over it: set [carriers.{first}] url in {file}."
        ).format(kinds=", ".join(missing), first=missing[0], file="staffetta.toml")
