"""Messages to a person about her own channels: kept before they leave, and settled once a carrier has said its word.

They are the outbox of what no case hangs on, as letters about accounts are (docs/decisions/0067). Their addresses stay
in the network's file: where a channel left it meanwhile, nothing goes there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from models.columns import UtcDateTime
from models.composition import House
from models.database import Database
from models.deliveries import LAPSED, DeliveryState, SettledResult
from models.own_tables import OwnLetter
from models.prepared import Prepared
from models.push_copies import GONE, forget
from models.standing import channel_mark
from procedures.directory import PUSH, Contact, Directory

TEST = "test"
TABLE = OwnLetter.__table__.c
DELAYS = (timedelta(seconds=15), timedelta(minutes=1))
"""Before the second and third attempt of a test: whoever waits for it is to know soon."""
NEWS_DELAY, NEWS_ATTEMPTS = timedelta(minutes=5), 288
"""News of a change is tried for a day."""
KEPT_FOR = timedelta(days=400)
"""What was proven and changed stands in the acts; a test of more than a year ago says nothing."""
STATES = {
    SettledResult.ACCEPTED: DeliveryState.ACCEPTED,
    SettledResult.PERMANENT: DeliveryState.PERMANENT,
    SettledResult.TEMPORARY: DeliveryState.PERMANENT,
    SettledResult.UNCERTAIN: DeliveryState.UNCERTAIN,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, and where it stands."""

    letter_id: str
    kind: str
    person: str
    mark: str
    channel: str
    queued_at: datetime
    state: str
    attempt: int
    next_at: datetime | None
    settled_at: datetime | None
    code: str | None
    typed: int
    proven_at: datetime | None

    @property
    def to(self) -> str:
        """What its channel is called."""
        return f"{self.channel}.{self.mark}"

    @property
    def is_over(self) -> bool:
        """Whether its carrier has said its word, or nobody waits for it any more."""
        return self.settled_at is not None


COLUMNS = [TABLE[field.name] for field in fields(Letter)]
DUE = Prepared(
    select(*COLUMNS)
    .where(TABLE.next_at <= bindparam("now", type_=UtcDateTime))
    .order_by(TABLE.queued_at, TABLE.letter_id)
)
NEXT = Prepared(select(func.min(TABLE.next_at).label("at")))


def queue_letter(connection: Connection, house: House, kind: str, to: tuple[str, Contact], by: str) -> str:
    """Keep one of this kind for a person, over this channel of hers; its id. It leaves at once."""
    person, contact = to
    mark = channel_mark(house.keyring.channel_key, contact)
    return queue_over(connection, house, kind, (person, contact.kind.value, mark), by)


def queue_over(connection: Connection, house: House, kind: str, to: tuple[str, str, str], by: str) -> str:
    """The same for a channel that is named by its kind and mark; of a browser that is its id."""
    (person, channel, mark), now = to, house.clock.now()
    row = {
        "letter_id": house.ids.new_id(),
        "kind": kind,
        "person": person,
        "mark": mark,
        "channel": channel,
        "actor": by,
        "queued_at": now,
        "state": DeliveryState.QUEUED.value,
        "attempt": 0,
        "next_at": now,
        "settled_at": None,
        "code": None,
        "provider_id": None,
        "typed": 0,
        "proven_at": None,
    }
    over = (TABLE.person == person, TABLE.settled_at < now - KEPT_FOR)
    connection.execute(delete(OwnLetter).where(*over))
    connection.execute(insert(OwnLetter), [row])
    return str(row["letter_id"])


def contact_of(house: House, directory: Directory, person: str, channel: str) -> Contact | None:
    """Her channel that is called so (`KIND.MARK`); None where the network has it no more."""
    known = directory.people.get(person)
    key = house.keyring.channel_key
    contacts = known.contacts if known else ()
    return next((one for one in contacts if f"{one.kind.value}.{channel_mark(key, one)}" == channel), None)


def last_tests(db: Database, person: str = "", *, ended: bool = False) -> Mapping[tuple[str, str, str], Letter]:
    """The last test that somebody asked for, by person, kind of channel and mark; of everybody, or of one person.

    With `ended`, the last one that is over.
    """
    query = select(*COLUMNS).where(TABLE.kind == TEST, *([TABLE.person == person] if person else []))
    query = query.where(TABLE.settled_at.is_not(None)) if ended else query
    with db.read() as connection:
        rows = connection.execute(query.order_by(TABLE.queued_at, TABLE.letter_id)).all()
    return {(row.person, row.channel, row.mark): Letter(*row) for row in rows}


def tests_since(connection: Connection, person: str, since: datetime) -> int:
    """How many tests this person asked for since then."""
    query = select(func.count()).where(TABLE.person == person, TABLE.kind == TEST, TABLE.queued_at > since)
    return int(connection.execute(query).scalar_one())


def due_letters(db: Database, now: datetime) -> Sequence[Letter]:
    """Those that are to leave, the oldest first."""
    with db.look() as connection:
        return [Letter(*row) for row in DUE.read(connection, now=now)]


def begin_letter(db: Database, letter: Letter, now: datetime, lease: timedelta) -> bool:
    """Keep that it leaves, before its first byte does; False where somebody else was quicker.

    One whose sender did not come back may have arrived: that is what its test then says, and it is not repeated.
    """
    lapsed = letter.state == DeliveryState.SENDING.value
    over = {"state": DeliveryState.UNCERTAIN.value, "code": LAPSED, "next_at": None, "settled_at": now}
    leaving = {"state": DeliveryState.SENDING.value, "attempt": letter.attempt + 1, "next_at": now + lease}
    same = (TABLE.letter_id == letter.letter_id, TABLE.attempt == letter.attempt, TABLE.state == letter.state)
    with db.write() as connection:
        begun = connection.execute(update(OwnLetter).where(*same).values(over if lapsed else leaving))
    return bool(begun.rowcount) and not lapsed


def settle_letter(
    db: Database, letter: Letter, word: tuple[SettledResult, str | None, str | None], now: datetime
) -> None:
    """Keep its carrier's word: result, code, and what the carrier calls it. What was not taken now is tried again."""
    result, code, provider_id = word
    attempt = letter.attempt + 1
    delays = DELAYS if letter.kind == TEST else (NEWS_DELAY,) * NEWS_ATTEMPTS
    again = result is SettledResult.TEMPORARY and attempt <= len(delays)
    values: dict[str, object] = {"code": code, "provider_id": provider_id}
    if again:
        values |= {"state": DeliveryState.TEMPORARY.value, "next_at": now + delays[attempt - 1]}
    else:
        values |= {"state": STATES[result].value, "next_at": None, "settled_at": now}
    ours = (TABLE.letter_id == letter.letter_id, TABLE.attempt == attempt)
    with db.write() as connection:
        connection.execute(update(OwnLetter).where(*ours).values(values))
        if letter.channel == PUSH and code in GONE:
            forget(connection, letter.mark)


def next_letter_at(db: Database) -> datetime | None:
    """When the next one is to leave; None while none waits."""
    with db.look() as connection:
        found: datetime | None = NEXT.first(connection).at
    return found
