"""What is known of each channel of those who may be called: the outcome of its last test, or that it never had one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.database import Database
from models.deliveries import DeliveryState
from models.own_letters import last_tests
from models.standing import channel_mark
from models.tables import Case, DeliveryRecord
from procedures.case import Party
from procedures.directory import Contact, Directory
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


def channel_states(db: Database, directory: Directory, now: datetime) -> Sequence[ChannelState]:
    """Every channel of everybody who may be called now, what needs a look first. A new address was never tested."""
    people: dict[str, Party] = {}
    for territory in sorted(directory.territories()):
        people = {**callable_people(directory, territory, now), **people}
    known = last_of_each(db, directory, people)
    found = [
        _state(person, party, number, contact, known)
        for person, party in people.items()
        for number, contact in enumerate(directory.people[person].contacts, start=1)
    ]
    return sorted(found, key=lambda one: not one.needs_a_look)


@dataclass(frozen=True, slots=True)
class LastTest:
    """The last test of one channel, be it the monthly one or one that its person asked for."""

    queued_at: datetime
    state: DeliveryState
    at: datetime
    code: str | None


LastTests = Mapping[tuple[str, str, str], LastTest]
"""By person, kind of channel and address."""


def last_of_each(db: Database, directory: Directory, people: Iterable[str], *, ended: bool = False) -> LastTests:
    """The last test of each channel of these people; with `ended`, the last one that is over."""
    found = _of_everybody(db, ended=ended)
    key = db.channel_key
    own = {} if key is None else last_tests(db, ended=ended)
    if not own or key is None:
        return found
    for person in people:
        for one in directory.people[person].contacts if person in directory.people else ():
            letter = own.get((person, one.kind.value, channel_mark(key, one)))
            here = (person, one.kind.value, one.address)
            before = found.get(here)
            if letter is not None and (before is None or before.queued_at <= letter.queued_at):
                at = letter.settled_at or letter.queued_at
                found[here] = LastTest(letter.queued_at, DeliveryState(letter.state), at, letter.code)
    return found


def _of_everybody(db: Database, *, ended: bool) -> dict[tuple[str, str, str], LastTest]:
    """Of the tests that the network makes."""
    table = DeliveryRecord
    query = (
        select(table.person, table.channel, table.address, table.state, table.settled_at, table.queued_at, table.code)
        .join(Case, Case.case_id == table.case_id)
        .where(Case.own_work, table.purpose == AlertPurpose.TEST.value)
        .order_by(table.queued_at)
    )
    with db.read() as connection:
        rows = connection.execute(query.where(table.settled_at.is_not(None)) if ended else query).all()
    return {
        (row.person, row.channel, row.address): LastTest(
            row.queued_at, DeliveryState(row.state), row.settled_at or row.queued_at, row.code
        )
        for row in rows
    }


def _state(person: str, party: Party, number: int, contact: Contact, known: LastTests) -> ChannelState:
    channel = contact.kind.value
    last = known.get((person, channel, contact.address))
    if last is None:
        return ChannelState(person, party, channel, number, None, None, None)
    return ChannelState(person, party, channel, number, last.state, last.at, last.code)
