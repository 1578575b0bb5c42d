"""Reads the values of a network file that have a form of their own: addresses, hours, moments, lists of words."""

import re
from collections.abc import Collection
from datetime import datetime, time

import phonenumbers

from models import network_faults as kinds
from procedures.calendars import is_calendar
from procedures.directory import Contact, ContactKind
from procedures.faults import FaultKind
from procedures.hours import trouble_with
from procedures.nodes import Node, Scalar, Sequence
from procedures.reading import Document, Form, shown

EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
HOME = "IT"
"""Where a number without a country's prefix is."""
SPOKEN_TO = {ContactKind.SMS.value, ContactKind.VOICE.value}
"""Kinds whose address is a telephone number."""
FINGERPRINT = re.compile(r"[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}")
PGP = "pgp"
CONTACT = Form(known=(*(kind.value for kind in ContactKind), PGP))


def read_contacts(document: Document, node: Node) -> tuple[Contact, ...]:
    """The channels of a person, in the order in which they are tried."""
    contacts: list[Contact] = []
    for item in document.items(node, "[{email: name@example.org}]"):
        fields = dict(document.fields(item, CONTACT, "{email: name@example.org}"))
        pgp = read_fingerprint(document, fields.pop(PGP), beside_mail="email" in fields) if PGP in fields else ""
        for kind, value in fields.items():
            address = read_phone(document, value) if kind in SPOKEN_TO else read_email(document, value)
            if address is None:
                continue
            contact = Contact(kind=ContactKind(kind), address=address, pgp=pgp if kind == "email" else "")
            if contact in contacts:
                document.fault(kinds.SAME_TWICE, value, word=kind)
            contacts.append(contact)
    if contacts and all(one.kind is ContactKind.PEC for one in contacts):
        document.fault(kinds.PEC_ALONE, node)
    return tuple(contacts)


def read_fingerprint(document: Document, node: Node, *, beside_mail: bool) -> str:
    """The fingerprint of the key of a mail address; empty after a fault."""
    text = "".join((document.text(node, '"4965 AF48 …"') or "").split())
    if not beside_mail or not FINGERPRINT.fullmatch(text):
        document.fault(kinds.BAD_FINGERPRINT, node)
        return ""
    return text.upper()


def read_email(document: Document, node: Node) -> str | None:
    """An e-mail address. The wrong one is not repeated: faults may end in a log."""
    text = document.text(node, "name@example.org")
    if text is not None and not EMAIL.fullmatch(text):
        document.fault(kinds.BAD_EMAIL, node)
        return None
    return text


def read_phone(document: Document, node: Node) -> str | None:
    """A telephone number, in E.164 form."""
    text = document.text(node, '"+39 06 5550 101"')
    if text is None:
        return None
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        document.fault(kinds.BAD_PHONE, node)
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def read_words(document: Document, node: Node, example: str) -> frozenset[str]:
    """A list of names, each once."""
    found: set[str] = set()
    for item in document.items(node, f"[{example}]"):
        word = document.name(item, example)
        if word is not None and word in found:
            document.fault(kinds.SAME_TWICE, item, word=word)
        found |= {word} if word is not None else set()
    return frozenset(found)


def read_known(document: Document, node: Node, known: Collection[str], kind: FaultKind) -> str | None:
    """The id of an entry that stands elsewhere in the file."""
    word = document.name(node, "one_of_them")
    if word is not None and word not in known:
        document.fault(kind, node, id=shown(word), known=", ".join(sorted(known)) or "nothing yet")
        return None
    return word


def read_hour(document: Document, node: Node) -> time | None:
    """An hour of the day."""
    text = document.text(node, '"08:30"')
    if text is not None and not HOUR.fullmatch(text):
        document.fault(kinds.BAD_HOUR, node)
        return None
    return None if text is None else time.fromisoformat(text)


def read_moment(document: Document, node: Node) -> datetime | None:
    """A moment with its zone."""
    text = document.text(node, '"2026-11-24T20:00+01:00"')
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        document.fault(kinds.BAD_MOMENT, node)
        return None
    return moment


def read_opening_hours(document: Document, node: Scalar) -> str:
    """Opening hours in the syntax of OpenStreetMap; empty after a fault."""
    trouble = trouble_with(node.text)
    if trouble is None:
        return node.text
    kind = kinds.HOURS_LEFT_OUT if trouble.known else kinds.BAD_HOURS
    document.fault(kind, node, part=shown(trouble.part or node.text))
    return ""


def read_calendar(document: Document, node: Node) -> tuple[str, ...]:
    """A calendar: one word or several, each once."""
    found: list[str] = []
    for item in document.items(node, "[IT-BA]") if isinstance(node, Sequence) else (node,):
        word = document.text(item, "IT-BA")
        if word is not None and not is_calendar(word):
            document.fault(kinds.BAD_CALENDAR, item, word=shown(word))
        elif word in found:
            document.fault(kinds.SAME_TWICE, item, word=str(word))
        elif word is not None:
            found.append(word)
    return tuple(found)
