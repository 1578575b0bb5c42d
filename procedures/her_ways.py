"""In which order somebody's channels are tried at a moment: her own rules, the hour, what she verified. Pure.

Whatever the rules say, the answer holds every channel that the file has for alerts, each once: a rule orders, it never
silences (docs/decisions/0079).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedures.directory import Contact, ContactKind, Directory, NetworkPerson, OwnWays
from procedures.own_rules import fits_hour
from procedures.values import ROME

NOTHING_SAID = OwnWays()


@dataclass(frozen=True, slots=True)
class Way:
    """One channel in its turn."""

    contact: Contact
    after: timedelta | None
    """So long after the alert, while nobody answered; zero: at once. None: only where another failed."""


def ways_of(directory: Directory, person: NetworkPerson, now: datetime, *, imminent: bool = False) -> Sequence[Way]:
    """The channels of this person in the order in which they are tried for an alert at `now`.

    `imminent`: she who is to be helped is in imminent danger, and nobody's hours count.
    """
    own = directory.own.get(person.id, NOTHING_SAID)
    listed = {one: number for number, one in enumerate(person.contacts)}
    ways = [(listed[one], one) for one in person.ways]
    places = {rule.contact: place for place, rule in enumerate(own.rules)}
    rules = {rule.contact: rule for rule in own.rules}
    clock = now.astimezone(ROME).time()

    def fits(number: int) -> bool:
        rule = rules.get(number)
        if own.verified and number not in own.verified:
            return False
        if rule is None:
            return True
        return not rule.off and (imminent or fits_hour(rule.since, rule.until, clock))

    fitting = [(number, one) for number, one in ways if fits(number)]
    first = sorted(fitting, key=lambda way: places.get(way[0], len(places)))
    rest = [one for number, one in ways if not fits(number)]
    found = []
    for turn, (number, one) in enumerate(first):
        rule = rules.get(number)
        after = timedelta(minutes=rule.after) if rule is not None and rule.after else None
        found.append(Way(one, after if turn else timedelta()))
    return [*found, *(Way(one, None if found or turn else timedelta()) for turn, one in enumerate(rest))]


def first_channel(directory: Directory, person: str | None, now: datetime, *, imminent: bool) -> ContactKind | None:
    """Over what an alert at `now` would go to this person first; None: nobody, or nobody whom a channel reaches."""
    known = directory.people.get(person or "")
    ways = () if known is None else ways_of(directory, known, now, imminent=imminent)
    return ways[0].contact.kind if ways else None
