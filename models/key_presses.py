"""Which of our calls a pressed key belongs to, and whether its person may still answer over this telephone."""

from dataclasses import dataclass

from sqlalchemy import select

from models.composition import House
from models.links import Link, LinkStatus, find_link, link_token
from models.tables import DeliveryRecord
from procedures.directory import ContactKind, channel_of

ANSWERABLE = frozenset({LinkStatus.GOOD, LinkStatus.USED, LinkStatus.WITHDRAWN})
"""A late answer is recorded, too, and its sender told so; a way that was shut is not heard."""


@dataclass(frozen=True, slots=True)
class Called:
    """One call of ours."""

    link: Link
    """That of its delivery: nobody ever sees it, and it ends with the handoff as those of all messages do."""
    language: str


def called(house: House, delivery_id: str) -> Called | None:
    """The call of this delivery, while its person has that telephone and nobody shut it; else None."""
    row = DeliveryRecord
    query = select(row.channel, row.address, row.language).where(row.delivery_id == delivery_id)
    with house.database.read() as connection:
        found = connection.execute(query).first()
    if found is None or found.channel != ContactKind.VOICE:
        return None
    link = find_link(house.database, link_token(house.keyring.token_key, delivery_id), house.clock.now())
    if link is None or link.status not in ANSWERABLE:
        return None
    person = house.procedures.directory().people.get(link.person)
    known = {one.channel for one in person.contacts if one.kind is ContactKind.VOICE} if person else set()
    return Called(link, found.language) if channel_of(found.channel, found.address) in known else None
