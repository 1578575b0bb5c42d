"""One channel written in two ways is one: it is not tried twice, and where it is shut it is shut in either way."""

import pytest

from models.addressing import Whom, next_way
from models.standing import channel_mark
from procedures.directory import Contact, ContactKind, Directory, NetworkPerson
from tests.making import START

KEY = bytes(32)
MAILS = (
    Contact(kind=ContactKind.EMAIL, address="Turno@Example.org"),
    Contact(kind=ContactKind.EMAIL, address="turno@example.ORG"),
)
SMS = (
    Contact(kind=ContactKind.SMS, address="+39 06 5550 1001"),
    Contact(kind=ContactKind.SMS, address="+390655501001"),
)


@pytest.mark.parametrize("contacts", [MAILS, SMS])
def test_it_is_not_tried_again(contacts: tuple[Contact, Contact]) -> None:
    one, _ = contacts
    other = Contact(kind=ContactKind.EMAIL, address="altra@example.org")
    person = NetworkPerson(id="anna", name="Anna", contacts=(*contacts, other))
    made = Directory(bodies={}, people={"anna": person}, services={}, coordinators={}, desks={})
    way = next_way(Whom(made, person, START), {"email", "sms"}, {(one.kind.value, one.address)})
    assert way is not None
    assert way.contact == other


@pytest.mark.parametrize("contacts", [MAILS, SMS])
def test_it_has_one_mark(contacts: tuple[Contact, Contact]) -> None:
    one, again = contacts
    assert channel_mark(KEY, one) == channel_mark(KEY, again)


def test_others_have_others() -> None:
    assert len({channel_mark(KEY, one) for one in (*MAILS, *SMS)}) == 2
