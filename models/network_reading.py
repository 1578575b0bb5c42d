"""From a network file to a directory: strict YAML, all faults at once, each with its place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from models import network_faults as kinds
from models.network_dates import read_dates
from models.network_retention import read_retention
from models.network_values import (
    read_calendar,
    read_contacts,
    read_hour,
    read_known,
    read_moment,
    read_opening_hours,
    read_phone,
    read_words,
)
from procedures.calendars import HOME
from procedures.directory import Body, Coordinator, Desk, Directory, Duty, NetworkPerson, Opening, Service
from procedures.nodes import Node, Scalar
from procedures.reading import Document, Form, read_document
from procedures.texts import read_text

E = TypeVar("E")
TITLE = "name: {it: Pronto soccorso, en: Emergency room}"
PHONE = 'phone: "+39 06 5550 101"'
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NETWORK = Form(
    known=("bodies", "people", "services", "coordinators", "desks", "holidays", "dates"),
    required={
        "bodies": "bodies: {hospital: {name: Ospedale}}",
        "people": "people: {anna: {name: Anna, contacts: [{email: anna@example.org}]}}",
        "services": "services: {emergency_room: {…}}",
        "coordinators": "coordinators: {valley: {…}}",
    },
)
BODY = Form(known=("name", "protocol_signed_on", "protocol_ends_on", "retention"), required={"name": "name: Ospedale"})
PERSON = Form(
    known=("name", "language", "contacts"),
    required={"name": "name: Anna", "contacts": "contacts: [{email: anna@example.org}]"},
)
SERVICE = Form(
    known=(
        "body",
        "name",
        "competences",
        "territories",
        "phone",
        "referent",
        "deputy",
        "hours",
        "holidays",
        "rota",
        "rank",
    ),
    required={
        "body": "body: hospital",
        "name": TITLE,
        "competences": "competences: [emergency_health]",
        "territories": "territories: [valley]",
        "phone": PHONE,
        "referent": "referent: anna",
    },
)
COORDINATOR = Form(
    known=("name", "territories", "phone", "people"),
    required={"name": TITLE, "territories": "territories: [valley]", "phone": PHONE, "people": "people: [anna]"},
)
DESK = Form(known=("name", "phone", "person"), required={"name": TITLE, "phone": PHONE, "person": "person: anna"})
OPENING = Form(
    known=("days", "since", "until"),
    required={"days": "days: [mon, tue]", "since": 'since: "08:00"', "until": 'until: "14:00"'},
)
DUTY = Form(
    known=("person", "since", "until"),
    required={"person": "person: anna", "since": 'since: "2026-11-24T20:00+01:00"', "until": "until: …"},
)


def parse_network(text: str, file: str) -> Directory:
    """The directory this text describes.

    Raises:
        ProcedureFaults: all of its faults at once, each with file, line and column.
    """
    document = read_document(text, file)
    found = _Reading(document).directory()
    document.finish()
    return found


@dataclass
class _Reading:
    """One file being read: ids are known before what refers to them is read."""

    document: Document
    people: Collection[str] = ()
    bodies: Collection[str] = ()
    served: dict[str, Node] = field(default_factory=dict)
    coordinated: dict[str, Node] = field(default_factory=dict)

    def directory(self) -> Directory:
        parts = self.document.fields(self.document.root, NETWORK)
        self.bodies = self._ids(parts, "bodies")
        self.people = self._ids(parts, "people")
        calendars = self._calendars(parts)
        directory = Directory(
            bodies=self._all(parts, "bodies", self._body),
            people=self._all(parts, "people", self._person),
            services=self._all(parts, "services", lambda name, node: self._service(name, node, calendars)),
            coordinators=self._all(parts, "coordinators", self._coordinator),
            desks=self._all(parts, "desks", self._desk),
            holidays=calendars,
            dates=read_dates(self.document, parts["dates"]) if "dates" in parts else {},
        )
        self._check_territories()
        for word, named in (("holidays", calendars.keys()), ("dates", directory.dates.keys())):
            for territory in sorted(named - self.served.keys()):
                known = ", ".join(sorted(self.served)) or "-"
                self.document.fault(kinds.UNKNOWN_TERRITORY, parts[word], territory=territory, known=known)
        return directory

    def _ids(self, parts: Mapping[str, Node], part: str) -> Collection[str]:
        mapping = parts.get(part)
        entries = getattr(mapping, "entries", ())
        return [entry.key.text for entry in entries]

    def _all(self, parts: Mapping[str, Node], part: str, read: Callable[[str, Node], E | None]) -> dict[str, E]:
        if part not in parts:
            return {}
        found = {}
        for name, entry in self.document.named(parts[part], f"name_of_{part}"):
            read_entry = read(name, entry.value)
            if read_entry is not None:
                found[name] = read_entry
        return found

    def _body(self, name: str, node: Node) -> Body | None:
        fields = self.document.fields(node, BODY)
        title = self._optional(fields, "name", self.document.text)
        signed = self._optional(fields, "protocol_signed_on", self.document.date)
        ends = self._optional(fields, "protocol_ends_on", self.document.date)
        if signed is not None and ends is not None and ends <= signed:
            self.document.fault(kinds.PROTOCOL_BACKWARDS, fields["protocol_ends_on"])
        kept = self._optional(fields, "retention", lambda n: read_retention(self.document, n))
        if title is None:
            return None
        return Body(id=name, name=title, protocol_signed_on=signed, protocol_ends_on=ends, retention=kept)

    def _person(self, name: str, node: Node) -> NetworkPerson | None:
        fields = self.document.fields(node, PERSON)
        title = self._optional(fields, "name", self.document.text)
        language = self._optional(fields, "language", lambda n: self.document.word(n, ("it", "en"))) or "it"
        contacts = self._optional(fields, "contacts", lambda n: read_contacts(self.document, n))
        if title is None or not contacts:
            return None
        return NetworkPerson(id=name, name=title, language=language, contacts=contacts)

    def _calendars(self, parts: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
        """The holidays of each territory that names its own: its town's patron."""
        if "holidays" not in parts:
            return {}
        entries = self.document.named(parts["holidays"], "valley")
        return {name: words for name, entry in entries if (words := read_calendar(self.document, entry.value))}

    def _service(self, name: str, node: Node, calendars: Mapping[str, tuple[str, ...]]) -> Service | None:
        fields = self.document.fields(node, SERVICE)
        known_body = lambda n: read_known(self.document, n, self.bodies, kinds.UNKNOWN_BODY)  # noqa: E731
        body = self._optional(fields, "body", known_body)
        title = self._optional(fields, "name", lambda n: read_text(self.document, n))
        phone = self._optional(fields, "phone", lambda n: read_phone(self.document, n))
        referent = self._optional(fields, "referent", self._someone)
        deputy = self._optional(fields, "deputy", self._someone)
        territories = self._territories(fields, self.served)
        competences = self._optional(fields, "competences", lambda n: read_words(self.document, n, "emergency_health"))
        told = fields.get("hours")
        opening_hours = read_opening_hours(self.document, told) if isinstance(told, Scalar) else ""
        hours = self._hours(told) if told is not None and not isinstance(told, Scalar) else ()
        holidays = self._optional(fields, "holidays", lambda n: read_calendar(self.document, n))
        town = next((calendars[place] for place in sorted(territories) if place in calendars), HOME)
        rota = self._optional(fields, "rota", self._rota) or ()
        rank = self._optional(fields, "rank", self.document.whole_number)
        if body is None or title is None or phone is None or referent is None:
            return None
        return Service(
            id=name,
            body=body,
            name=title,
            phone=phone,
            referent=referent,
            deputy=deputy,
            territories=territories,
            competences=competences or frozenset(),
            hours=hours,
            opening_hours=opening_hours,
            holidays=holidays or town,
            rota=rota,
            rank=100 if rank is None else rank,
        )

    def _coordinator(self, name: str, node: Node) -> Coordinator | None:
        fields = self.document.fields(node, COORDINATOR)
        title = self._optional(fields, "name", lambda n: read_text(self.document, n))
        phone = self._optional(fields, "phone", lambda n: read_phone(self.document, n))
        people = self._optional(fields, "people", self._several)
        territories = self._territories(fields, self.coordinated)
        if title is None or phone is None or not people:
            return None
        return Coordinator(id=name, name=title, territories=territories, phone=phone, people=people)

    def _desk(self, name: str, node: Node) -> Desk | None:
        fields = self.document.fields(node, DESK)
        title = self._optional(fields, "name", lambda n: read_text(self.document, n))
        phone = self._optional(fields, "phone", lambda n: read_phone(self.document, n))
        person = self._optional(fields, "person", self._someone)
        if title is None or phone is None or person is None:
            return None
        return Desk(id=name, name=title, phone=phone, person=person)

    @staticmethod
    def _optional(fields: Mapping[str, Node], word: str, read: Callable[[Node], E | None]) -> E | None:
        return read(fields[word]) if word in fields else None

    def _someone(self, node: Node) -> str | None:
        return read_known(self.document, node, self.people, kinds.UNKNOWN_PERSON)

    def _several(self, node: Node) -> tuple[str, ...]:
        found: list[str] = []
        for item in self.document.items(node, "[anna]"):
            person = self._someone(item)
            if person in found:
                self.document.fault(kinds.SAME_TWICE, item, word=str(person))
            elif person is not None:
                found.append(person)
        return tuple(found)

    def _territories(self, fields: Mapping[str, Node], seen: dict[str, Node]) -> frozenset[str]:
        if "territories" not in fields:
            return frozenset()
        found = read_words(self.document, fields["territories"], "valley")
        for territory in found:
            seen.setdefault(territory, fields["territories"])
        return found

    def _hours(self, node: Node) -> tuple[Opening, ...]:
        found = []
        for item in self.document.items(node, '[{days: [mon], since: "08:00", until: "14:00"}]'):
            fields = self.document.fields(item, OPENING)
            days = self._optional(fields, "days", self._days) or ()
            since = self._optional(fields, "since", lambda n: read_hour(self.document, n))
            until = self._optional(fields, "until", lambda n: read_hour(self.document, n))
            if since is not None and since == until:
                self.document.fault(kinds.SAME_HOURS, item)
            elif since is not None and until is not None:
                found.append(Opening(days=days, since=since, until=until))
        return tuple(found)

    def _days(self, node: Node) -> tuple[int, ...]:
        words = [self.document.word(item, DAYS) for item in self.document.items(node, "[mon, tue]")]
        return tuple(sorted({DAYS.index(word) for word in words if word is not None}))

    def _rota(self, node: Node) -> tuple[Duty, ...]:
        found = []
        for item in self.document.items(node, "[{person: anna, since: …, until: …}]"):
            fields = self.document.fields(item, DUTY)
            person = self._optional(fields, "person", self._someone)
            since = self._optional(fields, "since", lambda n: read_moment(self.document, n))
            until = self._optional(fields, "until", lambda n: read_moment(self.document, n))
            if since is not None and until is not None and since >= until:
                self.document.fault(kinds.DUTY_BACKWARDS, item)
            elif person is not None and since is not None and until is not None:
                found.append(Duty(person=person, since=since, until=until))
        return tuple(found)

    def _check_territories(self) -> None:
        for territory in sorted(self.served.keys() - self.coordinated.keys()):
            self.document.fault(kinds.NO_COORDINATOR, self.served[territory], territory=territory)
        for territory in sorted(self.coordinated.keys() - self.served.keys()):
            self.document.fault(kinds.NO_COMPETENCE, self.coordinated[territory], territory=territory)
