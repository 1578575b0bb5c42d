"""Channels of the network over which this house can send nothing. The desk has to know."""

from procedures.directory import ContactKind
from web.doorkeeper import Visit
from web.saying import CHANNELS


def uncarried(visit: Visit) -> str:
    """The channels that people of the directory have and nobody set a carrier for, named; empty where all is well."""
    names = visit.names
    used = {contact.kind for person in names.directory.people.values() for contact in person.contacts}
    missing = [kind for kind in ContactKind if kind in used and kind.value not in visit.desk.house.settings.carriers]
    return ", ".join(names.words.gettext(CHANNELS[kind]) for kind in missing)
