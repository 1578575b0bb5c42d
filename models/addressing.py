"""Over which channel a person is reached next, and the row that says so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from procedures.directory import PUSH, Contact, ContactKind, Directory, NetworkPerson, channel_of
from procedures.events import AlertPurpose, AlertQueued, LinkUse
from procedures.her_ways import Way, ways_of

INVALID_DOMAIN = "staffetta.invalid"
ANSWER_LINK_LASTS = timedelta(hours=72)
"""Trust.md, one-tap link: 72 hours at most for answering."""
ASKING = frozenset(
    {
        AlertPurpose.REQUEST,
        AlertPurpose.REMINDER,
        AlertPurpose.DEPUTY,
        AlertPurpose.COORDINATOR,
        AlertPurpose.WATCH,
        AlertPurpose.TELL,
        AlertPurpose.RESULT_LINK,
        AlertPurpose.FIRST_SIGN_LATE,
        AlertPurpose.OVERDUE,
        AlertPurpose.LIMIT_MOVED,
    }
)
"""Alerts that make no sense any more once their handoff has ended."""
WAITING_FOR_AN_ANSWER = frozenset({AlertPurpose.REQUEST, AlertPurpose.REMINDER, AlertPurpose.DEPUTY})
"""Alerts that somebody else gets when their answer is due. All the others are wanted as long as they can be sent."""


CERTIFIED = frozenset(
    {AlertPurpose.REQUEST, AlertPurpose.TELL, AlertPurpose.COORDINATOR, AlertPurpose.OVERDUE, AlertPurpose.WITHDRAWN}
)
"""What somebody may have to prove later: that a body was asked, told, or that it was taken off its hands."""
COPY = "0"
"""The number of an alert's certified copy, and what the numbers of its copies to browsers begin with: `01`, `02`. Its
other deliveries are counted from 1."""
COPIES = (f"%.{COPY}", f"%.{COPY}_")
"""The same for a database (LIKE)."""


@dataclass(frozen=True)
class Outgoing:
    """What a house can send over, and under which name."""

    channels: frozenset[str] = field(default_factory=lambda: frozenset(kind.value for kind in ContactKind))
    domain: str = INVALID_DOMAIN

    def message_id(self, delivery_id: str) -> str:
        """The same on every repeat, so that a reader's mailbox can tell."""
        return f"<{delivery_id}@{self.domain}>"


def message_domain(base_url: str | None) -> str:
    """The domain of the house's address; a reserved one where it has no name of its own."""
    host = urlsplit(base_url or "").hostname or ""
    named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return host if named else INVALID_DOMAIN


@dataclass(frozen=True)
class Whom:
    """A person as she is to be reached at a moment: her own rules, and her hours, count (`procedures/her_ways.py`)."""

    directory: Directory
    person: NetworkPerson
    now: datetime
    imminent: bool = False
    """Whether she who is to be helped is in imminent danger: then nobody's hours count."""

    def ways(self, channels: Collection[str]) -> Sequence[Way]:
        """Those of her channels that there is a carrier for, in the order in which they are tried."""
        ways = ways_of(self.directory, self.person, self.now, imminent=self.imminent)
        return [way for way in ways if way.contact.kind.value in channels]


def first_contact(whom: Whom, channels: Collection[str]) -> Contact:
    """Where to try first. Without any carrier for this person, the sender will say so of the first contact."""
    usable = [way.contact for way in whom.ways(channels)]
    return next(iter((*usable, *whom.person.ways, *whom.person.contacts)))


def next_way(whom: Whom, channels: Collection[str], tried: Collection[tuple[str, str]]) -> Way | None:
    """The first channel that was not tried for this alert, in whatever way it is written."""
    same = {(kind, channel_of(kind, address)) for kind, address in tried}
    return next((way for way in whom.ways(channels) if (way.contact.kind.value, way.contact.channel) not in same), None)


def delivery_row(
    alert: AlertQueued, case_id: str, contact: Contact, *, language: str, drill: bool, outgoing: Outgoing
) -> dict[str, Any]:
    """The outbox row of an alert's first channel, due at once."""
    return {
        "alert_id": alert.alert_id,
        "case_id": case_id,
        "run_id": alert.run_id,
        "step": alert.step,
        "ref": alert.ref,
        "about": alert.about,
        "purpose": alert.purpose.value,
        "to_kind": alert.to.kind.value,
        "to_id": alert.to.id,
        "person": alert.person,
        "language": language,
        "drill": drill,
        "again": alert.again,
        "link_use": alert.link.value,
        "answer_by": alert.answer_by,
        "link_until": alert.link_until,
        "send_before": _send_before(alert),
        **fresh(f"{alert.alert_id}.1", contact, alert.at, outgoing),
    }


def copy_row(alert: AlertQueued, person: NetworkPerson, row: Mapping[str, Any], outgoing: Outgoing) -> dict[str, Any]:
    """The certified copy of this alert, beside its first delivery; empty where none is sent.

    It carries neither link nor code: certified mail goes through a body's register, and many read that.
    """
    certified = person.certified
    wanted = alert.purpose in CERTIFIED and alert.contact is None and certified is not None
    if not wanted or ContactKind.PEC.value not in outgoing.channels or certified is None:
        return {}
    number = fresh(f"{alert.alert_id}.{COPY}", certified, alert.at, outgoing)
    return {**row, **number, "link_use": LinkUse.NONE.value, "link_until": None}


def is_pushed(alert: AlertQueued, outgoing: Outgoing) -> bool:
    """Whether it is also said to the browsers of its person: she is asked for an answer, and could give it there."""
    return PUSH in outgoing.channels and alert.purpose in WAITING_FOR_AN_ANSWER and alert.contact is None


def push_row(alert: AlertQueued, browser: str, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """The copy for one browser, beside the alert's first delivery. A lock screen shows no link and no code."""
    delivery_id = f"{alert.alert_id}.{COPY}{number}"
    message_id = row["message_id"].replace(row["delivery_id"], delivery_id)
    where = {"delivery_id": delivery_id, "message_id": message_id, "channel": PUSH, "address": browser}
    return {**row, **where, "link_use": LinkUse.NONE.value, "link_until": None}


def is_copy(delivery_id: str) -> bool:
    """Whether it is a copy of an alert: the rules are told nothing of it, and nobody waits for it."""
    return delivery_id.rpartition(".")[2].startswith(COPY)


def _send_before(alert: AlertQueued) -> datetime | None:
    """When it is too late to try again; None where it was late from the start, and must arrive all the same."""
    ends = alert.purpose in WAITING_FOR_AN_ANSWER and alert.answer_by is not None and alert.answer_by > alert.at
    return alert.answer_by if ends else None


def fresh(delivery_id: str, contact: Contact, now: datetime, outgoing: Outgoing) -> dict[str, Any]:
    """What is new in every channel's row."""
    return {
        "delivery_id": delivery_id,
        "channel": contact.kind.value,
        "address": contact.address,
        "message_id": outgoing.message_id(delivery_id),
        "state": "queued",
        "attempt": 0,
        "lapses": 0,
        "withdrawn": False,
        "next_at": now,
        "lease_until": None,
        "worker": None,
        "queued_at": now,
        "sending_at": None,
        "settled_at": None,
        "code": None,
        "provider_id": None,
        "folded_into": None,
    }


def link_ends(use: LinkUse, until: datetime | None, now: datetime) -> datetime:
    """When a link stops working by itself."""
    longest = now + ANSWER_LINK_LASTS
    if until is None:
        return longest
    return until if use is LinkUse.RESULT else min(until, longest)
