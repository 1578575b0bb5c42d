"""Who can be called: bodies, services, people and coordinators, as the network's administrator imported them.

Frozen and complete in itself: an edition of the directory goes into `decide` as it stands, so that the choice can be
explained afterwards. Contacts are typed; nobody types an Apprise URL (trust.md, law 9).
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from procedures.calendars import HOME
from procedures.classification import Operational
from procedures.schema import Text
from procedures.wordsets import Words


class Entry(BaseModel):
    """A frozen part of the directory."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ContactKind(StrEnum):
    """The channels of this edition."""

    EMAIL = "email"
    SMS = "sms"
    PEC = "pec"
    """Certified mail: evidence that something was sent and delivered, never a way that anybody waits for."""
    VOICE = "voice"
    """A call that reads the alert aloud and takes a key: the last way that is tried."""


READ_TOGETHER: Mapping[str, ContactKind] = {ContactKind.PEC: ContactKind.EMAIL, ContactKind.VOICE: ContactKind.SMS}
"""Kinds that one mailbox or telephone is behind, however it is written: who has the one has the other."""


def kinds_read_with(kind: ContactKind) -> frozenset[str]:
    """Every kind under which the same mailbox or telephone may stand in the network's file."""
    first = READ_TOGETHER.get(kind, kind)
    return frozenset({first.value, *(one for one, other in READ_TOGETHER.items() if other is first)})


PUSH = "push"
"""No kind of contact: the network's file has none. A browser that somebody let messages come to, beside her channels
(`models/browsers.py`)."""
SECOND_CARRIER = ".second"
"""Behind a kind of contact: the carrier that stands in where its first one is in trouble."""


def channel_of(kind: str, address: str) -> tuple[str, str]:
    """The same for every way of writing one channel: `Turno@…` and `turno@…` are one mailbox, whoever wrote them.

    Some host might tell them apart; taking two mailboxes for one excludes too many, the other way round too few.
    """
    known = READ_TOGETHER.get(kind, kind)
    same = address.casefold() if known == ContactKind.EMAIL else "".join(one for one in address if one.isdecimal())
    return str(known), same


class Contact(Entry):
    """One channel of one person; the first of a person's contacts is tried first."""

    kind: Operational[ContactKind]
    address: Operational[str]
    """An e-mail address, or a telephone number in E.164 form (`+39…`). It is sent to as it is written."""
    pgp: Operational[str] = ""
    """Of a mail address: the fingerprint of the OpenPGP key that alone may open what is written there."""

    @property
    def channel(self) -> tuple[str, str]:
        """What tells it from other channels."""
        return channel_of(self.kind.value, self.address)


class NetworkPerson(Entry):
    """A referent, a deputy, somebody on the rota, a coordinator. Of the name only the role is ever shown."""

    id: Operational[str]
    name: Operational[str]
    language: Operational[str] = "it"
    contacts: Operational[tuple[Contact, ...]]

    @property
    def ways(self) -> tuple[Contact, ...]:
        """The contacts over which she is alerted, in the order of the file, calls last.

        Certified mail is none: it may take a day and nobody waits for it.
        """
        known = (one for one in self.contacts if one.kind is not ContactKind.PEC)
        return tuple(sorted(known, key=lambda one: one.kind is ContactKind.VOICE))

    def pgp_of(self, address: str) -> str:
        """The fingerprint of the key that goes with this mail address; empty where there is none."""
        mails = (one for one in self.contacts if one.kind is ContactKind.EMAIL and one.pgp)
        same = channel_of(ContactKind.EMAIL.value, address)
        return next((one.pgp for one in mails if one.channel == same), "")

    @property
    def certified(self) -> Contact | None:
        """Where a copy goes that proves the sending."""
        return next((one for one in self.contacts if one.kind is ContactKind.PEC), None)


class OwnRule(Entry):
    """What a person says of one of her channels (`procedures/own_rules.py`)."""

    contact: Operational[int]
    """Which of her contacts, from 0."""
    after: Operational[int] = 0
    since: Operational[str] = ""
    until: Operational[str] = ""
    off: Operational[bool] = False


class Away(Entry):
    """From when to when a person is not called, where anybody else can be."""

    since: Operational[AwareDatetime]
    until: Operational[AwareDatetime]


class OwnWays(Entry):
    """What a person said herself of how and when she is called: it stands beside the network's file."""

    rules: Operational[tuple[OwnRule, ...]] = ()
    """In her order."""
    verified: Operational[tuple[int, ...]] = ()
    """The contacts of which she typed a code, from 0."""
    away: Operational[tuple[Away, ...]] = ()
    feeds: Operational[tuple[tuple[int, str], ...]] = ()
    """Her calendars of duty turns: the number of each, and its service; without one, her own."""


class Opening(Entry):
    """Hours of one or more weekdays, in Europe/Rome. `until` before `since` goes past midnight."""

    days: Operational[tuple[int, ...]]
    """0 = Monday … 6 = Sunday."""
    since: Operational[time]
    until: Operational[time]


class Duty(Entry):
    """A turn of the rota: from `since` to `until`, this person is called first."""

    person: Operational[str]
    since: Operational[AwareDatetime]
    until: Operational[AwareDatetime]
    change: Operational[int | None] = None
    """The number of the override or swap that put it here; None: it stands in the network's file."""


class Retention(Entry):
    """For how long a body keeps a case in which it took part, and by which law or protocol."""

    months: Operational[int] = Field(ge=1)
    """After the case ended, by the calendar."""
    basis: Operational[str]


class Body(Entry):
    """A public or third-sector body that signed the protocol."""

    id: Operational[str]
    name: Operational[str]
    protocol_signed_on: Operational[date | None] = None
    protocol_ends_on: Operational[date | None] = None
    """The last day on which the protocol holds; None: it has no end."""
    retention: Operational[Retention | None] = None
    """None: as the house says ([retention])."""


class Service(Entry):
    """What a body offers to the network."""

    id: Operational[str]
    body: Operational[str]
    name: Operational[Text]
    competences: Operational[Words]
    territories: Operational[Words]
    phone: Operational[str]
    referent: Operational[str]
    deputy: Operational[str | None] = None
    hours: Operational[tuple[Opening, ...]] = ()
    """Empty: always open, unless `opening_hours` say otherwise."""
    opening_hours: Operational[str] = ""
    """The same in the syntax of OpenStreetMap; a service has the one or the other."""
    holidays: Operational[tuple[str, ...]] = HOME
    """Its calendar (`procedures.calendars`): its own, or that of its territory."""
    rota: Operational[tuple[Duty, ...]] = ()
    """As it is now: with the overrides and swaps (`procedures/duty_changes.py`)."""
    written_rota: Operational[tuple[Duty, ...]] = ()
    """As the network's file has it, where overrides or swaps changed it."""
    rank: Operational[int] = 100
    """Lower is asked first; equal ranks by id."""

    @property
    def is_shut_at_times(self) -> bool:
        """Whether it has opening hours at all."""
        return bool(self.hours or self.opening_hours)

    @property
    def has_rota(self) -> bool:
        """Whether the network's file says who is on duty when: then somebody should be, at every hour it is open."""
        return any(duty.change is None for duty in (*self.rota, *self.written_rota))


class Coordinator(Entry):
    """The named last link of every chain in its territories."""

    id: Operational[str]
    name: Operational[Text]
    territories: Operational[Words]
    phone: Operational[str]
    people: Operational[tuple[str, ...]] = Field(min_length=1)
    """The first is alerted; the next when no channel of the first works."""


class Desk(Entry):
    """Where operators open cases; it gets word of what became of them."""

    id: Operational[str]
    name: Operational[Text]
    phone: Operational[str]
    person: Operational[str]


class Directory(Entry):
    """The whole network, by id."""

    bodies: Operational[Mapping[str, Body]]
    people: Operational[Mapping[str, NetworkPerson]]
    services: Operational[Mapping[str, Service]]
    coordinators: Operational[Mapping[str, Coordinator]]
    desks: Operational[Mapping[str, Desk]]
    holidays: Operational[Mapping[str, tuple[str, ...]]] = Field(default_factory=dict)
    """The calendar of each territory that names one."""
    dates: Operational[Mapping[str, Mapping[str, tuple[str, ...]]]] = Field(default_factory=dict)
    """What the network's own work leads up to: by territory and fact, days and moments as facts are kept."""
    own: Operational[Mapping[str, OwnWays]] = Field(default_factory=dict)
    """What people said of how and when they are called: by person, of those who said anything."""

    def territories(self) -> frozenset[str]:
        """Every territory that somebody of the network serves."""
        served = [s.territories for s in self.services.values()] + [c.territories for c in self.coordinators.values()]
        return frozenset().union(*served)

    def away_until(self, person: str, now: datetime) -> datetime | None:
        """When she is back, where she is away at `now`; absences that follow one upon the other are one."""
        own, until = self.own.get(person), None
        for one in sorted(own.away if own else (), key=lambda away: away.since):
            if one.since <= (until or now) < one.until:
                until = one.until
        return until

    def person_on_duty(self, service: Service, now: datetime) -> NetworkPerson:
        """Whoever the rota names at `now`, else the referent."""
        for duty in service.rota:
            if duty.since <= now < duty.until:
                return self.people[duty.person]
        return self.people[service.referent]
