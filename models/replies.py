"""Which of our mails somebody answers, and what of an incoming mail is kept: what it led to, never its text.

A From proves nothing. What does is 128 bits that only the mail itself carries: in the address that it asks to be
answered to. Where a mail client or a server on the way lost that, the code that the mail shows, beside its Message-ID
and under the same count of wrong ones as at the page of its link (trust.md, one-tap link).
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from models.composition import House
from models.database import Database
from models.links import LinkStatus, find_link, link_token
from models.outbox import Delivery
from models.reply_tables import MailRead
from models.tables import DeliveryRecord, LinkRecord
from models.upserting import insert
from procedures.directory import ContactKind, channel_of
from procedures.events import LinkUse

TOKEN_BYTES = 16
KEPT = timedelta(days=30)
"""How long it is known what became of a mail; the mail itself is gone from the box by then."""
MOST_ALIKE = 50
"""So many messages of one handoff are looked through for the one that is answered."""


def reply_token(key: bytes, delivery_id: str) -> str:
    """128 bits, in letters that a mail server may write large or small. `key` is `keyring.token_key`."""
    digest = hmac.digest(key, f"reply:{delivery_id}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode("ascii").lower()


def reply_address(house: House, delivery: Delivery) -> str | None:
    """Where an answer to this message goes; None where none is read, or none can be given by mail."""
    box = house.settings.replies.address
    if box is None or delivery.channel != ContactKind.EMAIL or delivery.link_use is not LinkUse.ANSWER:
        return None
    name, _, host = box.partition("@")
    return f"{name}+{reply_token(house.keyring.token_key, delivery.delivery_id)}@{host}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One message of ours to which somebody answers, as far as the mail says; nothing is proved yet."""

    delivery_id: str
    alert_id: str
    case_id: str
    person: str
    address: str
    token: str
    """Of its link."""


def asked_by(house: House, ids: Collection[str], references: Collection[str]) -> Sequence[Asked]:
    """The messages that these Message-IDs name, then those of the handoffs of these references."""
    names = [one for one in (_delivery_of(each) for each in ids) if one]
    found = _messages(house, DeliveryRecord.delivery_id.in_(names)) if names else []
    found.sort(key=lambda one: names.index(one.delivery_id))
    if references:
        of_handoff = select(LinkRecord.delivery_id).where(LinkRecord.about_ref.in_(sorted(references)))
        found += _messages(house, DeliveryRecord.delivery_id.in_(of_handoff.limit(MOST_ALIKE)))
    return list({one.delivery_id: one for one in found}.values())


def _delivery_of(message_id: str) -> str:
    """The delivery whose Message-ID this may be."""
    return message_id.strip("<>").partition("@")[0]


def _messages(house: House, which: ColumnElement[bool]) -> list[Asked]:
    row = DeliveryRecord
    query = select(row.delivery_id, row.alert_id, row.case_id, row.person, row.address).where(
        which,
        row.channel == ContactKind.EMAIL.value,
        row.link_use == LinkUse.ANSWER.value,
        row.folded_into.is_(None),  # a mail about several cannot be answered with one word
    )
    with house.database.read() as connection:
        rows = connection.execute(query.order_by(row.queued_at.desc()).limit(MOST_ALIKE)).all()
    key = house.keyring.token_key
    return [Asked(*one, token=link_token(key, one.delivery_id)) for one in rows]


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail of ours of which a mail server says something."""

    delivery_id: str
    alert_id: str
    case_id: str
    channel: str
    address: str
    state: str


def sent_as(db: Database, message_id: str) -> Sent | None:
    """The mail that went out under this Message-ID, letter by letter."""
    row = DeliveryRecord
    ours = row.delivery_id == _delivery_of(message_id)
    return next(iter(_sent(db, and_(ours, row.message_id == message_id))), None)


def went_with(db: Database, sent: Sent) -> Sequence[Sent]:
    """The others that went out in the same mail as this one."""
    row = DeliveryRecord
    return _sent(db, and_(row.folded_into == sent.delivery_id, row.delivery_id != sent.delivery_id))


def _sent(db: Database, which: ColumnElement[bool]) -> Sequence[Sent]:
    row = DeliveryRecord
    query = select(row.delivery_id, row.alert_id, row.case_id, row.channel, row.address, row.state)
    with db.read() as connection:
        return [Sent(*one) for one in connection.execute(query.where(which).order_by(row.delivery_id))]


def is_hers(house: House, asked: Asked, sender: str) -> bool:
    """Whether the mail comes from where the message went, and that is still a channel of hers that nobody shut."""
    person = house.procedures.directory().people.get(asked.person)
    channel = channel_of(ContactKind.EMAIL.value, sender)
    known = {one.channel for one in person.contacts} if person else set()
    return channel in known and channel == channel_of(ContactKind.EMAIL.value, asked.address)


def may_answer(house: House, asked: Asked, now: datetime) -> bool:
    """Whether its link was not shut because somebody else had it."""
    link = find_link(house.database, asked.token, now)
    return link is not None and link.status not in {LinkStatus.BLOCKED, LinkStatus.REVOKED}


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a mail."""

    key: str
    kind: str
    outcome: str
    delivery_id: str | None = None
    person: str | None = None
    echo: str | None = None
    """What its sender is told."""


def was_read(db: Database, key: str) -> Kept | None:
    """What came of this mail before; None where it is new."""
    with db.read() as connection:
        row = connection.execute(select(*_columns()).where(MailRead.mail_key == key)).first()
    return None if row is None else Kept(*row)


def keep_read(db: Database, kept: Kept, now: datetime) -> None:
    """Keep what came of a mail, once. Raises StoreBusy, StoreFailed: not saved, and the mail must stay in the box."""
    values = {
        "mail_key": kept.key,
        "read_at": now,
        "kind": kept.kind,
        "outcome": kept.outcome,
        "delivery_id": kept.delivery_id,
        "person": kept.person,
        "echo": kept.echo,
    }
    with db.write() as connection:
        connection.execute(insert(MailRead).values(values).on_conflict_do_nothing())


def forget_old(db: Database, now: datetime) -> None:
    """What became of mails that are gone for long is of no use."""
    with db.write() as connection:
        connection.execute(delete(MailRead).where(MailRead.read_at < now - KEPT))


def told_since(db: Database, person: str, echo: str, since: datetime) -> int:
    """How often this person was told this by mail."""
    counted = select(func.count()).where(MailRead.person == person, MailRead.echo == echo, MailRead.read_at >= since)
    with db.read() as connection:
        return int(connection.execute(counted.select_from(MailRead)).scalar_one())


def answered_by_machines(db: Database, since: datetime) -> Sequence[str]:
    """The people whose mailbox answered an alert by itself, since then: they are away, perhaps."""
    automatic = (MailRead.kind == "automatic", MailRead.person.is_not(None), MailRead.read_at >= since)
    with db.read() as connection:
        return sorted({str(one) for one in connection.scalars(select(MailRead.person).where(*automatic))})


def due_echoes(db: Database, now: datetime, again: timedelta, since: datetime) -> Sequence[Kept]:
    """Those of mails read `since` then that nobody took yet and that nobody tried for so long, the oldest first."""
    query = (
        select(*_columns())
        .where(*_due(now, again), MailRead.read_at >= since)
        .order_by(MailRead.read_at)
        .limit(MOST_ALIKE)
    )
    with db.read() as connection:
        return [Kept(*row) for row in connection.execute(query)]


def begin_echo(db: Database, key: str, now: datetime, again: timedelta) -> bool:
    """Keep that it is on its way; False where somebody else was quicker."""
    ours = update(MailRead).where(MailRead.mail_key == key, *_due(now, again))
    with db.write() as connection:
        return bool(connection.execute(ours.values(echo_tried_at=now)).rowcount)


def end_echo(db: Database, key: str, now: datetime, code: str | None = None) -> None:
    """It was taken, or with a `code` given up."""
    with db.write() as connection:
        ours = update(MailRead).where(MailRead.mail_key == key)
        connection.execute(ours.values(echo_ended_at=now, echo_code=code))


@dataclass(frozen=True, slots=True)
class Told:
    """What an echo is about."""

    case_id: str
    ref: str
    address: str
    language: str
    drill: bool


def about_echo(db: Database, key: str) -> Told | None:
    """The message whose answer is echoed."""
    row = DeliveryRecord
    query = select(row.case_id, row.ref, row.address, row.language, row.drill)
    query = query.join(MailRead, MailRead.delivery_id == row.delivery_id).where(MailRead.mail_key == key)
    with db.read() as connection:
        found = connection.execute(query).first()
    return None if found is None else Told(*found)


def _columns() -> Sequence[Any]:
    row = MailRead
    return (row.mail_key, row.kind, row.outcome, row.delivery_id, row.person, row.echo)


def _due(now: datetime, again: timedelta) -> Sequence[ColumnElement[bool]]:
    rested = or_(MailRead.echo_tried_at.is_(None), MailRead.echo_tried_at <= now - again)
    return MailRead.echo.is_not(None), MailRead.echo_ended_at.is_(None), rested
