"""Names for ids: services, steps, pathways and roles, in the page's language. Of people only the role is shown."""

from dataclasses import dataclass
from gettext import NullTranslations

import phonenumbers

from notifiers.language import translator
from procedures.case import Party, PartyKind
from procedures.directory import Coordinator, Desk, Directory, Service
from procedures.language.consents import ConsentGiver, Subject, plain_name, subject_of
from procedures.persons import people_of_service
from procedures.schema import COORDINATOR, OPERATOR, AnyStep, AskStep, AwaitStep, Library, Pathway
from procedures.showing.consents import GIVERS, WHOSE
from procedures.showing.names import competence


def spoken(phone: str) -> str:
    """A telephone number in groups, as it is read out."""
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    except phonenumbers.NumberParseException:
        return phone


@dataclass(frozen=True)
class Names:
    """What the ids of a page are called. An id that has left the directory is shown as it is."""

    directory: Directory
    library: Library
    language: str
    words: NullTranslations

    def party(self, party: Party) -> str:
        """The service, desk or coordinator."""
        entry = self._entry(party)
        return entry.name.said(self.language) if entry else party.id

    def phone(self, party: Party) -> str | None:
        """The telephone that the network published for it."""
        entry = self._entry(party)
        return spoken(entry.phone) if entry else None

    def service(self, service_id: str) -> str:
        """The service."""
        return self.party(Party(kind=PartyKind.SERVICE, id=service_id))

    def pathway(self, content_hash: str, name: str) -> str:
        """The pathway, as the text that the run is pinned to calls it."""
        pinned = self.pinned(content_hash)
        return pinned.title.said(self.language) if pinned else name

    def pinned(self, content_hash: str) -> Pathway | None:
        """The text with this hash."""
        return self.library.by_hash.get(content_hash)

    def step(self, content_hash: str, step: str, competence_: str | None = None) -> str:
        """The step of that text, or of another edition of it: a pathway may have been moved.

        With `competence_`, where the step tells several: for which of them.
        """
        found = self._step(content_hash, step)
        title = found.title.said(self.language) if found else step
        return f"{title}: {competence(competence_, self.language)}" if competence_ else title

    def result(self, content_hash: str, step: str, result: str) -> str:
        """The result of that step: its title, else its name in spaced words."""
        found = self._step(content_hash, step)
        declared = found.results.get(result) if isinstance(found, AskStep | AwaitStep) else None
        if declared is not None and declared.title is not None:
            return declared.title.said(self.language)
        return self.words.gettext(result.replace("_", " "))

    def _step(self, content_hash: str, step: str) -> AnyStep | None:
        pinned = self.pinned(content_hash)
        if pinned is None or step in pinned.steps:
            return pinned.steps.get(step) if pinned else None
        editions = [one for one in self.library.by_hash.values() if one.name == pinned.name and step in one.steps]
        return max(editions, key=lambda one: one.edition).steps[step] if editions else None

    def signal(self, content_hash: str, name: str) -> str:
        """The signal of that text."""
        pinned = self.pinned(content_hash)
        found = pinned.signals.get(name) if pinned else None
        return found.title.said(self.language) if found else name

    def outcome(self, name: str) -> str:
        """How a pathway ended: its name in spaced words, translated where the catalogue knows it."""
        return self.words.gettext(name.replace("_", " "))

    def consent(self, name: str) -> str:
        """What it is for, and whose: the title of the pathway that asks for it, else its name in spaced words."""
        titles = (p.title.said(self.language) for p in self.library.current.values() if p.consent == name)
        title = next(titles, self.words.gettext(plain_name(name).replace("_", " ")))
        subject = subject_of(name)
        if subject is Subject.SURVIVOR:
            return title
        return f"{title} ({translator(self.language, 'procedures').gettext(WHOSE[subject])})"

    def giver(self, giver: ConsentGiver) -> str:
        """Who says yes or no."""
        return translator(self.language, "procedures").gettext(GIVERS[giver])

    def territory(self, name: str) -> str:
        """A territory, written as a name."""
        return name.replace("_", " ").title()

    def field(self, name: str) -> str:
        """A field of evidence: its name in spaced words, translated where the catalogue knows it."""
        said = self.words.gettext(name.replace("_", " "))
        return said[:1].upper() + said[1:]

    def agreeing(self, body: str) -> str:
        """Whose word it is: what a service is asked for, the coordination, or the operator."""
        if body == OPERATOR:
            return self.words.gettext("an operator")
        return self.words.gettext("the coordinator") if body == COORDINATOR else competence(body, self.language)

    def role(self, person_id: str, party: Party) -> str:
        """Who somebody is for that party: the referent, the deputy, whoever is on duty, the coordinator, the desk."""
        say = self.words.gettext
        if party.kind is PartyKind.COORDINATOR:
            return say("coordinator")
        if party.kind is PartyKind.DESK:
            return say("desk")
        service = self.directory.services.get(party.id)
        if service is None:
            return say("contact")
        return self.role_in(person_id, service)

    def role_in(self, person_id: str, service: Service) -> str:
        """Who somebody is for that service."""
        say = self.words.gettext
        if person_id == service.referent:
            return say("referent")
        return say("deputy") if person_id == service.deputy else say("on duty")

    def role_of(self, person_id: str, service: Service | None) -> str:
        """Who somebody is for that service, or, of another, for whom they speak."""
        if service is not None and person_id in people_of_service(service):
            return self.role_in(person_id, service)
        party = self.party_of(person_id)
        return f"{self.party(party)}, {self.role(person_id, party)}" if party else self.words.gettext("on duty")

    def actor(self, actor: str) -> str:
        """Who did it, by an opaque id: an operator, a service, the clock, a carrier."""
        say = self.words.gettext
        kind, _, found = actor.partition(":")
        if kind == "operator":
            return say("an operator")
        if kind == "service":
            return self.service(found)
        if kind == "person":
            party = self.party_of(found)
            return f"{self.party(party)} ({self.role(found, party)})" if party else say("a contact of the network")
        if kind == "program":
            return say("a program")
        return say("the clock") if kind == "clock" else say("a carrier") if kind == "carrier" else say("somebody")

    def party_of(self, person_id: str) -> Party | None:
        """The first service, coordinator or desk that this person speaks for."""
        for service in self.directory.services.values():
            if person_id in {service.referent, service.deputy, *(duty.person for duty in service.rota)}:
                return Party(kind=PartyKind.SERVICE, id=service.id)
        for coordinator in self.directory.coordinators.values():
            if person_id in coordinator.people:
                return Party(kind=PartyKind.COORDINATOR, id=coordinator.id)
        for desk in self.directory.desks.values():
            if person_id == desk.person:
                return Party(kind=PartyKind.DESK, id=desk.id)
        return None

    def _entry(self, party: Party) -> Service | Coordinator | Desk | None:
        if party.kind is PartyKind.SERVICE:
            return self.directory.services.get(party.id)
        if party.kind is PartyKind.COORDINATOR:
            return self.directory.coordinators.get(party.id)
        return self.directory.desks.get(party.id)
