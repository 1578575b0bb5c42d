"""Who plays which part in the demo. Whoever has no part takes the baton and brings it home."""

from enum import StrEnum

from procedures.directory import Directory


class Manner(StrEnum):
    """How somebody answers."""

    PROMPT = "prompt"
    """Takes it, and brings it home."""
    LATE = "late"
    """Sees the first message and does nothing; takes it when reminded, and then taps the older link too."""
    DECLINES_ONCE = "declines_once"
    SILENT = "silent"
    """Never opens anything, and neither does the deputy."""
    TWICE = "twice"
    """Takes it, then taps the other button of the same page."""


PARTS = {
    "welcome": Manner.LATE,
    "find_place": Manner.DECLINES_ONCE,
    "risk": Manner.SILENT,
    "escort": Manner.TWICE,
}
"""By step. The director knows which step a reference belongs to; the messages do not say it."""


def coordinating_addresses(directory: Directory) -> frozenset[str]:
    """The addresses of the named last links: they always answer."""
    people = [person for coordinator in directory.coordinators.values() for person in coordinator.people]
    return frozenset(contact.address for person in people for contact in directory.people[person].contacts)
