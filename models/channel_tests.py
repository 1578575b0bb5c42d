"""What is known of each channel of those who may be called: the outcome of its last test, or that it never had one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.database import Database
from models.deliveries import DeliveryState
from models.tables import Case, DeliveryRecord
from procedures.case import Party
from procedures.directory import Directory
from procedures.events import AlertPurpose
from procedures.testing_channels import callable_people

WORKED = frozenset({DeliveryState.ACCEPTED})
UNDER_WAY = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.TEMPORARY})


@dataclass(frozen=True)
class ChannelState:
    """One channel of one person. Its address is not told: whoever reads this needs to know whose it is."""

    person: str
    party: Party
    """Whom the person stands on a ladder for."""
    channel: str
    number: int
    """Which of the person's channels it is, from 1."""
    state: DeliveryState | None
    """Of the last test; None where this address never had one."""
    at: datetime | None
    """When the carrier said so; while it is under way, when the test was queued."""
    code: str | None

    @property
    def needs_a_look(self) -> bool:
        """Whether nobody can rely on it: never tested, refused, or nobody can say."""
        return self.state is None or self.state not in WORKED | UNDER_WAY


@dataclass(frozen=True)
class OwnChannel:
    """One channel of somebody, as it is shown to nobody but her."""

    channel: str
    address: str
    worked_at: datetime | None
    """When a carrier last took a message for it."""


def own_channels(db: Database, directory: Directory, person: str) -> Sequence[OwnChannel]:
    """The channels that the network holds for this person, in the order in which they are tried."""
    known = directory.people.get(person)
    table = DeliveryRecord
    query = (
        select(table.channel, table.address, func.max(table.settled_at).label("at"))
        .where(table.person == person, table.state == DeliveryState.ACCEPTED.value)
        .group_by(table.channel, table.address)
    )
    with db.read() as connection:
        worked = {(row.channel, row.address): row.at for row in connection.execute(query)}
    contacts = known.contacts if known else ()
    return [OwnChannel(one.kind, one.address, worked.get((one.kind.value, one.address))) for one in contacts]


def channel_states(db: Database, directory: Directory, now: datetime) -> Sequence[ChannelState]:
    """Every channel of everybody who may be called now, what needs a look first. A new address was never tested."""
    people: dict[str, Party] = {}
    for territory in sorted(directory.territories()):
        people = {**callable_people(directory, territory, now), **people}
    last = _last_tests(db)
    found = [
        _state(person, party, number, (contact.kind.value, contact.address), last)
        for person, party in people.items()
        for number, contact in enumerate(directory.people[person].contacts, start=1)
    ]
    return sorted(found, key=lambda one: not one.needs_a_look)


_Tests = dict[tuple[str, str, str], tuple[DeliveryState, datetime, str | None]]


def _last_tests(db: Database) -> _Tests:
    """The last test of each address of each person."""
    table = DeliveryRecord
    query = (
        select(table.person, table.channel, table.address, table.state, table.settled_at, table.queued_at, table.code)
        .join(Case, Case.case_id == table.case_id)
        .where(Case.own_work, table.purpose == AlertPurpose.TEST.value)
        .order_by(table.queued_at)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
    return {
        (row.person, row.channel, row.address): (
            DeliveryState(row.state),
            row.settled_at or row.queued_at,
            row.code,
        )
        for row in rows
    }


def _state(person: str, party: Party, number: int, contact: tuple[str, str], last: _Tests) -> ChannelState:
    channel, address = contact
    state, at, code = last.get((person, channel, address), (None, None, None))
    return ChannelState(person, party, channel, number, state, at, code)
