"""*That answer was false*: one act that undoes it and shuts the way by which it came.

Channel and links first: whatever the rules then say goes to nobody who holds them, and where the machine dies in
between, the same act is done again to its end.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from models.account_tables import Operator, PushBrowser
from models.accounts import end_sign_ins
from models.composition import House
from models.done import done_command
from models.handling import Handled
from models.links import LinkStatus
from models.outbox import DUE, UNDER_WAY, SettledDelivery, SettledResult
from models.people import append
from models.settling import CHANNEL_SHUT
from models.standing import channel_mark, revoke, trust_again
from models.standing_tables import RevokedChannel
from models.tables import DeliveryRecord, LinkRecord
from models.views import case_state, handoff_view
from procedures.commands import DenyAcceptance
from procedures.confirming import called_false
from procedures.directory import Contact, ContactKind, kinds_read_with
from procedures.people import PersonAct, PersonActKind
from procedures.persons import PERSON
from procedures.standing import ChannelRevoked, ChannelTrusted, StandingAct, StandingActKind


def deny_answer(house: House, command: DenyAcceptance) -> Handled:
    """Undo what was accepted falsely, and write no more to where that answer came from.

    Raises:
        UnknownHandoff: there is none.
        NobodySaidSo: nobody took it, so that nothing was shut.
        SaidByAnother, SeveralSaidSo: it is not the answer that stands, or one of several; nothing was shut either.
        StoreBusy, StoreFailed: not all of it was saved; the same once more does the rest.
    """
    row = handoff_view(house.database, command.ref)
    if done_command(house.database, command.id) is None:
        handoff = case_state(house.database, house.keyring, row.case_code).handoffs[row.ref]
        said_by = called_false(command, handoff).actor
        if said_by.startswith(PERSON):
            _shut(house, said_by.removeprefix(PERSON), row.ref, command.actor)
    return house.handling.handle(command)


def trust_channels(house: House, person: str, actor: str) -> int:
    """Somebody made sure that her channels are hers again: they are used from now on. How many they are.

    Raises:
        ChannelTrusted: none of them was shut.
    """
    now = house.clock.now()
    with house.database.write() as connection:
        shut = select(RevokedChannel.mark).where(RevokedChannel.person == person)
        marks = connection.execute(shut).scalars().all()
        for mark in marks:
            trust_again(connection, StandingAct(StandingActKind.CHANNEL_PROVEN, now, actor, person, mark))
    if not marks:
        raise ChannelTrusted
    return len(marks)


def _shut(house: House, person: str, ref: str, actor: str) -> None:
    """Her links in every case, her sign-ins, and each channel that had a link of this handoff, with all that waits."""
    now = house.clock.now()

    def shut(connection: Connection) -> Sequence[SettledDelivery]:
        ways = _ways(connection, person, ref)
        for contact in ways:
            act = StandingAct(
                StandingActKind.CHANNEL_REVOKED, now, actor, person, channel_mark(house.keyring.channel_key, contact)
            )
            with suppress(ChannelRevoked):
                revoke(connection, act, contact.kind.value)
        _close_links(connection, person, now)
        _end_sign_ins(connection, person, now)
        return [SettledDelivery(one, SettledResult.PERMANENT, now, CHANNEL_SHUT) for one in _waiting(connection, ways)]

    house.handling.settle_with(shut)


def _waiting(connection: Connection, ways: Sequence[Contact]) -> Sequence[str]:
    """What is queued to these channels, whoever it is for: none of it is to leave.

    It is not lost: it goes on over the next channel of whom it is for, or the rules call somebody else. What is leaving
    at this moment cannot be called back; it is not repeated.
    """
    found: list[str] = []
    for contact in ways:
        # A number is kept in one form, a mail address as it was written: in ASCII, where a database lowers it as we do.
        written = func.lower(DeliveryRecord.address) == contact.address.lower()
        there = (DeliveryRecord.channel.in_(sorted(kinds_read_with(contact.kind))), written)
        connection.execute(update(DeliveryRecord).where(UNDER_WAY, *there).values(lapses=1))
        found += connection.execute(select(DeliveryRecord.delivery_id).where(DUE, *there)).scalars()
    return found


def _ways(connection: Connection, person: str, ref: str) -> list[Contact]:
    """Which of several it was nobody can say once all of them are answered: each of them may be read by somebody."""
    query = (
        select(DeliveryRecord.channel, DeliveryRecord.address)
        .join(LinkRecord, LinkRecord.delivery_id == DeliveryRecord.delivery_id)
        .where(LinkRecord.about_ref == ref, LinkRecord.person == person)
        .distinct()
        .order_by(DeliveryRecord.channel, DeliveryRecord.address)
    )
    rows = connection.execute(query).all()
    return [Contact(kind=ContactKind(row.channel), address=row.address) for row in rows]


def _end_sign_ins(connection: Connection, person: str, now: datetime) -> None:
    """Whoever answered at the inbox is signed out. By the house: a coordinator runs no accounts."""
    theirs = select(Operator.operator_id).where(Operator.person == person).order_by(Operator.operator_id)
    for account in connection.execute(theirs).scalars().all():
        # Whoever answered may have let her alerts come to a browser of his.
        connection.execute(delete(PushBrowser).where(PushBrowser.operator_id == account))
        append(connection, PersonAct(PersonActKind.SIGN_INS_ENDED, now, "program", account))
        end_sign_ins(connection, account, now)


def _close_links(connection: Connection, person: str, now: datetime) -> None:
    closing = update(LinkRecord).where(LinkRecord.person == person, LinkRecord.closed_at.is_(None))
    connection.execute(closing.values(closed_at=now, closed_because=LinkStatus.REVOKED.value))
