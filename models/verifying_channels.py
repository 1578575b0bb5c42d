"""The test of one channel by whoever's it is: asked for here, sent by the dispatcher, proven by the code in it."""

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from models import own_letters, standing
from models.composition import House
from models.deliveries import DeliveryState
from models.network import directory_in
from models.own_letters import TABLE, TEST, Letter
from models.own_tables import OwnLetter
from models.push_copies import browsers_of_person
from models.store_errors import NoNetwork
from models.tables import DeliveryRecord
from procedures.directory import PUSH, Contact, Directory
from procedures.standing import ChannelVerified, StandingAct, StandingActKind
from procedures.verifying_channels import (
    CODE_DIGITS,
    CODE_LASTS,
    CODE_TRIES,
    TEST_AGAIN_AFTER,
    TESTS_A_DAY,
    CodeOver,
    CodeWrong,
    JustTested,
    NotYourChannel,
    TooManyTests,
)

DAY = timedelta(days=1)
TAKEN = DeliveryState.ACCEPTED.value


@dataclass(frozen=True)
class OwnChannel:
    """One channel of somebody, as it is shown to nobody but her."""

    contact: Contact
    mark: str
    """Of the mailbox or telephone: a call and an SMS to one number have the same."""
    verified: bool
    """Whether she typed a code that was sent to it."""
    last: Letter | None
    """The last test that she asked for."""
    worked_at: datetime | None
    """When a carrier last took a message for it, be it a test or an alert."""

    @property
    def name(self) -> str:
        """What a form calls it."""
        return f"{self.contact.kind.value}.{self.mark}"


def code_in(key: bytes, letter_id: str) -> str:
    """The six digits in the message of a test. `key` is `keyring.token_key`: they are kept nowhere, not even hashed.

    A hash of six digits is tried out in a second by whoever has the database; this needs the key as well.
    """
    number = int.from_bytes(hmac.digest(key, f"channel:{letter_id}".encode(), hashlib.sha256), "big")
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def ask_test(house: House, person: str, channel: str, by: str) -> str:
    """Keep a test of this channel of hers (its `name`), or browser, which leaves at once; its id.

    Raises:
        NotYourChannel: the network has it no more, or it is shut.
        JustTested, TooManyTests: not now.
        NoNetwork, StoreBusy, StoreFailed: nothing was kept.
    """
    now = house.clock.now()
    with house.database.write() as connection:
        standing.CHAIN.take_turn(connection)  # who presses twice at once asks for one
        kind, _, mark = channel.partition(".")
        if kind == PUSH:
            if mark not in browsers_of_person(connection, person):
                raise NotYourChannel
        else:
            _contact(house, connection, person, channel)
        last = _last(connection, person, channel)
        if last is not None and now - last.queued_at < TEST_AGAIN_AFTER * house.clock.speed:
            raise JustTested
        if own_letters.tests_since(connection, person, now - DAY) >= TESTS_A_DAY:
            raise TooManyTests(most=TESTS_A_DAY)
        made = own_letters.queue_over(connection, house, TEST, (person, kind, mark), by)
        house.bells.ring_at_commit(connection)
    ring(house)
    return made


def ring(house: House) -> None:
    """Tell the dispatcher that something is to leave, where the commit did not."""
    if not house.bells.rings_at_commit:
        house.bells.ring("dispatcher")


def type_code(house: House, person: str, channel: str, typed: str, by: str) -> None:
    """She read it there: the channel is verified from now on. A try counts before it is looked at.

    Raises:
        NotYourChannel: the network has it no more, or it is shut.
        CodeOver, CodeWrong: it proves nothing.
        NoNetwork, StoreBusy, StoreFailed: nothing was kept.
    """
    now = house.clock.now()
    code = "".join(one for one in typed if one.isdecimal())
    with house.database.write() as connection:
        standing.CHAIN.take_turn(connection)
        _contact(house, connection, person, channel)
        last = _last(connection, person, channel)
        if (
            last is None
            or last.proven_at
            or now - last.queued_at > CODE_LASTS * house.clock.speed
            or last.typed >= CODE_TRIES
        ):
            raise CodeOver(minutes=int(CODE_LASTS.total_seconds() // 60), tries=CODE_TRIES)
        right = hmac.compare_digest(code.encode(), code_in(house.keyring.token_key, last.letter_id).encode())
        values = {"typed": last.typed + 1, "proven_at": now if right else None}
        connection.execute(update(OwnLetter).where(TABLE.letter_id == last.letter_id).values(values))
        if right:
            with suppress(ChannelVerified):
                act = StandingAct(StandingActKind.CHANNEL_VERIFIED, now, by, person, last.mark)
                standing.append(connection, act)
    if not right:
        raise CodeWrong(left=CODE_TRIES - last.typed - 1)


def channels_of(house: House, directory: Directory, person: str) -> Sequence[OwnChannel]:
    """The channels that the network holds for this person, in the order of its file."""
    known = directory.people.get(person)
    if known is None:
        return ()
    last = own_letters.last_tests(house.database, person)
    took = select(TABLE.channel, TABLE.mark, func.max(TABLE.settled_at).label("at")).where(
        TABLE.person == person, TABLE.kind == TEST, TABLE.state == TAKEN
    )
    alerts = DeliveryRecord
    alerted = select(alerts.channel, alerts.address, func.max(alerts.settled_at).label("at")).where(
        alerts.person == person, alerts.state == TAKEN
    )
    with house.database.read() as connection:
        tests = connection.execute(took.group_by(TABLE.channel, TABLE.mark))
        worked = {(row.channel, row.mark): row.at for row in tests}
        others = connection.execute(alerted.group_by(alerts.channel, alerts.address))
        worked_too = {(row.channel, row.address): row.at for row in others}
        held = standing.read_standings(connection).get(person)
    found = []
    for one in known.contacts:
        mark = standing.channel_mark(house.keyring.channel_key, one)
        key = (one.kind.value, mark)
        verified = held is not None and mark in held.verified
        times = [at for at in (worked.get(key), worked_too.get((one.kind.value, one.address))) if at]
        found.append(OwnChannel(one, mark, verified, last.get((person, *key)), max(times, default=None)))
    return found


def _contact(house: House, connection: Connection, person: str, channel: str) -> Contact:
    directory = directory_in(house.database, connection)
    if directory is None:
        raise NoNetwork
    found = own_letters.contact_of(house, directory, person, channel)
    if found is None:
        raise NotYourChannel
    return found


def _last(connection: Connection, person: str, channel: str) -> Letter | None:
    kind, _, mark = channel.partition(".")
    ours = (TABLE.person == person, TABLE.channel == kind, TABLE.mark == mark, TABLE.kind == TEST)
    query = select(*own_letters.COLUMNS).where(*ours)
    row = connection.execute(query.order_by(TABLE.queued_at.desc(), TABLE.letter_id.desc()).limit(1)).first()
    return None if row is None else Letter(*row)
