"""Which services and coordinations no message can reach, before anybody needs them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from models.channel_tests import last_of_each
from models.database import Database
from models.deliveries import DeliveryState
from procedures.case import Party, PartyKind
from procedures.directory import Contact, Directory, NetworkPerson

REFUSED = frozenset({DeliveryState.PERMANENT, DeliveryState.UNCERTAIN})


GOOD_FOR = timedelta(days=62)
"""A test that worked longer ago says little: the monthly one was left out twice. An assumption of ours."""


class Reached(StrEnum):
    """What is known of whether a message reaches a service or a coordination; the first ones are to be looked at."""

    OUT = "out"
    """Nobody of it has a channel that works: no carrier is set for it, or its last test was refused."""
    UNTESTED = "untested"
    """It may; nothing was ever tested."""
    STALE = "stale"
    """No test worked for `GOOD_FOR`."""
    TAKEN = "taken"
    """A carrier took a test of somebody of it."""
    VERIFIED = "verified"
    """And she typed the code of one: she reads what comes there."""


UNPROVEN = frozenset({Reached.UNTESTED, Reached.STALE})


def how_reached(
    db: Database, directory: Directory, carriers: Collection[str], now: datetime
) -> Sequence[tuple[Party, Reached]]:
    """Each service and coordination, by the best channel of anybody who may be called for it."""
    people = list(_people(directory, now))
    last = last_of_each(db, directory, {person for _party, some in people for person in some}, ended=True)
    order = list(Reached)

    def of_channel(person: NetworkPerson, one: Contact) -> Reached:
        known = last.get((person.id, one.kind.value, one.address))
        if one.kind.value not in carriers or (known is not None and known.state in REFUSED):
            return Reached.OUT
        if known is None:
            return Reached.UNTESTED
        if now - known.at > GOOD_FOR:
            return Reached.STALE
        own = directory.own.get(person.id)
        verified = own is not None and person.contacts.index(one) in own.verified
        return Reached.VERIFIED if verified else Reached.TAKEN

    def of_party(some: Sequence[str]) -> Reached:
        known = (directory.people[one] for one in some if one in directory.people)
        return max((of_channel(one, way) for one in known for way in one.ways), key=order.index, default=Reached.OUT)

    return [(party, of_party(some)) for party, some in people]


def out_of_reach(db: Database, directory: Directory, carriers: Collection[str], now: datetime) -> Sequence[Party]:
    """Those of whose people nobody has a channel that works: no carrier is set for it, or its last test was refused.

    A channel that was never tested may work; the test of the channels shows it (`channel_tests.channel_states`).
    """
    return [party for party, how in how_reached(db, directory, carriers, now) if how is Reached.OUT]


def _people(directory: Directory, now: datetime) -> Iterator[tuple[Party, Sequence[str]]]:
    for service in directory.services.values():
        turns = [duty.person for duty in service.rota if duty.until > now]
        people = [service.referent, *([service.deputy] if service.deputy else []), *turns]
        yield Party(kind=PartyKind.SERVICE, id=service.id), people
    for coordinator in directory.coordinators.values():
        yield Party(kind=PartyKind.COORDINATOR, id=coordinator.id), coordinator.people
