"""Which of our SMS somebody answers, by her number and the code in it, and which one a receipt is about.

A number can be forged; what proves is the code, which only the message holds: thirty bits, of which few may be tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest

from sqlalchemy import select

from models.composition import House
from models.key_presses import ANSWERABLE, Called
from models.links import Link, find_link, link_code, link_token
from models.tables import DeliveryRecord
from procedures.directory import ContactKind, channel_of
from procedures.events import LinkUse

MOST_ALIKE = 50
"""So many of the latest SMS to one number are looked through."""


@dataclass(frozen=True, slots=True)
class SentSms:
    """One SMS of ours."""

    delivery_id: str
    alert_id: str
    case_id: str
    state: str


def sent_sms(house: House, delivery_id: str) -> SentSms | None:
    """The SMS that was given to the gateway under this id."""
    row = DeliveryRecord
    query = select(row.delivery_id, row.alert_id, row.case_id, row.state)
    with house.database.read() as connection:
        found = connection.execute(
            query.where(row.delivery_id == delivery_id, row.channel == ContactKind.SMS.value)
        ).first()
    return None if found is None else SentSms(*found)


def answered_sms(house: House, number: str, code: str) -> Called | None:
    """The SMS to this number that holds this code, while it is its person's and nobody shut it.

    A wrong code counts against no link: whoever forges a number could shut the page of its owner's alert. Who asks here
    counts how often (`web.guesses`).
    """
    key = house.keyring.token_key
    for sent in _sent_to(house, number):
        if compare_digest(link_code(key, sent.delivery_id), code):
            link = _answerable(house, sent)
            return None if link is None else Called(link, sent.language)
    return None


def is_known(house: House, number: str) -> bool:
    """Whether somebody at this number was asked something, and may still answer."""
    return any(_answerable(house, one) for one in _sent_to(house, number))


@dataclass(frozen=True, slots=True)
class _Sent:
    delivery_id: str
    person: str
    language: str


def _sent_to(house: House, number: str) -> Sequence[_Sent]:
    """The latest first."""
    channel = channel_of(ContactKind.SMS.value, number)
    people = house.procedures.directory().people
    hers = {
        (person.id, contact.address)
        for person in people.values()
        for contact in person.contacts
        if contact.kind is ContactKind.SMS and contact.channel == channel
    }
    if not hers:
        return ()
    row = DeliveryRecord
    query = (
        select(row.delivery_id, row.person, row.language)
        .where(
            row.person.in_(sorted({person for person, _ in hers})),
            row.address.in_(sorted({address for _, address in hers})),
            row.channel == ContactKind.SMS.value,
            row.link_use == LinkUse.ANSWER.value,
        )
        .order_by(row.queued_at.desc())
        .limit(MOST_ALIKE)
    )
    with house.database.read() as connection:
        return [_Sent(*one) for one in connection.execute(query)]


def _answerable(house: House, sent: _Sent) -> Link | None:
    link = find_link(house.database, link_token(house.keyring.token_key, sent.delivery_id), house.clock.now())
    return link if link is not None and link.status in ANSWERABLE else None
