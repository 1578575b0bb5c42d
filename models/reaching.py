"""Which services and coordinations no message can reach, before anybody needs them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from models.database import Database
from models.deliveries import DeliveryState
from models.tables import Case, DeliveryRecord
from procedures.case import Party, PartyKind
from procedures.directory import Directory
from procedures.events import AlertPurpose

REFUSED = frozenset({DeliveryState.PERMANENT.value, DeliveryState.UNCERTAIN.value})
OWN_WORK = select(Case.case_id).where(Case.own_work)


def out_of_reach(db: Database, directory: Directory, carriers: Collection[str], now: datetime) -> Sequence[Party]:
    """Those of whose people nobody has a channel that works: no carrier is set for it, or its last test was refused.

    A channel that was never tested may work; the test of the channels shows it (`channel_tests.channel_states`).
    """
    last = _last_tests(db)

    def is_reached(person: str) -> bool:
        known = directory.people.get(person)
        return known is not None and any(
            one.kind.value in carriers and last.get((person, one.kind.value, one.address)) not in REFUSED
            for one in known.ways
        )

    return [party for party, people in _people(directory, now) if not any(map(is_reached, people))]


def _people(directory: Directory, now: datetime) -> Iterator[tuple[Party, Sequence[str]]]:
    for service in directory.services.values():
        turns = [duty.person for duty in service.rota if duty.until > now]
        people = [service.referent, *([service.deputy] if service.deputy else []), *turns]
        yield Party(kind=PartyKind.SERVICE, id=service.id), people
    for coordinator in directory.coordinators.values():
        yield Party(kind=PartyKind.COORDINATOR, id=coordinator.id), coordinator.people


def _last_tests(db: Database) -> Mapping[tuple[str, str, str], str]:
    """What came of the last test of each address of each person that ended."""
    table = DeliveryRecord
    query = (
        select(table.person, table.channel, table.address, table.state)
        .where(table.case_id.in_(OWN_WORK), table.purpose == AlertPurpose.TEST.value, table.settled_at.is_not(None))
        .order_by(table.settled_at)
    )
    with db.read() as connection:
        return {(row.person, row.channel, row.address): row.state for row in connection.execute(query)}
