"""Which services and coordinations no message can reach, before anybody needs them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from models.channel_tests import last_of_each
from models.database import Database
from models.deliveries import DeliveryState
from procedures.case import Party, PartyKind
from procedures.directory import Contact, Directory

REFUSED = frozenset({DeliveryState.PERMANENT, DeliveryState.UNCERTAIN})


def out_of_reach(db: Database, directory: Directory, carriers: Collection[str], now: datetime) -> Sequence[Party]:
    """Those of whose people nobody has a channel that works: no carrier is set for it, or its last test was refused.

    A channel that was never tested may work; the test of the channels shows it (`channel_tests.channel_states`).
    """
    people = list(_people(directory, now))
    last = last_of_each(db, directory, {person for _party, some in people for person in some}, ended=True)

    def is_refused(person: str, one: Contact) -> bool:
        known = last.get((person, one.kind.value, one.address))
        return known is not None and known.state in REFUSED

    def is_reached(person: str) -> bool:
        known = directory.people.get(person)
        return known is not None and any(
            one.kind.value in carriers and not is_refused(person, one) for one in known.ways
        )

    return [party for party, some in people if not any(map(is_reached, some))]


def _people(directory: Directory, now: datetime) -> Iterator[tuple[Party, Sequence[str]]]:
    for service in directory.services.values():
        turns = [duty.person for duty in service.rota if duty.until > now]
        people = [service.referent, *([service.deputy] if service.deputy else []), *turns]
        yield Party(kind=PartyKind.SERVICE, id=service.id), people
    for coordinator in directory.coordinators.values():
        yield Party(kind=PartyKind.COORDINATOR, id=coordinator.id), coordinator.people
